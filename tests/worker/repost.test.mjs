/** docs/API.md, section 5: `POST /v1/posts/{id}/repost`. A repost is a delivery like any other (promise 8). */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { REPOST_CALL } from "../support/calls.mjs";
import {
  connect,
  createPost,
  newAccount,
  postIn,
  publishPost,
  readPost,
  startBench,
  thread,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";

let bench;

before(async () => (bench = await startBench({ vars: { SETTLE_MS: "1000" } })));
afterEach(() => bench.x.set({ repeated_repost: "refuse", limits: {} }));
after(() => bench?.stop());

const idAtX = ({ socialAccounts: [{ platformPostId }] }) => platformPostId;
const repost = ({ id }, body, headers) => bench.api.post(`/v1/posts/${id}/repost`, body, headers);
const usage = async () => (await bench.api.get("/v1/account/usage")).body.usage;
const callsBy = ({ network_unique_id }) => bench.x.requests({ path: `/2/users/${network_unique_id}/retweets` });
const repostsOf = (post) => bench.x.reposts({ tweet_id: idAtX(post) });

/** A post that is out, and another account to repost it. */
async function scene(content) {
  const [author, other] = [await newAccount(bench), await newAccount(bench)];
  return { author, other, post: await publishPost(bench, author, { content }) };
}

test("a repost is made at X and is a post without text here", async () => {
  const { other, post } = await scene("worth repeating");
  const { status, body } = await repost(post, { account: other.id });
  assert.deepEqual([status, body.success], [200, true]);
  assert.deepEqual(body.data.post, body.post);
  const [made, ...others] = repostsOf(post);
  assert.deepEqual([others, made.author_id], [[], other.network_unique_id]);
  assert.deepEqual(body.post.containers, []);
  assert.equal(body.post.cost.estimate_usd, 0.015);
  assert.equal(body.post.cost.actual_usd, 0.015);
  const [{ id, state, status: shown, attempts, error }] = body.post.socialAccounts;
  assert.deepEqual([id, state, shown, attempts, error], [other.id, "published", "published", 1, null]);
  assert.deepEqual(await readPost(bench, body.post), body.post);
  assert.deepEqual(await readPost(bench, post), post, "the original is as it was");
});

test("the account is named by id or by username, and has to be there", async () => {
  const { other, post } = await scene("by name");
  assert.equal((await repost(post, { account: `@${other.username}` })).body.post.socialAccounts[0].id, other.id);
  assertRefused(await repost(post, { account: "nobody_here" }), 400, "unknown_account", "account");
  assertRefused(await repost(post, {}), 400, "invalid_payload", "account");
  assertRefused(await repost(post, { account: other.id, colour: 1 }), 400, "invalid_payload", "colour");
  assertRefused(await repost({ id: "post_AAAAAAAAAAAAAAAAAAAAAA" }, { account: other.id }), 404, "not_found");
  assert.equal(repostsOf(post).length, 1);
});

test("of a thread the root is reposted", async () => {
  const [author, other] = [await newAccount(bench), await newAccount(bench)];
  const post = await publishPost(bench, author, thread("root", "leaf"));
  await repost(post, { account: other.id });
  assert.deepEqual(repostsOf(post).map(({ reposted_id }) => reposted_id), [idAtX(post)]);
});

for (const way of ["refuse", "accept"]) {
  test(`what X has as a repost already (it may ${way}) is reposted, and not an error`, async () => {
    const { other, post } = await scene(`already there: ${way}`);
    bench.x.set({ repeated_repost: way });
    await repost(post, { account: other.id });
    const { status, body } = await repost(post, { account: other.id });
    const [{ state, error }] = body.post.socialAccounts;
    assert.deepEqual([status, state, error], [200, "published", null]);
    assert.equal(repostsOf(post).length, 1);
  });
}

test("a repost that X has already is not charged, and one whose first answer was lost is charged once", async () => {
  const { other, post } = await scene("charged once");
  const costOf = async () => (await repost(post, { account: other.id })).body.post.cost.actual_usd;
  const before = await usage();
  assert.deepEqual([await costOf(), await costOf(), await costOf()], [0.015, null, null]);
  const after = await usage();
  assert.equal(after.posts.current, before.posts.current + 1);
  assert.equal(Math.round((after.x_cost.estimate_usd - before.x_cost.estimate_usd) * 1000), 15);
  const { post: second } = await scene("charged after a lost answer");
  bench.x.fault({ ...REPOST_CALL, kind: "effect-then-close" });
  const { body } = await repost(second, { account: other.id });
  assert.equal((await postIn(bench, body.post.id, "published")).cost.actual_usd, 0.015);
});

for (const [kind, calls] of [["effect-then-close", 2], ["close", 2], ["malformed", 2]]) {
  test(`a repost whose answer was lost (${kind}) is made again, and there is one`, async () => {
    const { other, post } = await scene(`lost: ${kind}`);
    bench.x.fault({ ...REPOST_CALL, kind });
    const { body } = await repost(post, { account: other.id });
    const { socialAccounts } = await postIn(bench, body.post.id, "published");
    assert.deepEqual([socialAccounts[0].attempts, callsBy(other).length], [calls, calls]);
    assert.equal(repostsOf(post).length, 1);
  });
}

test("a repost that X refuses fails in X's words", async () => {
  const { other, post } = await scene("not by everybody");
  bench.x.setUser({ username: other.username, suspended: true });
  const { body } = await repost(post, { account: other.id });
  const [{ state, error_code, error }] = body.post.socialAccounts;
  assert.deepEqual([state, error_code], ["failed", "x_refused"]);
  assert.match(error, /not permitted to perform this action/);
});

/** The newest post of this account once its delivery is so: the call that made it may still be waiting. */
async function newestOf({ id }, holds) {
  const read = async () => (await bench.api.get(`/v1/posts?social_account_id=${id}&limit=1`)).body.posts[0];
  return eventually(read, (post) => post !== undefined && holds(post.socialAccounts[0]));
}

test("a repost waits for its own window, and may be cancelled meanwhile", async () => {
  const { other, post } = await scene("limited reposts");
  bench.x.set({ limits: { "POST /2/users/{id}/retweets": { user_15min: 1 } } });
  await repost(post, { account: other.id });
  const second = await publishPost(bench, await newAccount(bench), { content: "one too many" });
  const answer = repost(second, { account: other.id });
  const waiting = await newestOf(other, ({ error_code }) => error_code === "rate_limited");
  assert.equal(waiting.socialAccounts[0].state, "queued");
  assert.equal((await bench.api.delete(`/v1/posts/${waiting.id}`)).status, 200);
  const cancelledAt = Date.now();
  assert.equal((await answer).body.post.socialAccounts[0].state, "cancelled");
  assert.ok(Date.now() - cancelledAt < 15_000, "its call is answered as soon as the delivery is final");
  assert.equal(callsBy(other).length, 1);
});

test("a repost without a grant is held, and made after a reconnection", async () => {
  const { other, post } = await scene("held repost");
  bench.x.revokeGrants({ username: other.username });
  const answer = repost(post, { account: other.id });
  const held = await newestOf(other, ({ state }) => state === "held");
  assert.equal(held.socialAccounts[0].error_code, "reconnect_required");
  await connect(bench, { username: other.username });
  assert.equal((await answer).body.post.socialAccounts[0].state, "published");
  assert.equal(repostsOf(post).length, 1);
});

test("what is not out cannot be reposted", async () => {
  const [author, other] = [await newAccount(bench), await newAccount(bench)];
  const draft = await createPost(bench, author, { content: "not out", isDraft: true });
  assertRefused(await repost(draft, { account: other.id }), 404, "not_found");
  assert.deepEqual(callsBy(other), []);
});
