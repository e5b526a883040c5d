/** docs/API.md, section 5: `PATCH /v1/posts/{id}`. Only a draft or a scheduled post that has not begun can change. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  callUnderWay,
  createPost,
  faultAtX,
  fromNow,
  newAccount,
  postIn,
  postOf,
  postWhen,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { png } from "../fake-x/sample-files.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { upload } from "../support/media.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const schedule = (account, fields, ms = HOUR) =>
  createPost(bench, account, { content: "scheduled", scheduledAt: fromNow(ms), ...fields });
const patch = ({ id }, fields) => bench.api.patch(`/v1/posts/${id}`, fields);
/** What is scheduled leaves now, as it was changed last. */
async function leaveNow(post) {
  postOf(await patch(post, { scheduledAt: null }));
  return postIn(bench, post.id, "published");
}

const contents = ({ containers }) => containers.map(({ content }) => content);

test("new words are what goes out, and the time stays", async () => {
  const account = await newAccount(bench);
  const post = await schedule(account, { content: "old words" }, 4000);
  const { status, body } = await patch(post, { content: "new words, and more" });
  assert.deepEqual([status, body.success, body.rescheduled, body.warnings], [200, true, false, []]);
  assert.deepEqual(body.data.post, body.post);
  const [{ content, weighted_length }] = body.post.containers;
  assert.deepEqual([content, weighted_length], ["new words, and more", 19]);
  assert.deepEqual([body.post.scheduledAt, body.post.createdAt], [post.scheduledAt, post.createdAt]);
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["new words, and more"]);
});

test("a later time is when it goes out, and not the time before", async () => {
  const account = await newAccount(bench);
  const post = await schedule(account, { content: "put off" }, 4000);
  const scheduledAt = fromNow(6000);
  const { rescheduled, post: patched } = (await patch(post, { scheduledAt })).body;
  assert.deepEqual([rescheduled, patched.scheduledAt], [true, scheduledAt]);
  assert.equal(patched.socialAccounts[0].next_attempt_at, scheduledAt);
  await postIn(bench, post.id, "published");
  const [{ created_at }] = bench.x.posts({ username: account.username });
  assert.ok(created_at >= Date.parse(scheduledAt));
});

test("an earlier time is when it goes out", async () => {
  const account = await newAccount(bench);
  const post = await schedule(account, { content: "brought forward" });
  const due = Date.now() + 1000;
  assert.equal((await patch(post, { scheduledAt: new Date(due).toISOString() })).body.rescheduled, true);
  await postIn(bench, post.id, "published");
  const late = bench.x.posts({ username: account.username })[0].created_at - due;
  assert.ok(late >= 0 && late < 20_000, `late by ${late} ms`);
});

test("no time, and a time that is past, mean now", async () => {
  const account = await newAccount(bench);
  for (const [content, scheduledAt] of [["now, by null", null], ["now, by the past", fromNow(-HOUR)]]) {
    const post = await schedule(account, { content });
    const { rescheduled, post: patched } = (await patch(post, { scheduledAt })).body;
    assert.deepEqual([rescheduled, patched.scheduledAt, patched.scheduled], [true, null, false]);
    await postIn(bench, post.id, "published");
  }
});

test("the time that it had is no new time", async () => {
  const post = await schedule(await newAccount(bench));
  const inAnotherZone = post.scheduledAt.replace("Z", "+00:00");
  const { rescheduled, post: patched } = (await patch(post, { scheduledAt: inAnotherZone })).body;
  assert.deepEqual([rescheduled, patched.scheduledAt], [false, post.scheduledAt]);
});

test("containers are replaced as a whole", async () => {
  const account = await newAccount(bench);
  const post = await schedule(account, { content: undefined, ...thread("one", "two", "three") });
  const shorter = postOf(await patch(post, thread("one", "2")));
  assert.deepEqual(contents(shorter), ["one", "2"]);
  const ids = shorter.containers.map(({ id }) => id);
  assert.deepEqual(shorter.socialAccounts[0].segments.map(({ container_id }) => container_id), ids);
  await leaveNow(post);
  const [root, reply] = bench.x.posts({ username: account.username });
  assert.deepEqual([root.text, reply.text, reply.in_reply_to_id], ["one", "2", root.id]);
});

test("a thread can become one post, and one post a thread", async () => {
  const account = await newAccount(bench);
  const post = await schedule(account, { content: undefined, ...thread("many", "words") });
  const short = await patch(post, { content: "few words" });
  assert.deepEqual(contents(postOf(short)), ["few words"]);
  assert.match(short.body.warnings[0], /thread of 2 parts/);
  const long = postOf(await patch(post, thread("a", "b", "c", "d")));
  assert.deepEqual([contents(long), long.socialAccounts[0].segments.length], [["a", "b", "c", "d"], 4]);
});

