/**
 * docs/API.md, section 5, promise 2: a lost answer is settled by reading what X shows of the account's posts. What
 * counts as the post, what does not, and what is never sent again. Settling by hand is in resolve.test.mjs.
 */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  connect,
  createPost,
  faultAtX,
  newAccount,
  postIn,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { sideBySide } from "../support/side-by-side.mjs";

/** Between the two empty reads that come before a resend. */
const SETTLE_MS = 600;
/** An outage is waited out in thirtieths of this and more. */
const BACKOFF_MS = "3000";
const LONG = `${"All of this is one post. ".repeat(20)}See https://example.com/the/end`;

let bench;

before(async () => (bench = await startBench({ vars: { SETTLE_MS: String(SETTLE_MS), BACKOFF_MS } })));
afterEach(() => bench.x.set({ listing_delay_ms: 0 }));
after(() => bench?.stop());

/** The call that reads this account's posts: others may be in doubt at the same time. */
const readCall = ({ network_unique_id }) => ({ method: "GET", path: `/2/users/${network_unique_id}/tweets` });
const reads = (account) => bench.x.requests(readCall(account));
const untilRead = (account, count) => bench.x.received({ ...readCall(account), count, wait_ms: 20_000 });

/** What has reached X of this account's posts, in order: how each call to create one ended. */
const creates = ({ username }) => bench.x.requests({ ...CREATE_CALL, username });
const statuses = (account) => creates(account).map(({ status }) => status);

/** The resend has come, and X knows the text already. */
const untilRefusedAsDuplicate = (account) =>
  eventually(async () => statuses(account), (list) => list.includes(403));

/** A post whose calls meet these faults, each the next. */
function meet(account, fields, ...faults) {
  for (const fault of faults) faultAtX(bench, { ...fault, username: account.username });
  return createPost(bench, account, fields);
}

/** A post whose call had no answer: with `effect-then-close` it is on X, with `close` it is not. */
async function lose(account, fields, kind = "effect-then-close", after = 0) {
  faultAtX(bench, { kind, username: account.username }, { after });
  return createPost(bench, account, fields);
}

/** It is found, and neither lost nor repeated. */
async function assertFound(account, post) {
  const [{ segments, attempts }] = (await postIn(bench, post.id, "published")).socialAccounts;
  const onX = bench.x.posts({ username: account.username });
  assert.deepEqual(onX.map(({ text }) => text), post.containers.map(({ content }) => content.normalize("NFC")));
  assert.deepEqual(segments.map(({ platformPostId }) => platformPostId), onX.map(({ id }) => id));
  assert.equal(attempts, segments.length);
}

/** The call takes effect, and X's answer says something else. */
const hidden = (fault) => ({ kind: "effect-then-answer", ...fault });

