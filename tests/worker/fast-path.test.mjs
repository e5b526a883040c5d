/**
 * docs/ARCHITECTURE.md, "The fast path of a call for X": which calls take it, and that nobody can tell by the answer.
 * What ends the memory of the path has its tests in pass-memory.test.mjs, whose second calls take it.
 */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { CREATE_CALL, ME_CALL } from "../support/calls.mjs";
import { newAccount, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";
import { openInspector } from "../support/memory.mjs";

const JSON_TYPE = { "content-type": "application/json" };
const PAGE = "https://page.example";

let bench;
let account;
let door;
let inspector;
before(async () => {
  bench = await startBench({ inspect: true });
  bench.x.set({ limits: { "GET /2/users/me": { user_15min: 10_000 } } });
  account = await newAccount(bench);
  door = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
  inspector = await openInspector(bench.worker);
  await inspector.evaluate(`(${countRequests})()`);
  // From here on the isolate knows the key, and the object the token.
  assert.equal((await door.api.get("/2/users/me")).status, 200);
});
beforeEach(() => bench.x.clearRequests({ unmatched: true }));
after(async () => {
  inspector?.close();
  await bench?.stop();
});

/** Runs in the isolate. Rust makes a `Request` for each call to X and for each message with a body; the fast path makes none. */
function countRequests() {
  globalThis.requestsMade = 0;
  globalThis.Request = new Proxy(globalThis.Request, {
    construct: (of, given) => (globalThis.requestsMade++, Reflect.construct(of, given)),
  });
}

/** How many of them Rust makes for what `act` does. */
async function sentByRust(act) {
  const before = await inspector.evaluate("globalThis.requestsMade");
  await act();
  return (await inspector.evaluate("globalThis.requestsMade")) - before;
}

let serial = 0;
const post = () => door.api.send("POST", "/2/tweets", { headers: JSON_TYPE, body: JSON.stringify({ text: `the fast path, ${++serial}` }) });

test("every call under a key that the isolate knows takes the fast path", async () => {
  const reads = [["GET", "/2/users/me"], ["GET", "/2/users/me?user.fields=name"], ["HEAD", "/2/users/me"]];
  for (const [method, path] of reads) assert.equal(await sentByRust(() => door.api.send(method, path)), 0, `${method} ${path}`);
  assert.equal(await sentByRust(() => Promise.all(Array.from({ length: 20 }, () => door.api.get("/2/users/me")))), 0);
  assert.equal(await sentByRust(async () => assert.equal((await post()).status, 201)), 0);
  assert.equal(await sentByRust(() => door.api.send("PUT", "/2/tweets/1/hidden", { headers: JSON_TYPE, body: "{}" })), 0);
});

test("what is unusual goes the usual way", async () => {
  const other = await newKey(bench, { account_id: account.id, scopes: ["read"] });
  const unusual = {
    "the first call of a key": [() => other.api.get("/2/users/me"), 200],
    "the account's own address": [() => door.api.get(`/v1/social-accounts/${account.id}/x/2/users/me`), 200],
    "a page of another origin": [() => door.api.get("/2/users/me", { origin: PAGE }), 200],
    "a key that may only read": [() => other.api.post("/2/tweets", { text: "no" }), 403],
  };
  for (const [what, [act, status]] of Object.entries(unusual)) {
    const sent = await sentByRust(async () => assert.equal((await act()).status, status, what));
    assert.equal(sent > 0, status === 200, what);
  }
});

test("an answer has the same status, headers and body on either way", async () => {
  const limits = { "x-rate-limit-limit": "75", "x-rate-limit-remaining": "74", "x-rate-limit-reset": "1795427100", "set-cookie": "a=b", server: "x" };
  const answers = [
    [200, "application/json", "{}"], [200, "text/html; charset=utf-8", "<p>"], [200, null, "x"], [204, null, ""], [304, null, ""],
    [403, "application/problem+json", "{}"], [404, "application/json", "{}"], [429, "application/json", "{}"], [503, "text/plain", "down"], [999, "text/plain", "?"],
  ];
  for (const [status, type, body] of answers) {
    const headers = { ...limits, ...(type ? { "content-type": type } : {}), ...(status === 429 ? { "retry-after": "7" } : {}) };
    const said = async (path) => {
      bench.x.fault({ ...ME_CALL, kind: "answer", status, headers, body });
      const answer = await door.api.get(path);
      return { status: answer.status, headers: ofEachAnswer(answer.headers), body: { ...answer.body, request_id: null }, text: answer.status < 500 ? answer.text : "" };
    };
    let fast;
    assert.equal(await sentByRust(async () => (fast = await said("/2/users/me"))), 0, String(status));
    assert.deepEqual(fast, await said(`/v1/social-accounts/${account.id}/x/2/users/me`), String(status));
  }
});

/** Without those that differ from call to call. */
function ofEachAnswer(headers) {
  const { "x-request-id": id, date, "content-length": length, "transfer-encoding": coding, ...rest } = Object.fromEntries(headers);
  assert.match(id, /^req_/);
  return rest;
}

test("a call of the fast path has one line in the log, with the key's id", async () => {
  const lineOf = async (answer) => {
    const id = answer.headers.get("x-request-id");
    await bench.worker.logged(id, '"status":');
    const lines = bench.worker.logs().filter((line) => line.includes(id)).map((line) => JSON.parse(line.slice(line.indexOf("{"))));
    assert.deepEqual([lines.length, lines[0].request_id, Number.isInteger(lines[0].ms)], [1, id, true]);
    const { ms, request_id, ...line } = lines[0];
    return line;
  };
  const common = { route: "/2/*", key_id: door.id, account_id: null };
  const read = await door.api.get("/2/users/me?user.fields=name");
  assert.deepEqual(await lineOf(read), { ...common, method: "GET", status: 200 });
  bench.x.fault({ ...CREATE_CALL, kind: "close" });
  assert.deepEqual(await lineOf(await post()), { ...common, method: "POST", status: 502 });
});

test("the price of a post is counted before X is called, and given back when X refuses", async () => {
  const cost = async () => (await bench.api.get("/v1/account/usage")).body.usage.x_cost.estimate_usd;
  const before = await cost();
  const refused = async (fault, status) => {
    bench.x.fault({ ...CREATE_CALL, ...fault });
    assert.equal((await post()).status, status);
  };
  assert.equal(await sentByRust(() => refused({ kind: "answer", status: 400, body: "{}" }, 400)), 0);
  assert.equal(await cost(), before);
  assert.equal(await sentByRust(() => refused({ kind: "close" }, 502)), 0);
  assert.ok((await cost()) > before, "X may have acted");
});

test("a post whose length is not said goes the usual way", async () => {
  const body = () => new Blob([JSON.stringify({ text: `of unknown length, ${++serial}` })]).stream();
  const headers = { ...JSON_TYPE, authorization: `Bearer ${door.key}` };
  const sent = await sentByRust(async () => {
    const answer = await fetch(`${bench.worker.api}/2/tweets`, { method: "POST", headers, body: body(), duplex: "half" });
    assert.equal(answer.status, 201, await answer.text());
  });
  assert.ok(sent > 1);
});

test("a call that the end of the module overtakes fails alone, and every later call has the token of its own account", async () => {
  const other = await newAccount(bench);
  const others = await newKey(bench, { account_id: other.id, scopes: ["read"] });
  const who = async ({ api }) => (await api.get("/2/users/me")).body.data.username;
  assert.equal(await who(others), other.username);
  const AT_ONCE = 8;
  const hold = async (api, calls) => {
    bench.x.clearRequests({ unmatched: true });
    bench.x.fault({ ...ME_CALL, kind: "hold", times: calls });
    const held = Array.from({ length: calls }, () => api.get("/2/users/me"));
    const isHeld = (requests) => requests.filter(({ fault }) => fault === "hold").length === calls;
    await eventually(async () => bench.x.requests({ ...ME_CALL, status: null }), isHeld);
    return held;
  };
  const overtaken = await hold(door.api, AT_ONCE);
  // As after a trap: the next call starts the module anew. Its memory then has other calls at the places of the former ones.
  await inspector.evaluate("globalThis.__worker_init_state.criticalError = true");
  assert.equal(await who(others), other.username);
  const during = await hold(others.api, AT_ONCE);
  bench.x.release();
  for (const { status } of await Promise.all(overtaken)) assert.ok(status >= 500, String(status));
  for (const { status, body } of await Promise.all(during)) assert.deepEqual([status, body.data?.username], [200, other.username]);
  for (let call = 0; call < 5; call++) assert.equal(await who(others), other.username);
  assert.equal(await who(door), account.username);
});
