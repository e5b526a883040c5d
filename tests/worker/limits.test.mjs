/** docs/API.md, section 5, promise 4, and `GET /v1/social-accounts/{id}/limits`: X's windows, remembered and kept. */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  connect,
  createPost,
  faultAtX,
  newAccount,
  newUser,
  ownApp,
  postIn,
  postWhen,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";

const MINUTE = 60_000;
const CREATE = "POST /2/tweets";

let bench;

before(async () => (bench = await startBench()));
afterEach(() => bench.x.set({ limits: {} }));
after(() => bench?.stop());

const limits = async ({ id }) => (await bench.api.get(`/v1/social-accounts/${id}/limits`)).body.data;
const limitOf = async (account, endpoint, window) =>
  (await limits(account)).find((row) => row.endpoint === endpoint && row.window === window);

const epoch = (inMs) => Math.ceil((Date.now() + inMs) / 1000);
const iso = (seconds) => new Date(seconds * 1000).toISOString();

/** X's three headers of one window. */
const headersOf = (prefix, limit, remaining, reset) => ({
  [`${prefix}-limit`]: String(limit),
  [`${prefix}-remaining`]: String(remaining),
  [`${prefix}-reset`]: String(reset),
});

const TOO_MANY = { title: "Too Many Requests", status: 429 };
const tooMany = (headers) => ({ kind: "answer", status: 429, headers, body: TOO_MANY });

/** A post that waits for a window. */
async function limited(account, fields) {
  const { id } = await createPost(bench, account, fields);
  const post = await postWhen(bench, id, ({ error_code }) => error_code === "rate_limited");
  return { ...post.socialAccounts[0], id };
}

/** Connects accounts of an app of this tenant's own, so that its windows are nobody else's. */
async function ownWindows(tenant_id) {
  await ownApp(bench, tenant_id);
  return () => connect(bench, { username: newUser(bench).username, tenant_id });
}

test("what X told of its windows is listed, by endpoint and window", async () => {
  const account = await newAccount(bench);
  await publishPost(bench, account, { content: "counted" });
  await bench.api.get(`/v1/social-accounts/${account.id}/health`);
  const { status, body } = await bench.api.get(`/v1/social-accounts/${account.id}/limits`);
  assert.deepEqual([status, body.success], [200, true]);
  assertTimesAndIds(body);
  const rows = body.data.filter(({ window }) => window !== "app_24h");
  assert.deepEqual(rows.map(({ reset_at: _, remaining: __, ...row }) => row), [
    { endpoint: "GET /2/users/me", limit: 75, window: "15min" },
    { endpoint: CREATE, limit: 100, window: "15min" },
  ]);
  assert.ok(rows[0].remaining < 75);
  assert.equal(rows[1].remaining, 99);
  for (const { reset_at } of rows) {
    const ahead = Date.parse(reset_at) - Date.now();
    assert.ok(ahead > 14 * MINUTE && ahead <= 15 * MINUTE + 1000, reset_at);
  }
  const day = await limitOf(account, CREATE, "app_24h");
  assert.deepEqual([day.limit, day.remaining < 10_000], [10_000, true]);
});

test("an account that there is not has no limits", async () => {
  assertRefused(await bench.api.get("/v1/social-accounts/acc_AAAAAAAAAAAAAAAAAAAAAA/limits"), 404, "not_found");
});

test("a user's day is a window of its own", async () => {
  const account = await newAccount(bench);
  bench.x.set({ limits: { [CREATE]: { user_24h: 100 } } });
  await publishPost(bench, account, { content: "of the day" });
  const { limit, remaining, reset_at } = await limitOf(account, CREATE, "24h");
  assert.deepEqual([limit, remaining], [100, 99]);
  assert.ok(Date.parse(reset_at) - Date.now() > 23 * 60 * MINUTE);
});

test("a window that X said is spent is waited for without asking X", async () => {
  const account = await newAccount(bench);
  bench.x.set({ limits: { [CREATE]: { user_15min: 1 } } });
  await publishPost(bench, account, { content: "the last of the window" });
  bench.x.clearRequests();
  const { state, status, error, next_attempt_at, attempts } = await limited(account, { content: "has to wait" });
  assert.deepEqual([state, status, attempts], ["queued", "pending", 0]);
  assert.ok(error);
  assert.equal(next_attempt_at, (await limitOf(account, CREATE, "15min")).reset_at);
  assert.deepEqual(bench.x.requests(CREATE_CALL), []);
});

test("a spent window keeps nobody else waiting, and no other call", async () => {
  const [account, other] = [await newAccount(bench), await newAccount(bench)];
  bench.x.set({ limits: { [CREATE]: { user_15min: 1 } } });
  const { id } = await publishPost(bench, account, { content: "the last of mine" });
  await limited(account, { content: "mine waits" });
  await publishPost(bench, other, { content: "theirs does not" });
  assert.deepEqual(textsAt(bench, other), ["theirs does not"]);
  assert.equal((await bench.api.get(`/v1/posts/${id}/analytics`)).status, 200);
  assert.equal((await bench.api.delete(`/v1/posts/${id}/remote`)).body.success, true);
});

test("a post goes out by itself when the window has ended, and not before", async () => {
  const account = await newAccount(bench);
  const reset = epoch(2000);
  faultAtX(bench, tooMany(headersOf("x-rate-limit", 100, 0, reset)));
  const { id, next_attempt_at } = await limited(account, { content: "after the window" });
  assert.equal(next_attempt_at, iso(reset));
  await postIn(bench, id, "published");
  const [refused, sent] = bench.x.requests(CREATE_CALL).slice(-2);
  assert.deepEqual([refused.status, sent.status], [429, 201]);
  assert.ok(sent.time >= reset * 1000, `${reset * 1000 - sent.time} ms early`);
});

