/** docs/SECURITY.md, "Strangers who keep everybody busy": callers without a good key reach no object, and no body of theirs is read. */

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { connect as dial } from "node:net";
import { after, before, test } from "node:test";
import { seededBytes } from "../fake-x/random.mjs";
import { api, newAccount, startBench } from "../support/client.mjs";
import { newKey, routedCalls } from "../support/keys.mjs";

const MIB = 1024 * 1024;
/** Calls that no key opens. */
const KEYLESS = /^OPTIONS|\/connect\/|\/oauth\/|\/\.well-known\/|\/approve\/|\/dashboard\/|\/media\/{id}\/(file|upload)|\/(complete|confirm)$/;
/** As a key looks that was made here. */
const madeUp = () => `lk_${seededBytes(32).toString("base64url")}`;

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** The answer to a request whose body never ends, or null if there is none within `within` milliseconds. */
function unfinished({ port }, method, path, key, within = 5000) {
  return new Promise((resolve, reject) => {
    const socket = dial(port, "127.0.0.1");
    const head = [
      `${method} ${path} HTTP/1.1`, "host: 127.0.0.1", "content-type: application/json", `content-length: ${MIB}`,
      ...(key === null ? [] : [`authorization: Bearer ${key}`]), "", "{",
    ];
    const timer = setTimeout(() => end(null), within);
    const end = (answer) => (clearTimeout(timer), socket.destroy(), resolve(answer));
    socket.on("data", (bytes) => end(Number(/^HTTP\/1\.1 (\d+)/.exec(bytes)?.[1])));
    socket.on("error", reject);
    socket.write(head.join("\r\n"));
  });
}

test("a caller without a key, or with what is none, reaches no object", async (t) => {
  const fresh = await startBench({ register: false });
  t.after(() => fresh.stop());
  const objects = async () => (await readdir(fresh.worker.stateDir, { recursive: true })).filter((name) => name.endsWith(".sqlite"));
  const before = await objects();
  const calls = (await routedCalls()).filter((call) => !KEYLESS.test(call));
  assert.ok(calls.length > 50);
  const keys = [null, "wrong", "lk_short", `${madeUp()}x`, madeUp().replace("lk_", "sk_"), `cst_${seededBytes(32).toString("base64url")}`];
  for (const [at, call] of calls.entries()) {
    const [method, path] = call.replace("ANY", "POST").replaceAll("{id}", "acc_AAAAAAAAAAAAAAAAAAAAAA").replace("*", "tweets").split(" ");
    // A session's token opens a session, and this one is none.
    const key = keys[at % keys.length];
    const { status, body } = await api(fresh.worker, { key }).send(method, path);
    assert.equal(status, 401, call);
    assert.ok(["invalid_api_key", "invalid_session_token"].includes(body.code) || path.startsWith("/v1/connect-sessions/"), call);
  }
  for (const value of ["x", "", "a".repeat(42), "a".repeat(44), `${"a".repeat(42)}!`]) {
    const headers = { cookie: `dashboard=${value}`, "sec-fetch-site": "same-origin" };
    assert.equal((await api(fresh.worker, { key: null }).get("/v1/posts", headers)).status, 401, value);
  }
  assert.deepEqual(await objects(), before);
  assert.equal((await fresh.api.get("/v1/posts")).status, 200);
  assert.ok((await objects()).length > before.length, "this is how an object would be seen");
});

test("no body is waited for when there is no key or none that could be one", async () => {
  const calls = [["POST", "/v1/posts"], ["POST", "/v1/social-networks"], ["PATCH", "/v1/settings"], ["PATCH", "/v1/posts/post_1"], ["POST", "/v1/import"], ["POST", "/2/tweets"]];
  for (const [method, path] of calls) {
    for (const key of [null, "wrong"]) assert.equal(await unfinished(bench.worker, method, path, key), 401, `${method} ${path} ${key}`);
  }
});

test("the workspace looks a key up before it reads the body", async () => {
  const gone = await newKey(bench, { scopes: ["publish"] });
  assert.equal((await bench.api.delete(`/v1/api-keys/${gone.id}`)).status, 200);
  const narrow = await newKey(bench, { scopes: ["read"] });
  const account = await newAccount(bench);
  const others = async (method, path) => {
    const asked = await unfinished(bench.worker, method, path, (await newKey(bench, { scopes: ["read"] })).key);
    assert.equal(asked, 403, `${method} ${path}`);
  };
  for (const path of ["/v1/posts", "/v1/posts/post_1/replies", `/v1/social-accounts/${account.id}/imports`, "/v1/posts/post_1/retry"]) {
    assert.equal(await unfinished(bench.worker, "POST", path, narrow.key), 403, path);
  }
  // The edge reads the bodies of these itself.
  for (const path of ["/v1/api-keys", "/v1/webhooks", "/v1/media/upload"]) await others("POST", path);
  for (const path of ["/v1/settings", "/v1/posts/post_1"]) await others("PATCH", path);
  assert.equal(await unfinished(bench.worker, "POST", "/v1/posts", gone.key), 401);
});

test("no call with a body reads it for a key that nobody has", async () => {
  const calls = (await routedCalls()).filter((call) => /^(POST|PATCH|PUT|ANY)/.test(call) && !KEYLESS.test(call));
  assert.ok(calls.length > 25);
  for (const call of calls) {
    const [method, path] = call.replace("ANY", "POST").replaceAll("{id}", "acc_AAAAAAAAAAAAAAAAAAAAAA").replace("*", "tweets").split(" ");
    assert.equal(await unfinished(bench.worker, method, path, madeUp()), 401, call);
  }
});

test("a digest that nobody has is not asked about again, and a key that is made meanwhile works at once", async () => {
  const stranger = madeUp();
  assert.equal((await api(bench.worker, { key: stranger }).get("/v1/posts")).status, 401);
  // The edge reads the body of this call itself; it would wait for it if it did not know the answer.
  assert.equal(await unfinished(bench.worker, "POST", "/v1/social-networks", stranger), 401);
  const fresh = await newKey(bench, { scopes: ["read"] });
  assert.equal((await fresh.api.get("/v1/posts")).status, 200);
});

test("bodies keep their limits on the way through: size, type, text, a repeated key", async () => {
  const send = (body, headers) => bench.api.send("POST", "/v1/posts", { body, headers: { "content-type": "application/json", ...headers } });
  assert.equal((await send(" ".repeat(MIB + 1))).body.code, "payload_too_large");
  assert.equal((await send("{}", { "content-type": "text/plain" })).body.code, "unsupported_media_type");
  const account = await newAccount(bench);
  const body = JSON.stringify({ content: "once", accounts: [account.id] });
  const [first, again] = [await send(body, { "idempotency-key": "through" }), await send(body, { "idempotency-key": "through" })];
  assert.deepEqual([first.status, again.text, again.headers.get("idempotency-replayed")], [200, first.text, "true"]);
  assert.equal((await send(`${body} `, { "idempotency-key": "\u00e9" })).body.code, "invalid_payload");
});
