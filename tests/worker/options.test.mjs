/** docs/API.md, section 5: `x`, the options of X's own `POST /2/tweets`, with X's own names and limits. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import { newAccount, newUser, postOf, publishPost, readPost, startBench, thread } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const POLL = { options: ["yes", "no"], duration_minutes: 60 };

let bench;
let account;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench);
});
after(() => bench?.stop());

const dryRun = (fields) =>
  bench.api.post("/v1/posts", { content: "a", accounts: [account.id], dryRun: true, ...fields });

/** What X was sent for a post, a body for each segment. */
async function bodiesOf(fields, from = account) {
  bench.x.clearRequests();
  const post = await publishPost(bench, from, fields);
  return { post, bodies: bench.x.requests(CREATE_CALL).map(({ body }) => JSON.parse(body)) };
}

for (const [name, value] of [
  ["reply_settings", "following"],
  ["reply_settings", "mentionedUsers"],
  ["reply_settings", "subscribers"],
  ["reply_settings", "verified"],
  ["poll", { options: ["a", "b".repeat(25), "c", "d"], duration_minutes: 10_080 }],
  ["poll", { options: ["a", "b"], duration_minutes: 5 }],
  ["community_id", "1234567890123456789"],
  ["share_with_followers", true],
  ["geo", { place_id: "df51dec6f4ee2b2c" }],
  ["made_with_ai", true],
  ["paid_partnership", true],
  ["for_super_followers_only", false],
]) {
  const shown = JSON.stringify({ [name]: value });
  test(`X gets ${shown} as it was given, and the row shows it`, async () => {
    const text = `with ${shown}`.slice(0, 200);
    const { post, bodies } = await bodiesOf({ content: text, x: { [name]: value } });
    assert.deepEqual(bodies, [{ text, [name]: value }]);
    assert.deepEqual(post.x, { [name]: value });
    assert.equal(post.socialAccounts[0].state, "published");
    assert.deepEqual(await readPost(bench, post), post);
  });
}

test("a post can reply to another, and leave some of its people out", async () => {
  const person = newUser(bench);
  const asked = bench.x.post({ username: person.username, text: `what do you say, @${account.username}?` });
  const reply = { in_reply_to_tweet_id: asked.id, exclude_reply_user_ids: ["12", "34"] };
  const { post, bodies } = await bodiesOf({ content: "this", x: { reply } });
  assert.deepEqual(bodies, [{ text: "this", reply }]);
  const [sent] = bench.x.posts({ text: "this" });
  assert.deepEqual([sent.in_reply_to_id, sent.id], [asked.id, post.socialAccounts[0].platformPostId]);
});

test("a thread can begin as a reply, and goes on below itself", async () => {
  const asked = bench.x.post({ username: account.username, text: "to be continued" });
  const fields = { ...thread("continued 1", "continued 2"), x: { reply: { in_reply_to_tweet_id: asked.id } } };
  const { post } = await bodiesOf(fields);
  const [root, second] = ["continued 1", "continued 2"].map((text) => bench.x.posts({ text })[0]);
  assert.deepEqual([root.in_reply_to_id, second.in_reply_to_id], [asked.id, root.id]);
  assert.equal(post.socialAccounts[0].state, "published");
});

test("a post can quote another, where X lets it", async () => {
  const quoted = bench.x.post({ username: newUser(bench).username, text: "worth repeating" });
  bench.x.setApp({ client_id: bench.x.app.client_id, enterprise: true });
  const { post, bodies } = await bodiesOf({ content: "so it is", x: { quote_tweet_id: quoted.id } });
  bench.x.setApp({ client_id: bench.x.app.client_id, enterprise: false });
  assert.deepEqual(bodies, [{ text: "so it is", quote_tweet_id: quoted.id }]);
  assert.equal(post.socialAccounts[0].state, "published");
});

test("of a thread the root gets what is for the post, and each segment what describes it", async () => {
  const forRoot = { reply_settings: "following", poll: POLL, geo: { place_id: "a1" } };
  const forAll = { made_with_ai: true, paid_partnership: true, for_super_followers_only: false };
  const { bodies } = await bodiesOf({ ...thread("wide 1", "wide 2", "wide 3"), x: { ...forRoot, ...forAll } });
  assert.deepEqual(bodies[0], { text: "wide 1", ...forRoot, ...forAll });
  for (const n of [1, 2]) {
    const { reply, ...rest } = bodies[n];
    assert.deepEqual(rest, { text: `wide ${n + 1}`, ...forAll });
    assert.deepEqual(Object.keys(reply), ["in_reply_to_tweet_id"]);
  }
});

test("a container's own options come before those of the post, one by one", async () => {
  const containers = [
    { content: "own 1", x: { reply_settings: "verified" } },
    { content: "own 2", x: { made_with_ai: false, poll: POLL } },
    { content: "own 3" },
  ];
  const x = { reply_settings: "following", made_with_ai: true, paid_partnership: true };
  const { post, bodies } = await bodiesOf({ containers, x });
  const options = bodies.map(({ text, reply, ...rest }) => rest);
  assert.deepEqual(options, [
    { reply_settings: "verified", made_with_ai: true, paid_partnership: true },
    { made_with_ai: false, paid_partnership: true, poll: POLL },
    { made_with_ai: true, paid_partnership: true },
  ]);
  assert.deepEqual(post.x, x);
  assert.deepEqual(post.containers.map((container) => container.x), [containers[0].x, containers[1].x, undefined]);
});

