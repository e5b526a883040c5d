/** docs/API.md, section 5: threads. Each segment is on X once, a reply to the one before, whatever happens between. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  callUnderWay,
  createPost,
  faultAtX,
  newAccount,
  postIn,
  publishPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { INTERRUPTIONS } from "../support/interruptions.mjs";

/** Between the two reads that come before a resend. */
const SETTLE_MS = "1000";
/** An object that died while it worked goes on by the alarm that it had set first, five seconds ahead. */
const AFTER_A_CUT_MS = 30_000;

let bench;
/** Of whom nothing may reach X. */
let judged;

before(async () => {
  bench = await startBench({ vars: { SETTLE_MS } });
  judged = await newAccount(bench);
});
after(() => bench?.stop());

const statesOf = ({ segments }) => segments.map(({ state }) => state);
const idsOf = ({ segments }) => segments.map(({ platformPostId }) => platformPostId);

/** Every text once on X, in this order, each a reply to the one before; and our row says the same. */
function assertThread(account, texts, { socialAccounts: [delivery] }) {
  const posts = bench.x.posts({ username: account.username });
  assert.deepEqual(posts.map(({ text }) => text), texts);
  const parents = [null, ...posts.slice(0, -1).map(({ id }) => id)];
  assert.deepEqual(posts.map(({ in_reply_to_id }) => in_reply_to_id), parents);
  assert.deepEqual(idsOf(delivery), posts.map(({ id }) => id));
  assert.equal(delivery.platformPostId, posts[0].id);
}

test("a thread of 25 segments is a chain", async () => {
  const account = await newAccount(bench);
  const texts = Array.from({ length: 25 }, (_, n) => `link ${n + 1} of 25`);
  const post = await publishPost(bench, account, thread(...texts));
  assertThread(account, texts, post);
});

test("every container has an id and a weighted length of its own", async () => {
  const account = await newAccount(bench);
  const texts = ["four", "https://example.com/a/very/long/path", "\u{1f469}\u200d\u{1f467}"];
  const { containers } = await publishPost(bench, account, thread(...texts));
  assert.deepEqual(containers.map(({ weighted_length }) => weighted_length), [4, 23, 2]);
  assert.equal(new Set(containers.map(({ id }) => id)).size, 3);
});

test("a thread to two accounts is a chain in each", async () => {
  const accounts = [await newAccount(bench, { tenant_id: "chains" }), await newAccount(bench, { tenant_id: "chains" })];
  const fields = { ...thread("chained 1", "chained 2"), accounts: accounts.map(({ id }) => id) };
  const { socialAccounts } = await publishPost(bench, accounts[0], fields);
  for (const account of accounts) {
    const delivery = socialAccounts.find(({ id }) => id === account.id);
    assertThread(account, ["chained 1", "chained 2"], { socialAccounts: [delivery] });
  }
});

test("a thread that breaks off for one account is whole for the other", async () => {
  const accounts = [await newAccount(bench, { tenant_id: "breaks" }), await newAccount(bench, { tenant_id: "breaks" })];
  // The second account has said it before: X takes the root from both and refuses it the second segment.
  await publishPost(bench, accounts[1], { content: "breaks 2" });
  const fields = { ...thread("breaks 1", "breaks 2"), accounts: accounts.map(({ id }) => id) };
  const { socialAccounts } = await publishPost(bench, accounts[0], fields);
  const states = new Map(socialAccounts.map((delivery) => [delivery.id, statesOf(delivery)]));
  assert.deepEqual(states.get(accounts[0].id), ["published", "published"]);
  assert.deepEqual(states.get(accounts[1].id), ["published", "failed"]);
});

test("a thread whose third segment is refused has failed with two published, and sends no fourth", async () => {
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "answer", preset: "not-permitted" }, { after: 2 });
  const { socialAccounts, publishedAt } = await publishPost(bench, account, thread("1 of 2", "2 of 2", "no", "never"));
  const [delivery] = socialAccounts;
  assert.deepEqual([delivery.status, delivery.error_code], ["failed", "x_refused"]);
  assert.deepEqual(statesOf(delivery), ["published", "published", "failed", "failed"]);
  assert.deepEqual(idsOf(delivery).slice(2), [null, null]);
  assert.deepEqual([publishedAt, delivery.publishedAt], [null, null]);
  assert.deepEqual(textsAt(bench, account), ["1 of 2", "2 of 2"]);
});

for (const lost of [0, 1, 2]) {
  test(`an answer that is lost at segment ${lost + 1} of 3 is found at X, and the thread goes on`, async () => {
    const account = await newAccount(bench);
    const texts = [1, 2, 3].map((n) => `lost at ${lost + 1}: ${n}`);
    faultAtX(bench, { kind: "effect-then-close" }, { after: lost });
    const { id } = await createPost(bench, account, thread(...texts));
    assertThread(account, texts, await postIn(bench, id, "published"));
  });

  test(`a call that is lost before its effect at segment ${lost + 1} of 3 is made once more`, async () => {
    const account = await newAccount(bench);
    const texts = [1, 2, 3].map((n) => `cut at ${lost + 1}: ${n}`);
    faultAtX(bench, { kind: "close" }, { after: lost });
    const { id } = await createPost(bench, account, thread(...texts));
    assertThread(account, texts, await postIn(bench, id, "published"));
  });
}

