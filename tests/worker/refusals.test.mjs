/**
 * docs/API.md, section 5, promises 4 and 6: what X's edge answers is no refusal, a day's limit waits, a locked account
 * holds its posts, and a limit without a time backs off. Every account is another.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL, ME_CALL } from "../support/calls.mjs";
import {
  browse,
  complete,
  connect,
  consent,
  cookieOf,
  createPost,
  createSession,
  faultAtX,
  newAccount,
  newUser,
  newVerifier,
  ownApp,
  postIn,
  postWhen,
  publishPost,
  readPost,
  startBench,
  startSession,
  textsAt,
  thread,
} from "../support/client.mjs";
import { PNG } from "../support/files.mjs";
import { INITIALIZE, uploadMedia, withMedia } from "../support/publish-media.mjs";

/** In place of a minute. */
const UNIT_MS = 500;
const LOCKED_MS = 15 * UNIT_MS;

let bench;

before(async () => (bench = await startBench({ vars: { BACKOFF_MS: String(UNIT_MS) } })));
after(() => bench?.stop());

const retry = async ({ id }) => (await bench.api.post(`/v1/posts/${id}/retry`)).body;
const network = async () => (await bench.api.get("/v1/social-networks/x")).body.data;

/** The calls that would create posts of this account, as they ended. */
function creates({ username }) {
  const own = new Set(bench.x.tokens({ username }).map(({ text }) => `Bearer ${text}`));
  return bench.x.requests(CREATE_CALL).filter(({ headers }) => own.has(headers.authorization));
}

const NOT_XS = [
  { preset: "edge-forbidden" },
  { status: 403 },
  { status: 404, body: "<html><title>404 Not Found</title></html>" },
  { status: 400, body: "Bad Request" },
  { status: 403, body: { error: "access denied" } },
  { status: 403, body: { type: "https://developers.cloudflare.com/1xxx", title: "Error 1020: Access denied", status: 403 } },
  { status: 418, body: { title: "Teapot", detail: "Teapot" } },
  { status: 451, body: { errors: [{ code: 451, message: "Unavailable" }] } },
];

test("an answer that is not X's, whatever its status, is no refusal: the post goes out", async () => {
  const accounts = [];
  for (const _ of NOT_XS) accounts.push(await newAccount(bench));
  for (const [n, fault] of NOT_XS.entries()) faultAtX(bench, { username: accounts[n].username, kind: "answer", ...fault });
  const posts = await Promise.all(accounts.map((account) => createPost(bench, account, { content: "through the edge" })));
  for (const [n, { id }] of posts.entries()) {
    const [{ attempts }] = (await postIn(bench, id, "published", 30_000)).socialAccounts;
    const [{ status }] = creates(accounts[n]);
    assert.deepEqual([attempts, textsAt(bench, accounts[n])], [2, ["through the edge"]], `after a ${status}`);
  }
});

test("an upload that X's edge interrupts goes on", async () => {
  const account = await newAccount(bench);
  const { id } = await uploadMedia(bench, PNG);
  bench.x.fault({ ...INITIALIZE, kind: "answer", preset: "edge-forbidden" });
  bench.x.fault({ ...INITIALIZE, kind: "answer", status: 404, body: "<html>" });
  const post = await createPost(bench, account, withMedia("a picture through the edge", { id }));
  await postIn(bench, post.id, "published", 30_000);
  assert.deepEqual(textsAt(bench, account), ["a picture through the edge"]);
});

test("a page with a 404 does not mean that a post is gone, nor one with a 403 that a read is forbidden", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "still there" });
  bench.x.fault({ method: "DELETE", path: "/2/tweets/{id}", kind: "answer", status: 404, body: "<html>" });
  const { success, results } = (await bench.api.delete(`/v1/posts/${post.id}/remote`)).body;
  assert.deepEqual([success, results[0].status], [false, "failed"]);
  assert.deepEqual(textsAt(bench, account), ["still there"]);
  bench.x.fault({ ...ME_CALL, kind: "answer", preset: "edge-forbidden" });
  const health = (await bench.api.get(`/v1/social-accounts/${account.id}/health`)).body.data;
  assert.deepEqual([health.healthy, health.errorCode], [false, "x_invalid_response"]);
});

const epoch = (ms) => Math.ceil((Date.now() + ms) / 1000);
const dayHeaders = (prefix, reset) => ({ [`${prefix}-limit`]: "100", [`${prefix}-remaining`]: "0", [`${prefix}-reset`]: String(reset) });

/** A post that a limit keeps waiting. */
async function limited(account, content) {
  const { id } = await createPost(bench, account, { content });
  const [delivery] = (await postWhen(bench, id, ({ error_code }) => error_code === "rate_limited")).socialAccounts;
  assert.deepEqual([delivery.state, delivery.status], ["queued", "pending"]);
  return { ...delivery, id };
}

for (const prefix of ["x-user-limit-24hour", "x-app-limit-24hour"]) {
  test(`a day's limit waits for the window of ${prefix}`, async () => {
    const account = await newAccount(bench);
    const reset = epoch(5 * 3_600_000);
    const headers = dayHeaders(prefix, reset);
    // The app's window would concern every test.
    const seen = prefix.includes("app") ? await ownAccount() : account;
    faultAtX(bench, { kind: "answer", preset: "daily-limit", headers });
    assert.equal((await limited(seen, "too much today")).next_attempt_at, new Date(reset * 1000).toISOString());
  });
}

