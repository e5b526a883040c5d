/** docs/API.md, section 5: `GET /v1/posts/{id}/analytics`, X's metrics in the original's shape. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, newAccount, publishPost, readPost, startBench, thread } from "../support/client.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";

const READ_CALL = { method: "GET", path: "/2/tweets" };

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const ask = ({ id }) => bench.api.get(`/v1/posts/${id}/analytics`);

/** The calls of X that reads posts which `work` makes. */
async function readsDuring(work) {
  const before = bench.x.requests(READ_CALL).length;
  await work();
  return bench.x.requests(READ_CALL).slice(before);
}

async function analytics(post) {
  const { status, body, text } = await ask(post);
  assert.equal(status, 200, text);
  assert.equal(body.success, true);
  return body;
}

/** What readers made of each part of a published post, in order. */
function setMetrics({ socialAccounts: [{ segments }] }, ...metrics) {
  segments.forEach(({ platformPostId: id }, part) => bench.x.setPost({ id, ...metrics[part] }));
}

const FIRST = {
  public_metrics: { like_count: 10, reply_count: 4, repost_count: 3, bookmark_count: 2, impression_count: 1000 },
  non_public_metrics: { impression_count: 1000, url_link_clicks: 7, user_profile_clicks: 5, engagements: 19 },
};
const SECOND = {
  public_metrics: { like_count: 1, reply_count: 0, repost_count: 0, bookmark_count: 0, impression_count: 200 },
  non_public_metrics: { impression_count: 200, url_link_clicks: 1 },
};

test("X's metrics of a post are told in the original's words", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "measured" });
  setMetrics(post, FIRST);
  const body = await analytics(post);
  assertTimesAndIds(body.post);
  const { id, createdAt, publishedAt, socialAccounts: [{ platformPostId, platformPostUrl }] } = post;
  assert.deepEqual(body.post, { id, createdAt, publishedAt });
  assert.equal(body.metrics_by_account.length, 1);
  const [{ social_account, metrics, ...row }] = body.metrics_by_account;
  assert.deepEqual([social_account.id, social_account.username], [account.id, account.username]);
  const place = { platform_post_id: platformPostId, platform_post_url: platformPostUrl, published_at: publishedAt };
  assert.deepEqual(row, place);
  const { platform_specific, engagement_rate, reach, views, ...told } = metrics;
  assert.deepEqual(told, { likes: 10, comments: 4, shares: 3, impressions: 1000, saves: 2 });
  for (const number of [reach, views, engagement_rate]) assert.equal(typeof number, "number");
  assert.ok(JSON.stringify(platform_specific).includes("7"), "non-public ones too");
});

test("the metrics of a thread are those of all its parts together", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, thread("measured 1", "measured 2"));
  setMetrics(post, FIRST, SECOND);
  const { metrics_by_account, aggregated_metrics } = await analytics(post);
  const [{ metrics, platform_post_id }] = metrics_by_account;
  assert.equal(platform_post_id, post.socialAccounts[0].platformPostId, "it is the root's");
  assert.deepEqual([metrics.likes, metrics.impressions], [11, 1200]);
  assert.deepEqual([aggregated_metrics.total_likes, aggregated_metrics.total_impressions], [11, 1200]);
  const reads = await readsDuring(() => analytics(post));
  assert.equal(reads.length, 1, "one call to X for all of them");
});

test("the metrics of several accounts stand side by side, and are added up", async () => {
  const accounts = [await newAccount(bench), await newAccount(bench)];
  const body = { content: "measured twice", accounts: accounts.map(({ id }) => id) };
  const { post } = (await bench.api.post("/v1/posts", body, { prefer: "wait=10" })).body;
  post.socialAccounts.forEach(({ platformPostId: id }, at) => bench.x.setPost({ id, ...[FIRST, SECOND][at] }));
  const { metrics_by_account, aggregated_metrics } = await analytics(post);
  const likes = new Map(metrics_by_account.map(({ social_account, metrics }) => [social_account.id, metrics.likes]));
  assert.deepEqual(post.socialAccounts.map(({ id }) => likes.get(id)), [10, 1]);
  const { total_likes, total_comments, total_shares, total_impressions, total_views, total_reach } = aggregated_metrics;
  assert.deepEqual([total_likes, total_comments, total_shares, total_impressions], [11, 4, 3, 1200]);
  for (const number of [total_views, total_reach]) assert.equal(typeof number, "number");
});