test("every answer of a thread may be lost, and each segment is on X once", async () => {
  const account = await newAccount(bench);
  const texts = ["all lost 1", "all lost 2", "all lost 3"];
  for (const _ of texts) faultAtX(bench, { kind: "effect-then-close" });
  const { id } = await createPost(bench, account, thread(...texts));
  assertThread(account, texts, await postIn(bench, id, "published"));
});

test("the same words in two threads are told apart by what they reply to", async () => {
  const account = await newAccount(bench);
  const first = await publishPost(bench, account, thread("told apart", "the same words"));
  bench.x.clearRequests();
  // X refuses the words a second time, even as a reply: what is on X belongs to the first thread, and is not claimed.
  faultAtX(bench, { kind: "close" }, { after: 1 });
  const { id } = await createPost(bench, account, thread("told apart, too", "the same words"));
  await bench.x.received({ ...CREATE_CALL, status: 403 });
  const { socialAccounts } = await postIn(bench, id, "unknown");
  assert.deepEqual(statesOf(socialAccounts[0]), ["published", "unknown"]);
  assert.deepEqual(textsAt(bench, account), ["told apart", "the same words", "told apart, too"]);
  assert.equal(idsOf(first.socialAccounts[0])[1], bench.x.posts({ text: "the same words" })[0].id);
});

for (const [what, interrupt] of Object.entries(INTERRUPTIONS)) {
  test(`a thread that ${what} meets in its middle goes on at the first missing segment`, async () => {
    const account = await newAccount(bench);
    const texts = [1, 2, 3].map((n) => `${what} in the middle: ${n}`);
    faultAtX(bench, { kind: "hold" }, { after: 1 });
    const { id } = await createPost(bench, account, thread(...texts));
    await callUnderWay(bench);
    assert.equal(textsAt(bench, account).length, 1);
    await interrupt(bench);
    // X acts on what it has received, whether or not the sender is still there.
    bench.x.release();
    assertThread(account, texts, await postIn(bench, id, "published", AFTER_A_CUT_MS));
  });
}

const LONG = "x".repeat(281);
for (const [what, containers, code, path] of [
  ["is too long", [{ content: "a" }, { content: LONG }], "text_too_long", "containers.1"],
  ["is empty", [{ content: "a" }, { content: " \r\n" }], "invalid_payload", "containers.1.content"],
  ["has two cashtags", [{ content: "$A" }, { content: "$B" }, { content: "$C or $D" }], "invalid_payload", "containers.2.content"],
  ["says the same as another", [{ content: "a\r\nb\u0301" }, { content: "c" }, { content: " a\nb\u0301" }], "invalid_payload", "containers.2.content"],
  ["has a character that X does not take", [{ content: "a" }, { content: "b\uffff" }], "invalid_payload", "containers.1.content"],
  ["answers a post by itself", [{ content: "a" }, { content: "b", x: { reply: { in_reply_to_tweet_id: "1" } } }], "invalid_payload", "containers.1.x.reply"],
  ["has a poll and a quote", [{ content: "a" }, { content: "b", x: { poll: { options: ["y", "n"], duration_minutes: 5 }, quote_tweet_id: "1" } }], "invalid_payload", "containers.1.x.quote_tweet_id"],
  ["tags people without media", [{ content: "a" }, { content: "b", x: { media: { tagged_user_ids: ["1"] } } }], "invalid_payload", "containers.1.x.media"],
]) {
  test(`a thread of which a later part ${what} is refused whole: created, drafted, changed and tried out`, async () => {
    const draft = await createPost(bench, judged, { content: "fine", isDraft: true });
    bench.x.clearRequests();
    const create = (fields) => bench.api.post("/v1/posts", { accounts: [judged.id], containers, ...fields });
    for (const fields of [{}, { isDraft: true }, { dryRun: true }]) assertRefused(await create(fields), 400, code, path);
    assertRefused(await bench.api.patch(`/v1/posts/${draft.id}`, { containers }), 400, code, path);
    assert.deepEqual(bench.x.requests(), []);
  });
}

test("a post is judged as a thread is", async () => {
  const content = "$A or $B";
  assertRefused(await bench.api.post("/v1/posts", { accounts: [judged.id], content }), 400, "invalid_payload", "content");
  const root = await publishPost(bench, judged, { content: "to be answered" });
  assertRefused(await bench.api.post(`/v1/posts/${root.id}/replies`, { content }), 400, "invalid_payload", "content");
});