sideBySide("a lost answer", () => {
  for (const [what, content, person] of [
    ["with characters that X escapes", "if a < b && b > c then &amp; is 'it' \"quoted\""],
    ["with links, with and without a scheme", "see https://example.com/a?b=1&c=2, foo.rs and (http://bar.io/x)."],
    ["that is a link and nothing else", "https://example.com/only"],
    ["with emoji, accents and lines", "två 👩🏽‍🚀🇨🇭\n\nlines, e\u0301 and é"],
    ["with hashtags and mentions", "@nobody_at_all look: #rust by @linus"],
    ["with space around it", "  spaced  "],
    ["with the line ends of Windows", "one\r\ntwo\r\n\r\nthree"],
    ["with the line ends of an old Mac, and Unicode's", "one\rtwo\u2028three\u2029four"],
    ["in decomposed letters", "\u1112\u1161\u11ab\u1100\u1173\u11af, cafe\u0301, \u212b and \ufa19"],
    ["with links that X spells in another way", "HTTP://Example.com:80/A, https://example.com/\u00fc (and http://m\u00fcnchen.de/)."],
    ["with the same link twice", "https://example.com/twice and\r\nhttps://example.com/twice"],
    ["of more than 280 characters", LONG, { subscription_type: "Premium" }],
  ]) {
    test(`a text ${what} is recognised as X shows it`, async () => {
      const account = await newAccount(bench, person);
      await assertFound(account, await lose(account, { content }));
    });
  }

  test("a poll is recognised by its text", async () => {
    const account = await newAccount(bench);
    const x = { poll: { options: ["tea", "coffee"], duration_minutes: 60 } };
    await assertFound(account, await lose(account, { content: "which?", x }));
  });

  test("a reply is recognised though X shows the mentions of whom it answers before it", async () => {
    const account = await newAccount(bench);
    const asked = bench.x.post({ username: "linus", text: `what do you think, @${account.username}?` });
    const x = { reply: { in_reply_to_tweet_id: asked.id } };
    await assertFound(account, await lose(account, { content: "fine & good", x }));
    assert.equal(bench.x.posts({ text: "fine & good" })[0].in_reply_to_id, asked.id);
  });

  test("the later parts of a thread under another's post are recognised too", async () => {
    const account = await newAccount(bench);
    const asked = bench.x.post({ username: "linus", text: `at length, @${account.username}?` });
    const x = { reply: { in_reply_to_tweet_id: asked.id } };
    const fields = { ...thread("at length 1", "at length 2", "at length 3"), x };
    const post = await lose(account, fields, "effect-then-close", 1);
    await assertFound(account, post);
    const parents = bench.x.posts({ username: account.username }).map(({ in_reply_to_id }) => in_reply_to_id);
    const [first, second] = bench.x.posts({ username: account.username });
    assert.deepEqual(parents, [asked.id, first.id, second.id]);
  });

  for (const at of [0, 1, 2]) {
    test(`a thread whose part ${at + 1} of 3 was lost is whole in the end, and chained`, async () => {
      const account = await newAccount(bench);
      const texts = [1, 2, 3].map((part) => `lost at ${at}, part ${part}`);
      await assertFound(account, await lose(account, thread(...texts), "effect-then-close", at));
      const [root, second, third] = bench.x.posts({ username: account.username });
      assert.deepEqual([second.in_reply_to_id, third.in_reply_to_id], [root.id, second.id]);
    });
  }

  for (const [what, fault] of [
    ["a 503", { preset: "unavailable" }],
    ["a page of X's edge with a 403", { preset: "edge-forbidden" }],
    ["an empty 404", { status: 404 }],
    ["JSON that is not X's, with a 400", { status: 400, body: { message: "Bad Request" } }],
  ]) {
    test(`${what} after which X says "duplicate" took effect: the post is found`, async () => {
      const account = await newAccount(bench);
      const { id } = await meet(account, { content: `hidden behind ${what}` }, hidden(fault));
      const [{ platformPostId, attempts, error }] = (await postIn(bench, id, "published")).socialAccounts;
      const [only, ...others] = bench.x.posts({ username: account.username });
      assert.deepEqual([platformPostId, others, attempts, error], [only.id, [], 2, null]);
      assert.deepEqual(statuses(account).slice(1), [403]);
    });
  }

  test("a later part of a thread that was hidden by a 503 is found, and the thread goes on", async () => {
    const account = await newAccount(bench);
    const fields = thread("hidden 1", "hidden 2", "hidden 3");
    const { id } = await meet(account, fields, { kind: "delay", ms: 1 }, hidden({ preset: "unavailable" }));
    const [{ segments }] = (await postIn(bench, id, "published")).socialAccounts;
    const onX = bench.x.posts({ username: account.username });
    assert.deepEqual(onX.map(({ text }) => text), ["hidden 1", "hidden 2", "hidden 3"]);
    assert.deepEqual(segments.map(({ platformPostId }) => platformPostId), onX.map((post) => post.id));
  });

  test("a duplicate of what the person said before has failed", async () => {
    const account = await newAccount(bench);
    bench.x.post({ username: account.username, text: "said before" });
    const { id } = await createPost(bench, account, { content: "said before" });
    const [{ error_code, attempts }] = (await postIn(bench, id, "failed")).socialAccounts;
    assert.deepEqual([error_code, attempts], ["duplicate_content", 1]);
  });

  test("an older post with the same text is not taken for it", async () => {
    const account = await newAccount(bench);
    const old = bench.x.post({ username: account.username, text: "every day" });
    bench.x.setPost({ id: old.id, created_at: Date.now() - 25 * 60 * 60_000 });
    const { id } = await lose(account, { content: "every day" }, "close");
    const [{ platformPostId }] = (await postIn(bench, id, "published")).socialAccounts;
    assert.notEqual(platformPostId, old.id);
    assert.equal(textsAt(bench, account).length, 2);
  });

  test("two empty reads come before the resend, as far apart as they have to be", async () => {
    const account = await newAccount(bench);
    const { id } = await lose(account, { content: "never arrived" }, "close");
    await postIn(bench, id, "published");
    const [first, second] = reads(account);
    assert.equal(reads(account).length, 2);
    assert.ok(second.time - first.time >= SETTLE_MS, `${second.time - first.time} ms`);
    const [lost, resent] = creates(account);
    assert.ok(lost.time <= first.time && second.time <= resent.time);
    assert.deepEqual([lost.status, resent.status], ["closed", 201]);
  });

  test("a read that X does not answer is not an empty one", async () => {
    const account = await newAccount(bench);
    bench.x.fault({ ...readCall(account), kind: "answer", preset: "unavailable" });
    bench.x.fault({ ...readCall(account), kind: "close" });
    bench.x.fault({ ...readCall(account), kind: "malformed" });
    const { id } = await lose(account, { content: "hard to read" }, "close");
    await postIn(bench, id, "published", 30_000);
    const [, , , first, second, ...others] = reads(account);
    assert.deepEqual([first.fault, second.fault, others], [null, null, []]);
    assert.ok(second.time - first.time >= SETTLE_MS);
    assert.deepEqual(statuses(account), ["closed", 201]);
  });

  test("a read that X limits is made again when its window has ended", async () => {
    const account = await newAccount(bench);
    const reset = Math.ceil(Date.now() / 1000) + 2;
    const headers = { "x-rate-limit-limit": "900", "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(reset) };
    const body = { title: "Too Many Requests", status: 429 };
    bench.x.fault({ ...readCall(account), kind: "answer", status: 429, headers, body });
    await assertFound(account, await lose(account, { content: "limited while in doubt" }));
    const [limited, next] = reads(account);
    assert.equal(limited.status, 429);
    assert.ok(next.time >= reset * 1000, `${reset * 1000 - next.time} ms early`);
  });

  test("a resend whose answer is lost too is not followed by a third", async () => {
    const account = await newAccount(bench);
    const { id } = await meet(account, { content: "lost twice" }, { kind: "close" }, { kind: "close" });
    await untilRead(account, 5);
    const [{ state, status, attempts }] = (await postIn(bench, id, "unknown")).socialAccounts;
    assert.deepEqual([state, status, attempts], ["unknown", "pending", 2]);
    assert.deepEqual(statuses(account), ["closed", "closed"]);
  });

  test("a resend that took effect without an answer is found", async () => {
    const account = await newAccount(bench);
    const faults = [{ kind: "close" }, { kind: "effect-then-close" }];
    const { id } = await meet(account, { content: "found the second time" }, ...faults);
    const [{ attempts }] = (await postIn(bench, id, "published")).socialAccounts;
    assert.equal(attempts, 2);
    assert.deepEqual(textsAt(bench, account), ["found the second time"]);
  });

  for (const [what, x] of [
    ["in a community", { community_id: "1234567890" }],
    ["for subscribers only", { for_super_followers_only: true }],
  ]) {
    test(`a post ${what} is read for and not sent again by itself`, async () => {
      const account = await newAccount(bench);
      const { id } = await lose(account, { content: `not listed: ${what}`, x }, "close");
      await untilRead(account, 3);
      const [{ status }] = (await postIn(bench, id, "unknown")).socialAccounts;
      assert.deepEqual([status, statuses(account)], ["pending", ["closed"]]);
    });
  }
});

test("a quote is recognised though X shows the link of what it quotes after it", async (t) => {
  const account = await newAccount(bench);
  const quoted = bench.x.post({ username: "linus", text: "quotable" });
  const { client_id } = bench.x.app;
  bench.x.setApp({ client_id, enterprise: true });
  t.after(() => bench.x.setApp({ client_id, enterprise: false }));
  const post = await lose(account, { content: "so true", x: { quote_tweet_id: quoted.id } });
  await assertFound(account, post);
});

test("the same text under another post is not taken for it", async () => {
  const account = await newAccount(bench);
  const elsewhere = bench.x.post({ username: "linus", text: "elsewhere" });
  const { id } = await lose(account, { content: "thanks" }, "close");
  bench.x.post({ username: account.username, text: "thanks", in_reply_to_tweet_id: elsewhere.id });
  await untilRefusedAsDuplicate(account);
  const [{ state, platformPostId }] = (await postIn(bench, id, "unknown")).socialAccounts;
  assert.deepEqual([state, platformPostId, statuses(account)], ["unknown", null, ["closed", 403]]);
});

test("a post that another delivery made is not taken for it, and X's word duplicate does not fail it", async () => {
  const account = await newAccount(bench);
  const lost = await lose(account, { content: "twins" }, "close");
  const twin = await createPost(bench, account, { content: "twins" });
  const [{ platformPostId }] = (await postIn(bench, twin.id, "published")).socialAccounts;
  const before = reads(account).length;
  await untilRefusedAsDuplicate(account);
  await untilRead(account, before + 4);
  const [delivery] = (await readPost(bench, lost)).socialAccounts;
  assert.deepEqual([delivery.state, delivery.status, delivery.platformPostId], ["unknown", "pending", null]);
  assert.deepEqual(bench.x.posts({ username: account.username }).map(({ id }) => id), [platformPostId]);
  assert.deepEqual(statuses(account), ["closed", 201, 403], "and there is no third try");
});

test("a post by the person's own hand, or a repost, is not mistaken for it", async () => {
  const account = await newAccount(bench);
  bench.x.post({ username: account.username, text: "by hand" });
  const { id } = await lose(account, { content: "by machine" }, "close");
  bench.x.post({ username: account.username, text: "by machine, nearly" });
  await postIn(bench, id, "published");
  assert.deepEqual(textsAt(bench, account), ["by hand", "by machine, nearly", "by machine"]);
});

test("that a 503 may have hidden a post is remembered over a failure, a retry and a power cut", async () => {
  const account = await newAccount(bench);
  const faults = [hidden({ preset: "unavailable" }), { kind: "answer", preset: "not-permitted" }];
  const { id } = await meet(account, { content: "hidden for long" }, ...faults);
  await postIn(bench, id, "failed");
  await bench.worker.kill();
  await bench.worker.restart();
  assert.equal((await bench.api.post(`/v1/posts/${id}/retry`)).status, 200);
  const [{ platformPostId }] = (await postIn(bench, id, "published", 30_000)).socialAccounts;
  assert.deepEqual(bench.x.posts({ username: account.username }).map((post) => post.id), [platformPostId]);
});

test("what X lists only after it refused the resend as a duplicate is found in the end", async () => {
  const account = await newAccount(bench);
  bench.x.set({ listing_delay_ms: 3 * SETTLE_MS });
  const { id } = await lose(account, { content: "listed very late" });
  const [{ platformPostId, attempts }] = (await postIn(bench, id, "published")).socialAccounts;
  assert.deepEqual(statuses(account), ["closed", 403]);
  const [only, ...others] = bench.x.posts({ username: account.username });
  assert.deepEqual([others, platformPostId, attempts], [[], only.id, 2]);
});

test("what came after it on the account does not hide it: every page is read", async () => {
  const account = await newAccount(bench);
  bench.x.set({ listing_delay_ms: SETTLE_MS / 2 });
  const { id } = await lose(account, { content: "far back" });
  await postIn(bench, id, "unknown");
  bench.x.set({ listing_delay_ms: 0 });
  for (let count = 0; count < 150; count += 1) bench.x.post({ username: account.username, text: `meanwhile ${count}` });
  const [{ platformPostId }] = (await postIn(bench, id, "published")).socialAccounts;
  assert.deepEqual(bench.x.posts({ text: "far back" }).map((post) => post.id), [platformPostId]);
  assert.ok(reads(account).some(({ query }) => query.pagination_token ?? query.next_token));
});

test("a clock at X that is some seconds behind ours hides nothing", async (t) => {
  const account = await newAccount(bench);
  bench.x.clock({ advance_ms: -5000 });
  t.after(() => bench.x.clock({ advance_ms: 5000 }));
  await assertFound(account, await lose(account, { content: "dated before it was sent" }));
});

test("an account that lost its grant meanwhile is left alone, and settles when it is connected again", async () => {
  const account = await newAccount(bench);
  bench.x.set({ listing_delay_ms: SETTLE_MS / 2 });
  const post = await lose(account, { content: "between two grants" });
  await untilRead(account, 1);
  bench.x.revokeGrants({ username: account.username });
  const row = async () => (await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data;
  await eventually(row, ({ status }) => status === "reconnect_required");
  const calls = bench.x.requests({ username: account.username }).length;
  const [{ status }] = (await readPost(bench, post)).socialAccounts;
  assert.equal(status, "pending");
  assert.equal(bench.x.requests({ username: account.username }).length, calls);
  await connect(bench, { username: account.username });
  const [{ platformPostId }] = (await postIn(bench, post.id, "published")).socialAccounts;
  assert.deepEqual(bench.x.posts({ username: account.username }).map(({ id }) => id), [platformPostId]);
});

test("an unknown post survives a power cut and is settled after it", async () => {
  const account = await newAccount(bench);
  bench.x.set({ listing_delay_ms: SETTLE_MS / 2 });
  const post = await lose(account, { content: "in doubt in the dark" });
  await untilRead(account, 1);
  await bench.worker.kill();
  await bench.worker.restart();
  const [{ attempts }] = (await postIn(bench, post.id, "published", 30_000)).socialAccounts;
  assert.equal(attempts, 1);
  assert.deepEqual(textsAt(bench, account), ["in doubt in the dark"]);
});
