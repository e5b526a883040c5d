/**
 * docs/API.md, section 5, promise 5: what is wrong with the app pauses its network and fails no post. Every test has an
 * app and a network of its own.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  callUnderWay,
  connect,
  createPost,
  faultAtX,
  fromNow,
  newUser,
  ownApp,
  postIn,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";

const CREDITS_CALL = { method: "GET", path: "/2/usage/credits" };
/** Short enough to wait for. */
const PROBE_MS = 2000;
/** A few probes. */
const RESUMED_WITHIN_MS = 30_000;

let bench;
let tenants = 0;

before(async () => (bench = await startBench({ vars: { PROBE_MS: String(PROBE_MS) } })));
after(() => bench?.stop());

/** An app, its network and `count` accounts of it. The app works again when the test has ended: others' probes count. */
async function ownCrowd(t, count = 1) {
  const tenant_id = `tenant_${++tenants}`;
  const { app, network } = await ownApp(bench, tenant_id);
  const accounts = [];
  for (let made = 0; made < count; made += 1) {
    accounts.push(await connect(bench, { username: newUser(bench).username, tenant_id }));
  }
  const own = { app, network, accounts, set: (fields) => bench.x.setApp({ client_id: app.client_id, ...fields }) };
  t.after(async () => {
    own.set({ credits: 50, enrolled: true, permission: "write" });
    await untilResumed(own);
  });
  return own;
}

const networkOf = async ({ network }) => (await bench.api.get(`/v1/social-networks/${network.id}`)).body.data;
const pauseOf = async (own) => (await networkOf(own)).paused;
const resume = ({ network }) => bench.api.post(`/v1/social-networks/${network.id}/resume`);
const untilResumed = (own) => eventually(() => pauseOf(own), (paused) => paused === null, RESUMED_WITHIN_MS);

/** A post that is held. */
async function held(account, fields) {
  const { id } = await createPost(bench, account, fields);
  const post = await postIn(bench, id, "held");
  return { ...post.socialAccounts[0], id, post };
}

/** What has reached X with a token of these accounts. */
function callsOf({ accounts }, call = {}) {
  const tokens = accounts.flatMap(({ username }) => bench.x.tokens({ username }).map(({ text }) => `Bearer ${text}`));
  return bench.x.requests(call).filter(({ headers }) => tokens.includes(headers.authorization));
}

const createsOf = (own) => callsOf(own, CREATE_CALL);

/** So many calls more of these accounts, whenever they come. */
async function moreCalls(own, call, count) {
  const before = callsOf(own, call).length;
  const calls = () => callsOf(own, call).filter(({ status }) => status !== null).slice(before);
  return eventually(async () => calls(), (list) => list.length >= count, RESUMED_WITHIN_MS);
}

for (const [what, code, broken, mended] of [
  ["without credits", "credits_depleted", { credits: 0 }, { credits: 50 }],
  ["that is in no project", "app_not_enrolled", { enrolled: false }, { enrolled: true }],
  ["that may only read", "app_read_only", { permission: "read" }, { permission: "write" }],
]) {
  test(`an app ${what} pauses its network, and a probe resumes it once it is mended`, async (t) => {
    const own = await ownCrowd(t, 2);
    const [one, two] = own.accounts;
    own.set(broken);
    const first = await held(one, { content: `held, ${code}` });
    assert.deepEqual([first.status, first.error_code], ["pending", code]);
    assert.ok(first.error);
    const { reason, since } = await pauseOf(own);
    assert.equal(reason, code);
    assert.ok(Math.abs(Date.parse(since) - Date.now()) < 10_000);
    const second = await held(two, { content: `held too, ${code}` });
    assert.equal(second.error_code, code);
    assert.equal(createsOf({ accounts: [two] }).length, 0, "the second account has not called X to learn it");
    own.set(mended);
    await untilResumed(own);
    for (const { id } of [first, second]) await postIn(bench, id, "published");
    assert.deepEqual([...textsAt(bench, one), ...textsAt(bench, two)], [`held, ${code}`, `held too, ${code}`]);
  });
}

