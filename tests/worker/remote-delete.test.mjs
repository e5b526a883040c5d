/** docs/API.md, section 5: `DELETE /v1/posts/{id}/remote` takes what we published off X. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  createPost,
  fromNow,
  newAccount,
  postIn,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const DELETE_CALL = { method: "DELETE", path: "/2/tweets/{id}" };

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const removeRemote = async ({ id }) => (await bench.api.delete(`/v1/posts/${id}/remote`)).body;
const statusesOf = ({ socialAccounts }) => socialAccounts.map(({ status }) => status);
const segmentIds = ({ socialAccounts: [{ segments }] }) => segments.map(({ platformPostId }) => platformPostId);

/** As the person would, in X's own app. */
async function deleteAtX({ username }, id) {
  const [{ text }] = bench.x.tokens({ username }).filter(({ kind }) => kind === "access");
  const headers = { authorization: `Bearer ${text}` };
  assert.equal((await fetch(`${bench.x.origin}/2/tweets/${id}`, { method: "DELETE", headers })).status, 200);
}

test("a post is taken off X and its row stays", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "taken back" });
  const { username } = account;
  const platform_post_id = post.socialAccounts[0].platformPostId;
  assert.deepEqual(await removeRemote(post), {
    success: true,
    results: [{ network: "x", username, platform_post_id, status: "deleted", error: null }],
  });
  assert.deepEqual(textsAt(bench, account), []);
  const row = await readPost(bench, post);
  assert.deepEqual([row.id, row.socialAccounts[0].state, statusesOf(row)], [post.id, "deleted", ["deleted"]]);
});

test("a thread is taken off X from its end", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, thread("back 1", "back 2", "back 3"));
  bench.x.clearRequests();
  const { success, results } = await removeRemote(post);
  assert.deepEqual([success, results.length, results[0].status], [true, 1, "deleted"]);
  assert.equal(results[0].platform_post_id, segmentIds(post)[0]);
  const deleted = bench.x.requests(DELETE_CALL).map(({ path }) => path.split("/").at(-1));
  assert.deepEqual(deleted, segmentIds(post).reverse());
  assert.deepEqual(textsAt(bench, account), []);
});

test("a post to two accounts is taken from both", async () => {
  const accounts = [await newAccount(bench, { tenant_id: "both" }), await newAccount(bench, { tenant_id: "both" })];
  const fields = { content: "from both", accounts: accounts.map(({ id }) => id) };
  const post = await publishPost(bench, accounts[0], fields);
  const { success, results } = await removeRemote(post);
  assert.equal(success, true);
  assert.deepEqual(results.map(({ username }) => username).sort(), accounts.map(({ username }) => username).sort());
  assert.deepEqual(results.map(({ status }) => status), ["deleted", "deleted"]);
  assert.deepEqual(bench.x.posts({ text: "from both" }), []);
});

test("what X does not know any more counts as deleted", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, thread("gone 1", "gone 2"));
  for (const id of segmentIds(post).reverse()) await deleteAtX(account, id);
  const { success, results } = await removeRemote(post);
  assert.deepEqual([success, results[0].status, results[0].error], [true, "deleted", null]);
  assert.deepEqual(statusesOf(await readPost(bench, post)), ["deleted"]);
});

test("a second call has nothing left to do", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "once is enough" });
  await removeRemote(post);
  bench.x.clearRequests();
  const { success } = await removeRemote(post);
  assert.equal(success, true);
  assert.deepEqual(bench.x.requests(DELETE_CALL), []);
});

test("what was not published is skipped, and still goes out", async () => {
  const account = await newAccount(bench);
  const draft = await createPost(bench, account, { content: "a draft", isDraft: true });
  const scheduled = await createPost(bench, account, { content: "scheduled", scheduledAt: fromNow(5000) });
  for (const post of [draft, scheduled]) {
    const { success, results } = await removeRemote(post);
    assert.deepEqual([success, results.length], [true, 1]);
    assert.deepEqual([results[0].status, results[0].platform_post_id], ["skipped", null]);
    assert.deepEqual(await readPost(bench, post), post);
  }
  await postIn(bench, scheduled.id, "published");
});

test("of a thread that broke off what is out is taken back", async () => {
  const account = await newAccount(bench);
  await publishPost(bench, account, { content: "half 2" });
  const post = await publishPost(bench, account, thread("half 1", "half 2"));
  assert.equal(post.socialAccounts[0].state, "failed");
  assert.equal((await removeRemote(post)).results[0].status, "deleted");
  assert.deepEqual(textsAt(bench, account), ["half 2"]);
});

test("what X refuses to delete is said so in X's words, and the rest is deleted", async () => {
  const accounts = [await newAccount(bench, { tenant_id: "one" }), await newAccount(bench, { tenant_id: "one" })];
  const fields = { content: "from one", accounts: accounts.map(({ id }) => id) };
  const post = await publishPost(bench, accounts[0], fields);
  const [kept] = accounts;
  bench.x.setUser({ username: kept.username, suspended: true });
  const { success, results } = await removeRemote(post);
  assert.equal(success, false);
  const byName = new Map(results.map((result) => [result.username, result]));
  assert.equal(byName.get(kept.username).status, "failed");
  assert.match(byName.get(kept.username).error, /not permitted/);
  assert.equal(byName.get(accounts[1].username).status, "deleted");
  const rows = new Map((await readPost(bench, post)).socialAccounts.map(({ id, status }) => [id, status]));
  assert.deepEqual([rows.get(kept.id), rows.get(accounts[1].id)], ["published", "deleted"]);

  bench.x.setUser({ username: kept.username, suspended: false });
  assert.equal((await removeRemote(post)).success, true);
  assert.deepEqual(statusesOf(await readPost(bench, post)), ["deleted", "deleted"]);
  assert.deepEqual(bench.x.posts({ text: "from one" }), []);
});

for (const [what, fault] of [
  ["answers that it is unavailable", { kind: "answer", preset: "unavailable" }],
  ["answers with a page", { kind: "answer", preset: "html" }],
  ["deletes and answers with half a body", { kind: "malformed" }],
]) {
  test(`where X ${what} in the middle of a thread a second call finishes`, async () => {
    const account = await newAccount(bench);
    const post = await publishPost(bench, account, thread(`${what} 1`, `${what} 2`, `${what} 3`));
    bench.x.fault({ ...DELETE_CALL, kind: "delay", ms: 1 });
    bench.x.fault({ ...DELETE_CALL, ...fault });
    const { success, results } = await removeRemote(post);
    assert.deepEqual([success, results[0].status], [false, "failed"]);
    assert.match(results[0].error, /\w/);
    assert.deepEqual(statusesOf(await readPost(bench, post)), ["published"]);
    assert.equal(bench.x.posts({ text: `${what} 1` }).length, 1);
    assert.equal((await removeRemote(post)).success, true);
    assert.deepEqual(textsAt(bench, account), []);
    assert.deepEqual(statusesOf(await readPost(bench, post)), ["deleted"]);
  });
}

test("a post that nobody has is not found", async () => {
  assertRefused(await bench.api.delete("/v1/posts/post_AAAAAAAAAAAAAAAAAAAAAA/remote"), 404, "not_found");
});
