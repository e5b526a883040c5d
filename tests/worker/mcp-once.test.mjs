/** docs/API.md, section 12, "Acting once": what a repeated call of a tool does, and what the model is told of it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, use } from "../support/agents.mjs";
import { newAccount, startBench } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { age } from "../support/stored.mjs";

const LATER_MS = 11 * 60_000;

let bench;
let account;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id: "t" });
});
after(() => bench?.stop());

const draft = (fields) => ({ accounts: [account.id], isDraft: true, ...fields });
const create = (id, fields) => use(bench, "create_post", draft(fields), { id });

test("a call that has no idempotency key of its own acts once for each request", async () => {
  const content = "said once";
  const [first, again, other] = [await create(1, { content }), await create(1, { content }), await create(2, { content })];
  assert.equal(again.post.id, first.post.id);
  assert.notEqual(other.post.id, first.post.id);
  assert.equal((await create(1, { content, scheduledAt: null })).post.id, first.post.id, "null counts as absent");
  assert.notEqual((await create(1, { content: "said anew" })).post.id, first.post.id);
  const own = await create(3, { content, idempotency_key: "mine" });
  assert.equal((await create(4, { content, idempotency_key: "mine" })).post.id, own.post.id);
  for (const [id, key] of ["a\nb", "a\0", "", "ü", "a".repeat(256)].entries()) {
    const refused = await create(`bad ${id}`, { content, idempotency_key: key });
    assert.match(refused.text, /expected 1 to 255 printable ASCII characters/);
  }
  const reused = await create(5, { idempotency_key: "mine", content: "another" });
  assert.match(reused.text, /idempotency_key_reused[^]*a new `idempotency_key`/);
  const { key } = await newKey(bench, { scopes: ["publish"], tenant_id: "t" });
  assert.notEqual((await use(bench, "create_post", draft({ content }), { id: 1, key })).post.id, first.post.id);
});

test("a client and a model are told that an answer is a repeated one", async () => {
  const say = (id, fields) => ask(bench, "tools/call", { name: "create_post", arguments: draft({ content: "told", ...fields }) }, { id });
  for (const [first, again] of [[await say(11), await say(11)], [await say(12, { idempotency_key: "told" }), await say(13, { idempotency_key: "told" })]]) {
    assert.deepEqual([first.result._meta.idempotencyReplay, first.result.content.length, first.result.structuredContent.warnings], [undefined, 1, []]);
    const sentence = again.result.content[1].text;
    assert.match(sentence, /^This is the answer to the same call of 20[\d-]+T[\d:.]+Z; nothing was done again\. .*`idempotency_key`\.$/);
    assert.deepEqual([again.result._meta.idempotencyReplay, again.result.structuredContent.warnings], [true, [sentence]]);
    assert.equal(again.result.structuredContent.post.id, first.result.structuredContent.post.id);
  }
});

test("the same request of a later conversation acts anew, unless the caller has given the key", async () => {
  const content = "said in two conversations";
  const [made, own] = [await create(21, { content }), await create(22, { content, idempotency_key: "for a day" })];
  await bench.worker.kill();
  age(bench.worker.stateDir, "Workspace", LATER_MS);
  await bench.worker.restart();
  assert.notEqual((await create(21, { content })).post.id, made.post.id);
  assert.equal((await create(22, { content, idempotency_key: "for a day" })).post.id, own.post.id);
});

test("a refusal is asked for again, unless the caller has given the key", async () => {
  const budget = (monthly_budget_usd) => bench.api.patch("/v1/settings", { monthly_budget_usd });
  const publish = (id, fields = {}) => use(bench, "create_post", { accounts: [account.id], content: "dear", ...fields }, { id });
  assert.equal((await budget(0)).status, 200);
  assert.match((await publish(31)).text, /budget_exceeded/);
  assert.match((await publish(32, { idempotency_key: "refused", content: "dear too" })).text, /budget_exceeded/);
  assert.equal((await budget(null)).status, 200);
  assert.ok((await publish(31)).post.id);
  assert.match((await publish(32, { idempotency_key: "refused", content: "dear too" })).text, /budget_exceeded/);
});