test("X's older words for no credits are understood", async (t) => {
  const own = await ownCrowd(t);
  bench.x.set({ gateway: "old" });
  own.set({ credits: 0 });
  const { error_code } = await held(own.accounts[0], { content: "in the older words" });
  bench.x.set({ gateway: "new" });
  assert.equal(error_code, "credits_depleted");
  assert.equal((await pauseOf(own)).reason, "credits_depleted");
  own.set({ credits: 1 });
  await untilResumed(own);
});

test("a secret that X no longer takes pauses the network", async (t) => {
  const own = await ownCrowd(t);
  const [account] = own.accounts;
  const [{ text: access }] = bench.x.tokens({ username: account.username });
  const { client_secret } = own.app;
  own.set({ client_secret: "regenerated-at-x-by-somebody" });
  bench.x.expireToken({ token: access });
  const { id } = await held(account, { content: "behind a lost secret" });
  assert.equal((await pauseOf(own)).reason, "invalid_client");
  const row = (await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data;
  assert.equal(row.status, "active", "it is not the person who has to do something");
  own.set({ client_secret });
  await untilResumed(own);
  await postIn(bench, id, "published");
});

test("a paused network pauses no other", async (t) => {
  const [own, other] = [await ownCrowd(t), await ownCrowd(t)];
  own.set({ credits: 0 });
  await held(own.accounts[0], { content: "paused here" });
  await publishPost(bench, other.accounts[0], { content: "not there" });
  assert.deepEqual(textsAt(bench, other.accounts[0]), ["not there"]);
  assert.equal(await pauseOf(other), null);
});

test("while the balance is zero only the balance is asked for", async (t) => {
  const own = await ownCrowd(t);
  own.set({ credits: 0 });
  const { id } = await held(own.accounts[0], { content: "still broke" });
  const [first, second] = await moreCalls(own, {}, 2);
  for (const { path } of [first, second]) assert.equal(path, CREDITS_CALL.path);
  assert.equal((await readPost(bench, { id })).socialAccounts[0].state, "held");
  assert.ok(second.time - first.time >= PROBE_MS - 300, `${second.time - first.time} ms`);
});

test("a secret that is replaced while X is asked about another paused app stays", async (t) => {
  const [first, own] = [await ownCrowd(t), await ownCrowd(t)];
  const [account] = own.accounts;
  for (const { set } of [first, own]) set({ credits: 0 });
  for (const [at, { accounts }] of [first, own].entries()) await held(accounts[0], { content: `held while asked, ${at}` });
  const isAsked = () => callsOf(first, { ...CREDITS_CALL, status: null }).length > 0;
  do {
    bench.x.release();
    bench.x.fault({ ...CREDITS_CALL, kind: "hold" });
    await callUnderWay(bench, CREDITS_CALL);
  } while (!isAsked());
  await moreCalls(own, CREDITS_CALL, 1);
  own.set({ client_secret: "replaced-by-its-operator", credits: 50 });
  const replaced = await bench.api.patch(`/v1/social-networks/${own.network.id}`, { client_secret: "replaced-by-its-operator" });
  assert.equal(replaced.status, 200, replaced.text);
  first.set({ credits: 50 });
  bench.x.release();
  await untilResumed(first);
  const access = bench.x.tokens({ username: account.username }).filter(({ kind }) => kind === "access");
  for (const { text } of access) bench.x.expireToken({ token: text });
  const { socialAccounts } = await publishPost(bench, account, { content: "by the secret that replaced the other" });
  assert.equal(socialAccounts[0].state, "published");
});

test("where the balance is not told, the oldest held post is tried, and no other", async (t) => {
  const own = await ownCrowd(t, 2);
  const [one, two] = own.accounts;
  own.set({ credits: 0 });
  const oldest = await held(one, { content: "the oldest" });
  const younger = await held(two, { content: "the younger" });
  bench.x.fault({ ...CREDITS_CALL, kind: "answer", status: 404, body: { title: "Not Found", status: 404 }, times: 2 });
  const [{ status }] = await moreCalls(own, CREATE_CALL, 1);
  assert.equal(status, 402);
  assert.equal((await pauseOf(own)).reason, "credits_depleted");
  assert.equal(createsOf({ accounts: [two] }).length, 0);
  own.set({ credits: 50 });
  await untilResumed(own);
  for (const { id } of [oldest, younger]) await postIn(bench, id, "published");
  assert.equal(bench.x.faults().length, 0);
});

test("another cause than credits is probed with the oldest held post alone", async (t) => {
  const own = await ownCrowd(t);
  const [account] = own.accounts;
  own.set({ enrolled: false });
  const first = await held(account, { content: "tried again" });
  const second = await held(account, { content: "not tried" });
  await moreCalls(own, CREATE_CALL, 2);
  const tried = new Set(createsOf(own).map(({ body }) => JSON.parse(body).text));
  assert.deepEqual([...tried], ["tried again"]);
  own.set({ enrolled: true });
  await untilResumed(own);
  for (const { id } of [first, second]) await postIn(bench, id, "published");
  assert.deepEqual(textsAt(bench, account), ["tried again", "not tried"]);
});

test("no other held post is tried while X has not answered the one that is", async (t) => {
  const own = await ownCrowd(t, 2);
  const [one, two] = own.accounts;
  own.set({ enrolled: false });
  const first = await held(one, { content: "tried for long" });
  const second = await held(two, { content: "not tried meanwhile" });
  bench.x.fault({ ...CREATE_CALL, username: one.username, kind: "hold" });
  await callUnderWay(bench, CREATE_CALL);
  const before = createsOf({ accounts: [two] }).length;
  // Two more probes are due. Neither does anything that could be awaited.
  await pause(2 * PROBE_MS + 1000);
  assert.equal(createsOf({ accounts: [two] }).length, before);
  bench.x.release();
  own.set({ enrolled: true });
  await untilResumed(own);
  for (const { id } of [first, second]) await postIn(bench, id, "published");
});

test("a held post that X refuses for itself fails, and the others go out", async (t) => {
  const own = await ownCrowd(t);
  const [account] = own.accounts;
  own.set({ enrolled: false });
  const refused = await held(account, { content: "bad in itself" });
  const fine = await held(account, { content: "fine" });
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  own.set({ enrolled: true });
  const [{ error_code }] = (await postIn(bench, refused.id, "failed", RESUMED_WITHIN_MS)).socialAccounts;
  assert.equal(error_code, "x_refused");
  await postIn(bench, fine.id, "published", RESUMED_WITHIN_MS);
  await untilResumed(own);
});

test("a person may resume, and what is not mended pauses again", async (t) => {
  const own = await ownCrowd(t);
  const [account] = own.accounts;
  own.set({ permission: "read" });
  const { id } = await held(account, { content: "resumed by hand" });
  own.set({ permission: "write" });
  const { status, body } = await resume(own);
  assert.deepEqual([status, body.success, body.data.id, body.data.paused], [200, true, own.network.id, null]);
  await postIn(bench, id, "published");

  own.set({ permission: "read" });
  const again = await held(account, { content: "resumed too early" });
  const { since } = await pauseOf(own);
  await resume(own);
  const anew = await eventually(() => pauseOf(own), (paused) => paused && paused.since !== since);
  assert.equal(anew.reason, "app_read_only");
  assert.equal((await postIn(bench, again.id, "held")).socialAccounts[0].error_code, "app_read_only");
  own.set({ permission: "write" });
  await untilResumed(own);
  assert.deepEqual(textsAt(bench, account), ["resumed by hand", "resumed too early"]);
});

test("resuming what is not paused changes nothing, and what there is not cannot be resumed", async (t) => {
  const own = await ownCrowd(t);
  const { status, body } = await resume(own);
  assert.deepEqual([status, body.data.paused], [200, null]);
  assertRefused(await resume({ network: { id: "net_AAAAAAAAAAAAAAAAAAAAAA" } }), 404, "not_found");
});

test("a held post may be cancelled and does not go out with the others", async (t) => {
  const own = await ownCrowd(t);
  const [account] = own.accounts;
  own.set({ enrolled: false });
  const cancelled = await held(account, { content: "cancelled while held" });
  const kept = await held(account, { content: "kept while held" });
  assert.equal((await bench.api.delete(`/v1/posts/${cancelled.id}`)).status, 200);
  own.set({ enrolled: true });
  await resume(own);
  await postIn(bench, kept.id, "published", RESUMED_WITHIN_MS);
  const [{ state, status }] = (await readPost(bench, cancelled)).socialAccounts;
  assert.deepEqual([state, status], ["cancelled", "deleted"]);
  assert.deepEqual(textsAt(bench, account), ["kept while held"]);
});

test("a post that is not due yet is not held", async (t) => {
  const own = await ownCrowd(t);
  const [account] = own.accounts;
  own.set({ credits: 0 });
  await held(account, { content: "due now" });
  const later = await createPost(bench, account, { content: "due later", scheduledAt: fromNow(60 * 60_000) });
  const draft = await createPost(bench, account, { content: "never due", isDraft: true });
  await moreCalls(own, CREDITS_CALL, 1);
  for (const post of [later, draft]) {
    const [{ state, error_code }] = (await readPost(bench, post)).socialAccounts;
    assert.deepEqual([state, error_code], ["queued", null]);
  }
});

test("a thread that ran out of credits goes on at its next part", async (t) => {
  const own = await ownCrowd(t);
  const [account] = own.accounts;
  own.set({ credits: 0.02 });
  const texts = ["paid for", "on credit", "after the top-up"];
  const { id, segments, status, post } = await held(account, thread(...texts));
  assert.equal(status, "pending");
  assert.deepEqual(segments.map(({ platformPostId }) => platformPostId !== null), [true, true, false]);
  assert.equal(post.cost.actual_usd, 0.03);
  own.set({ credits: 5 });
  await postIn(bench, id, "published", RESUMED_WITHIN_MS);
  const posts = bench.x.posts({ username: account.username });
  assert.deepEqual(posts.map(({ text }) => text), texts);
  assert.deepEqual(posts.map(({ in_reply_to_id }) => in_reply_to_id), [null, posts[0].id, posts[1].id]);
});

test("the key doctor names the pause", async (t) => {
  const own = await ownCrowd(t);
  const check = async () => {
    const { checks } = (await bench.api.post(`/v1/social-networks/${own.network.id}/verify`)).body.data;
    return checks.find(({ name }) => name === "credits");
  };
  own.set({ credits: 0 });
  await held(own.accounts[0], { content: "the doctor is asked" });
  const { ok, hint } = await check();
  assert.equal(ok, false);
  assert.ok(hint);
  own.set({ credits: 50 });
  await untilResumed(own);
  assert.equal((await check()).ok, true);
});

test("a pause and what it holds outlive a power cut", async (t) => {
  const own = await ownCrowd(t);
  const [account] = own.accounts;
  own.set({ credits: 0 });
  const { id } = await held(account, { content: "held in the dark" });
  const before = await pauseOf(own);
  await bench.worker.kill();
  await bench.worker.restart();
  assert.deepEqual(await pauseOf(own), before);
  own.set({ credits: 5 });
  await postIn(bench, id, "published", RESUMED_WITHIN_MS);
  assert.deepEqual(textsAt(bench, account), ["held in the dark"]);
  assert.equal(await pauseOf(own), null);
});

test("reading costs credits too: X's 402 is told to whoever reads, and the account is not to blame", async (t) => {
  const own = await ownCrowd(t);
  const [account] = own.accounts;
  const { id } = await publishPost(bench, account, { content: "read me" });
  own.set({ credits: 0 });
  const refused = assertRefused(await bench.api.get(`/v1/posts/${id}/analytics`), 402, "credits_depleted");
  assert.equal(refused.x.status, 402);
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data.status, "active");
});
