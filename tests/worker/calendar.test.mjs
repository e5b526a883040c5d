/** docs/API.md, section 5, "Find, sort, survey": the calendar, day by day of a time zone. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, publishPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let bench;
let account;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id: "calendar" });
});
after(() => bench?.stop());

async function calendar(query, caller = bench.api) {
  const { status, body, text } = await caller.get(`/v1/calendar?${new URLSearchParams(query)}`);
  assert.equal(status, 200, text);
  return body.data;
}

const idsOf = (posts) => posts.map(({ id }) => id);
const dateOf = (time, zone = "UTC") => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(time));
const plan = async (time, fields = {}) => createPost(bench, account, { content: `at ${time}, ${Math.random()}`, scheduledAt: new Date(time).toISOString(), ...fields });

test("every day is there, with its counts and its first five posts in the order of their times", async () => {
  const start = Date.parse(`${dateOf(Date.now() + 20 * DAY)}T00:00:00Z`);
  const posts = [];
  for (const hour of [9, 3, 17, 11, 23, 0]) posts.push(await plan(start + hour * HOUR));
  await plan(start + 4 * HOUR, { isDraft: true });
  const gone = await plan(start + 5 * HOUR);
  await bench.api.delete(`/v1/posts/${gone.id}`);
  const next = await plan(start + DAY);
  const [from, to] = [dateOf(start - DAY), dateOf(start + DAY)];
  const days = await calendar({ from, to });
  assert.deepEqual(days.map(({ date }) => date), [from, dateOf(start), to]);
  assert.deepEqual(days.map(({ counts }) => counts), [
    { scheduled: 0, published: 0, failed: 0 },
    { scheduled: 6, published: 0, failed: 0 },
    { scheduled: 1, published: 0, failed: 0 },
  ]);
  assert.deepEqual(days.map((day) => idsOf(day.posts)), [[], [5, 1, 0, 3, 2].map((at) => posts[at].id), [next.id]]);
  assert.deepEqual(days[2].posts[0], (await bench.api.get(`/v1/posts/${next.id}`)).body.post);
  const [whole] = await calendar({ from: dateOf(start), to: dateOf(start), limit: 6 });
  assert.deepEqual(idsOf(whole.posts), [5, 1, 0, 3, 2, 4].map((at) => posts[at].id));
  await bench.api.patch(`/v1/posts/${next.id}`, { scheduledAt: new Date(start - HOUR).toISOString() });
  assert.deepEqual((await calendar({ from, to })).map(({ counts }) => counts.scheduled), [1, 6, 0]);
});

test("a day is read page by page, with posts of one moment and of every stage, and none is missing or there twice", async () => {
  const start = Date.parse(`${dateOf(Date.now() + 80 * DAY)}T00:00:00Z`);
  const posts = [];
  for (const hour of [0, 4, 4, 4, 4, 9, 23]) posts.push(await plan(start + hour * HOUR));
  await plan(start + DAY);
  const day = { from: dateOf(start), to: dateOf(start) };
  const pages = [];
  for (let query = {}; query; ) {
    const [{ counts, posts: shown, after }] = await calendar({ ...day, limit: 2, ...query });
    assert.equal(counts.scheduled, posts.length);
    pages.push(idsOf(shown));
    query = after && { after };
  }
  assert.deepEqual(pages.map(({ length }) => length), [2, 2, 2, 1]);
  assert.deepEqual(pages.flat(), idsOf(posts));
  const [first, second] = await calendar({ from: day.from, to: dateOf(start + DAY) });
  assert.deepEqual([typeof first.after, second.after], ["string", null]);
  // What is shown five at a time goes on as well.
  const [rest] = await calendar({ ...day, after: first.after, limit: 100 });
  assert.deepEqual(idsOf([...first.posts, ...rest.posts]), idsOf(posts));
  const days = new URLSearchParams({ from: day.from, to: dateOf(start + DAY), after: first.after });
  assertRefused(await bench.api.get(`/v1/calendar?${days}`), 400, "invalid_payload", "after");
  for (const other of [{ from: dateOf(start - DAY), to: dateOf(start - DAY) }, { from: dateOf(start + DAY), to: dateOf(start + DAY) }, { ...day, tz: "Etc/GMT-1" }]) {
    const query = new URLSearchParams({ ...other, after: first.after });
    assertRefused(await bench.api.get(`/v1/calendar?${query}`), 400, "invalid_payload", "after");
  }
});

test("published and failed posts are on the day of their publication, and each counts once", async () => {
  const [good, bad] = [await newAccount(bench, { tenant_id: "ended" }), await newAccount(bench, { tenant_id: "ended" })];
  bench.x.setUser({ username: bad.username, suspended: true });
  const published = await publishPost(bench, good, { content: "published" });
  const half = await publishPost(bench, good, { content: "half", accounts: [good.id, bad.id] });
  const dates = [published, half].map((post) => dateOf(post.publishedAt ?? post.createdAt));
  const days = await calendar({ from: dates[0], to: dates[1], tenant_id: "ended" });
  const sum = (name) => days.reduce((total, { counts }) => total + counts[name], 0);
  assert.deepEqual([sum("published"), sum("failed"), sum("scheduled")], [1, 1, 0]);
  assert.deepEqual(days.flatMap((day) => idsOf(day.posts)), [published.id, half.id]);
});

/** By how much clocks in Berlin are ahead of UTC. */
function berlinAt(time) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: "Europe/Berlin", timeZoneName: "longOffset" }).formatToParts(new Date(time));
  return Number(/GMT\+0(\d):00/.exec(parts.at(-1).value)[1]) * HOUR;
}

