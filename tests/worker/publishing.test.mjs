/**
 * docs/API.md, section 5, the publishing promises: what each answer of X makes of a delivery. What pauses a whole
 * network is in pause.test.mjs, windows are in limits.test.mjs.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import { callUnderWay, connect, newUser, postIn, postWhen, startBench, textsAt } from "../support/client.mjs";

/** Between the two reads that come before a resend. */
const SETTLE_MS = "1500";

let bench;

before(async () => (bench = await startBench({ vars: { SETTLE_MS } })));
after(() => bench?.stop());

const newAccount = () => connect(bench, { username: newUser(bench).username });

/** A post, read once its delivery is in `state`. */
async function publishUntil(state, account, content) {
  const body = Array.isArray(content) ? { containers: content.map((text) => ({ content: text })) } : { content };
  const { post } = (await bench.api.post("/v1/posts", { ...body, accounts: [account.id] })).body;
  const [delivery] = (await postIn(bench, post.id, state)).socialAccounts;
  return { post_id: post.id, ...delivery };
}

/** A post that waits after its first attempt: in state it is as it was before. */
async function publishUntilLimited(account, content) {
  const { post } = (await bench.api.post("/v1/posts", { content, accounts: [account.id] })).body;
  const { socialAccounts } = await postWhen(bench, post.id, ({ error_code }) => error_code === "rate_limited");
  return socialAccounts[0];
}

/** The next call that would create a post meets this fault. */
const fault = (given) => bench.x.fault({ ...CREATE_CALL, ...given });
const answer = (preset) => fault({ kind: "answer", preset });

test("while X is being asked the delivery says so", async () => {
  const account = await newAccount();
  fault({ kind: "hold" });
  const { post_id, status, segments } = await publishUntil("publishing", account, ["asked", "not asked yet"]);
  assert.deepEqual([status, segments.map(({ state }) => state)], ["pending", ["publishing", "queued"]]);
  await callUnderWay(bench);
  bench.x.release();
  await postIn(bench, post_id, "published");
});

for (const [preset, code, words] of [
  ["duplicate", "duplicate_content", /duplicate content/],
  ["reply-not-summoned", "not_summoned", /not allowed because you have not been mentioned/],
  ["quote-not-allowed", "quote_not_allowed", /Quoting this post is not allowed/],
  ["video-too-long", "video_too_long", /longer than 2 minutes/],
  ["not-permitted", "x_refused", /not permitted to perform this action/],
]) {
  test(`a refusal of the post (${preset}) is final and keeps X's words`, async () => {
    const account = await newAccount();
    answer(preset);
    const delivery = await publishUntil("failed", account, `refused as ${preset}`);
    assert.deepEqual([delivery.status, delivery.error_code, delivery.attempts], ["failed", code, 1]);
    assert.match(delivery.error, words);
    assert.equal(delivery.next_attempt_at, null);
  });
}

test("the same text again is refused by X itself as duplicate content", async () => {
  const account = await newAccount();
  await publishUntil("published", account, "said before");
  const { error_code } = await publishUntil("failed", account, "said before");
  assert.equal(error_code, "duplicate_content");
  assert.equal(bench.x.posts({ text: "said before" }).length, 1);
});

test("a rate limit waits for the reset that X names", async () => {
  const account = await newAccount();
  const reset = Math.ceil(Date.now() / 1000) + 300;
  const headers = { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(reset) };
  fault({ kind: "answer", status: 429, headers, body: { title: "Too Many Requests", status: 429 } });
  const delivery = await publishUntilLimited(account, "limited");
  assert.deepEqual([delivery.status, delivery.state], ["pending", "queued"]);
  assert.equal(Date.parse(delivery.next_attempt_at), reset * 1000);
});

for (const [what, preset] of [
  ["unavailable", "unavailable"],
  ["answering a page", "html"],
]) {
  test(`while X is ${what} the post is tried again and goes out once`, async () => {
    const account = await newAccount();
    answer(preset);
    const { attempts, error } = await publishUntil("published", account, `in spite of ${what}`);
    assert.deepEqual([attempts, error], [2, null]);
    assert.equal(bench.x.posts({ text: `in spite of ${what}` }).length, 1);
  });
}

test("a token that X refuses is refreshed once and the post goes out", async () => {
  const account = await newAccount();
  const [access] = bench.x.tokens({ username: account.username });
  bench.x.expireToken({ token: access.text });
  bench.x.clearRequests();
  const { attempts } = await publishUntil("published", account, "after a refresh");
  assert.equal(attempts, 2);
  assert.equal(bench.x.requests({ method: "POST", path: "/2/oauth2/token" }).length, 1);
});