test("replies and reposts at X are counted without anybody's help", async () => {
  const [account, other] = [await newAccount(bench), await newAccount(bench)];
  const post = await publishPost(bench, account, { content: "talked about" });
  const [{ platformPostId }] = post.socialAccounts;
  bench.x.post({ username: "linus", text: "hm", in_reply_to_tweet_id: platformPostId });
  const reposted = await bench.api.post(`/v1/posts/${post.id}/repost`, { account: other.id });
  assert.equal(reposted.status, 200, reposted.text);
  const { metrics } = (await analytics(post)).metrics_by_account[0];
  assert.deepEqual([metrics.comments, metrics.shares], [1, 1]);
});

test("a post without a reader has numbers all the same", async () => {
  const post = await publishPost(bench, await newAccount(bench), { content: "unread" });
  const { metrics_by_account: [{ metrics }], aggregated_metrics } = await analytics(post);
  assert.deepEqual([metrics.likes, metrics.impressions, aggregated_metrics.total_views], [0, 0, 0]);
  assert.ok([0, null].includes(metrics.engagement_rate));
  assert.ok([0, null].includes(aggregated_metrics.average_engagement_rate));
});

test("a post that is not out has no metrics, and X is not asked", async () => {
  const draft = await createPost(bench, await newAccount(bench), { content: "not out", isDraft: true });
  const reads = await readsDuring(async () => {
    const { metrics_by_account, aggregated_metrics } = await analytics(draft);
    assert.deepEqual([metrics_by_account, aggregated_metrics.total_likes], [[], 0]);
  });
  assert.deepEqual(reads, []);
});

test("of a post that failed on one account the other's metrics are told", async () => {
  const [refused, fine] = [await newAccount(bench), await newAccount(bench)];
  bench.x.setUser({ username: refused.username, suspended: true });
  const body = { content: "half out", accounts: [refused.id, fine.id] };
  const { post } = (await bench.api.post("/v1/posts", body, { prefer: "wait=10" })).body;
  const { metrics_by_account } = await analytics(post);
  assert.deepEqual(metrics_by_account.map(({ social_account }) => social_account.id), [fine.id]);
});

test("a post that was deleted at X does not break the answer", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, thread("stays", "goes"));
  const [, { platformPostId: gone }] = post.socialAccounts[0].segments;
  setMetrics(post, FIRST, SECOND);
  const [{ text: token }] = bench.x.tokens({ username: account.username });
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await fetch(`${bench.x.origin}/2/tweets/${gone}`, { method: "DELETE", headers })).status, 200);
  assert.equal((await analytics(post)).aggregated_metrics.total_likes, 10);
});

for (const [preset, status, code] of [
  ["unavailable", 502, "x_unavailable"],
  ["html", 502, "x_unavailable"],
  ["credits-new", 402, "credits_depleted"],
  ["rate-limit", 429, "rate_limited"],
]) {
  test(`X's refusal to be read (${preset}) is told as ${status} ${code}`, async () => {
    const post = await publishPost(bench, await newAccount(bench), { content: `unreadable: ${preset}` });
    bench.x.fault({ ...READ_CALL, kind: "answer", preset });
    const answer = await ask(post);
    const body = assertRefused(answer, status, code);
    if (preset !== "html") assert.equal(body.x.status, { 502: 503 }[status] ?? status);
    if (status === 429) assert.ok(Number(answer.headers.get("retry-after")) > 0);
    assert.deepEqual(await readPost(bench, post), post, "reading changes nothing");
  });
}

test("a spent window of reading is not asked again", async () => {
  const post = await publishPost(bench, await newAccount(bench), { content: "read too often" });
  bench.x.fault({ ...READ_CALL, kind: "answer", preset: "rate-limit" });
  assertRefused(await ask(post), 429, "rate_limited");
  const reads = await readsDuring(async () => {
    const again = await ask(post);
    assertRefused(again, 429, "rate_limited");
    const seconds = Number(again.headers.get("retry-after"));
    assert.ok(seconds > 14 * 60 && seconds <= 15 * 60 + 1, `${seconds}`);
  });
  assert.deepEqual(reads, []);
});

test("a post that there is not has no analytics", async () => {
  assertRefused(await ask({ id: "post_AAAAAAAAAAAAAAAAAAAAAA" }), 404, "not_found");
});
