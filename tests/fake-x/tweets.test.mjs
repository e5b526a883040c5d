import assert from "node:assert/strict";
import { test } from "node:test";
import { SCOPES, connect, get, post, remove, start } from "./client.mjs";

const NOT_PERMITTED = "You are not permitted to perform this action.";

const forbidden = (answer, detail) => {
  assert.equal(answer.status, 403, answer.text);
  assert.deepEqual(answer.body, { detail, type: "about:blank", title: "Forbidden", status: 403 });
};

const connected = async (t, given) => {
  const x = await start(t);
  return { x, token: await connect(x, given) };
};

test("a post answers 201 with escaped text and t.co links", async (t) => {
  const { x, token } = await connected(t);
  const { status, body } = await post(x, { text: "a < b & c: https://example.com/x." }, token);
  assert.equal(status, 201);
  assert.match(body.data.text, /^a &lt; b &amp; c: https:\/\/t\.co\/\w{10}\.$/);
  assert.deepEqual(body.data.edit_history_post_ids, [body.data.id]);
  assert.match(body.data.id, /^[0-9]{19}$/);
});

test("the old dialect answers with edit_history_tweet_ids", async (t) => {
  const { x, token } = await connected(t);
  x.set({ dialect: "old" });
  const { body } = await post(x, { text: "hello" }, token);
  assert.deepEqual(body.data.edit_history_tweet_ids, [body.data.id]);
});

test("the same text twice is a duplicate, and only one post exists", async (t) => {
  const { x, token } = await connected(t);
  await post(x, { text: "hello" }, token);
  forbidden(await post(x, { text: "hello" }, token), "You are not allowed to create a Tweet with duplicate content.");
  assert.equal(x.posts({ text: "hello" }).length, 1);
  assert.equal((await post(x, { text: "hello" }, await connect(x, { username: "linus" }))).status, 201);
});

test("a text is kept with line feeds and composed", async (t) => {
  const { x, token } = await connected(t);
  const given = `${"a".repeat(139)}\r\n${"b".repeat(138)}e\u0301\r`;
  const kept = `${"a".repeat(139)}\n${"b".repeat(138)}\u00e9\n`;
  assert.equal((await post(x, { text: given }, token)).status, 201);
  assert.deepEqual(x.posts().map(({ text }) => text), [kept]);
  assert.equal((await post(x, { text: kept.trim() }, token)).status, 403, "the same text");
  assert.equal(x.post({ username: "linus", text: "one\r\ntwo" }).text, "one\ntwo");
});

test("280 is the limit, and Premium goes further", async (t) => {
  const { x, token } = await connected(t);
  assert.equal((await post(x, { text: "x".repeat(280) }, token)).status, 201);
  forbidden(await post(x, { text: "y".repeat(281) }, token), NOT_PERMITTED);
  forbidden(await post(x, { text: "字".repeat(141) }, token), NOT_PERMITTED);
  const premium = await connect(x, { username: "grace_h" });
  assert.equal((await post(x, { text: "y".repeat(281) }, premium)).status, 201);
  forbidden(await post(x, { text: "z".repeat(25_001) }, premium), NOT_PERMITTED);
});

test("a body outside the schema is an Invalid Request", async (t) => {
  const { x, token } = await connected(t);
  const poll = { options: ["a", "b"], duration_minutes: 5 };
  const bad = [
    {},
    { text: "   " },
    { text: 7 },
    { text: "a", idempotency_key: "k" },
    { text: "a", reply: {} },
    { text: "a", reply: { in_reply_to_tweet_id: "1", extra: true } },
    { text: "a", quote_tweet_id: "abc" },
    { text: "a", reply_settings: "everyone" },
    { text: "a", nullcast: "yes" },
    { text: "a", poll: { ...poll, options: ["a"] } },
    { text: "a", poll: { ...poll, options: ["a", "b", "c", "d", "e"] } },
    { text: "a", poll: { ...poll, options: ["a", "b".repeat(26)] } },
    { text: "a", poll: { ...poll, duration_minutes: 4 } },
    { text: "a", poll: { ...poll, duration_minutes: 10_081 } },
    { text: "a", poll, card_uri: "card://1" },
    { text: "a", media: { media_ids: ["1", "2", "3", "4", "5"] } },
    { text: "a", media: { media_ids: ["1"], call_to_actions: { visit_site: {} } } },
    { text: "a\uFEFF" },
    [],
    null,
  ];
  for (const body of bad) {
    const answer = await post(x, body, token);
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal(answer.body.type, "https://api.twitter.com/2/problems/invalid-request");
  }
  assert.deepEqual(x.posts(), []);
});

test("a body must be JSON", async (t) => {
  const { x, token } = await connected(t);
  const response = await fetch(`${x.origin}/2/tweets`, {
    method: "POST",
    headers: { authorization: `Bearer ${token.access_token}`, "content-type": "text/plain" },
    body: '{"text":"a"}',
  });
  assert.equal(response.status, 400);
  const { errors } = await response.json();
  assert.equal(errors[0].message, "Requests with bodies must have content-type of application/json.");
});

test("another's media id is refused by name", async (t) => {
  const { x, token } = await connected(t);
  const { status, body } = await post(x, { media: { media_ids: ["12", "34"] } }, token);
  assert.equal(status, 400);
  const expected = { message: "Your media IDs are invalid.", parameters: { "media.media_ids": ["12", "34"] } };
  assert.deepEqual(body.errors, [expected]);
});