test("media alone keep the words, words alone the media, and either the options of the one container", async () => {
  const account = await newAccount(bench);
  const { id } = await upload(bench, png());
  const containers = [{ content: "my words", x: { reply_settings: "following" } }];
  const post = await schedule(account, { content: undefined, containers });
  const said = ({ containers: [{ content, media, x }] }) => [content, media.map((file) => file.id), x];
  const options = { reply_settings: "following" };
  assert.deepEqual(said(postOf(await patch(post, { mediaIds: [id] }))), ["my words", [id], options]);
  assert.deepEqual(said(postOf(await patch(post, { content: "others" }))), ["others", [id], options]);
  assert.deepEqual(said(postOf(await patch(post, { media: [] }))), ["others", [], options]);
  assertRefused(await patch(post, { content: "" }), 400, "invalid_payload", "content");
  await leaveNow(post);
  assert.deepEqual(bench.x.posts({ username: account.username }).map(({ text }) => text), ["others"]);
});

test("media without containers are of no part of a thread", async () => {
  const account = await newAccount(bench);
  const post = await schedule(account, { content: undefined, ...thread("many", "words") });
  for (const fields of [{ media: [] }, { mediaIds: [] }]) {
    assertRefused(await patch(post, fields), 400, "invalid_payload", "media");
  }
  assert.deepEqual(contents(await readPost(bench, post)), ["many", "words"]);
});

test("options are replaced, and the price follows words and options", async () => {
  const account = await newAccount(bench);
  const post = await schedule(account, { content: "plain", x: { reply_settings: "following" } });
  assert.deepEqual([post.x, post.cost.estimate_usd], [{ reply_settings: "following" }, 0.015]);
  const fields = { content: "see https://example.com", x: { reply_settings: "verified", made_with_ai: true } };
  const patched = postOf(await patch(post, fields));
  assert.deepEqual([patched.x, patched.cost.estimate_usd], [fields.x, 0.2]);
  await leaveNow(post);
  const [sent] = bench.x.requests({ method: "POST", path: "/2/tweets" }).slice(-1);
  assert.deepEqual(JSON.parse(sent.body), { text: fields.content, ...fields.x });
});

test("what is changed is checked as at creation, and a refusal changes nothing", async () => {
  const post = await schedule(await newAccount(bench));
  for (const [fields, status, code, ...paths] of [
    [{}, 400, "invalid_payload"],
    [{ colour: 1 }, 400, "invalid_payload", "colour"],
    [{ accounts: ["x"] }, 400, "invalid_payload", "accounts"],
    [{ content: "a", containers: [{ content: "b" }] }, 400, "invalid_payload", "content"],
    [{ content: " " }, 400, "invalid_payload", "content"],
    [{ containers: [] }, 400, "invalid_payload", "containers"],
    [{ containers: Array(26).fill({ content: "a" }) }, 400, "invalid_payload", "containers"],
    [{ content: "a".repeat(281) }, 400, "text_too_long", "content"],
    [thread("a", "a".repeat(281)), 400, "text_too_long", "containers.1"],
    [{ content: "\ufffe" }, 400, "invalid_payload", "content"],
    [{ scheduledAt: "soon" }, 400, "invalid_schedule", "scheduledAt"],
    [{ scheduledAt: fromNow(366 * DAY) }, 400, "invalid_schedule", "scheduledAt"],
    [{ x: { reply_settings: "nobody" } }, 400, "invalid_payload", "x.reply_settings"],
    [{ isDraft: "no" }, 400, "invalid_payload", "isDraft"],
  ]) {
    assertRefused(await patch(post, fields), status, code, ...paths);
  }
  assert.deepEqual(await readPost(bench, post), post);
});

test("a post that was sent, or is being sent, cannot change", async () => {
  const account = await newAccount(bench);
  const published = await publishPost(bench, account, { content: "published" });
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const failed = await publishPost(bench, account, { content: "refused" });
  faultAtX(bench, { kind: "answer", preset: "unavailable" });
  const backingOff = await createPost(bench, account, { content: "backing off", scheduledAt: fromNow(300) });
  await postWhen(bench, backingOff.id, ({ error_code }) => error_code !== null);
  for (const post of [published, failed, backingOff]) {
    assertRefused(await patch(post, { content: "changed" }), 409, "already_published");
    assertRefused(await patch(post, { scheduledAt: fromNow(HOUR) }), 409, "already_published");
  }
  await postIn(bench, backingOff.id, "published");
  faultAtX(bench, { kind: "hold" });
  const sending = await createPost(bench, account, { content: "on its way", scheduledAt: fromNow(300) });
  await callUnderWay(bench);
  assertRefused(await patch(sending, { content: "too late" }), 409, "already_published");
  bench.x.release();
  await postIn(bench, sending.id, "published");
  assert.deepEqual(textsAt(bench, account), ["published", "backing off", "on its way"]);
});

