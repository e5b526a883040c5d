import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ME_CALL, TOKEN_CALL } from "../support/calls.mjs";
import {
  api,
  browse,
  complete,
  connect,
  healthOf,
  newVerifier,
  readAccount,
  SITE,
  startBench,
  startSession,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import {
  atCallback,
  authorized,
  exchangesOf,
  leaves,
  leftForX,
  newPerson,
  tokenCalls,
  watch,
} from "../support/sign-in.mjs";
import { ageAll } from "../support/stored.mjs";

/** The Worker waits ten seconds for X where a person waits for the Worker. */
const TOO_SLOW_MS = 11_000;
/** A session cannot be made for less: most of this time passes on disk, while the Worker is down. */
const SHORTEST_LIFE = { expires_in: 60 };
/** What is left of it then. */
const LEFT_MS = 5_000;
const SHORT_TOKEN_MS = 9_000;

let bench;
let scene;
/** How much sooner the sessions end than they said. */
let aged;

/** Everything whose clock has to run is set going here; the tests look at one after the other. */
before(async () => {
  bench = await startBench();
  const expiring = await expiringSessions();
  await letTimePass(expiring.atX.session);
  scene = { expiring, lost: await accountWithLostRefresh(), slow: await slowCompletions() };
});
after(() => bench?.stop());

async function letTimePass({ expires_at }) {
  await bench.worker.kill();
  aged = Math.max(0, Date.parse(expires_at) - Date.now() - LEFT_MS);
  ageAll(bench.worker.stateDir, "Connect", aged);
  await bench.worker.restart();
}

async function expiringSessions() {
  const otherBrowser = await atCallback(bench, SHORTEST_LIFE);
  await browse(bench, otherBrowser.callback);
  return {
    atX: await leftForX(bench, SHORTEST_LIFE),
    otherBrowser,
    back: await authorized(bench, SHORTEST_LIFE),
    unidentified: await unidentified(),
  };
}

/** X gave tokens, and then 401 to the question whose they are, as it did for hours in outages. */
async function unidentified() {
  const username = newPerson(bench);
  const attempt = await authorized(bench, { ...SHORTEST_LIFE, username });
  bench.x.fault({ ...ME_CALL, kind: "answer", preset: "unauthorized" });
  const { body } = await complete(bench, attempt.session, attempt.verifier);
  assert.equal(body.success, false);
  bench.x.revokeGrants({ username });
  return { ...attempt, username };
}

async function accountWithLostRefresh() {
  const { access_token_ms } = bench.x.settings();
  bench.x.set({ access_token_ms: SHORT_TOKEN_MS });
  const account = await connect(bench, { username: newPerson(bench), tenant_id: "lost" });
  bench.x.set({ access_token_ms });
  bench.x.fault({ ...TOKEN_CALL, kind: "effect-then-close" });
  assert.equal((await healthOf(bench, account)).healthy, true);
  return account;
}

async function slowCompletions() {
  return {
    who: await completeWhile({ ...ME_CALL, kind: "delay", ms: TOO_SLOW_MS }),
    exchange: await completeWhile({ ...TOKEN_CALL, kind: "delay", ms: TOO_SLOW_MS }),
    trickle: await completeWhile({ ...TOKEN_CALL, kind: "slow-body", ms: 2 * TOO_SLOW_MS }),
  };
}

async function completeWhile(fault) {
  const attempt = await authorized(bench);
  bench.x.fault(fault);
  const answer = complete(bench, attempt.session, attempt.verifier);
  await eventually(async () => bench.x.faults().length, (left) => left === 0);
  return { ...attempt, answer };
}

test("after a lost refresh the old token serves until it is over, then one try tells", async () => {
  const account = scene.lost;
  const [{ text: spent }] = bench.x.tokens({ username: account.username }).filter(({ kind }) => kind === "refresh");
  assert.equal(tokenCalls(bench.x, "refresh_token", spent).length, 1);
  await pause(Date.parse(account.token_expires_at) - Date.now());
  assert.equal((await healthOf(bench, account)).healthy, false);
  const ended = await eventually(() => readAccount(bench, account), ({ status }) => status !== "active");
  assert.deepEqual([ended.status, ended.status_reason], ["reconnect_required", "refresh_answer_lost"]);
  await healthOf(bench, account);
  assert.equal(tokenCalls(bench.x, "refresh_token", spent).length, 2);
});

test("X being slow to say who it is times out, and a second try connects without another exchange", async () => {
  const { answer, session, verifier, callback } = scene.slow.who;
  const { status, body } = await answer;
  assert.deepEqual([status, body.code], [504, "x_timeout"]);
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
  assert.equal(exchangesOf(bench, callback), 1);
});

for (const way of ["exchange", "trickle"]) {
  test(`X being slow at the exchange (${way}) times out, and a second try ends the session`, async () => {
    const { answer, session, verifier } = scene.slow[way];
    const { status, body } = await answer;
    assert.deepEqual([status, body.code], [504, "x_timeout"]);
    // X spends the code when it gets to it.
    await bench.x.received({ ...TOKEN_CALL, count: bench.x.requests(TOKEN_CALL).length, wait_ms: TOO_SLOW_MS });
    assert.equal((await complete(bench, session, verifier)).body.code, "invalid_grant");
    assert.equal((await watch(bench, session)).body.data.status, "failed");
  });
}

for (const [way, since] of [
  ["atX", "authorizing"],
  ["otherBrowser", "needs_confirmation"],
  ["back", "authorized"],
  ["unidentified", "authorized"],
]) {
  test(`a session that is ${since} (${way}) expires on time, and says so to its page only`, async () => {
    const { session, verifier } = scene.expiring[way];
    const gone = await leaves(bench, session, since);
    assert.deepEqual([gone.status, gone.body.code], [410, "session_expired"]);
    assert.equal(gone.headers.get("access-control-allow-origin"), SITE);
    assert.ok(Date.now() >= Date.parse(session.expires_at) - aged);
    const late = await complete(bench, session, verifier);
    assert.equal(late.status, 410, late.text);
    const byToken = api(bench.worker, { key: session.token });
    const evil = await byToken.get(`/v1/connect-sessions/${session.id}`, { origin: "https://evil.example" });
    assert.deepEqual([evil.status, evil.headers.get("access-control-allow-origin")], [410, null]);
  });
}

test("an expired session takes no start, no callback and no cancellation", async () => {
  const { session, callback, cookie } = scene.expiring.otherBrowser;
  await leaves(bench, session, "needs_confirmation");
  const started = await startSession(bench, { token: session.token, challenge: newVerifier().challenge });
  assert.deepEqual([started.status, started.headers.get("set-cookie")], [410, null]);
  const arrived = await browse(bench, callback, cookie);
  assert.ok(arrived.status >= 400 && arrived.headers.get("location") === null, `${arrived.status}`);
  assert.equal((await bench.api.delete(`/v1/connect-sessions/${session.id}`)).status, 410);
  assert.equal(exchangesOf(bench, callback), 0);
});

test("tokens that nobody took over are revoked at X when their session expires", async () => {
  const { session, username } = scene.expiring.unidentified;
  await leaves(bench, session, "authorized");
  await bench.x.received({ method: "POST", path: "/2/oauth2/revoke", count: 2, wait_ms: 60_000 });
  const calls = bench.x.requests({ path: "/2/oauth2/revoke" });
  const revoked = calls.map(({ body }) => new URLSearchParams(body).get("token"));
  assert.deepEqual(revoked.sort(), bench.x.tokens({ username }).map(({ text }) => text).sort());
});
