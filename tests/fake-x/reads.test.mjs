import assert from "node:assert/strict";
import { test } from "node:test";
import { SCOPES, connect, get, post, start } from "./client.mjs";

const connected = async (t, given) => {
  const x = await start(t);
  return { x, token: await connect(x, given) };
};

test("who one is: the answer has id, name, username, and what else is asked", async (t) => {
  const { x, token } = await connected(t, { username: "grace_h" });
  const { body } = await get(x, "/2/users/me", token);
  assert.deepEqual(Object.keys(body.data), ["id", "name", "username"]);
  const more = await get(x, "/2/users/me?user.fields=subscription_type,verified_type,nonsense", token);
  assert.deepEqual([more.body.data.subscription_type, more.body.data.verified_type], ["Premium", "blue"]);
});

test("an e-mail address needs the scope, and an app that asks for it", async (t) => {
  const { x, token } = await connected(t, { scopes: [...SCOPES, "users.email"] });
  const email = async () => (await get(x, "/2/users/me?user.fields=confirmed_email", token)).body.data.confirmed_email;
  assert.equal(await email(), undefined);
  x.setApp({ client_id: x.app.client_id, requests_email: true });
  assert.equal(await email(), "ada@example.com");
});

test("each dialect has its own keys", async (t) => {
  const { x, token } = await connected(t);
  const { id } = x.post({ username: "linus", text: "hello" });
  const old = (await get(x, `/2/tweets/${id}?tweet.fields=public_metrics,author_id&expansions=author_id`, token)).body;
  assert.ok("retweet_count" in old.data.public_metrics && "edit_history_tweet_ids" in old.data);
  const fresh = (await get(x, `/2/tweets/${id}?post.fields=public_metrics&expansions=author_id`, token)).body;
  assert.ok("repost_count" in fresh.data.public_metrics && !("edit_history_tweet_ids" in fresh.data));
  for (const { data, includes } of [old, fresh]) {
    assert.equal(data.author_id, includes.users[0].id);
    assert.equal(includes.users[0].username, "linus");
  }
});

test("author_id is an expansion in the new dialect, and dropped as a field", async (t) => {
  const { x, token } = await connected(t);
  const { id } = x.post({ username: "linus", text: "hello" });
  const { status, body } = await get(x, `/2/tweets/${id}?post.fields=author_id`, token);
  assert.equal(status, 200);
  assert.deepEqual(body, { errors: [], data: { id, text: "hello" } });
});

test("an unknown query parameter is ignored", async (t) => {
  const { x, token } = await connected(t);
  const { id } = x.post({ username: "linus", text: "hello" });
  assert.deepEqual((await get(x, `/2/tweets/${id}?colour=red`, token)).body, { data: { id, text: "hello" } });
});

test("a missing post is 200 with errors", async (t) => {
  const { x, token } = await connected(t);
  const { status, body } = await get(x, "/2/tweets/456", token);
  assert.equal(status, 200);
  assert.deepEqual(body, {
    errors: [
      {
        resource_id: "456",
        resource_type: "tweet",
        parameter: "id",
        value: "456",
        title: "Not Found Error",
        detail: "Could not find tweet with id: [456].",
        type: "https://api.twitter.com/2/problems/resource-not-found",
      },
    ],
  });
});

test("several ids bring data and errors together", async (t) => {
  const { x, token } = await connected(t);
  const { id } = x.post({ username: "linus", text: "hello" });
  const { body } = await get(x, `/2/tweets?ids=${id},456`, token);
  assert.deepEqual([body.data.length, body.errors.length], [1, 1]);
  const tooMany = await get(x, `/2/tweets?ids=${Array(101).fill(id)}`, token);
  assert.equal(tooMany.status, 400);
});

