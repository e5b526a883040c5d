/**
 * Where webhooks arrive: a server of the operator's, with an address for each test.
 *
 *   const receiver = await startReceiver();
 *   const hook = await newWebhook(bench, receiver.address(), { events: ["post.published"] });
 *   hook.address.answers = [500];                     // the first try; then 204, unless `otherwise` says something else
 *   const [event] = await hook.address.received(2);   // resolves once two tries have arrived; each is verified
 */

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

export async function startReceiver() {
  const addresses = new Map();
  const server = createServer((request, response) => serve(addresses, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    address() {
      const path = `/hook/${addresses.size + 1}`;
      addresses.set(path, new Address(origin + path));
      return addresses.get(path);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function serve(addresses, request, response) {
  const address = addresses.get(request.url);
  if (!address) return response.writeHead(404).end();
  request.setEncoding("utf8");
  const body = (await request.toArray()).join("");
  return address.take({ method: request.method, headers: request.headers, body, at: Date.now() }, response);
}

class Address extends EventEmitter {
  /** What the next tries are answered: a status, headers of a status, or a function that has the response. */
  answers = [];
  otherwise = 204;
  calls = [];

  constructor(url) {
    super();
    this.url = url;
  }

  take(call, response) {
    const answer = this.answers.shift() ?? this.otherwise;
    this.calls.push(call);
    this.emit("call");
    if (typeof answer === "function") return answer(response);
    const { status, headers } = typeof answer === "number" ? { status: answer } : answer;
    return response.writeHead(status, headers).end();
  }

  /** The tries once there are so many, oldest first. */
  async received(count = 1, within = 10_000) {
    const signal = AbortSignal.timeout(within);
    while (this.calls.length < count) {
      await once(this, "call", { signal }).catch(() => {
        const bodies = this.calls.map(({ body }) => body);
        throw new Error([`${this.calls.length} of ${count} calls within ${within} ms`, ...bodies].join("\n"));
      });
    }
    return [...this.calls];
  }
}

/** A webhook of `by` at `address`: what the call answered, with the address, and `events(count)`, each verified. */
export async function newWebhook(bench, address, { by = bench.api, ...fields } = {}) {
  const answer = await by.post("/v1/webhooks", { name: "a test's", url: address.url, events: ["test"], ...fields });
  assert.equal(answer.status, 201, answer.text);
  const hook = { ...answer.body.data, address };
  return { ...hook, events: async (count, within) => (await address.received(count, within)).map((call) => verified(hook, call)) };
}

/** What a call says, as the scheme's own library reads it. It throws when anything is wrong with the signature. */
export function verified({ secret }, { headers, body }) {
  const said = new Webhook(secret).verify(body, headers);
  return { id: headers["webhook-id"], ...said };
}

/** The log of a webhook, newest first. */
export async function deliveriesOf({ api }, { id }, query = "") {
  const answer = await api.get(`/v1/webhooks/${id}/deliveries${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data;
}