test("a success that spends the window makes the next post wait for its end", async () => {
  const account = await newAccount(bench);
  const reset = epoch(2000);
  const headers = headersOf("x-rate-limit", 100, 0, reset);
  faultAtX(bench, { kind: "answer", status: 201, headers, body: { data: { id: "1", text: "the last" } } });
  await publishPost(bench, account, { content: "the last" });
  const { id } = await limited(account, { content: "the first of the next" });
  await postIn(bench, id, "published");
  assert.ok(bench.x.requests(CREATE_CALL).at(-1).time >= reset * 1000);
});

test("of several windows the latest that is spent counts, and one that is not spent does not", async () => {
  const account = await newAccount(bench);
  const [quarter, day] = [epoch(5 * MINUTE), epoch(50 * MINUTE)];
  faultAtX(bench, tooMany({
    ...headersOf("x-rate-limit", 100, 0, quarter),
    ...headersOf("x-user-limit-24hour", 100, 0, day),
    ...headersOf("x-app-limit-24hour", 10_000, 5, epoch(500 * MINUTE)),
  }));
  assert.equal((await limited(account, { content: "twice limited" })).next_attempt_at, iso(day));
});

for (const [preset, minutes] of [["rate-limit", 15], ["rate-limit-legacy", 15], ["usage-capped", 1], ["edge-limit", 1]]) {
  test(`a 429 (${preset}) is no failure of the post`, async () => {
    const account = await newAccount(bench);
    faultAtX(bench, { kind: "answer", preset });
    const { state, attempts, next_attempt_at } = await limited(account, { content: `limited: ${preset}` });
    assert.deepEqual([state, attempts], ["queued", 1]);
    const ahead = Date.parse(next_attempt_at) - Date.now();
    assert.ok(ahead > (minutes - 0.5) * MINUTE && ahead <= 1.2 * minutes * MINUTE + 1000, next_attempt_at);
  });
}

test("the app's day is spent for every account of the app, and for no other app", async () => {
  const connectMine = await ownWindows("spent-app");
  const [one, two] = [await connectMine(), await connectMine()];
  const other = await (await ownWindows("other-app"))();
  bench.x.set({ limits: { [CREATE]: { app_24h: 1 } } });
  await publishPost(bench, one, { content: "the app's last" });
  bench.x.clearRequests();
  const { reset_at, remaining } = await limitOf(one, CREATE, "app_24h");
  assert.equal(remaining, 0);
  for (const account of [one, two]) {
    const { next_attempt_at, state } = await limited(account, { content: "the app is spent" });
    assert.deepEqual([state, next_attempt_at], ["queued", reset_at]);
  }
  assert.deepEqual(bench.x.requests(CREATE_CALL), []);
  await publishPost(bench, other, { content: "another app" });
  assert.deepEqual(textsAt(bench, other), ["another app"]);
});

test("the app's day that one account learns to be spent is waited for by the next", async () => {
  const connectMine = await ownWindows("spent-late");
  const [one, two] = [await connectMine(), await connectMine()];
  faultAtX(bench, { kind: "answer", preset: "rate-limit-24h" });
  const first = await limited(one, { content: "learned" });
  bench.x.clearRequests();
  const second = await limited(two, { content: "told" });
  assert.equal(second.next_attempt_at, first.next_attempt_at);
  assert.deepEqual(bench.x.requests(CREATE_CALL), []);
});

test("a thread stops where the window ends, with what is out kept", async () => {
  const account = await newAccount(bench);
  bench.x.set({ limits: { [CREATE]: { user_15min: 2 } } });
  const { segments, status } = await limited(account, thread("within 1", "within 2", "beyond"));
  assert.equal(status, "pending");
  assert.deepEqual(segments.map(({ state }) => state), ["published", "published", "queued"]);
  assert.deepEqual(textsAt(bench, account), ["within 1", "within 2"]);
});

test("a post that waits for a window may be cancelled", async () => {
  const account = await newAccount(bench);
  const reset = epoch(1500);
  faultAtX(bench, tooMany(headersOf("x-rate-limit", 100, 0, reset)));
  const { id } = await limited(account, { content: "called off" });
  assert.equal((await bench.api.delete(`/v1/posts/${id}`)).status, 200);
  await publishPost(bench, account, { content: "after it" });
  const [{ state, status }] = (await readPost(bench, { id })).socialAccounts;
  assert.deepEqual([state, status], ["cancelled", "deleted"]);
  assert.deepEqual(textsAt(bench, account), ["after it"]);
});

test("windows are remembered over a restart and a power cut", async () => {
  const account = await newAccount(bench);
  bench.x.set({ limits: { [CREATE]: { user_15min: 1 } } });
  await publishPost(bench, account, { content: "before the cut" });
  const before = await limits(account);
  await bench.worker.kill();
  await bench.worker.restart();
  assert.deepEqual(await limits(account), before);
  bench.x.clearRequests();
  await limited(account, { content: "after the cut" });
  assert.deepEqual(bench.x.requests(CREATE_CALL), []);
});

test("a window that has ended is not listed", async () => {
  const account = await newAccount(bench);
  const headers = headersOf("x-rate-limit", 75, 70, epoch(1000));
  const body = { data: { id: account.network_unique_id, name: "any", username: account.username } };
  bench.x.fault({ method: "GET", path: "/2/users/me", kind: "answer", status: 200, headers, body });
  await bench.api.get(`/v1/social-accounts/${account.id}/health`);
  const window = () => limitOf(account, "GET /2/users/me", "15min");
  assert.equal((await window())?.remaining, 70);
  await eventually(window, (row) => row === undefined);
});