test("a reply names what it answers", async (t) => {
  const { x, token } = await connected(t);
  const parent = x.post({ username: "linus", text: "hello" });
  const reply = x.post({ username: "ada", text: "hi", in_reply_to_tweet_id: parent.id });
  const query = "tweet.fields=referenced_tweets,conversation_id,in_reply_to_user_id&expansions=referenced_tweets.id";
  const { body } = await get(x, `/2/tweets/${reply.id}?${query}`, token);
  assert.deepEqual(body.data.referenced_tweets, [{ type: "replied_to", id: parent.id }]);
  assert.equal(body.data.conversation_id, parent.id);
  assert.equal(body.includes.tweets[0].id, parent.id);
});

test("a long post is cut, and whole in note_post", async (t) => {
  const { x, token } = await connected(t, { username: "grace_h" });
  const text = "word ".repeat(100).trim();
  const { body } = await post(x, { text }, token);
  const read = await get(x, `/2/tweets/${body.data.id}?post.fields=note_post`, token);
  assert.equal(read.body.data.note_post.text, text);
  assert.equal([...read.body.data.text].length, 280);
});

test("a timeline pages from new to old, and new posts do not shift it", async (t) => {
  const { x, token } = await connected(t);
  const made = Array.from({ length: 7 }, (_, index) => x.post({ username: "linus", text: `no ${index}` }).id);
  const path = `/2/users/${x.posts()[0].author_id}/tweets?max_results=5`;
  const first = (await get(x, path, token)).body;
  assert.deepEqual(first.data.map(({ id }) => id), made.slice(2).reverse());
  assert.deepEqual([first.meta.result_count, first.meta.newest_id, first.meta.oldest_id], [5, made[6], made[2]]);
  x.post({ username: "linus", text: "meanwhile" });
  const second = (await get(x, `${path}&pagination_token=${first.meta.next_token}`, token)).body;
  assert.deepEqual(second.data.map(({ id }) => id), [made[1], made[0]]);
  assert.equal(second.meta.next_token, undefined);
  const back = (await get(x, `${path}&pagination_token=${second.meta.previous_token}`, token)).body;
  assert.deepEqual(back.data, first.data);
});

test("an empty page has no data", async (t) => {
  const { x, token } = await connected(t);
  const { body } = await get(x, `/2/users/${x.users()[0].id}/tweets`, token);
  assert.deepEqual(body, { meta: { result_count: 0 } });
});

test("a timeline is bounded by ids, times and exclusions", async (t) => {
  const { x, token } = await connected(t);
  x.clock({ frozen: true });
  const first = x.post({ username: "linus", text: "one" });
  x.clock({ advance_ms: 60_000 });
  const second = x.post({ username: "linus", text: "two", in_reply_to_tweet_id: first.id });
  const path = `/2/users/${first.author_id}/tweets`;
  const list = async (query) => (await get(x, `${path}?${query}`, token)).body.data?.map(({ id }) => id);
  assert.deepEqual(await list(`since_id=${first.id}`), [second.id]);
  assert.deepEqual(await list(`until_id=${second.id}`), [first.id]);
  assert.deepEqual(await list(`start_time=${new Date(second.created_at).toISOString()}`), [second.id]);
  assert.deepEqual(await list(`end_time=${new Date(second.created_at).toISOString()}`), [first.id]);
  assert.deepEqual(await list("exclude=replies,retweets"), [first.id]);
});

test("times are whole seconds", async (t) => {
  const { x, token } = await connected(t);
  const { id, created_at } = x.post({ username: "linus", text: "tick" });
  const { body } = await get(x, `/2/tweets/${id}?tweet.fields=created_at`, token);
  assert.equal(body.data.created_at, `${new Date(created_at).toISOString().slice(0, 19)}.000Z`);
});

test("a bad value in a query is an Invalid Request", async (t) => {
  const { x, token } = await connected(t);
  const path = `/2/users/${x.users()[0].id}/tweets`;
  for (const query of ["max_results=4", "max_results=101", "since_id=x", "start_time=soon", "pagination_token=!"]) {
    assert.equal((await get(x, `${path}?${query}`, token)).status, 400, query);
  }
});

