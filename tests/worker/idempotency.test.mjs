/** docs/API.md, section 1: what `Idempotency-Key` promises. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { TOKEN_CALL } from "../support/calls.mjs";
import { SITE, callUnderWay, connect, newUser, postIn, readPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { storedFiles } from "../support/stored.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const post = (path, body, key) => bench.api.post(path, body, { "idempotency-key": key });
const newAccount = () => connect(bench, { username: newUser(bench).username });
const isReplay = ({ headers }) =>
  headers.get("idempotency-replayed") === "true" && headers.get("idempotency-replay") === "true";

/** The stand-in's app again, as the network of a tenant of its own. */
function networkOf(tenant_id) {
  const { client_id, client_secret } = bench.x.app;
  return { network: "x", client_key: client_id, client_secret, tenant_id };
}

function assertReplayed(first, second) {
  assert.ok(!isReplay(first));
  assert.ok(isReplay(second), second.text);
  assert.deepEqual([second.status, second.text], [first.status, first.text]);
}

test("a repeated call returns the first answer byte for byte and says so", async () => {
  const { id } = await newAccount();
  const body = { content: "once", accounts: [id] };
  const first = await post("/v1/posts", body, "repeat");
  await postIn(bench, first.body.post.id, "published");
  assertReplayed(first, await post("/v1/posts", body, "repeat"));
  assert.equal(bench.x.posts({ text: "once" }).length, 1);
});

test("a repeated call that waits is the first answer too", async () => {
  const { id } = await newAccount();
  const body = { content: "waited for", accounts: [id] };
  const headers = { "idempotency-key": "waiting", prefer: "wait=10" };
  const first = await bench.api.post("/v1/posts", body, headers);
  assert.equal(first.body.post.socialAccounts[0].state, "published");
  const second = await bench.api.post("/v1/posts", body, headers);
  assert.ok(isReplay(second));
  assert.equal(second.body.post.id, first.body.post.id);
  assert.equal(bench.x.posts({ text: "waited for" }).length, 1);
});

test("a hundred calls at once with one key make one post", async () => {
  const { id } = await newAccount();
  const body = { content: "one of a hundred", accounts: [id] };
  const answers = await Promise.all(Array.from({ length: 100 }, () => post("/v1/posts", body, "hundred")));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  assert.equal(answers.filter((answer) => !isReplay(answer)).length, 1);
  await postIn(bench, answers[0].body.post.id, "published");
  assert.equal(bench.x.posts({ text: "one of a hundred" }).length, 1);
});

test("the same key with another body or path is refused and does nothing", async () => {
  const { id } = await newAccount();
  await post("/v1/posts", { content: "first of two", accounts: [id] }, "reused");
  const other = await post("/v1/posts", { content: "second of two", accounts: [id] }, "reused");
  assertRefused(other, 422, "idempotency_key_reused");
  assertRefused(await post("/v1/connect-sessions", { origin: SITE }, "reused"), 422, "idempotency_key_reused");
  const { posts } = (await bench.api.get(`/v1/posts?social_account_id=${id}`)).body;
  assert.deepEqual(posts.map(({ containers }) => containers[0].content), ["first of two"]);
});

test("the same JSON in another order of keys or spacing is the same request", async () => {
  const send = (body, key, path = "/v1/posts") =>
    bench.api.send("POST", path, { body, headers: { "idempotency-key": key, "content-type": "application/json" } });
  const { id } = await newAccount();
  const first = await send(`{"content":"spelt twice é","accounts":["${id}"],"x":{"made_with_ai":true,"paid_partnership":false}}`, "spelt");
  assert.equal(first.status, 200, first.text);
  for (const again of [
    `{"x":{"paid_partnership":false,"made_with_ai":true},"accounts":["${id}"],"content":"spelt twice é"}`,
    `{\r\n  "content" : "spelt twice \\u00e9",\n  "accounts" : [ "${id}" ],\n\t"x" : { "made_with_ai" : true, "paid_partnership":false }\n}\n`,
  ]) {
    assertReplayed(first, await send(again, "spelt"));
  }
  for (const other of [
    `{"content":"spelt twice e","accounts":["${id}"],"x":{"made_with_ai":true,"paid_partnership":false}}`,
    `{"content":"spelt twice é","accounts":["${id}"],"x":{"made_with_ai":false,"paid_partnership":true}}`,
    `{"content":"spelt twice é","content":"spelt twice é","accounts":["${id}"],"x":{"made_with_ai":true,"paid_partnership":false}}`,
  ]) {
    assertRefused(await send(other, "spelt"), 422, "idempotency_key_reused");
  }
  // An answer that is stored sealed.
  const session = await send(`{"origin":"${SITE}","tenant_id":"spelt"}`, "sealed", "/v1/connect-sessions");
  assert.equal(session.status, 201, session.text);
  assertReplayed(session, await send(`{ "tenant_id": "spelt", "origin": "${SITE}" }`, "sealed", "/v1/connect-sessions"));
});

