/** docs/API.md, section 8, "Changes": one long poll hears of what has changed, for whoever may see it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, publishPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";

let bench;
let account;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id: "changes" });
});
after(() => bench?.stop());

async function changes(query = {}, { caller = bench.api, wait } = {}) {
  const { status, body, text } = await caller.get(`/v1/changes?${new URLSearchParams(query)}`, wait && { prefer: `wait=${wait}` });
  assert.equal(status, 200, text);
  return body.data;
}
const draft = (whose, content) => createPost(bench, whose, { content, isDraft: true });

test("a call without a cursor answers where the changes end, and behind it are later ones", async () => {
  const { after: start, changed } = await changes();
  assert.deepEqual(changed, []);
  assert.deepEqual(await changes({ after: start }), { after: start, changed: [] });
  await draft(account, "a change");
  const later = await changes({ after: start });
  assert.deepEqual(later.changed, ["posts"]);
  assert.notEqual(later.after, start);
  assert.deepEqual((await changes({ after: later.after })).changed, []);
});

test("a waiting call is answered by the change", async () => {
  const { after: start } = await changes();
  const waiting = changes({ after: start }, { wait: 25 });
  const { id } = await draft(account, "waited for");
  assert.deepEqual((await waiting).changed, ["posts"]);
  const next = changes({ after: (await waiting).after }, { wait: 25 });
  await bench.api.patch(`/v1/posts/${id}`, { scheduledAt: fromNow(3_600_000), isDraft: false });
  assert.deepEqual((await next).changed, ["posts"]);
});

test("a wait without a change ends with its time", async () => {
  const { after: start } = await changes();
  assert.deepEqual(await changes({ after: start }, { wait: 1 }), { after: start, changed: [] });
});

test("accounts, posts and everything else are told apart, and what a post's account reports is a change", async () => {
  const { after: start } = await changes();
  const another = await newAccount(bench, { tenant_id: "changes" });
  assert.ok((await changes({ after: start })).changed.includes("accounts"));
  const { after: before } = await changes();
  await newKey(bench, { name: "a key" });
  assert.deepEqual((await changes({ after: before })).changed, ["other"]);
  const { after: unpublished } = await changes();
  await publishPost(bench, another, { content: "published" });
  assert.deepEqual((await changes({ after: unpublished })).changed, ["posts"]);
});

test("a cursor that nobody knows finds that everything may have changed", async () => {
  const { after: start } = await changes();
  for (const cursor of ["", "unknown", "unknown.1", `${start}9`]) {
    assert.deepEqual(await changes({ after: cursor }, { wait: 25 }), { after: start, changed: ["accounts", "posts", "other"] }, cursor);
  }
});

test("a tenant's key hears of its own rows alone, and a key for one account of none", async () => {
  const other = await newAccount(bench, { tenant_id: "not-changes" });
  const { api: caller } = await newKey(bench, { tenant_id: "changes", scopes: ["read"] });
  const { after: start } = await changes({}, { caller });
  const waiting = changes({ after: start }, { caller, wait: 25 });
  await draft(other, "theirs");
  assert.deepEqual((await changes({ after: start }, { caller })).changed, []);
  await draft(account, "ours");
  assert.deepEqual((await waiting).changed, ["posts"]);
  const single = await newKey(bench, { account_id: account.id, scopes: ["read"] });
  assertRefused(await single.api.get("/v1/changes"), 403, "insufficient_key_scope");
});

test("a key that ends while its call waits is nobody's", async () => {
  const { api: caller, id } = await newKey(bench, { scopes: ["read"] });
  const { after: start } = await changes({}, { caller });
  const waiting = caller.get(`/v1/changes?after=${start}`, { prefer: "wait=25" });
  // The call is one that waits once a second one with the key is answered.
  await changes({ after: start }, { caller });
  await bench.api.delete(`/v1/api-keys/${id}`);
  assertRefused(await waiting, 401, "invalid_api_key");
});

test("more than fifty calls with one key do not wait together", async () => {
  const { api: caller } = await newKey(bench, { scopes: ["read"] });
  const { after: start } = await changes({}, { caller });
  const waiting = Array.from({ length: 51 }, () => changes({ after: start }, { caller, wait: 25 }));
  assert.deepEqual((await Promise.race(waiting)).changed, []);
  await draft(account, "for all of them");
  const ends = await Promise.all(waiting);
  assert.equal(ends.filter(({ changed }) => changed.length === 0).length, 1);
});
