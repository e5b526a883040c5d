/** docs/API.md, section 4: what is disconnected or replaced is revoked at X, until X has confirmed it. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { REVOKE_CALL, TOKEN_CALL } from "../support/calls.mjs";
import {
  api,
  callbackOf,
  callUnderWay,
  connect,
  healthOf,
  newUser,
  publishPost,
  registerNetwork,
  startBench,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { sideBySide } from "../support/side-by-side.mjs";
import { createLink, followLink, liveTokens } from "../support/sign-in.mjs";
import { age, inObject } from "../support/stored.mjs";
import { startWorker } from "../support/worker.mjs";

const PASSPHRASE = "correct horse battery staple";
/** Half a minute, and what is in proportion to it. */
const VARS = { REVOKE_MS: "150" };
/** Within the quarter of an hour before its end, in which the Worker refreshes a token. */
const NEARLY_OVER_MS = 10 * 60_000;
const DOWN = { ...REVOKE_CALL, kind: "answer", preset: "unavailable" };

let bench;
/** X is not asked for 30 days but for a moment. */
let impatient;

before(async () => {
  [bench, impatient] = await Promise.all([
    startBench({ vars: VARS }),
    startBench({ vars: { REVOKE_MS: "100", REVOKE_FOR_MS: "350" } }),
  ]);
});
after(() => Promise.all([bench?.stop(), impatient?.stop()]));

let tenants = 0;
const join = (tenant_id = `revoked-${++tenants}`, username, at = bench) =>
  connect(at, { tenant_id, username: username ?? newUser(at).username });
const remove = ({ id }, at = bench) => at.api.delete(`/v1/social-accounts/${id}`);
const row = async ({ id }, at = bench) => (await at.api.get(`/v1/social-accounts/${id}`)).body.data;
const gone = ({ username }, at = bench) => eventually(async () => liveTokens(at, username), (live) => live.length === 0, 15_000);
/** Of an account that is gone: its row, as long as X has not confirmed. */
const listed = async ({ id }, at = bench) =>
  (await at.api.get(`/v1/social-accounts?status=disconnected&id=${id}`)).body.data[0];
const isOver = ({ revocation }) => revocation?.status !== "pending";

/** An account whose access token is due for a refresh; those to come live as long as X's do. */
async function dueAccount(tenant_id, username) {
  bench.x.set({ access_token_ms: NEARLY_OVER_MS });
  const account = await join(tenant_id, username);
  bench.x.set({ access_token_ms: 7_200_000 });
  return account;
}

test("connected three times and disconnected, an account leaves nothing alive at X", async () => {
  const first = await join("thrice");
  for (const _ of [2, 3]) assert.equal((await join("thrice", first.username)).id, first.id);
  assert.equal((await healthOf(bench, first)).healthy, true);
  assert.deepEqual((await remove(first)).body.warnings, []);
  await gone(first);
});

test("what a reconnection replaces is revoked by itself, and the row says so", async () => {
  const first = await join("replaced");
  bench.x.fault({ ...DOWN, times: 3 });
  const again = await join("replaced", first.username);
  const { revocation } = await eventually(() => row(again), ({ revocation }) => revocation !== null);
  assert.equal(revocation.status, "pending");
  const after = await eventually(() => row(again), isOver, 15_000);
  assert.equal(after.revocation.status, "confirmed");
  assert.equal(liveTokens(bench, first.username).length, 2, "the new pair's");
  assert.equal((await healthOf(bench, again)).healthy, true);
});

test("an X that does not confirm is asked again, and the warning and the row say so until it has", async () => {
  const account = await join();
  bench.x.fault({ ...DOWN, times: 4 });
  const { status, body } = await remove(account);
  assert.equal(status, 200);
  assert.match(body.warnings.join(), /X did not confirm .* asked again/);
  assertRefused(await bench.api.get(`/v1/social-accounts/${account.id}`), 404, "not_found");
  const { status: state, revocation } = await listed(account);
  assert.deepEqual([state, revocation.status], ["disconnected", "pending"]);
  await gone(account);
  await eventually(() => listed(account), (found) => found === undefined);
});

test("tokens that X does not know are as good as revoked", async () => {
  const account = await join();
  for (const preset of ["oauth-token", "oauth-token"]) bench.x.fault({ ...REVOKE_CALL, kind: "answer", preset });
  assert.deepEqual((await remove(account)).body.warnings, []);
  await eventually(() => listed(account), (found) => found === undefined);
});