for (const [what, given] of [
  ["lost after the effect", { kind: "effect-then-close" }],
  ["cut in half after the effect", { kind: "malformed" }],
]) {
  test(`an answer that is ${what} leaves the post unknown until it is found, and X holds exactly one`, async () => {
    const account = await newAccount();
    // Listed late, so that it can be seen as unknown before it is found.
    bench.x.set({ listing_delay_ms: 600 });
    fault(given);
    const text = `answer ${what}`;
    const unknown = await publishUntil("unknown", account, text);
    bench.x.set({ listing_delay_ms: 0 });
    assert.deepEqual([unknown.status, unknown.attempts, unknown.platformPostId], ["pending", 1, null]);
    const { socialAccounts } = await postIn(bench, unknown.post_id, "published");
    const [only, ...others] = bench.x.posts({ text });
    assert.deepEqual([others, socialAccounts[0].platformPostId, socialAccounts[0].attempts], [[], only.id, 1]);
  });
}

test("a call that was cut before its effect is made once more, after two reads that find nothing", async () => {
  const account = await newAccount();
  bench.x.clearRequests();
  fault({ kind: "close" });
  const delivery = await publishUntil("published", account, "cut before");
  assert.equal(delivery.attempts, 2);
  assert.equal(bench.x.posts({ text: "cut before" }).length, 1);
  const calls = bench.x.requests().map(({ method, path }) => `${method} ${path.replace(/\d+/g, "{id}")}`);
  const [create, read] = ["POST /{id}/tweets", "GET /{id}/users/{id}/tweets"];
  assert.deepEqual(calls, [create, read, read, create]);
});

test("an unknown post does not keep the next one from going out", async () => {
  const account = await newAccount();
  fault({ kind: "close" });
  const { post_id } = await publishUntil("unknown", account, "unknown before");
  await publishUntil("published", account, "published after");
  await postIn(bench, post_id, "published");
  assert.deepEqual(textsAt(bench, account), ["published after", "unknown before"]);
});

test("a thread that met a fault goes on at the first missing segment", async () => {
  const account = await newAccount();
  const texts = ["thread with a fault 1", "thread with a fault 2"];
  // Used up from the front: the root passes through a delay, the second segment meets the fault.
  fault({ kind: "delay", ms: 1 });
  answer("unavailable");
  const { segments } = await publishUntil("published", account, texts);
  const [root, second] = texts.map((text) => bench.x.posts({ text }));
  assert.deepEqual([root.length, second.length, second[0].in_reply_to_id], [1, 1, root[0].id]);
  assert.deepEqual(segments.map(({ state }) => state), ["published", "published"]);
});

test("a thread that is refused in the middle shows what is out and what is not", async () => {
  const account = await newAccount();
  fault({ kind: "delay", ms: 1 });
  answer("not-permitted");
  const delivery = await publishUntil("failed", account, ["out", "refused", "never tried"]);
  const [root] = bench.x.posts({ username: account.username });
  assert.equal(delivery.platformPostId, root.id);
  assert.deepEqual(delivery.segments.map(({ state }) => state), ["published", "failed", "failed"]);
});

test("a grant that the person has ended holds the post until a reconnection, and X is left alone", async () => {
  const account = await newAccount();
  bench.x.revokeGrants({ username: account.username });
  const delivery = await publishUntil("held", account, "held for a reconnection");
  const { status, error_code, next_attempt_at } = delivery;
  assert.deepEqual([status, error_code, next_attempt_at], ["pending", "reconnect_required", null]);
  const row = (await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data;
  assert.deepEqual([row.status, row.status_reason, row.isActive], ["reconnect_required", "refresh_token_refused", 0]);
  bench.x.clearRequests();
  const second = await publishUntil("held", account, "held as well");
  assert.deepEqual(bench.x.requests(), []);

  const again = await connect(bench, { username: account.username });
  assert.deepEqual([again.id, again.status], [account.id, "active"]);
  for (const { post_id } of [delivery, second]) await postIn(bench, post_id, "published");
  assert.equal(bench.x.posts({ username: account.username }).length, 2);
});

test("one account's failure does not touch the others of the same post", async () => {
  const [one, two] = [await newAccount(), await newAccount()];
  bench.x.setUser({ username: one.username, suspended: true });
  const accounts = [one.id, two.id];
  const { post } = (await bench.api.post("/v1/posts", { content: "to both", accounts }, { prefer: "wait=10" })).body;
  const states = Object.fromEntries(post.socialAccounts.map(({ id, state }) => [id, state]));
  assert.deepEqual(states, { [one.id]: "failed", [two.id]: "published" });
  assert.notEqual(post.publishedAt, null);
});
