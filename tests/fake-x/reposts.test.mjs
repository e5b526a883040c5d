import assert from "node:assert/strict";
import { test } from "node:test";
import { SCOPES, call, connect, get, remove, start } from "./client.mjs";

const connected = async (t, given) => {
  const x = await start(t);
  const token = await connect(x, given);
  return { x, token, me: (await get(x, "/2/users/me", token)).body.data };
};

const repost = (x, { id }, tweet_id, token) => call(x, "POST", `/2/users/${id}/retweets`, token, { tweet_id });
const undo = (x, { id }, tweet_id, token) => call(x, "DELETE", `/2/users/${id}/retweets/${tweet_id}`, token);

test("a repost is counted and named in both dialects", async (t) => {
  const { x, token, me } = await connected(t);
  const [one, two] = ["one", "two"].map((text) => x.post({ username: "linus", text }));
  const made = await repost(x, me, one.id, token);
  assert.deepEqual([made.status, made.body], [200, { data: { retweeted: true, rest_id: one.id } }]);
  x.set({ dialect: "old" });
  assert.deepEqual((await repost(x, me, two.id, token)).body, { data: { retweeted: true, id: two.id } });
  const read = await get(x, `/2/tweets?ids=${one.id},${two.id}&post.fields=public_metrics`, token);
  assert.deepEqual(read.body.data.map(({ public_metrics }) => public_metrics.repost_count), [1, 1]);
  assert.deepEqual(x.reposts({ username: "ada" }).map(({ reposted_id }) => reposted_id), [one.id, two.id]);
  assert.deepEqual(x.posts({ username: "ada" }), [], "a repost is not among the posts");
});

test("a second repost is refused and changes nothing", async (t) => {
  const { x, token, me } = await connected(t);
  const { id } = x.post({ username: "linus", text: "once" });
  await repost(x, me, id, token);
  const again = await repost(x, me, id, token);
  assert.equal(again.status, 400);
  assert.equal(again.body.errors[0].message, "You cannot retweet a Tweet that you have already retweeted.");
  x.set({ repeated_repost: "accept" });
  assert.equal((await repost(x, me, id, token)).body.data.retweeted, true);
  assert.equal(x.reposts({ tweet_id: id }).length, 1);
  assert.equal(x.app.credits, 99.985, "billed once");
});

test("taking a repost back ends it, and is not an error twice", async (t) => {
  const { x, token, me } = await connected(t);
  const { id } = x.post({ username: "linus", text: "once" });
  await repost(x, me, id, token);
  for (let count = 0; count < 2; count += 1) {
    assert.deepEqual((await undo(x, me, id, token)).body, { data: { retweeted: false } });
  }
  assert.deepEqual(x.reposts(), []);
  assert.equal((await repost(x, me, id, token)).status, 200);
});

test("a user reposts for themselves only", async (t) => {
  const { x, token, me } = await connected(t);
  const other = x.users().find(({ username }) => username === "linus");
  const { id } = x.post({ username: "linus", text: "mine" });
  const refused = await repost(x, other, id, token);
  assert.equal(refused.status, 400);
  const words = `value [${other.id}] must be the same as the authenticating user [${me.id}]`;
  assert.equal(refused.body.errors[0].message, `The \`id\` query parameter ${words}`);
  assert.equal((await undo(x, other, id, token)).status, 400);
  assert.deepEqual(x.reposts(), []);
});

test("a repost needs a whole body, a post and the scope", async (t) => {
  const { x, token, me } = await connected(t);
  for (const body of [{}, { tweet_id: 7 }, { tweet_id: "x" }, { tweet_id: "1", more: true }]) {
    const { status } = await call(x, "POST", `/2/users/${me.id}/retweets`, token, body);
    assert.equal(status, 400, JSON.stringify(body));
  }
  const missing = await repost(x, me, "456", token);
  assert.deepEqual([missing.status, missing.body.errors[0].title], [200, "Not Found Error"]);
  const readOnly = await connect(x, { scopes: SCOPES.filter((scope) => scope !== "tweet.write") });
  assert.equal((await repost(x, me, "456", readOnly)).status, 403);
});

test("a repost is in its author's timeline unless excluded", async (t) => {
  const { x, token, me } = await connected(t);
  const original = x.post({ username: "linus", text: "a < b" });
  await repost(x, me, original.id, token);
  const path = `/2/users/${me.id}/tweets?tweet.fields=referenced_tweets`;
  const [entry] = (await get(x, path, token)).body.data;
  assert.equal(entry.text, "RT @linus: a &lt; b");
  assert.deepEqual(entry.referenced_tweets, [{ type: "retweeted", id: original.id }]);
  assert.equal((await get(x, `${path}&exclude=retweets`, token)).body.data, undefined);
});

test("a repost of a repost is one of the original, and goes with it", async (t) => {
  const { x, token, me } = await connected(t);
  const grace = await connect(x, { username: "grace_h" });
  const graceId = x.users().find(({ username }) => username === "grace_h").id;
  const original = x.post({ username: "ada", text: "mine" });
  await repost(x, { id: graceId }, original.id, grace);
  await repost(x, me, x.reposts()[0].id, token);
  assert.equal(x.reposts({ tweet_id: original.id }).length, 2);
  await remove(x, original.id, token);
  assert.deepEqual(x.reposts(), []);
});

test("the 51st repost in 15 minutes is 429", async (t) => {
  const { x, token, me } = await connected(t);
  x.clock({ frozen: true });
  for (let count = 0; count < 50; count += 1) {
    const { id } = x.post({ username: "linus", text: `no ${count}` });
    assert.equal((await repost(x, me, id, token)).status, 200);
  }
  const refused = await repost(x, me, "1", token);
  assert.deepEqual([refused.status, refused.headers.get("x-rate-limit-limit")], [429, "50"]);
  assert.equal((await undo(x, me, "1", token)).status, 200, "another endpoint, another window");
});