test("when X never confirms, the row says that it did not", async () => {
  const account = await join("never", newUser(impatient).username, impatient);
  impatient.x.fault({ ...DOWN, times: 100 });
  await remove(account, impatient);
  const { revocation } = await eventually(() => listed(account, impatient), isOver, 15_000);
  assert.equal(revocation.status, "not_confirmed");
  const asked = impatient.x.requests(REVOKE_CALL).length;
  assert.ok(asked >= 2 && asked < 10, `${asked} calls`);
  impatient.x.clearFaults();
  // Connected again the row goes on saying it, and a pair that X does confirm does not make the other one good.
  const again = await join("never", account.username, impatient);
  assert.equal((await row(again, impatient)).revocation.status, "not_confirmed");
});

for (const [what, interrupt] of Object.entries({
  disconnected: (account) => remove(account),
  "connected again": (account) => join(account.tenant_id, account.username),
})) {
  test(`a pair that X issues while its account is being ${what} is revoked too`, async () => {
    const account = await dueAccount();
    bench.x.fault({ ...TOKEN_CALL, kind: "delay", ms: 1200 });
    const asked = healthOf(bench, account);
    await eventually(async () => bench.x.requests({ ...TOKEN_CALL, status: null }).length, (count) => count === 1);
    await interrupt(account);
    await asked;
    const own = what === "disconnected" ? 0 : 2;
    await eventually(async () => liveTokens(bench, account.username).length, (live) => live === own, 15_000);
    assert.equal(bench.x.tokens({ username: account.username }).length, what === "disconnected" ? 4 : 6);
  });
}

test("of a refresh whose answer was lost nothing is left alive either", async () => {
  const account = await dueAccount();
  bench.x.fault({ ...TOKEN_CALL, kind: "effect-then-close" });
  assert.equal((await healthOf(bench, account)).healthy, true);
  assert.equal(bench.x.tokens({ username: account.username }).length, 4);
  assert.deepEqual((await remove(account)).body.warnings, []);
  await gone(account);
});

test("and when X had not acted, what it issues on asking is revoked with the rest", async () => {
  const account = await dueAccount();
  bench.x.fault({ ...TOKEN_CALL, kind: "close" });
  assert.equal((await healthOf(bench, account)).healthy, true);
  await remove(account);
  await gone(account);
  await eventually(() => listed(account), (found) => found === undefined, 15_000);
});

test("a power cut in the middle of a revocation, or before it, is made up for", async () => {
  const [during, before] = [await join(), await join()];
  bench.x.fault({ ...REVOKE_CALL, kind: "delay", ms: 5000 });
  const answer = remove(during).catch(() => null);
  await eventually(async () => bench.x.requests({ ...REVOKE_CALL, status: null }).length, (count) => count === 1);
  bench.x.fault({ ...DOWN, times: 2 });
  await remove(before);
  await bench.worker.kill();
  await answer;
  bench.x.clearFaults();
  await bench.worker.restart();
  for (const account of [during, before]) {
    await gone(account);
    await eventually(() => listed(account), (found) => found === undefined, 15_000);
  }
});

test("a power cut between a consent and what it replaces leaves neither family astray", async () => {
  const account = await join("cut");
  bench.x.fault({ ...DOWN, times: 100 });
  await join("cut", account.username);
  await bench.worker.kill();
  bench.x.clearFaults();
  await bench.worker.restart();
  await eventually(() => row(account), ({ revocation }) => revocation?.status === "confirmed", 15_000);
  assert.equal(liveTokens(bench, account.username).length, 2);
  assert.equal((await healthOf(bench, account)).healthy, true);
});

/** Everything that the workspace has to forget is due now. */
function makeForgettingDue(at) {
  const root = path(at.worker.stateDir, "do");
  for (const name of readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".sqlite"))) {
    const database = new DatabaseSync(path(root, name));
    const [found] = database.prepare("SELECT name FROM sqlite_master WHERE name = 'outbox'").all();
    if (found) database.exec("UPDATE outbox SET due_at = 1 WHERE doc LIKE '{\"ForgetSecret\"%'");
    database.close();
  }
}

test("an X app that is deleted says what X has not confirmed, and its secret stays until X has", async () => {
  const app = bench.x.addApp({ callbacks: [callbackOf(bench.worker)] });
  const own = await registerNetwork(bench, { app, tenant_id: "own-app" });
  const accounts = [await join("own-app"), await join("own-app")];
  const shown = accounts.map(({ id }) => ({ id }));
  bench.x.fault({ ...DOWN, times: 1000 });
  const { status, body } = await bench.api.delete(`/v1/social-networks/${own.id}`);
  assert.equal(status, 200);
  assert.match(body.warnings.join(), /2 accounts/);
  for (const account of shown) {
    const { status, status_reason, revocation } = await row(account);
    assert.deepEqual([status, status_reason, revocation.status], ["disconnected", "network_deleted", "pending"]);
  }
  // A day later, which is when the secret used to go.
  await bench.worker.kill();
  makeForgettingDue(bench);
  await bench.worker.restart();
  await eventually(async () => bench.x.requests(REVOKE_CALL).length, (count) => count > 8, 15_000);
  bench.x.clearFaults();
  for (const account of accounts) {
    await gone(account);
    assert.equal((await eventually(() => row(account), isOver, 15_000)).revocation.status, "confirmed");
  }
  // And with nothing owed it does go, and nobody misses it.
  const quick = await registerNetwork(bench, { app: bench.x.addApp({ callbacks: [callbackOf(bench.worker)] }), tenant_id: "quick" });
  await join("quick");
  assert.deepEqual((await bench.api.delete(`/v1/social-networks/${quick.id}`)).body.warnings, []);
});

