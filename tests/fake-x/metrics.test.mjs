import assert from "node:assert/strict";
import { test } from "node:test";
import { call, connect, get, start } from "./client.mjs";

const DAY = 86_400_000;

const connected = async (t) => {
  const x = await start(t);
  return { x, token: await connect(x) };
};

test("metrics are what the control plane says, and else counted", async (t) => {
  const { x, token } = await connected(t);
  const { id } = x.post({ username: "ada", text: "hello" });
  x.post({ username: "linus", text: "hi", in_reply_to_tweet_id: id });
  x.setPost({ id, public_metrics: { like_count: 7, impression_count: 900 }, non_public_metrics: { engagements: 12 } });
  const { data } = (await get(x, `/2/tweets/${id}?tweet.fields=public_metrics,non_public_metrics`, token)).body;
  assert.deepEqual(data.public_metrics, {
    retweet_count: 0, reply_count: 1, like_count: 7, quote_count: 0, bookmark_count: 0, impression_count: 900,
  });
  const hidden = { impression_count: 0, url_link_clicks: 0, user_profile_clicks: 0, engagements: 12 };
  assert.deepEqual(data.non_public_metrics, hidden);
  const organic = (await get(x, `/2/tweets/${id}?post.fields=organic_metrics`, token)).body.data.organic_metrics;
  assert.deepEqual([organic.like_count, organic.reply_count, organic.repost_count], [7, 1, 0]);
});

test("a metric that X does not have is refused by the control plane", async (t) => {
  const { x } = await connected(t);
  const { id } = x.post({ username: "ada", text: "hello" });
  assert.throws(() => x.setPost({ id, public_metrics: { claps: 1 } }), /unknown key claps/);
  assert.throws(() => x.setPost({ id, text: "other" }), /unknown key text/);
  assert.throws(() => x.setPost({ id: "1" }), /no post has the id 1/);
});

test("private metrics of a post older than 30 days are errors, and the post is left out", async (t) => {
  const { x, token } = await connected(t);
  x.clock({ frozen: true });
  const [young, old] = ["young", "old"].map((text) => x.post({ username: "ada", text }));
  x.setPost({ id: young.id, created_at: x.now().now - 30 * DAY });
  x.setPost({ id: old.id, created_at: x.now().now - 30 * DAY - 1 });
  const path = `/2/tweets?ids=${young.id},${old.id}&post.fields=public_metrics`;
  const { status, body } = await get(x, `${path},non_public_metrics`, token);
  assert.equal(status, 200);
  assert.deepEqual(body.data.map(({ id }) => id), [young.id]);
  assert.equal(body.errors.length, 4);
  assert.deepEqual(body.errors[0], {
    resource_type: "tweet",
    field: "non_public_metrics.impression_count",
    parameter: "ids",
    resource_id: old.id,
    title: "Field Authorization Error",
    section: "data",
    detail:
      "Sorry, you are not authorized to access 'non_public_metrics.impression_count' " +
      `on the Tweet with ids : [${old.id}].`,
    value: old.id,
    type: "https://api.twitter.com/2/problems/not-authorized-for-field",
  });
  assert.equal((await get(x, path, token)).body.data.length, 2, "public metrics have no age");
});

test("private metrics of another are errors too", async (t) => {
  const { x, token } = await connected(t);
  const { id } = x.post({ username: "linus", text: "mine" });
  const { body } = await get(x, `/2/tweets/${id}?tweet.fields=non_public_metrics`, token);
  assert.equal(body.data, undefined);
  assert.equal(body.errors[0].detail.includes(`on the Tweet with id : [${id}]`), true);
});

test("a timeline with private metrics ends 30 days back", async (t) => {
  const { x, token } = await connected(t);
  const [old, young] = ["old", "young"].map((text) => x.post({ username: "ada", text }));
  x.setPost({ id: old.id, created_at: x.now().now - 31 * DAY });
  const path = `/2/users/${old.author_id}/tweets?tweet.fields=`;
  assert.equal((await get(x, `${path}public_metrics`, token)).body.meta.result_count, 2);
  const { body } = await get(x, `${path}non_public_metrics`, token);
  assert.deepEqual([body.data.map(({ id }) => id), body.errors], [[young.id], undefined]);
});

test("what a repost answers to private metrics is an error", async (t) => {
  const { x, token } = await connected(t);
  const { id } = x.post({ username: "linus", text: "theirs" });
  const me = x.users()[0].id;
  await call(x, "POST", `/2/users/${me}/retweets`, token, { tweet_id: id });
  const { body } = await get(x, `/2/users/${me}/tweets?tweet.fields=non_public_metrics`, token);
  assert.deepEqual([body.data, body.errors.length], [undefined, 4]);
});
