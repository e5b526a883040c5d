/** docs/API.md, section 5: what others said to a post, and answering from the post's account. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  createPost,
  faultAtX,
  newAccount,
  postIn,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const SEARCH_CALL = { method: "GET", path: "/2/tweets/search/recent" };

let bench;

before(async () => (bench = await startBench({ vars: { SETTLE_MS: "1000" } })));
after(() => bench?.stop());

const idAtX = ({ socialAccounts: [{ platformPostId }] }) => platformPostId;
const replies = ({ id }, query = "") => bench.api.get(`/v1/posts/${id}/replies${query && `?${query}`}`);
const reply = ({ id }, body, headers) => bench.api.post(`/v1/posts/${id}/replies`, body, headers);
const say = (username, text, in_reply_to_tweet_id) => bench.x.post({ username, text, in_reply_to_tweet_id });

/** The calls of X that `work` makes. */
async function callsDuring(work, call) {
  const before = bench.x.requests(call).length;
  await work();
  return bench.x.requests(call).slice(before);
}

async function listed(post, query) {
  const { status, body, text } = await replies(post, query);
  assert.equal(status, 200, text);
  assert.equal(body.success, true);
  return body.data;
}

/** The ids, each with those under it. */
const tree = (rows) => rows.map(({ id, replies: below }) => (below.length > 0 ? [id, tree(below)] : id));

test("replies are listed with their authors, each under what it replies to", async () => {
  const post = await publishPost(bench, await newAccount(bench), { content: "what do you think?" });
  const first = say("linus", "a lot & more", idAtX(post));
  const second = say("grace_h", "nothing", idAtX(post));
  const below = say("grace_h", "really?", first.id);
  const deeper = say("linus", "really", below.id);
  bench.x.setPost({ id: first.id, public_metrics: { like_count: 3 } });
  const rows = await listed(post);
  assert.deepEqual(tree(rows), [[first.id, [[below.id, [deeper.id]]]], second.id]);
  const { author, text, created_at, like_count, platform_specific } = rows[0];
  assert.deepEqual([author.username, author.name, like_count], ["linus", "Linus", 3]);
  assert.match(text, /a lot (&|&amp;) more$/);
  assert.equal(Date.parse(created_at), Math.floor(first.created_at / 1000) * 1000);
  assert.equal(typeof platform_specific, "object");
});

test("the post itself, and the parts of its own thread, are no replies to it", async () => {
  const post = await publishPost(bench, await newAccount(bench), thread("own 1", "own 2"));
  assert.deepEqual(await listed(post), []);
  const [, { platformPostId: second }] = post.socialAccounts[0].segments;
  const answer = say("linus", "to the second part", second);
  assert.deepEqual(tree(await listed(post)), [answer.id]);
});

test("a reply to something that is gone is not lost with it", async () => {
  const post = await publishPost(bench, await newAccount(bench), { content: "a gap in the talk" });
  const other = await newAccount(bench);
  const gone = say(other.username, "soon deleted", idAtX(post));
  const orphan = say("linus", "to what was there", gone.id);
  const [{ text: token }] = bench.x.tokens({ username: other.username });
  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${bench.x.origin}/2/tweets/${gone.id}`, { method: "DELETE", headers });
  assert.deepEqual(tree(await listed(post)), [orphan.id]);
});

test("every page of a long conversation is listed", async () => {
  const post = await publishPost(bench, await newAccount(bench), { content: "a lively talk" });
  const said = Array.from({ length: 130 }, (_, at) => say("linus", `reply ${at}`, idAtX(post)).id);
  const searches = await callsDuring(async () => {
    assert.deepEqual(tree(await listed(post)).sort(), said.sort());
  }, SEARCH_CALL);
  assert.equal(searches.length, 2);
});

test("replies are those of every account that the post is on, or of one by name", async () => {
  const accounts = [await newAccount(bench), await newAccount(bench)];
  const body = { content: "said by two", accounts: accounts.map(({ id }) => id) };
  const { post } = (await bench.api.post("/v1/posts", body, { prefer: "wait=10" })).body;
  const said = new Map(
    post.socialAccounts.map(({ username, platformPostId }) => [username, say("linus", "hm", platformPostId).id]),
  );
  assert.deepEqual(tree(await listed(post)).sort(), [...said.values()].sort());
  for (const [username, id] of said) assert.deepEqual(tree(await listed(post, `username=${username}`)), [id]);
  assert.equal((await listed(post, "network=x")).length, 2);
});

test("a post that is not out has no replies, and X is not asked", async () => {
  const draft = await createPost(bench, await newAccount(bench), { content: "unsaid", isDraft: true });
  const searches = await callsDuring(async () => assert.deepEqual(await listed(draft), []), SEARCH_CALL);
  assert.deepEqual(searches, []);
});

for (const [preset, status, code] of [
  ["unavailable", 502, "x_unavailable"],
  ["credits-old", 402, "credits_depleted"],
  ["rate-limit", 429, "rate_limited"],
]) {
  test(`X's refusal to be searched (${preset}) is told as ${status} ${code}`, async () => {
    const post = await publishPost(bench, await newAccount(bench), { content: `not searched: ${preset}` });
    bench.x.fault({ ...SEARCH_CALL, kind: "answer", preset });
    const answer = await replies(post);
    assertRefused(answer, status, code);
    if (status === 429) assert.ok(Number(answer.headers.get("retry-after")) > 0);
  });
}