test("tokens of a client id that was replaced are revoked with the credentials that it had", async () => {
  const [before, later] = [1, 2].map(() => bench.x.addApp({ callbacks: [callbackOf(bench.worker)] }));
  await registerNetwork(bench, { app: before, tenant_id: "changed" });
  const account = await join("changed");
  await registerNetwork(bench, { app: later, tenant_id: "changed", force: true });
  await gone(account);
  const { status, status_reason, revocation } = await eventually(() => row(account), isOver, 15_000);
  assert.deepEqual([status, status_reason, revocation.status], ["reconnect_required", "client_changed", "confirmed"]);
});

for (const [what, isRotated] of [["with the secret that it was issued with", false], ["with the last secret of its client id", true]]) {
  test(`an account that X owes a revocation when the client id is replaced is revoked ${what}`, async () => {
    const [before, later] = [1, 2].map(() => bench.x.addApp({ callbacks: [callbackOf(bench.worker)] }));
    const tenant_id = `owed-${isRotated}`;
    const own = await registerNetwork(bench, { app: before, tenant_id });
    const account = await join(tenant_id);
    if (isRotated) {
      const client_secret = "rotated-secret-rotated-secret-rotated-secret-12345";
      bench.x.setApp({ client_id: before.client_id, client_secret });
      assert.equal((await bench.api.patch(`/v1/social-networks/${own.id}`, { client_secret })).status, 200);
    }
    bench.x.fault({ ...DOWN, times: 10_000 });
    assert.equal((await remove(account)).body.warnings.length, 1);
    await registerNetwork(bench, { app: later, tenant_id, force: true });
    bench.x.clearFaults();
    await gone(account);
    await eventually(() => listed(account), (found) => found === undefined, 15_000);
  });
}

/** Of each session: consented to, and not taken over by an account. */
async function provisional(at, fields) {
  const link = await createLink(at, { accept: "manual", ...fields });
  return { ...link, ...(await followLink(at, link)) };
}
const cancel = (at, { connect_id }) => at.api.delete(`/v1/connect-sessions/${connect_id}`);

for (const what of ["replaced", "replaced after its secret was rotated", "deleted"]) {
  test(`provisional tokens are revoked when the client id was ${what}`, async () => {
    const [before, later] = [1, 2].map(() => bench.x.addApp({ callbacks: [callbackOf(bench.worker)] }));
    const tenant_id = `provisional ${what}`.replaceAll(" ", "-");
    const own = await registerNetwork(bench, { app: before, tenant_id });
    const person = await provisional(bench, { tenant_id });
    if (what.includes("rotated")) {
      const client_secret = "rotated-again-rotated-again-rotated-again-123456";
      bench.x.setApp({ client_id: before.client_id, client_secret });
      assert.equal((await bench.api.patch(`/v1/social-networks/${own.id}`, { client_secret })).status, 200);
    }
    if (what === "deleted") await bench.api.delete(`/v1/social-networks/${own.id}`);
    else await registerNetwork(bench, { app: later, tenant_id, force: true });
    assert.equal((await cancel(bench, person)).body.data.status, "cancelled");
    assert.deepEqual(liveTokens(bench, person.username), []);
  });
}

test("after 30 days X is asked no more for provisional tokens, and the log says so", async () => {
  const person = await provisional(impatient, {});
  impatient.x.fault({ ...DOWN, times: 100 });
  await cancel(impatient, person);
  await impatient.worker.logged("alert", "the tokens of a session are void");
  impatient.x.clearFaults();
});

