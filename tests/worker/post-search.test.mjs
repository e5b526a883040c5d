/** docs/API.md, section 5, "Find, sort, survey": a search for a part of the text. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, publishPost, startBench, thread } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";

let bench;
let account;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id: "search" });
});
after(() => bench?.stop());

async function search(q, { caller = bench.api, ...others } = {}) {
  const { status, body, text } = await caller.get(`/v1/posts?${new URLSearchParams({ q, ...others })}`);
  assert.equal(status, 200, text);
  assert.equal(body.count, body.posts.length);
  return body.posts.map(({ id }) => id);
}

const draft = async (content) => (await createPost(bench, account, { content, isDraft: true })).id;

test("a part of a word is found in any case and any script, and signs mean themselves", async () => {
  const [latin, other, signs] = [await draft("An Übergrößenträger went by"), await draft("今日は良い天気ですね 😀😀😀"), await draft('He said "NEAR(a b)" OR text:* ^5')];
  for (const [q, ids] of [["übergr", [latin]], ["GRÖSSE", []], ["WENT BY", [latin]], ["天気で", [other]], ["😀😀😀", [other]], ['"NEAR(', [signs]], ["text:*", [signs]], [" OR ", [signs]], ["* ^5", [signs]], ["went  by", []]]) {
    assert.deepEqual(await search(q), ids, q);
  }
});

test("less than three characters, more than 500, and U+0000 are refused", async () => {
  for (const q of ["", "ab", "日本", "a\0bcd", "a".repeat(501)]) {
    assertRefused(await bench.api.get(`/v1/posts?${new URLSearchParams({ q })}`), 400, "invalid_payload", "q");
  }
  assert.deepEqual(await search("x".repeat(500)), []);
});

test("every part of a thread is found, and a changed text under its new words alone", async () => {
  const { id } = await createPost(bench, account, { ...thread("the first zebra", "the second okapi"), isDraft: true });
  assert.deepEqual([await search("zebra"), await search("okapi")], [[id], [id]]);
  assert.equal((await bench.api.patch(`/v1/posts/${id}`, { containers: [{ content: "a third quagga" }] })).status, 200);
  assert.deepEqual([await search("zebra"), await search("quagga")], [[], [id]]);
});

test("a post that is deleted is not found, and one that is cancelled is", async () => {
  const gone = await draft("a vanishing pangolin");
  const planned = await createPost(bench, account, { content: "a cancelled pangolin", scheduledAt: fromNow(3_600_000) });
  assert.equal((await bench.api.delete(`/v1/posts/${gone}`)).status, 200);
  assert.equal((await bench.api.delete(`/v1/posts/${planned.id}`)).status, 200);
  assert.deepEqual(await search("pangolin"), [planned.id]);
});

test("imported posts are found", async () => {
  const owner = await newAccount(bench, { tenant_id: "imported" });
  bench.x.post({ username: owner.username, text: "once upon an axolotl" });
  const { id } = (await bench.api.post(`/v1/social-accounts/${owner.id}/imports`)).body.data;
  const imported = () => bench.api.get(`/v1/social-accounts/${owner.id}/imports/${id}`);
  await eventually(imported, ({ body }) => body.data.status === "completed");
  assert.equal((await search("axolotl")).length, 1);
});

test("a tenant's and an account's key find their own posts alone, in the count too", async () => {
  const [ours, theirs] = [await newAccount(bench, { tenant_id: "ours" }), await newAccount(bench, { tenant_id: "theirs" })];
  const second = await newAccount(bench, { tenant_id: "ours" });
  const [own] = [await publishPost(bench, ours, { content: "a common wombat" })];
  await publishPost(bench, theirs, { content: "another common wombat" });
  const both = await createPost(bench, ours, { content: "a shared wombat", accounts: [ours.id, second.id], isDraft: true });
  const tenant = await newKey(bench, { tenant_id: "ours", scopes: ["read"] });
  const single = await newKey(bench, { account_id: ours.id, scopes: ["read"] });
  assert.equal((await search("wombat")).length, 3);
  assert.deepEqual(await search("wombat", { caller: tenant.api }), [both.id, own.id]);
  assert.deepEqual(await search("wombat", { caller: single.api }), [own.id]);
  assert.deepEqual(await search("wombat", { caller: tenant.api, tenant_id: "theirs" }), []);
  assert.deepEqual(await search("wombat", { tenant_id: "theirs", status: "pending" }), []);
});