test("a reply goes under the post, and is a post of its own here", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "the post" });
  const { status, body } = await reply(post, { content: "one more thing" });
  assert.equal(status, 200);
  assert.equal(body.success, true);
  const [made] = bench.x.posts({ text: "one more thing" });
  assert.deepEqual([body.reply_id, made.in_reply_to_id], [made.id, idAtX(post)]);
  assert.deepEqual(body.data.post, body.post);
  assert.notEqual(body.post.id, post.id);
  const [{ state, id, platformPostId }] = body.post.socialAccounts;
  assert.deepEqual([state, id, platformPostId], ["published", account.id, made.id]);
  assert.deepEqual(await readPost(bench, body.post), body.post);
});

test("a reply answers a comment, where X lets it", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "comments welcome" });
  const comment = say("linus", "is it so?", idAtX(post));
  const { body } = await reply(post, { content: "it is", parent_comment_id: comment.id });
  const [made] = bench.x.posts({ text: "it is" });
  assert.deepEqual([body.reply_id, made.in_reply_to_id], [made.id, comment.id]);
  assert.equal(body.post.cost.estimate_usd, 0.01, "X's price of a reply that was asked for");
  const rows = await listed(post);
  assert.deepEqual(tree(rows), [[comment.id, [made.id]]]);
});

test("a reply that X does not allow is told with X's words and has no id", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "a post" });
  const elsewhere = bench.x.post({ username: "linus", text: "nothing to do with it" });
  const { status, body } = await reply(post, { content: "uninvited", parent_comment_id: elsewhere.id });
  assert.deepEqual([status, body.reply_id], [200, null]);
  const [{ state, error_code, error }] = body.post.socialAccounts;
  assert.deepEqual([state, error_code], ["failed", "not_summoned"]);
  assert.match(error, /have not been mentioned/);
});

test("a reply names the account where the post is on several, or the post at X", async () => {
  const accounts = [await newAccount(bench), await newAccount(bench)];
  const fields = { content: "by two", accounts: accounts.map(({ id }) => id) };
  const { post } = (await bench.api.post("/v1/posts", fields, { prefer: "wait=10" })).body;
  const [one, two] = post.socialAccounts;
  const byName = await reply(post, { content: "from the second", account_username: two.username });
  assert.equal(byName.body.post.socialAccounts[0].id, two.id);
  assert.equal(bench.x.posts({ text: "from the second" })[0].in_reply_to_id, two.platformPostId);
  const byPost = await reply(post, { content: "under the first", platform_post_id: one.platformPostId });
  assert.equal(byPost.body.post.socialAccounts[0].id, one.id);
  assert.equal(bench.x.posts({ text: "under the first" })[0].in_reply_to_id, one.platformPostId);
  assertRefused(await reply(post, { content: "from nobody", account_username: "nobody_here" }), 404, "not_found");
});

test("a reply is checked as any post is, and nothing is made of a bad one", async () => {
  const post = await publishPost(bench, await newAccount(bench), { content: "strict" });
  const calls = await callsDuring(async () => {
    for (const [body, code, path] of [
      [{}, "invalid_payload", "content"],
      [{ content: "" }, "invalid_payload", "content"],
      [{ content: "a", colour: 1 }, "invalid_payload", "colour"],
      [{ content: "a", parent_comment_id: "x" }, "invalid_payload", "parent_comment_id"],
      [{ content: "a".repeat(281) }, "text_too_long", "content"],
    ]) {
      assertRefused(await reply(post, body), 400, code, path);
    }
    assertRefused(await reply({ id: "post_AAAAAAAAAAAAAAAAAAAAAA" }, { content: "a" }), 404, "not_found");
  });
  assert.deepEqual(calls, []);
});

test("a reply whose answer was lost is found, and there is one", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "the lossy post" });
  const comment = say("linus", "and?", idAtX(post));
  faultAtX(bench, { kind: "effect-then-close" });
  const creates = await callsDuring(async () => {
    const { body } = await reply(post, { content: "and so on", parent_comment_id: comment.id });
    const { socialAccounts } = await postIn(bench, body.post.id, "published");
    const [made, ...others] = bench.x.posts({ text: "and so on" });
    assert.deepEqual([others, socialAccounts[0].platformPostId], [[], made.id]);
  }, CREATE_CALL);
  assert.equal(creates.length, 1);
  assert.deepEqual(textsAt(bench, account), ["the lossy post", "and so on"]);
});
