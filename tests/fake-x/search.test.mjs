import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, get, start } from "./client.mjs";

const SEARCH = "/2/tweets/search/recent";

const connected = async (t) => {
  const x = await start(t);
  x.clock({ frozen: true });
  return { x, token: await connect(x) };
};

/** A root by @ada, and `count` answers by @linus, oldest first. */
function conversation(x, count) {
  const root = x.post({ username: "ada", text: "what do you think?" });
  const answer = (_, index) => x.post({ username: "linus", text: `answer ${index}`, in_reply_to_tweet_id: root.id });
  return { root, answers: Array.from({ length: count }, answer) };
}

const ids = ({ body }) => body.data?.map(({ id }) => id) ?? [];

test("a conversation is found whole, newest first, with its authors", async (t) => {
  const { x, token } = await connected(t);
  const { root, answers } = conversation(x, 2);
  const deeper = x.post({ username: "grace_h", text: "no", in_reply_to_tweet_id: answers[0].id });
  x.post({ username: "linus", text: "elsewhere" });
  const fields = "post.fields=conversation_id&expansions=author_id,referenced_posts";
  const found = await get(x, `${SEARCH}?query=conversation_id:${root.id}&${fields}`, token);
  assert.deepEqual(ids(found), [deeper, answers[1], answers[0], root].map(({ id }) => id));
  assert.deepEqual(found.body.data[0].referenced_posts, [{ type: "replied_to", id: answers[0].id }]);
  assert.equal(found.body.data[0].conversation_id, root.id);
  assert.deepEqual(found.body.includes.users.map(({ username }) => username), ["grace_h", "linus", "ada"]);
  assert.deepEqual(found.body.meta, { result_count: 4, newest_id: deeper.id, oldest_id: root.id });
});

test("a search pages by ten or more with either name of the token", async (t) => {
  const { x, token } = await connected(t);
  const { root, answers } = conversation(x, 12);
  const path = `${SEARCH}?query=conversation_id:${root.id}`;
  const first = await get(x, path, token);
  assert.equal(first.body.meta.result_count, 10);
  for (const name of ["next_token", "pagination_token"]) {
    const second = await get(x, `${path}&${name}=${first.body.meta.next_token}`, token);
    assert.deepEqual(ids(second), [answers[1], answers[0], root].map(({ id }) => id));
    assert.equal(second.body.meta.next_token, undefined);
  }
});

test("a search reaches back seven days", async (t) => {
  const { x, token } = await connected(t);
  const { root, answers } = conversation(x, 1);
  x.clock({ advance_ms: 7 * 86_400_000 - 60_000 });
  const late = x.post({ username: "linus", text: "late", in_reply_to_tweet_id: root.id });
  const fresh = await connect(x);
  const path = `${SEARCH}?query=conversation_id:${root.id}`;
  assert.deepEqual(ids(await get(x, path, fresh)), [late.id, answers[0].id, root.id]);
  x.clock({ advance_ms: 60_001 });
  assert.deepEqual(ids(await get(x, path, fresh)), [late.id]);
  assert.equal((await get(x, `${path}&start_time=2026-01-01T00:00:00Z`, fresh)).status, 400);
  assert.equal((await get(x, path, token)).status, 401);
});

test("a search shows a post as late as a timeline does", async (t) => {
  const { x, token } = await connected(t);
  const { root } = conversation(x, 0);
  x.set({ listing_delay_ms: 30_000 });
  x.post({ username: "linus", text: "just now", in_reply_to_tweet_id: root.id });
  const count = async () => (await get(x, `${SEARCH}?query=conversation_id:${root.id}`, token)).body.meta.result_count;
  assert.equal(await count(), 1);
  x.clock({ advance_ms: 29_999 });
  assert.equal(await count(), 1);
  x.clock({ advance_ms: 1 });
  assert.equal(await count(), 2);
});

test("a search without a hit has no data", async (t) => {
  const { x, token } = await connected(t);
  const { body } = await get(x, `${SEARCH}?query=conversation_id:1`, token);
  assert.deepEqual(body, { meta: { result_count: 0 } });
});

test("another query or a bad parameter is 400", async (t) => {
  const { x, token } = await connected(t);
  const good = "query=conversation_id:1";
  const bad = [
    "", "query=", "query=cats", "query=conversation_id:x", "query=conversation_id:1%20cats", `${good}&max_results=9`,
    `${good}&max_results=101`, `${good}&next_token=!`, `${good}&next_token=a&pagination_token=a`,
    `${good}&since_id=1&start_time=2026-11-20T00:00:00Z`,
  ];
  for (const query of bad) assert.equal((await get(x, `${SEARCH}?${query}`, token)).status, 400, query);
});

test("the 301st search in 15 minutes is 429", async (t) => {
  const { x, token } = await connected(t);
  x.set({ limits: { "GET /2/tweets/search/recent": { user_15min: 2 } } });
  const statuses = [];
  for (let count = 0; count < 3; count += 1) {
    statuses.push((await get(x, `${SEARCH}?query=conversation_id:1`, token)).status);
  }
  assert.deepEqual(statuses, [200, 200, 429]);
});
