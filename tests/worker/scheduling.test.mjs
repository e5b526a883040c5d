/** docs/API.md, section 5: `scheduledAt`. Drafts are in drafts.test.mjs, changes of a schedule in edit.test.mjs. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  createPost,
  fromNow,
  newAccount,
  postIn,
  postOf,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const schedule = (account, content, ms) => createPost(bench, account, { content, scheduledAt: fromNow(ms) });
const list = async (query) => (await bench.api.get(`/v1/posts?${query}`)).body.posts.map(({ id }) => id);

test("a post for later shows when it leaves, and is not sent before", async () => {
  const account = await newAccount(bench);
  const scheduledAt = fromNow(DAY);
  const post = await createPost(bench, account, { content: "tomorrow", scheduledAt });
  assert.deepEqual([post.scheduledAt, post.scheduled, post.publishedAt], [scheduledAt, true, null]);
  const [{ status, state, next_attempt_at, attempts }] = post.socialAccounts;
  assert.deepEqual([status, state, next_attempt_at, attempts], ["pending", "queued", scheduledAt, 0]);
  assert.deepEqual(await readPost(bench, post), post);
  await publishPost(bench, account, { content: "today" });
  assert.deepEqual(textsAt(bench, account), ["today"]);
});

test("a post leaves at its time, and never before", async () => {
  const accounts = await Promise.all([1, 2, 3, 4].map(() => newAccount(bench)));
  const due = Date.now() + 5000;
  const fields = { content: "on time", scheduledAt: new Date(due).toISOString() };
  const posts = await Promise.all(accounts.map((account) => createPost(bench, account, fields)));
  for (const { id } of posts) await postIn(bench, id, "published");
  const late = bench.x.posts({ text: "on time" }).map(({ created_at }) => created_at - due);
  assert.equal(late.length, accounts.length);
  assert.ok(late.every((ms) => ms >= 0 && ms < 10_000), `late by ${late.join(", ")} ms`);
});

test("a post that has left keeps its time, and waits no longer", async () => {
  const account = await newAccount(bench);
  const { id, scheduledAt } = await schedule(account, "has left", 1000);
  const post = await postIn(bench, id, "published");
  assert.deepEqual([post.scheduledAt, post.scheduled], [scheduledAt, false]);
  assert.ok(post.publishedAt >= scheduledAt);
});

test("a thread leaves at its time as a whole", async () => {
  const account = await newAccount(bench);
  const fields = { ...thread("later 1", "later 2"), scheduledAt: fromNow(1000) };
  const { id } = await createPost(bench, account, fields);
  await postIn(bench, id, "published");
  assert.deepEqual(textsAt(bench, account), ["later 1", "later 2"]);
});

test("a caller can wait for a post that is due within the wait", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "waited until due", scheduledAt: fromNow(1000) });
  assert.equal(post.socialAccounts[0].state, "published");
});

test("a time is read with its offset and shown in UTC", async () => {
  const account = await newAccount(bench);
  const day = fromNow(30 * DAY).slice(0, 10);
  for (const [given, shown] of [
    [`${day}T09:30:00Z`, `${day}T09:30:00.000Z`],
    [`${day}T09:30:00.250Z`, `${day}T09:30:00.250Z`],
    [`${day}T09:30:00+02:00`, `${day}T07:30:00.000Z`],
    [`${day}T09:30:00-05:30`, `${day}T15:00:00.000Z`],
    [`${day}T09:30:00+0100`, `${day}T08:30:00.000Z`],
    [`${day}T09:30:00+01`, `${day}T08:30:00.000Z`],
    [`${day}T09:30-0530`, `${day}T15:00:00.000Z`],
    [`${day} 09:30Z`, `${day}T09:30:00.000Z`],
    [`${day} 09:30:00 +0200`, `${day}T07:30:00.000Z`],
    [`${day}t09:30:00z`, `${day}T09:30:00.000Z`],
  ]) {
    const { scheduledAt } = await createPost(bench, account, { content: `at ${given}`, scheduledAt: given });
    assert.equal(scheduledAt, shown, given);
  }
});

test("what is no ISO 8601 time with an offset is refused", async () => {
  const account = await newAccount(bench, { tenant_id: "no-time" });
  const day = fromNow(DAY).slice(0, 10);
  const local = [day, `${day}T09:30:00`, `${day} 09:30`];
  for (const scheduledAt of ["", "tomorrow", ...local, `${day}T25:00:00Z`, "2027-02-30T00:00:00Z"]) {
    const answer = await bench.api.post("/v1/posts", { content: "no time", accounts: [account.id], scheduledAt });
    assertRefused(answer, 400, "invalid_schedule", "scheduledAt");
  }
  assert.deepEqual(await list("tenant_id=no-time"), []);
});

test("a number is refused with the time that it may mean", async () => {
  const account = await newAccount(bench, { tenant_id: "numbered" });
  const due = Math.ceil((Date.now() + DAY) / 1000) * 1000;
  const later = await createPost(bench, account, { content: "numbered", scheduledAt: new Date(due).toISOString() });
  for (const scheduledAt of [due, due / 1000, String(due), String(due / 1000)]) {
    for (const answer of [
      await bench.api.post("/v1/posts", { content: "no text", accounts: [account.id], scheduledAt }),
      await bench.api.patch(`/v1/posts/${later.id}`, { scheduledAt }),
    ]) {
      const { message } = assertRefused(answer, 400, "invalid_schedule", "scheduledAt");
      assert.ok(message.includes(new Date(due).toISOString()), message);
    }
  }
  for (const scheduledAt of [-1, 1.5, true, {}, []]) {
    const answer = await bench.api.post("/v1/posts", { content: "no time", accounts: [account.id], scheduledAt });
    assertRefused(answer, 400, "invalid_schedule", "scheduledAt");
  }
  assert.equal((await list("tenant_id=numbered")).length, 1);
});

test("a slip of the year does not publish, unless the caller says that the past is now", async () => {
  const account = await newAccount(bench, { tenant_id: "slipped" });
  const draft = await createPost(bench, account, { content: "slipped draft", isDraft: true });
  for (const ms of [-DAY - MINUTE, -364 * DAY]) {
    const scheduledAt = fromNow(ms);
    const slipped = { content: `slipped by ${ms}`, accounts: [account.id], scheduledAt };
    for (const answer of [
      await bench.api.post("/v1/posts", slipped),
      await bench.api.post("/v1/posts", { ...slipped, dryRun: true }),
      await bench.api.post("/v1/posts", { ...slipped, isDraft: true }),
      await bench.api.patch(`/v1/posts/${draft.id}`, { scheduledAt, isDraft: false }),
    ]) {
      const { message } = assertRefused(answer, 400, "invalid_schedule", "scheduledAt");
      assert.ok(message.includes(scheduledAt), message);
    }
    const meant = await bench.api.post("/v1/posts", { ...slipped, past: "now" });
    assert.equal(meant.status, 200, meant.text);
    assert.ok(meant.body.warnings.some((warning) => warning.includes(scheduledAt)), meant.text);
    await postIn(bench, meant.body.post.id, "published");
  }
  const badly = { content: "badly", accounts: [account.id], scheduledAt: fromNow(-2 * DAY), past: "later" };
  assertRefused(await bench.api.post("/v1/posts", badly), 400, "invalid_payload", "past");
  assert.equal(bench.x.posts({ text: "slipped draft" }).length, 0);
});

test("a time of the last day goes at once, with a warning that names it", async () => {
  const account = await newAccount(bench);
  const scheduledAt = fromNow(-DAY + MINUTE);
  const { body, text } = await bench.api.post("/v1/posts", { content: "late", accounts: [account.id], scheduledAt });
  assert.ok(body.warnings?.some((warning) => warning.includes(scheduledAt)), text);
  await postIn(bench, body.post.id, "published");
});

test("a post may be scheduled 365 days ahead and no further", async () => {
  const account = await newAccount(bench);
  const year = await schedule(account, "in a year", 365 * DAY - MINUTE);
  assert.equal(year.scheduled, true);
  const tooFar = { content: "too far", accounts: [account.id], scheduledAt: fromNow(365 * DAY + MINUTE) };
  assertRefused(await bench.api.post("/v1/posts", tooFar), 400, "invalid_schedule", "scheduledAt");
});

test("a time that is past, or none, means now", async () => {
  const account = await newAccount(bench);
  for (const [content, scheduledAt] of [
    ["a minute ago", fromNow(-MINUTE)],
    ["hours ago", fromNow(-20 * 60 * MINUTE)],
    ["no time at all", null],
  ]) {
    const post = await publishPost(bench, account, { content, scheduledAt });
    assert.deepEqual([post.scheduledAt, post.scheduled, post.socialAccounts[0].state], [null, false, "published"]);
  }
});

test("the filters by scheduled time admit what lies between them", async () => {
  const account = await newAccount(bench, { tenant_id: "planned" });
  const posts = [];
  for (const days of [1, 2, 3]) posts.push(await schedule(account, `in ${days} days`, days * DAY));
  await publishPost(bench, account, { content: "unplanned" });
  const [first, second, third] = posts.map(({ id }) => id);
  const between = async (from, to) => list(`tenant_id=planned&scheduled_after=${from}&scheduled_before=${to}`);
  assert.deepEqual(await list(`tenant_id=planned&scheduled_after=${fromNow(0)}`), [third, second, first]);
  assert.deepEqual(await list(`tenant_id=planned&scheduled_before=${fromNow(1.5 * DAY)}`), [first]);
  assert.deepEqual(await between(fromNow(1.5 * DAY), fromNow(2.5 * DAY)), [second]);
  assert.deepEqual(await between(posts[0].scheduledAt, posts[2].scheduledAt), [second]);
  assert.equal((await list("tenant_id=planned&status=pending")).length, 3);
});

test("an account that is removed takes its schedule with it", async () => {
  const account = await newAccount(bench);
  const { id } = await schedule(account, "never", 5000);
  assert.equal((await bench.api.delete(`/v1/social-accounts/${account.id}`)).status, 200);
  // A delivery that was on its way to the account's object as the account was removed ends with the job that follows
  // after a minute.
  const { socialAccounts, scheduled } = await postIn(bench, id, "cancelled", 90_000);
  assert.deepEqual([socialAccounts[0].status, scheduled], ["deleted", false]);
});

test("a schedule is stored under its idempotency key", async () => {
  const account = await newAccount(bench);
  const body = { content: "planned once", accounts: [account.id], scheduledAt: fromNow(1000) };
  const call = () => bench.api.post("/v1/posts", body, { "idempotency-key": "planned-once" });
  const first = await call();
  await postIn(bench, postOf(first).id, "published");
  assert.equal((await call()).text, first.text);
  assert.deepEqual(textsAt(bench, account), ["planned once"]);
});