test("a post that was cancelled does not come back", async () => {
  const account = await newAccount(bench);
  const post = await schedule(account, { content: "cancelled" });
  await bench.api.delete(`/v1/posts/${post.id}`);
  assertRefused(await patch(post, { scheduledAt: null }), 409, "already_published");
  assert.equal((await readPost(bench, post)).socialAccounts[0].state, "cancelled");
});

test("what is left of a post whose other account was removed can change, and goes out alone", async () => {
  const tenant_id = "left";
  const [stays, leaves] = [await newAccount(bench, { tenant_id }), await newAccount(bench, { tenant_id })];
  const post = await schedule(stays, { content: "for two", accounts: [stays.id, leaves.id] });
  await bench.api.delete(`/v1/social-accounts/${leaves.id}`);
  const stateOf = ({ id }, { socialAccounts }) => socialAccounts.find((delivery) => delivery.id === id).state;
  await eventually(() => readPost(bench, post), (row) => stateOf(leaves, row) === "cancelled");
  postOf(await patch(post, { content: "for one", scheduledAt: null }));
  const row = await eventually(() => readPost(bench, post), (seen) => stateOf(stays, seen) === "published");
  assert.equal(stateOf(leaves, row), "cancelled");
  assert.deepEqual([textsAt(bench, stays), textsAt(bench, leaves)], [["for one"], []]);
});

test("a post that nobody has is not found", async () => {
  assertRefused(await patch({ id: "post_AAAAAAAAAAAAAAAAAAAAAA" }, { content: "a" }), 404, "not_found");
});

test("of ten changes at once one is taken last, and that is the one that is shown and goes out", async () => {
  const account = await newAccount(bench);
  const post = await schedule(account);
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => patch(post, { content: `change ${n}` })));
  const taken = answers.filter(({ status }) => status === 200).map(({ body }) => contents(body.post)[0]);
  for (const answer of answers) if (answer.status !== 200) assertRefused(answer, 409, "in_flight");
  const shown = contents(await readPost(bench, post));
  assert.ok(taken.includes(shown[0]), `${shown} was shown, ${taken} were taken`);
  await leaveNow(post);
  assert.deepEqual(textsAt(bench, account), shown);
});

test("a change that races with the due time is sent if it was taken, and is refused if it was not", async () => {
  const accounts = await Promise.all([1, 2, 3, 4].map(() => newAccount(bench)));
  const due = Date.now() + 2500;
  const race = async (account, n) => {
    const fields = { content: `before ${n}`, scheduledAt: new Date(due).toISOString() };
    const post = await createPost(bench, account, fields);
    await pause(due - Date.now() + (n - 5) * 20);
    return { account, n, post, answer: await patch(post, { content: `after ${n}` }) };
  };
  const races = accounts.flatMap((account) => Array.from({ length: 10 }, (_, n) => race(account, n)));
  for (const { account, n, post, answer } of await Promise.all(races)) {
    if (answer.status !== 200) assertRefused(answer, 409, "already_published");
    await postIn(bench, post.id, "published");
    const texts = textsAt(bench, account).filter((text) => text.endsWith(` ${n}`));
    assert.deepEqual(texts, [answer.status === 200 ? `after ${n}` : `before ${n}`]);
  }
});

test("a post that is put off as it comes due leaves at its new time, or had left already", async () => {
  const accounts = await Promise.all([1, 2, 3, 4].map(() => newAccount(bench)));
  const [due, later] = [Date.now() + 2000, Date.now() + 4000];
  const race = async (account, n) => {
    const fields = { content: `put off ${n}`, scheduledAt: new Date(due).toISOString() };
    const post = await createPost(bench, account, fields);
    await pause(due - Date.now() + (n - 3) * 20);
    return { post, answer: await patch(post, { scheduledAt: new Date(later).toISOString() }) };
  };
  const races = accounts.flatMap((account) => Array.from({ length: 5 }, (_, n) => race(account, n)));
  for (const { post, answer } of await Promise.all(races)) {
    if (answer.status !== 200) assertRefused(answer, 409, "already_published");
    const { socialAccounts } = await postIn(bench, post.id, "published");
    const [{ created_at }] = bench.x.posts().filter(({ id }) => id === socialAccounts[0].platformPostId);
    if (answer.status === 200) assert.ok(created_at >= later);
  }
  for (const account of accounts) assert.equal(textsAt(bench, account).length, 5);
});
