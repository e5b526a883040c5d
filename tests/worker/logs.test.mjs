/** One line a request, one a fault; and what is in neither. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { api, connect, createSession, newUser, request, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** The lines about one answer, parsed. The request's own is awaited: it may come after the answer. */
async function linesOf(answer, { worker } = bench) {
  const id = answer.headers.get("x-request-id");
  await worker.logged(id, '"status":');
  return worker
    .logs()
    .filter((line) => line.includes(id))
    .map((line) => JSON.parse(line.slice(line.indexOf("{"))));
}

/** That an answer has exactly this line, but for its id and its duration. */
async function assertLine(answer, line) {
  const [{ ms, request_id, ...rest }, ...more] = await linesOf(answer);
  assert.deepEqual(more, []);
  assert.deepEqual(rest, { key_id: null, account_id: null, ...line });
  assert.equal(request_id, answer.headers.get("x-request-id"));
  assert.ok(Number.isInteger(ms) && ms >= 0);
}

test("each call has one line, with its route's template and the key's id", async () => {
  const { id } = await createSession(bench);
  for (const [method, path, route, status] of [
    ["GET", "/v1/posts?limit=1", "/v1/posts", 200],
    ["GET", "/v1/posts/post_none", "/v1/posts/{id}", 404],
    ["POST", "/v1/posts", "/v1/posts", 415],
    ["GET", `/v1/connect-sessions/${id}`, "/v1/connect-sessions/{id}", 200],
    ["POST", `/v1/social-networks/${bench.network.id}/verify`, "/v1/social-networks/{id}/verify", 200],
  ]) {
    await assertLine(await bench.api.send(method, path), { method, route, status, key_id: "admin" });
  }
});

test("a line names the account that a call is about", async () => {
  const { id } = await connect(bench, { username: newUser(bench).username });
  for (const rest of ["", "/health"]) {
    const line = { method: "GET", status: 200, key_id: "admin", account_id: id };
    const answer = await bench.api.get(`/v1/social-accounts/${id}${rest}`);
    await assertLine(answer, { ...line, route: `/v1/social-accounts/{id}${rest}` });
  }
});

test("a line has no text of a stranger's in the place of an account's id", async () => {
  const real = "acc_AAAAAAAAAAAAAAAAAAAAAA";
  for (const id of ["hunter2-my-password", "acc_short", "net_AAAAAAAAAAAAAAAAAAAAAA", "%22injected%22", real]) {
    for (const rest of ["", "/health", "/x/2/users/me"]) {
      const [line] = await linesOf(await bench.api.get(`/v1/social-accounts/${id}${rest}`));
      assert.equal(line.account_id, id === real ? real : null, rest);
    }
  }
});

test("a line without a good key names none", async () => {
  const stranger = api(bench.worker, { key: null });
  for (const [path, route, status] of [
    ["/healthz", "/healthz", 200],
    ["/v1/posts", "/v1/posts", 401],
    ["/v1/nothing/here", "unknown", 404],
    ["/connect/callback/x?state=none", "/connect/callback/x", 400],
  ]) {
    await assertLine(await stranger.get(path), { method: "GET", route, status });
  }
});

test("a session's token is no API key", async () => {
  const { id, token } = await createSession(bench);
  const answer = await api(bench.worker, { key: token }).get(`/v1/connect-sessions/${id}`);
  assert.equal(answer.status, 200);
  const [{ key_id }] = await linesOf(answer);
  assert.equal(key_id, null);
});

test("no line has a body, a query value, a cookie, a header or a path that somebody made up", async () => {
  const marks = ["in-the-query", "in-the-cookie", "in-the-body", "in-the-header", "in-the-path", "in-the-key"];
  const [query, cookie, content, header, path, key] = marks;
  const headers = { cookie: `a=${cookie}`, "x-own": header, "idempotency-key": key };
  const answers = [
    await bench.api.get(`/v1/posts?colour=${query}`, headers),
    await bench.api.get(`/v1/${path}?state=${query}`, headers),
    await bench.api.post("/v1/posts", { content, accounts: [content] }, headers),
    await bench.api.get(`/connect/callback/x?state=${query}&code=${query}`, headers),
    await bench.api.get("/v1/posts", { ...headers, authorization: `Bearer ${header}` }),
  ];
  for (const answer of answers) await linesOf(answer);
  const written = bench.worker.logs().join("\n");
  for (const mark of [...marks, ADMIN_KEY, bench.x.app.client_secret]) assert.ok(!written.includes(mark), mark);
});

test("a refusal is not a failure", async () => {
  const answer = await bench.api.post("/v1/posts", { content: "a", accounts: ["nobody"] });
  const [line] = await linesOf(answer);
  assert.equal(line.failure, undefined);
  assert.ok(!bench.worker.logs().some((written) => written.startsWith("error:")), bench.worker.logs().join("\n"));
});

test("a fault is logged once with its chain and answered as a bare 500 with the id", async (t) => {
  const persist = await mkdtemp(join(tmpdir(), "worker-state-"));
  const sealed = await startBench({ persist });
  await sealed.stop();
  // What was sealed with the first ring does not open with this one.
  const MASTER_KEYS = `other:${Buffer.alloc(32, 8).toString("base64")}`;
  const broken = await startBench({ persist, register: false, vars: { MASTER_KEYS } });
  t.after(async () => {
    await broken.stop();
    await rm(persist, { recursive: true });
  });
  const answer = await broken.api.post(`/v1/social-networks/${sealed.network.id}/verify`);
  const { error } = assertRefused(answer, 500, "internal");
  assert.doesNotMatch(error, /seal|key/i);
  await broken.worker.logged(answer.headers.get("x-request-id"), '"failure":');
  const lines = await linesOf(answer, broken);
  const [failure, ...others] = lines.filter((line) => line.failure !== undefined);
  assert.deepEqual(others, []);
  assert.match(failure.failure, /seal/);
  assert.deepEqual(lines.filter((line) => line.failure === undefined).map(({ status }) => status), [500]);
});