/** Of an app and a network of its own. */
async function ownAccount() {
  const tenant_id = "own-day";
  await ownApp(bench, tenant_id);
  return newAccount(bench, { tenant_id });
}

for (const preset of ["daily-limit", "daily-limit-legacy"]) {
  test(`a day's limit (${preset}) whose end is not known is tried every hour`, async () => {
    const account = await newAccount(bench);
    faultAtX(bench, { kind: "answer", preset });
    const asked = Date.now();
    const { next_attempt_at, attempts } = await limited(account, "too much, by the hour");
    const ahead = Date.parse(next_attempt_at) - asked;
    assert.ok(ahead >= 60 * UNIT_MS && ahead < 72 * UNIT_MS + 5000, `${ahead} ms`);
    assert.equal(attempts, 1);
  });
}

test("a 429 without a window backs off, a little longer each time, and from the beginning after a success", async () => {
  const account = await newAccount(bench);
  for (const kind of ["edge-limit", "edge-limit", "edge-limit"]) faultAtX(bench, { kind: "answer", preset: kind });
  faultAtX(bench, { kind: "answer", preset: "edge-limit" }, { after: 1 });
  const { id } = await createPost(bench, account, thread("backed off 1", "backed off 2"));
  await postIn(bench, id, "published", 30_000);
  const calls = creates(account);
  assert.deepEqual(calls.map(({ status }) => status), [429, 429, 429, 201, 429, 201]);
  const gaps = calls.slice(1).map(({ time }, n) => time - calls[n].time);
  for (const [n, units] of [[0, 1], [1, 2], [2, 4], [4, 1]]) {
    assert.ok(gaps[n] >= units * UNIT_MS, `gap ${n}: ${gaps[n]} ms`);
  }
  assert.ok(gaps[4] < gaps[2], `${gaps}`);
});

/** A post that waits for its account to be unlocked. */
async function locked(account, content, preset = "locked") {
  if (preset) faultAtX(bench, { kind: "answer", preset });
  const { id } = await createPost(bench, account, { content });
  const [delivery] = (await postIn(bench, id, "held")).socialAccounts;
  assert.deepEqual([delivery.status, delivery.error_code], ["pending", "account_locked"]);
  return { ...delivery, id };
}

for (const preset of ["locked", "locked-legacy", "suspended"]) {
  test(`an account that X has locked (${preset}) holds its posts, and its app is not to blame`, async () => {
    const account = await newAccount(bench);
    const asked = Date.now();
    const { id, error, next_attempt_at } = await locked(account, `behind a lock: ${preset}`, preset);
    assert.match(error, /sign in at https:\/\/x\.com as this account/);
    const ahead = Date.parse(next_attempt_at) - asked;
    assert.ok(ahead >= LOCKED_MS && ahead < LOCKED_MS + 5000, `${ahead} ms`);
    assert.equal((await network()).paused, null);
    assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data.status, "active");
    assert.equal((await retry({ id })).retried, 1);
    const [{ publishedAt, attempts }] = (await postIn(bench, id, "published")).socialAccounts;
    assert.ok(publishedAt < next_attempt_at, "at once, and not when it would have been tried by itself");
    assert.equal(attempts, 2);
  });
}

test("what comes due while the account is locked does not ask X, and goes out with the first that X takes", async () => {
  const account = await newAccount(bench);
  const first = await locked(account, "locked out first");
  const second = await locked(account, "locked out second", null);
  assert.equal(second.next_attempt_at, first.next_attempt_at);
  assert.deepEqual([second.attempts, creates(account).length], [0, 1]);
  await retry(second);
  for (const { id } of [first, second]) await postIn(bench, id, "published");
  assert.deepEqual(textsAt(bench, account), ["locked out first", "locked out second"]);
});

test("connecting the account again tries at once what a lock held", async () => {
  const { username } = newUser(bench);
  const account = await connect(bench, { username });
  const { id, next_attempt_at } = await locked(account, "unlocked by its owner");
  await connect(bench, { username });
  const [{ publishedAt }] = (await postIn(bench, id, "published")).socialAccounts;
  assert.ok(publishedAt < next_attempt_at);
});

test("a locked account is tried by itself after its pause, and the pause doubles", async () => {
  const account = await newAccount(bench);
  const first = await locked(account, "locked for long");
  faultAtX(bench, { kind: "answer", preset: "locked" });
  const later = ({ next_attempt_at, state }) => state === "held" && next_attempt_at > first.next_attempt_at;
  const [second] = (await postWhen(bench, first.id, later, 3 * LOCKED_MS)).socialAccounts;
  const [, { time }] = creates(account);
  assert.ok(time >= Date.parse(first.next_attempt_at));
  const ahead = Date.parse(second.next_attempt_at) - time;
  assert.ok(ahead >= 2 * LOCKED_MS && ahead < 2 * LOCKED_MS + 5000, `${ahead} ms`);
  assert.equal((await bench.api.delete(`/v1/posts/${first.id}`)).status, 200);
  assert.equal((await readPost(bench, first)).socialAccounts[0].state, "cancelled");
});

test("a locked account cannot be connected, and the reason is told for what it is", async () => {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench);
  const started = await startSession(bench, { token: session.token, challenge });
  const { username } = newUser(bench);
  await browse(bench, consent(bench, started.headers.get("location"), username), cookieOf(started));
  bench.x.fault({ ...ME_CALL, kind: "answer", preset: "locked" });
  const { status, body } = await complete(bench, session, verifier);
  assert.deepEqual([status, body.code], [403, "account_locked"]);
  assert.match(body.hint, /x\.com/);
});
