/** docs/SECURITY.md, "Addresses that callers name": no webhook leads into a network that its owner is not in. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { api } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { deliveriesOf, newWebhook, startReceiver } from "../support/receiver.mjs";
import { startWorker } from "../support/worker.mjs";

const REFUSED = [
  "http://acme.example/",
  "https://acme.example:8443/",
  "https://user:word@acme.example/",
  "https://localhost/",
  "https://hook.localhost/",
  "https://printer/",
  "https://metadata.google.internal/",
  "https://acme.example./",
  "https://127.0.0.1/",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f000001/",
  "https://0177.0.0.1/",
  "https://%31%32%37.0.0.1/",
  "https://10.0.0.1/",
  "https://172.16.0.1/",
  "https://192.168.0.1/",
  "https://100.64.0.1/",
  "https://169.254.169.254/latest/meta-data/",
  "https://0.0.0.0/",
  "https://224.0.0.1/",
  "https://[::1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[2002:7f00:1::]/",
  "https://[fd00::1]/",
  "https://[fe80::1]/",
];

let receiver;
let persist;
before(async () => {
  receiver = await startReceiver();
  persist = await mkdtemp(join(tmpdir(), "worker-state-"));
});
after(async () => {
  receiver?.close();
  await rm(persist, { recursive: true, force: true });
});

/** A Worker on the kept state; without ALLOW_LOOPBACK it is as in production. */
async function withWorker(vars, check) {
  const worker = await startWorker({ persist, vars });
  try {
    await check({ worker, api: api(worker) });
  } finally {
    await worker.stop();
  }
}

test("a webhook can be registered at public https addresses only, and changed to no others", () =>
  withWorker({ ALLOW_LOOPBACK: null }, async (bench) => {
    const hook = { name: "a", events: ["test"] };
    const { data } = (await bench.api.post("/v1/webhooks", { ...hook, url: "https://acme.example/hook" })).body;
    for (const url of [...REFUSED, receiver.address().url]) {
      assertRefused(await bench.api.post("/v1/webhooks", { ...hook, url }), 400, "invalid_payload", "url");
      assertRefused(await bench.api.patch(`/v1/webhooks/${data.id}`, { url }), 400, "invalid_payload", "url");
    }
  }));

test("in development this machine may be told besides, and nothing else that is private", () =>
  withWorker({}, async (bench) => {
    for (const url of REFUSED.filter((url) => !/localhost|127|2130706433|7f0|0177|::1\]|%31/.test(url))) {
      const answer = await bench.api.post("/v1/webhooks", { name: "a", events: ["test"], url });
      assertRefused(answer, 400, "invalid_payload", "url");
    }
  }));

test("an address is judged again each time it is told, by the rules of that day", async () => {
  const address = receiver.address();
  let hook;
  await withWorker({}, async (bench) => {
    hook = await newWebhook(bench, address);
    await bench.api.post(`/v1/webhooks/${hook.id}/test`);
    await hook.events(1);
  });
  await withWorker({ ALLOW_LOOPBACK: null }, async (bench) => {
    await bench.api.post(`/v1/webhooks/${hook.id}/test`);
    const isOver = ([last]) => last.next_attempt_at === null;
    const [refused] = await eventually(() => deliveriesOf(bench, hook), isOver);
    assert.equal(refused.status, "failed");
    assert.match(refused.attempts[0].error, /not asked/);
  });
  assert.equal(address.calls.length, 1);
});