test("a post without options shows none", async () => {
  const post = await publishPost(bench, account, { content: "no options at all" });
  assert.equal("x" in post, false);
  assert.equal("x" in post.containers[0], false);
});

test("a poll needs no words beside it", async () => {
  const { post } = (await dryRun({ content: "", x: { poll: POLL } })).body;
  assert.deepEqual([post.containers[0].content, post.containers[0].weighted_length], ["", 0]);
  const containers = [{ content: "first" }, { x: { poll: POLL } }];
  postOf(await dryRun({ content: undefined, containers }));
  assertRefused(await dryRun({ content: " " }), 400, "invalid_payload", "content");
  // The poll belongs to the root: it does not fill the second.
  const empty = { content: undefined, containers: [{ content: "first" }, { content: "" }], x: { poll: POLL } };
  assertRefused(await dryRun(empty), 400, "invalid_payload", "containers.1.content");
});

test("an option that X does not have, or does not take like this, is refused by its path", async () => {
  const poll = (fields) => ({ poll: { ...POLL, ...fields } });
  for (const [x, path] of [
    [{ colour: 1 }, "x.colour"],
    [{ media: { tagged_user_ids: [] } }, "x.media.tagged_user_ids"],
    [{ nullcast: true }, "x.nullcast"],
    [{ card_uri: "card://1" }, "x.card_uri"],
    [{ edit_options: { previous_post_id: "1" } }, "x.edit_options"],
    [{ reply_settings: "everyone" }, "x.reply_settings"],
    [{ reply_settings: ["verified"] }, "x.reply_settings"],
    [{ reply: {} }, "x.reply.in_reply_to_tweet_id"],
    [{ reply: "1" }, "x.reply"],
    [{ reply: { in_reply_to_tweet_id: "12a" } }, "x.reply.in_reply_to_tweet_id"],
    [{ reply: { in_reply_to_tweet_id: 12 } }, "x.reply.in_reply_to_tweet_id"],
    [{ reply: { in_reply_to_tweet_id: "1", colour: 1 } }, "x.reply.colour"],
    [{ reply: { in_reply_to_tweet_id: "1", exclude_reply_user_ids: "2" } }, "x.reply.exclude_reply_user_ids"],
    [{ reply: { in_reply_to_tweet_id: "1", exclude_reply_user_ids: ["2", "x"] } }, "x.reply.exclude_reply_user_ids.1"],
    [{ quote_tweet_id: "" }, "x.quote_tweet_id"],
    [{ quote_tweet_id: "1".repeat(20) }, "x.quote_tweet_id"],
    [{ community_id: 5 }, "x.community_id"],
    [poll({ options: ["one"] }), "x.poll.options"],
    [poll({ options: ["1", "2", "3", "4", "5"] }), "x.poll.options"],
    [poll({ options: ["yes", ""] }), "x.poll.options.1"],
    [poll({ options: ["yes", "n".repeat(26)] }), "x.poll.options.1"],
    [poll({ options: [1, "no"] }), "x.poll.options.0"],
    [poll({ options: undefined }), "x.poll.options"],
    [poll({ duration_minutes: 4 }), "x.poll.duration_minutes"],
    [poll({ duration_minutes: 10_081 }), "x.poll.duration_minutes"],
    [poll({ duration_minutes: 7.5 }), "x.poll.duration_minutes"],
    [poll({ duration_minutes: undefined }), "x.poll.duration_minutes"],
    [poll({ reply_settings: "verified" }), "x.poll.reply_settings"],
    [{ geo: {} }, "x.geo.place_id"],
    [{ geo: { place_id: 1 } }, "x.geo.place_id"],
    [{ geo: { place_id: "a", name: "b" } }, "x.geo.name"],
    [{ share_with_followers: "yes" }, "x.share_with_followers"],
    [{ made_with_ai: 1 }, "x.made_with_ai"],
    [[], "x"],
    ["reply", "x"],
  ]) {
    assertRefused(await dryRun({ x }), 400, "invalid_payload", path);
  }
});

test("a container's options are refused by the container's path", async () => {
  for (const [x, path] of [
    [{ colour: 1 }, "containers.1.x.colour"],
    [{ reply_settings: "nobody" }, "containers.1.x.reply_settings"],
    [{ poll: { ...POLL, options: ["a", "n".repeat(26)] } }, "containers.1.x.poll.options.1"],
    [{ reply: { in_reply_to_tweet_id: "1" } }, "containers.1.x.reply"],
  ]) {
    const containers = [{ content: "a" }, { content: "b", x }];
    assertRefused(await dryRun({ content: undefined, containers }), 400, "invalid_payload", path);
  }
});

test("a poll and a quote do not go together, wherever they are said", async () => {
  const [poll, quote] = [{ poll: POLL }, { quote_tweet_id: "1" }];
  assertRefused(await dryRun({ x: { ...poll, ...quote } }), 400, "invalid_payload");
  const root = (x) => ({ content: undefined, containers: [{ content: "a", x }, { content: "b" }] });
  assertRefused(await dryRun(root({ ...poll, ...quote })), 400, "invalid_payload");
  assertRefused(await dryRun({ ...root(poll), x: quote }), 400, "invalid_payload");
  const apart = { content: undefined, containers: [{ content: "a" }, { content: "b", x: poll }], x: quote };
  postOf(await dryRun(apart));
});