test("a post may be listed late, but is readable at once", async (t) => {
  const { x, token } = await connected(t);
  x.clock({ frozen: true });
  x.set({ listing_delay_ms: 1000 });
  const { body } = await post(x, { text: "late" }, token);
  const count = async () => (await get(x, `/2/users/${x.posts()[0].author_id}/tweets`, token)).body.meta.result_count;
  assert.equal(await count(), 0);
  assert.equal((await get(x, `/2/tweets/${body.data.id}`, token)).body.data.text, "late");
  x.clock({ advance_ms: 1000 });
  assert.equal(await count(), 1);
});

test("a post is shown on its public pages", async (t) => {
  const x = await start(t);
  const { id } = x.post({ username: "ada", text: "<b>bold</b> https://example.com" });
  for (const path of [`/ada/status/${id}`, `/i/status/${id}`, "/ada", "/"]) {
    const response = await fetch(x.origin + path);
    const text = await response.text();
    assert.equal(response.status, 200, path);
    assert.ok(text.includes("&lt;b&gt;bold&lt;/b&gt;") && text.includes('href="https://example.com"'), path);
  }
  for (const path of ["/ada/status/1", "/nobody"]) assert.equal((await fetch(x.origin + path)).status, 404);
});

test("a reply shows the mentions of whom it answers before its own words", async (t) => {
  const { x, token } = await connected(t);
  const asked = x.post({ username: "linus", text: "what do you think, @ada?" });
  const reply = (text, id) => post(x, { text, reply: { in_reply_to_tweet_id: id } }, token);
  const first = (await reply("fine & good", asked.id)).body.data;
  assert.equal(first.text, "@linus fine &amp; good");
  const { data } = (await get(x, `/2/tweets/${first.id}?post.fields=display_text_range,entities`, token)).body;
  assert.deepEqual([data.text, data.display_text_range], [first.text, [7, 22]]);
  assert.deepEqual(data.entities.mentions, [{ start: 0, end: 6, username: "linus" }]);
  assert.equal((await reply("and more", first.id)).body.data.text, "@linus and more", "also further down the thread");
  assert.equal((await reply("@Linus said already", asked.id)).body.data.text, "@Linus said already");
  assert.equal(x.posts({ text: "fine & good" }).length, 1, "the control plane knows the text as it was sent");
});

test("one's own thread begins with no mention", async (t) => {
  const { x, token } = await connected(t);
  const { id } = (await post(x, { text: "1/" }, token)).body.data;
  const second = await post(x, { text: "2/", reply: { in_reply_to_tweet_id: id } }, token);
  assert.equal(second.body.data.text, "2/");
});

test("a quote ends with the link of what it quotes", async (t) => {
  const { x, token } = await connected(t);
  x.setApp({ client_id: x.app.client_id, enterprise: true });
  const quoted = x.post({ username: "linus", text: "quotable" });
  const { id, text } = (await post(x, { text: "so true", quote_tweet_id: quoted.id }, token)).body.data;
  assert.match(text, /^so true https:\/\/t\.co\/\w{10}$/);
  const { data } = (await get(x, `/2/tweets/${id}?post.fields=display_text_range,entities`, token)).body;
  assert.equal(data.entities.urls[0].expanded_url, `https://x.com/linus/status/${quoted.id}`);
  assert.deepEqual(data.display_text_range, [0, 7]);
});

test("a long post's links are in the entities of its note", async (t) => {
  const { x, token } = await connected(t, { username: "grace_h" });
  const text = `https://example.com/first ${"word ".repeat(80)}https://example.com/last`;
  const { body } = await post(x, { text }, token);
  const { data } = (await get(x, `/2/tweets/${body.data.id}?post.fields=note_post,entities`, token)).body;
  assert.deepEqual(data.entities.urls.map(({ expanded_url }) => expanded_url), ["https://example.com/first"]);
  const [, last] = data.note_post.entities.urls;
  assert.equal([...data.note_post.text].slice(last.start, last.end).join(""), last.url);
  assert.equal(last.expanded_url, "https://example.com/last");
});
