/** docs/API.md, section 1, "Methods": every path × every method. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { browse, consent, cookieOf, createSession, newAccount, newVerifier, request, startBench, startSession } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey, routes } from "../support/keys.mjs";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

let bench;
let account;
/** Path to the methods that it has, by core's table. */
let paths;
before(async () => {
  bench = await startBench();
  account = await newAccount(bench);
  paths = await routedMethods();
});
beforeEach(() => bench.x.clearRequests());
after(() => bench?.stop());

async function routedMethods() {
  const rows = await routes();
  const paths = new Set(rows.map(({ path }) => path));
  // A word may stand where an id does: GET /v1/media/upload is a medium that nobody has.
  const methodsOf = (path) => rows.filter((row) => patternOf(row.path).test(path)).flatMap(({ method, hasHead }) => (hasHead ? [method, "HEAD"] : [method]));
  return new Map([...paths].map((path) => [path, new Set([...methodsOf(path), "OPTIONS"])]));
}

const patternOf = (path) => new RegExp(`^${path.replaceAll("{id}", "[^/]+").replace("*", ".+")}$`);

const filled = (path) => path.replaceAll("{id}", "none").replace("*", "users/me");
const send = (method, path, headers = {}) => request(bench.worker, method, path, { headers });

test("a known path refuses every method that it does not have, and names those that it has, with a key or without", async () => {
  const { key } = await newKey(bench, { scopes: ["read"] });
  let refused = 0;
  for (const [path, methods] of paths) {
    const others = METHODS.filter((method) => !methods.has(method));
    for (const [at, method] of others.entries()) {
      const answer = await send(method, filled(path), [{}, { authorization: `Bearer ${key}` }, { authorization: "Bearer wrong" }][at % 3]);
      assert.equal(answer.status, 405, `${method} ${path}: ${answer.text}`);
      assert.deepEqual(answer.headers.get("allow").split(", ").sort(), [...methods].sort(), path);
      refused += 1;
    }
  }
  assert.ok(refused > 200, `${refused} refusals`);
});

test("OPTIONS of a known path is 204 and names its methods, of an unknown one 404", async () => {
  for (const [path, methods] of paths) {
    const answer = await send("OPTIONS", filled(path));
    assert.equal(answer.status, 204, `${path}: ${answer.text}`);
    assert.deepEqual(answer.headers.get("allow").split(", ").sort(), [...methods].sort(), path);
  }
  for (const path of ["/v1/nothing", "/v1", "/v1/posts/a/b/c", "/nothing", "/connect/nothing", "/2/oauth2/token", "/healthz/more"]) {
    assertRefused(await send("OPTIONS", path), 404, "not_found");
  }
});

test("every method that a path has reaches its call", async () => {
  for (const [path, methods] of paths) {
    for (const method of methods) {
      const answer = await send(method, filled(path));
      assert.notEqual(answer.status, 405, `${method} ${path}`);
    }
  }
});

test("HEAD answers as GET does, without a body, and asks X nothing", async () => {
  for (const [path, methods] of paths) {
    if (!methods.has("HEAD") || path.includes("*") || path === "/connect/link/{id}" || path === "/connect/callback/x") continue;
    const real = path.replace("/social-accounts/{id}", `/social-accounts/${account.id}`).replaceAll("{id}", "none");
    const [head, get] = [await bench.api.send("HEAD", real), await bench.api.get(real)];
    assert.deepEqual([head.status, head.text], [get.status, ""], path);
    assert.equal(head.headers.get("content-type"), get.headers.get("content-type"), path);
  }
  assert.deepEqual(bench.x.requests(), []);
});

test("HEAD changes nothing of a connection under way", async () => {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench);
  const started = await startSession(bench, { token: session.token, challenge });
  const callback = consent(bench, started.headers.get("location"));
  const cookie = cookieOf(started);
  for (const url of [callback, `${callback}&error=access_denied`, `/connect/result/${session.id}`]) {
    const answer = await request(bench.worker, "HEAD", url, { headers: { cookie } });
    assert.ok(answer.status < 300, `${url}: ${answer.status}`);
    assert.equal(answer.headers.get("set-cookie"), null, url);
  }
  assert.equal((await bench.api.get(`/v1/connect-sessions/${session.id}`)).body.data.status, "authorizing");
  assert.equal((await browse(bench, callback, cookie)).status, 303, "X's code is not spent");
  const completed = await bench.api.send("POST", `/v1/connect-sessions/${session.id}/complete`, {
    headers: { authorization: `Bearer ${session.token}`, "content-type": "application/json" },
    body: JSON.stringify({ code_verifier: verifier }),
  });
  assert.equal(completed.status, 200, completed.text);
});

test("the doors to X pass HEAD on, and refuse what is no method of theirs in X's shape", async () => {
  const door = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
  for (const path of ["/2/users/me", `/v1/social-accounts/${account.id}/x/2/users/me`]) {
    bench.x.fault({ method: "HEAD", path: "/2/users/me", kind: "answer", status: 200, headers: { "x-rate-limit-remaining": "74" } });
    const head = await door.api.send("HEAD", path);
    assert.deepEqual([head.status, head.text, head.headers.get("x-rate-limit-remaining")], [200, "", "74"]);
    // Node's fetch sends no TRACE; this one is known to HTTP servers and to no REST API.
    const { status, headers, body } = await door.api.send("PURGE", path);
    assert.deepEqual([status, body.code, body.type], [405, "method_not_allowed", "about:blank"]);
    assert.match(headers.get("content-type"), /^application\/problem\+json/);
    assert.equal(headers.get("allow"), METHODS.join(", "));
  }
  assert.deepEqual(bench.x.requests().map(({ method }) => method), ["HEAD", "HEAD"]);
  bench.x.clearRequests({ unmatched: true });
});

test("a path that means nothing is 404 by every method", async () => {
  for (const method of METHODS.filter((method) => method !== "HEAD" && method !== "OPTIONS")) {
    assertRefused(await send(method, "/v1/nothing"), 404, "not_found");
    assertRefused(await send(method, "/connect/nothing"), 404, "not_found");
  }
});