test("a day begins at midnight of its zone, and has the length that the zone's clocks give it", async () => {
  // The next change of the clocks is less than 8 months ahead.
  let midnight = Date.parse(`${dateOf(Date.now() + 45 * DAY)}T00:00:00Z`);
  while (berlinAt(midnight) === berlinAt(midnight + DAY)) midnight += DAY;
  const date = dateOf(midnight);
  const start = midnight - berlinAt(midnight);
  const length = DAY + berlinAt(midnight) - berlinAt(midnight + DAY);
  assert.ok([23 * HOUR, 25 * HOUR].includes(length));
  const inside = [await plan(start), await plan(start + length - 1000)];
  await plan(start - 1000);
  await plan(start + length);
  const [day] = await calendar({ from: date, to: date, tz: "Europe/Berlin" });
  assert.deepEqual([day.counts.scheduled, idsOf(day.posts)], [2, idsOf(inside)]);
});

test("a zone may be quarters of an hour away from the others", async () => {
  const midnight = Date.parse(`${dateOf(Date.now() + 30 * DAY)}T00:00:00Z`);
  // Kathmandu is 5:45 ahead.
  const start = midnight - 5.75 * HOUR;
  const inside = [await plan(start), await plan(start + DAY - 1000)];
  await plan(start - 1000);
  await plan(start + DAY);
  const [day] = await calendar({ from: dateOf(midnight), to: dateOf(midnight), tz: "Asia/Kathmandu" });
  assert.deepEqual([day.counts.scheduled, idsOf(day.posts)], [2, idsOf(inside)]);
});

test("unknown zones, dates that are none, and more than 62 days are refused by name", async () => {
  const right = { from: "2026-01-01", to: "2026-03-03", tz: "America/Sao_Paulo" };
  assert.equal((await calendar(right)).length, 62);
  for (const [wrong, name] of [
    [{ tz: "Europe/Atlantis" }, "tz"], [{ tz: "" }, "tz"], [{ tz: "+01:00" }, "tz"], [{ tz: "GMT+1:00:00" }, "tz"],
    [{ to: "2026-03-04" }, "to"], [{ to: "2025-12-31" }, "to"], [{ from: "2026-02-30" }, "from"], [{ from: "1.1.2026" }, "from"], [{ from: "" }, "from"], [{ limit: "6" }, "limit"],
  ]) {
    assertRefused(await bench.api.get(`/v1/calendar?${new URLSearchParams({ ...right, ...wrong })}`), 400, "invalid_payload", name);
  }
  assertRefused(await bench.api.get("/v1/calendar"), 400, "invalid_payload", "from");
});

test("a tenant's and an account's key see their own posts alone", async () => {
  const [one, two, other] = [await newAccount(bench, { tenant_id: "days" }), await newAccount(bench, { tenant_id: "days" }), await newAccount(bench, { tenant_id: "others" })];
  const at = fromNow(40 * DAY);
  const make = (whose, accounts) => createPost(bench, whose, { content: `${Math.random()}`, scheduledAt: at, accounts });
  const [own, shared, theirs] = [await make(one, [one.id]), await make(one, [one.id, two.id]), await make(other, [other.id])];
  const [tenant, single] = [await newKey(bench, { tenant_id: "days", scopes: ["read"] }), await newKey(bench, { account_id: one.id, scopes: ["read"] })];
  const day = { from: dateOf(at), to: dateOf(at) };
  const seen = async (caller, query = {}) => {
    const [{ counts, posts }] = await calendar({ ...day, ...query }, caller);
    return [counts.scheduled, idsOf(posts)];
  };
  assert.deepEqual(await seen(bench.api), [3, idsOf([own, shared, theirs])]);
  assert.deepEqual(await seen(tenant.api), [2, idsOf([own, shared])]);
  assert.deepEqual(await seen(single.api), [1, [own.id]]);
  assert.deepEqual([await seen(tenant.api, { tenant_id: "others" }), await seen(bench.api, { tenant_id: "others" })], [[0, []], [1, [theirs.id]]]);
});