test("a poll is kept and read back by expansion", async (t) => {
  const { x, token } = await connected(t);
  const poll = { options: ["tea", "coffee"], duration_minutes: 60, reply_settings: "following" };
  const { body } = await post(x, { text: "which?", poll }, token);
  const read = await get(x, `/2/tweets/${body.data.id}?expansions=attachments.poll_ids`, token);
  assert.deepEqual(read.body.includes.polls[0].options.map(({ label }) => label), ["tea", "coffee"]);
});

test("a reply to a missing post is invalid", async (t) => {
  const { x, token } = await connected(t);
  const { status, body } = await post(x, { text: "a", reply: { in_reply_to_tweet_id: "404" } }, token);
  assert.equal(status, 400);
  assert.equal(body.errors[0].message, "Your reply tweet ID is invalid.");
});

test("a reply needs a summons, or one's own thread", async (t) => {
  const { x, token } = await connected(t);
  const reply = (text, id) => post(x, { text, reply: { in_reply_to_tweet_id: id } }, token);
  const own = await post(x, { text: "1/" }, token);
  assert.equal((await reply("2/", own.body.data.id)).status, 201);
  const summons = x.post({ username: "linus", text: "what do you think, @Ada?" });
  assert.equal((await reply("fine", summons.id)).status, 201);
  const quoting = x.post({ username: "linus", text: "look", quote_tweet_id: own.body.data.id });
  assert.equal((await reply("thanks", quoting.id)).status, 201);
  const stranger = x.post({ username: "linus", text: "good morning, @ada_l" });
  forbidden(
    await reply("hi", stranger.id),
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the " +
      "author of the post you are replying to.",
  );
  x.setApp({ client_id: x.app.client_id, enterprise: true });
  assert.equal((await reply("hi", stranger.id)).status, 201);
});

test("quoting is for Enterprise", async (t) => {
  const { x, token } = await connected(t);
  const { id } = x.post({ username: "linus", text: "quotable" });
  const refused = await post(x, { text: "so true", quote_tweet_id: id }, token);
  assert.match(refused.body.detail, /^Quoting this post is not allowed/);
  x.setApp({ client_id: x.app.client_id, enterprise: true });
  assert.equal((await post(x, { text: "so true", quote_tweet_id: id }, token)).status, 201);
});

test("one cashtag is the maximum", async (t) => {
  const { x, token } = await connected(t);
  assert.equal((await post(x, { text: "$ACME is up, costs $5" }, token)).status, 201);
  const { status, body } = await post(x, { text: "$ACME and $BOLT" }, token);
  assert.equal(status, 403);
  assert.match(body.detail, /maximum of one cashtag/);
});

test("an edit is for Premium, on one's own post, within the hour", async (t) => {
  const { x, token } = await connected(t, { username: "grace_h" });
  const { body } = await post(x, { text: "teh" }, token);
  const edit = (text) => post(x, { text, edit_options: { previous_post_id: body.data.id } }, token);
  const { body: edited } = await edit("the");
  assert.deepEqual(edited.data.edit_history_post_ids, [body.data.id, edited.data.id]);
  forbidden(await edit("a second edit of the old version"), NOT_PERMITTED);
  const timeline = await get(x, `/2/users/${x.posts()[0].author_id}/tweets`, token);
  assert.deepEqual(timeline.body.data.map(({ id }) => id), [edited.data.id]);
  const plain = await connect(x);
  const own = await post(x, { text: "hello" }, plain);
  const previous_post_id = own.body.data.id;
  forbidden(await post(x, { text: "hallo", edit_options: { previous_post_id } }, plain), NOT_PERMITTED);
});

test("a deletion is for one's own posts, and a missing one is 200 with errors", async (t) => {
  const { x, token } = await connected(t);
  const { id } = x.post({ username: "linus", text: "mine" });
  forbidden(await remove(x, id, token), NOT_PERMITTED);
  const { body } = await post(x, { text: "oops" }, token);
  assert.deepEqual((await remove(x, body.data.id, token)).body, { data: { deleted: true } });
  const again = await remove(x, body.data.id, token);
  assert.equal(again.status, 200);
  assert.equal(again.body.errors[0].type, "https://api.twitter.com/2/problems/resource-not-found");
});

test("what stands before a post refuses in order", async (t) => {
  const { x, token } = await connected(t);
  const readOnly = await connect(x, { scopes: SCOPES.filter((scope) => scope !== "tweet.write") });
  const attempt = async (pair) => (await post(x, { text: "a" }, pair)).body;
  assert.equal((await attempt({ access_token: "junk" })).title, "Unauthorized");
  assert.equal((await attempt(readOnly)).detail, "Forbidden");
  x.setUser({ username: "ada", suspended: true });
  assert.equal((await attempt(token)).detail, NOT_PERMITTED);
  x.setApp({ client_id: x.app.client_id, permission: "read" });
  assert.equal((await attempt(token)).type, "https://api.x.com/2/problems/oauth1-permissions");
  x.setApp({ client_id: x.app.client_id, enrolled: false });
  assert.equal((await attempt(token)).reason, "client-not-enrolled");
  assert.deepEqual(x.posts(), []);
});

test("another kind of authorization is unknown to X", async (t) => {
  const x = await start(t);
  const response = await fetch(`${x.origin}/2/users/me`, { headers: { authorization: "OAuth oauth_token=x" } });
  assert.equal(response.status, 403);
  const { detail } = await response.json();
  assert.match(detail, /^Authenticating with Unknown is forbidden for this endpoint\. {2}Supported/);
});