test("while the first call is running a second one is told so, and X is asked once", async () => {
  bench.x.clearRequests();
  bench.x.fault({ ...TOKEN_CALL, kind: "hold" });
  const body = networkOf("in-progress");
  const first = post("/v1/social-networks", body, "running");
  await callUnderWay(bench, TOKEN_CALL);
  assertRefused(await post("/v1/social-networks", body, "running"), 409, "idempotency_in_progress");
  bench.x.release();
  const done = await first;
  assert.equal(done.status, 201, done.text);
  assertReplayed(done, await post("/v1/social-networks", body, "running"));
  assert.equal(bench.x.requests(TOKEN_CALL).length, 1);
});

test("a refusal of the input is remembered", async () => {
  const bad = { content: "", accounts: ["x"] };
  assertReplayed(await post("/v1/posts", bad, "refused"), await post("/v1/posts", bad, "refused"));
  const wrong = { ...networkOf("refused"), client_secret: "wrong" };
  const first = await post("/v1/social-networks", wrong, "refused-by-x");
  assertRefused(first, 422, "invalid_client_secret");
  assertReplayed(first, await post("/v1/social-networks", wrong, "refused-by-x"));
});

test("an answer of authentication is not remembered", async () => {
  const body = { content: "with the right key", accounts: [(await newAccount()).id] };
  const headers = { "idempotency-key": "stranger" };
  const refused = await bench.api.post("/v1/posts", body, { ...headers, authorization: "Bearer no" });
  assertRefused(refused, 401, "invalid_api_key");
  const { status, headers: answered } = await bench.api.post("/v1/posts", body, headers);
  assert.deepEqual([status, answered.get("idempotency-replayed")], [200, null]);
});

test("a replay needs a good key as well", async () => {
  const body = { origin: SITE };
  await post("/v1/connect-sessions", body, "guessed");
  const headers = { "idempotency-key": "guessed", authorization: "Bearer no" };
  assertRefused(await bench.api.post("/v1/connect-sessions", body, headers), 401, "invalid_api_key");
});

test("a conflict is not remembered", async () => {
  const tenant_id = "conflict";
  await bench.api.post("/v1/social-networks", networkOf(tenant_id));
  await connect(bench, { tenant_id, username: newUser(bench).username });
  const other = bench.x.addApp({ callbacks: bench.x.app.callbacks });
  const body = { ...networkOf(tenant_id), client_key: other.client_id, client_secret: other.client_secret };
  for (const _ of [1, 2]) {
    const answer = await post("/v1/social-networks", body, "conflict");
    assertRefused(answer, 409, "client_changed");
    assert.ok(!isReplay(answer));
  }
  assert.equal((await post("/v1/social-networks", { ...body, force: true }, "conflict")).status, 200);
});

test("a fault of ours is not remembered, and does not keep its key", async (t) => {
  const persist = await mkdtemp(join(tmpdir(), "worker-state-"));
  const before = await startBench({ persist });
  await before.stop();
  // What was sealed with the first ring does not open with this one.
  const MASTER_KEYS = `other:${Buffer.alloc(32, 8).toString("base64")}`;
  const broken = await startBench({ persist, register: false, vars: { MASTER_KEYS } });
  t.after(async () => {
    await broken.stop();
    await rm(persist, { recursive: true });
  });
  for (const _ of [1, 2]) {
    const path = `/v1/social-networks/${before.network.id}/verify`;
    assertRefused(await broken.api.post(path, undefined, { "idempotency-key": "fault" }), 500, "internal");
  }
});

test("a credential is replayed as it was and is not on disk in plain text", async () => {
  const body = { origin: SITE, tenant_id: "sealed" };
  const first = await post("/v1/connect-sessions", body, "credential");
  assertReplayed(first, await post("/v1/connect-sessions", body, "credential"));
  const link = await post("/v1/social-networks/x/auth-url", {}, "link");
  assertReplayed(link, await post("/v1/social-networks/x/auth-url", {}, "link"));
  const { token } = first.body.data;
  const holding = (await storedFiles(bench.worker)).filter(([, bytes]) => bytes.includes(token)).map(([name]) => name);
  assert.deepEqual(holding, []);
});

test("verifying a network again under one key asks X once", async () => {
  const path = `/v1/social-networks/${bench.network.id}/verify`;
  bench.x.clearRequests();
  assertReplayed(await post(path, undefined, "verify"), await post(path, undefined, "verify"));
  assert.equal(bench.x.requests(TOKEN_CALL).length, 1);
});

test("a key has 1 to 255 printable ASCII characters", async () => {
  const body = { content: "never", accounts: ["nobody"] };
  for (const bad of ["k".repeat(256), "caf\u00e9", "a\tb"]) {
    assertRefused(await post("/v1/posts", body, bad), 400, "invalid_payload", "Idempotency-Key");
  }
  for (const good of ["k", "k".repeat(255), "a b~!"]) {
    assertRefused(await post("/v1/posts", body, good), 400, "unknown_account");
  }
});

test("an answer outlives a restart of the Worker", async () => {
  const { id } = await newAccount();
  const body = { content: "before the restart", accounts: [id] };
  const first = await post("/v1/posts", body, "restart");
  // Else X's answer could be lost, which is settled after a minute.
  await postIn(bench, first.body.post.id, "published");
  await bench.worker.restart();
  assertReplayed(first, await post("/v1/posts", body, "restart"));
  assert.equal((await readPost(bench, first.body.post)).socialAccounts[0].state, "published");
  assert.equal(bench.x.posts({ text: "before the restart" }).length, 1);
});
