/** docs/API.md, sections 5 and 12: an agent asks, and a person answers. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, toolsOf, use } from "../support/agents.mjs";
import { OURS, approve, decideOn, openPage, reject, stageOf } from "../support/approval.mjs";
import { api, newAccount, postIn, readPost, startBench, textsAt } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { signedIn } from "../support/oauth.mjs";

const tenant_id = "agents";
let bench;
let account;
/** An agent that may only draft. */
let agent;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id });
  agent = await newKey(bench, { tenant_id, name: "Agent", scopes: ["draft"] });
});
after(() => bench?.stop());

const by = (name, args) => use(bench, name, args, { key: agent.key });
const draft = async (content) => (await by("create_post", { accounts: [account.id], content, isDraft: true })).post;

test("a draft asks by a tool, once, and leaves after the yes of a person", async () => {
  const { id } = await draft("asks by a tool");
  const { post, data } = await by("request_approval", { post_id: id });
  assert.equal(data, undefined, "the post is there once");
  assert.deepEqual([stageOf(post), post.approval.requested_by.name], [["pending", 1], "Agent"]);
  assert.deepEqual(stageOf((await by("request_approval", { post_id: id })).post), ["pending", 1], "a second call asks for nothing new");
  assert.deepEqual(textsAt(bench, account), []);
  await approve(bench, post, { number: 1 });
  await postIn(bench, id, "published");
  assert.deepEqual(textsAt(bench, account), ["asks by a tool"]);
  assert.match((await by("request_approval", { post_id: id })).text, /insufficient_key_scope/, "what has left is no draft");
});

test("a rejected draft may ask again, and a key that only reads may not ask", async () => {
  const { id } = await draft("asks twice");
  await by("request_approval", { post_id: id });
  await reject(bench, { id }, { note: "shorter, please" });
  const { post } = await by("get_post", { post_id: id });
  assert.deepEqual([stageOf(post), post.approval.note], [["rejected", 1], "shorter, please"]);
  await by("update_post", { post_id: id, content: "shorter" });
  assert.deepEqual(stageOf((await by("request_approval", { post_id: id })).post), ["pending", 2]);
  const reader = await newKey(bench, { tenant_id, scopes: ["read"] });
  assert.ok(!(await toolsOf(bench, reader.key)).includes("request_approval"));
  assertRefused(await ask(bench, "tools/call", { name: "request_approval", arguments: { post_id: id } }, { key: reader.key }), 403, "insufficient_key_scope");
});

test("a change after the yes asks anew", async () => {
  const { id } = await draft("as approved");
  await by("update_post", { post_id: id, scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
  const { post } = await by("request_approval", { post_id: id });
  await approve(bench, post, { number: 1 });
  const { isError, text } = await by("update_post", { post_id: id, content: "not as approved" });
  assert.ok(isError, "what a person has approved is no draft any more");
  assert.match(text, /insufficient_key_scope/);
  const changed = await bench.api.patch(`/v1/posts/${id}`, { content: "not as approved" });
  assert.deepEqual(stageOf(changed.body.post), ["pending", 2]);
  await by("delete_post", { post_id: id });
});

test("whoever has the page of a request and a key that may only draft approves nothing", async () => {
  const { id } = await draft("waits for a person");
  const { post } = await by("request_approval", { post_id: id });
  const { page, url, number } = post.approval;
  assert.deepEqual([new URL(page).origin, url], [bench.worker.origin, undefined]);
  const browser = await signedIn(bench, agent.key);
  const withKey = api(bench.worker, { key: agent.key });
  const nobody = api(bench.worker, { key: null });
  for (const verb of ["approve", "reject"]) {
    const path = `/v1/posts/${id}/${verb}`;
    assertRefused(await withKey.post(path, { number }), 403, "insufficient_key_scope");
    assertRefused(await browser.post(path, { number }), 403, "insufficient_key_scope");
    assertRefused(await nobody.post(path, { number }), 401, "invalid_api_key");
  }
  const { pathname } = new URL(page);
  for (const headers of [OURS, { ...browser.headers }]) {
    assert.equal((await decideOn(bench, pathname, { decision: "approve" }, headers)).status, 405, "the page takes no form");
  }
  for (const token of [id, page.split("/").at(-1), "A".repeat(80)]) {
    assert.equal((await openPage(bench, `/approve/${token}`)).status, 404);
    assert.equal((await decideOn(bench, `/approve/${token}`, { decision: "approve" })).status, 404);
  }
  const seen = await readPost(bench, { id });
  assert.deepEqual([stageOf(seen), textsAt(bench, account).includes("waits for a person")], [["pending", 1], false]);
});
