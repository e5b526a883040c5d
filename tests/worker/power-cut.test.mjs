import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { complete, connect, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { authorized, exchangesOf, leaves, newPerson, statusOf, tokenCalls } from "../support/sign-in.mjs";

const TOKEN = { method: "POST", path: "/2/oauth2/token" };
const ME = { method: "GET", path: "/2/users/me" };
const TWEETS = { method: "POST", path: "/2/tweets" };
/** Enough to be in use before the cut, and over soon after it. */
const SHORT_LIFE_MS = 25_000;
/** An object that dies while it works goes on by the alarm that it had set first, seconds ahead. */
const WITHIN_MS = 75_000;

const TEXTS = { inFlight: "on its way when the power went", waiting: "accepted when the power went" };

let bench;
let scene;

/** Everything under way at once, and then nothing: workerd is killed and started again. */
before(async () => {
  bench = await startBench();
  scene = {
    refreshing: await shortLivedAccount(),
    publishing: await connect(bench, { username: newPerson(bench) }),
    exchanging: await authorized(bench),
    identifying: await authorized(bench),
  };
  const { refreshing, publishing, exchanging, identifying } = scene;
  scene.broken = [
    await underway(ME, () => complete(bench, identifying.session, identifying.verifier)),
    await underway(TOKEN, () => complete(bench, exchanging.session, exchanging.verifier)),
    await underway(TOKEN, () => health(refreshing)),
  ];
  scene.inFlight = await underway(TWEETS, () => post(TEXTS.inFlight, publishing));
  scene.waiting = (await post(TEXTS.waiting, publishing)).body.post;
  await bench.worker.kill();
  await bench.worker.restart();
  // X acts on what it has received, whether or not the sender is still there.
  bench.x.release();
});
after(() => bench?.stop());

async function shortLivedAccount() {
  const { access_token_ms } = bench.x.settings();
  bench.x.set({ access_token_ms: SHORT_LIFE_MS });
  const account = await connect(bench, { username: newPerson(bench) });
  bench.x.set({ access_token_ms });
  return account;
}

/** Begins `call`; goes on once its request has reached X, which keeps it. Answers how the call ended. */
async function underway(request, call) {
  const before = bench.x.requests(request).length;
  bench.x.fault({ ...request, kind: "hold" });
  const ended = call().catch((error) => error);
  await eventually(async () => bench.x.requests(request).length, (count) => count > before);
  return { ended };
}

const health = async ({ id }) => (await bench.api.get(`/v1/social-accounts/${id}/health`)).body.data;
const row = async ({ id }) => (await bench.api.get(`/v1/social-accounts/${id}`)).body.data;
const post = (content, { id }) => bench.api.post("/v1/posts", { content, accounts: [id] });
const delivery = async (id) => (await bench.api.get(`/v1/posts/${id}`)).body.post.socialAccounts[0];

/** How often X was shown the account's first refresh token. */
function refreshes({ username }) {
  const [{ text }] = bench.x.tokens({ username }).filter(({ kind }) => kind === "refresh");
  return tokenCalls(bench.x, "refresh_token", text).length;
}

test("calls that were open when the power went fail, and none is answered by half", async () => {
  for (const { ended } of scene.broken) assert.ok((await ended) instanceof Error);
});

test("a post that was on its way is unknown, and is not sent again", async () => {
  const { id } = (await scene.inFlight.ended).body.post;
  const { status, error } = await eventually(() => delivery(id), ({ state }) => state === "unknown", WITHIN_MS);
  assert.equal(status, "pending");
  assert.ok(error);
  await eventually(async () => bench.x.posts({ text: TEXTS.inFlight }).length, (count) => count === 1);
});

test("a post that was accepted and nothing more is published once", async () => {
  await eventually(() => delivery(scene.waiting.id), ({ status }) => status === "published", WITHIN_MS);
  assert.equal(bench.x.posts({ text: TEXTS.waiting }).length, 1);
  assert.equal(bench.x.requests(TWEETS).length, 2, "and nothing else was sent");
});

test("a refresh that was cut leaves the old token in use until it is over, then one try tells", async () => {
  const { refreshing } = scene;
  assert.equal((await health(refreshing)).healthy, true);
  assert.equal(refreshes(refreshing), 1);
  await pause(Date.parse(refreshing.token_expires_at) - Date.now());
  assert.equal((await health(refreshing)).healthy, false);
  assert.equal(refreshes(refreshing), 2);
  const ended = await eventually(() => row(refreshing), ({ status }) => status !== "active");
  assert.deepEqual([ended.status, ended.status_reason], ["reconnect_required", "refresh_answer_lost"]);
});

test("a session whose exchange was cut ends with that, and is not stuck", async () => {
  const { session, verifier, callback } = scene.exchanging;
  assert.equal(await statusOf(bench, session), "authorized");
  await bench.x.received({ ...TOKEN, count: 5 });
  const { status, body } = await complete(bench, session, verifier);
  assert.deepEqual([status, body.code], [422, "invalid_grant"]);
  assert.equal(exchangesOf(bench, callback), 2);
});

test("a session that had its tokens connects by itself, and the page's verifier finds it so", async () => {
  const { session, verifier, callback } = scene.identifying;
  const { data } = (await leaves(bench, session, "authorized")).body;
  assert.equal(data.status, "connected");
  assert.deepEqual((await complete(bench, session, verifier)).body.data.account, data.account);
  assert.equal(exchangesOf(bench, callback), 1);
});
