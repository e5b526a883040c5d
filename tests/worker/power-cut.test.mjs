import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL, ME_CALL, TOKEN_CALL } from "../support/calls.mjs";
import { complete, connect, healthOf, readAccount, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { authorized, exchangesOf, leaves, newPerson, statusOf, tokenCalls } from "../support/sign-in.mjs";
import { ageAll } from "../support/stored.mjs";

/** Within the quarter of an hour before its end, in which the Worker refreshes a token. */
const SHORT_LIFE_MS = 10 * 60_000;
/** An object that dies while it works goes on by the alarm that it had set first, seconds ahead. */
const WITHIN_MS = 75_000;
/** Longer than a session waits before it goes on by itself, and much shorter than its life. */
const SESSION_GOES_ON_MS = 60_000;

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
    await underway(ME_CALL, () => complete(bench, identifying.session, identifying.verifier)),
    await underway(TOKEN_CALL, () => complete(bench, exchanging.session, exchanging.verifier)),
    await underway(TOKEN_CALL, () => healthOf(bench, refreshing)),
  ];
  scene.inFlight = await underway(CREATE_CALL, () => post(TEXTS.inFlight, publishing));
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

const post = (content, { id }) => bench.api.post("/v1/posts", { content, accounts: [id] });
const delivery = async (id) => (await bench.api.get(`/v1/posts/${id}`)).body.post.socialAccounts[0];

/** Lets a time pass for all objects of a kind, while the Worker is down. */
async function later(ms, object) {
  await bench.worker.kill();
  ageAll(bench.worker.stateDir, object, ms);
  await bench.worker.restart();
}

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
  assert.equal(bench.x.requests(CREATE_CALL).length, 2, "and nothing else was sent");
});

test("a session whose exchange was cut ends with that, and is not stuck", async () => {
  const { session, verifier, callback } = scene.exchanging;
  assert.equal(await statusOf(bench, session), "authorized");
  await bench.x.received({ ...TOKEN_CALL, count: 5 });
  const { status, body } = await complete(bench, session, verifier);
  assert.deepEqual([status, body.code], [422, "invalid_grant"]);
  assert.equal(exchangesOf(bench, callback), 2);
});

test("a refresh that was cut leaves the old token in use until it is over, then one try tells", async () => {
  const { refreshing } = scene;
  assert.equal((await healthOf(bench, refreshing)).healthy, true);
  assert.equal(refreshes(refreshing), 1);
  await later(SHORT_LIFE_MS, "Account");
  assert.equal((await healthOf(bench, refreshing)).healthy, false);
  assert.equal(refreshes(refreshing), 2);
  const ended = await eventually(() => readAccount(bench, refreshing), ({ status }) => status !== "active");
  assert.deepEqual([ended.status, ended.status_reason], ["reconnect_required", "refresh_answer_lost"]);
});

test("a session that had its tokens connects by itself, and the page's verifier finds it so", async () => {
  await later(SESSION_GOES_ON_MS, "Connect");
  const { session, verifier, callback } = scene.identifying;
  const { data } = (await leaves(bench, session, "authorized")).body;
  assert.equal(data.status, "connected");
  assert.deepEqual((await complete(bench, session, verifier)).body.data.account, data.account);
  assert.equal(exchangesOf(bench, callback), 1);
});