sideBySide("a deployment of its own", () => {
  test("provisional tokens that X has not revoked after a day are revoked later, with a secret that is kept for it", async (t) => {
    const folder = await mkdtemp(path(tmpdir(), "provisional-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const own = await startBench({ vars: VARS, persist: folder });
    t.after(() => own.stop());
    const person = await provisional(own, {});
    own.x.fault({ ...DOWN, times: 100_000 });
    await own.api.delete(`/v1/social-networks/${own.network.id}`);
    await cancel(own, person);
    // Two pairs of calls: the second try has said that the secret is needed.
    await eventually(async () => own.x.requests(REVOKE_CALL).length, (asked) => asked >= 6);
    await own.worker.kill();
    for (const object of ["Connect", "Workspace"]) age(folder, object, (24 * 60 + 1) * 60_000);
    await own.worker.restart();
    assertRefused(await own.api.get(`/v1/connect-sessions/${person.connect_id}`), 404, "not_found");
    const asked = own.x.requests(REVOKE_CALL).length;
    await eventually(async () => own.x.requests(REVOKE_CALL).length, (count) => count > asked, 15_000);
    assert.equal(liveTokens(own, person.username).length, 2);
    own.x.clearFaults();
    await gone(person, own);
  });

  test("what is owed is in the backup, secret and all, and goes on where it is restored", async (t) => {
    const old = await startBench({ vars: VARS });
    t.after(() => old.stop());
    const app = old.x.addApp({ callbacks: [callbackOf(old.worker)] });
    const own = await registerNetwork(old, { app, tenant_id: "moved-app" });
    const { username } = newUser(old);
    const [disconnected, ofApp] = [await connect(old, { username }), await connect(old, { tenant_id: "moved-app", username })];
    old.x.fault({ ...DOWN, times: 10_000 });
    await remove(disconnected, old);
    await old.api.delete(`/v1/social-networks/${own.id}`);
    assert.equal((await old.api.post("/v1/handover")).status, 202);
    const status = async () => (await old.api.get("/v1/handover")).body.data.status;
    await eventually(status, (now) => now === "handed_over", 20_000);
    const file = await old.api.get("/v1/export", { "x-passphrase": PASSPHRASE });
    assert.equal(file.status, 200, file.text);
    for (const { text } of old.x.tokens({ username })) assert.ok(!file.text.includes(text));
    old.x.clearFaults();
    const key = `elsewhere:${Buffer.alloc(32, 9).toString("base64")}`;
    const worker = await startWorker({ fakeX: old.x, vars: { ...VARS, MASTER_KEYS: key } });
    t.after(() => worker.stop());
    const there = { x: old.x, worker, api: api(worker) };
    const headers = { "x-passphrase": PASSPHRASE, "content-type": "application/x-ndjson" };
    const restored = await there.api.send("POST", "/v1/import", { headers, body: file.text });
    assert.equal(restored.status, 200, restored.text);
    await gone({ username }, there);
    assert.equal((await eventually(() => row(ofApp, there), isOver, 15_000)).revocation.status, "confirmed");
  });

  test("a discarded pair that cannot be read is named in the log, and keeps nobody waiting", async (t) => {
    const folder = await mkdtemp(path(tmpdir(), "unreadable-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const own = await startBench({ vars: VARS, persist: folder });
    t.after(() => own.stop());
    const { username, tenant_id, ...account } = await join("unreadable", newUser(own).username, own);
    own.x.fault(DOWN);
    await join(tenant_id, username, own);
    await eventually(async () => own.x.requests(REVOKE_CALL).length, (asked) => asked > 0);
    await own.worker.kill();
    inObject(folder, "Account", (db) => db.exec("UPDATE discarded SET doc = '{}', next_at = 0"));
    await own.worker.restart();
    await publishPost(own, { ...account, username, tenant_id }, { content: "goes on" });
    await own.worker.logged("alert", "of the discarded pairs cannot be read");
    assert.deepEqual((await join(tenant_id, username, own)).id, account.id);
  });
});

test("X down at a revocation keeps no post waiting", async () => {
  const first = await join("slow");
  bench.x.fault({ ...REVOKE_CALL, kind: "hold" });
  await join("slow", first.username);
  await callUnderWay(bench, REVOKE_CALL);
  const { body } = await bench.api.post("/v1/posts", { content: "not waiting", accounts: [first.id] }, { prefer: "wait=2" });
  assert.equal(body.post.socialAccounts[0].state, "published");
  assert.equal(bench.x.requests({ ...REVOKE_CALL, status: null }).length, 1, "X has still not answered");
  bench.x.release();
  await eventually(() => row(first), isOver, 15_000);
});

test("a disconnection asks about one pair when X is down, and about three at most, however many are owed", async (t) => {
  const own = await startBench();
  t.after(() => own.stop());
  const asked = () => own.x.requests({ ...REVOKE_CALL }).length;
  const first = await join("many", undefined, own);
  own.x.fault({ ...DOWN, times: 1000 });
  // A pair is two tokens; each replaced pair is asked about once, and again after half a minute.
  for (const count of [2, 4, 6, 8, 10]) {
    await join("many", first.username, own);
    await eventually(asked, (calls) => calls === count);
  }
  const { status, body } = await remove(first, own);
  assert.deepEqual([status, body.warnings.length], [200, 1]);
  assert.equal(asked(), 12);
  own.x.clearFaults();
  const second = await join("many", first.username, own);
  assert.equal((await remove(second, own)).status, 200);
  assert.ok(asked() <= 12 + 2 * 3, `${asked() - 12} calls`);
});
