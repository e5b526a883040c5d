import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  api, atCallback, authorized, browse, complete, connect, consent, cookieOf, createSession, declined, exchangesOf,
  leaves, leftForX, liveTokens, newPerson, newVerifier, SITE, startBench, startSession, statusOf, watch,
} from "../support/connecting.mjs";
import { eventually } from "../support/eventually.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

test("a person who declines ends the session, and a reload says the same", async () => {
  const { session, location, cookie, verifier } = await leftForX(bench);
  const arrived = await browse(bench, declined(location), cookie);
  const { data } = (await watch(bench, session)).body;
  assert.deepEqual([data.status, data.error.code], ["failed", "access_denied"]);
  assert.ok(data.error.message && data.error.hint);
  assert.deepEqual((await complete(bench, session, verifier)).body.code, "access_denied");
  const again = await browse(bench, declined(location), cookie);
  assert.deepEqual([again.status, again.headers.get("location")], [303, arrived.headers.get("location")]);
  assert.equal((await browse(bench, arrived.headers.get("location"), cookie)).status, 200);
});

test("a cancelled session stays cancelled whatever comes after", async () => {
  const { session, callback, cookie, verifier } = await atCallback(bench);
  const held = leaves(bench, session, "authorizing");
  const byPage = api(bench.worker, { key: session.token });
  assert.equal((await byPage.delete(`/v1/connect-sessions/${session.id}`)).body.data.status, "cancelled");
  assert.equal((await held).body.data.status, "cancelled");
  assert.equal((await browse(bench, callback, cookie)).status, 303);
  assert.equal((await complete(bench, session, verifier)).status, 409);
  assert.equal((await byPage.delete(`/v1/connect-sessions/${session.id}`)).body.data.status, "cancelled");
  assert.equal(exchangesOf(bench, callback), 0);
});

test("cancelling a session that is connected changes nothing", async () => {
  const { session, verifier } = await authorized(bench);
  const { account } = (await complete(bench, session, verifier)).body.data;
  const { data } = (await bench.api.delete(`/v1/connect-sessions/${session.id}`)).body;
  assert.equal(data.status, "connected");
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data.status, "active");
});

test("cancelling while X is being asked waits for the answer, and both callers hear the same", async () => {
  const { session, verifier, callback } = await authorized(bench);
  bench.x.fault({ method: "GET", path: "/2/users/me", kind: "delay", ms: 300 });
  const completing = complete(bench, session, verifier);
  await eventually(async () => exchangesOf(bench, callback), (count) => count === 1);
  const cancelled = await bench.api.delete(`/v1/connect-sessions/${session.id}`);
  assert.equal(cancelled.body.data.status, "connected");
  assert.equal((await completing).body.data.status, "connected");
  assert.equal(exchangesOf(bench, callback), 1);
});

test("cancelling before the tokens have an owner revokes them", async () => {
  const username = newPerson(bench);
  const { session, verifier } = await authorized(bench, { username });
  bench.x.fault({ method: "GET", path: "/2/users/me", kind: "answer", preset: "unavailable" });
  assert.equal((await complete(bench, session, verifier)).status, 502);
  assert.equal(liveTokens(bench, username).length, 2);
  assert.equal((await bench.api.delete(`/v1/connect-sessions/${session.id}`)).body.data.status, "cancelled");
  assert.deepEqual(liveTokens(bench, username), []);
});

async function mismatches(attempt, username, tenant_id) {
  const { status, body } = await complete(bench, attempt.session, attempt.verifier);
  assert.deepEqual([status, body.code], [422, "account_mismatch"]);
  const { data } = (await watch(bench, attempt.session)).body;
  assert.deepEqual([data.status, data.error.code], ["failed", "account_mismatch"]);
  assert.deepEqual(liveTokens(bench, username), []);
  assert.equal(bench.x.tokens({ username }).length, 2);
  assert.equal((await bench.api.get(`/v1/social-accounts?tenant_id=${tenant_id}&username=${username}`)).body.count, 0);
}

test("another account than the expected one is refused, its tokens are revoked, nothing is written", async () => {
  const username = newPerson(bench);
  const attempt = await authorized(bench, { username, tenant_id: "expects", expected_username: "@somebody_else" });
  await mismatches(attempt, username, "expects");
});

test("the expected username is compared as X does, without case and without @", async () => {
  const username = newPerson(bench);
  const account = await connect(bench, { username, expected_username: `@${username.toUpperCase()}` });
  assert.equal(account.username, username);
});

test("reconnecting as somebody else is refused and leaves the account as it was", async () => {
  const account = await connect(bench, { username: newPerson(bench), tenant_id: "re-else" });
  const other = newPerson(bench);
  const fields = { tenant_id: "re-else", reconnect_account_id: account.id };
  await mismatches(await authorized(bench, { username: other, ...fields }), other, "re-else");
  assert.deepEqual((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data, account);
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}/health`)).body.data.healthy, true);
});

test("reconnecting keeps the account's id", async () => {
  const username = newPerson(bench);
  const account = await connect(bench, { username, tenant_id: "re" });
  const named = await connect(bench, { username, tenant_id: "re", reconnect_account_id: account.id });
  const unnamed = await connect(bench, { username, tenant_id: "re" });
  assert.deepEqual([named.id, named.createdAt, unnamed.id], [account.id, account.createdAt, account.id]);
  const elsewhere = await connect(bench, { username, tenant_id: "re-2" });
  assert.notEqual(elsewhere.id, account.id);
});

test("page mode returns to the site with the session's id and status and nothing else", async () => {
  const redirect_uri = `${SITE}/done?from=settings`;
  const { arrived, session, verifier } = await authorized(bench, { redirect_uri, start: { display: "page" } });
  const landing = new URL(arrived.headers.get("location"));
  assert.equal(landing.origin + landing.pathname, `${SITE}/done`);
  assert.deepEqual(Object.fromEntries(landing.searchParams), {
    from: "settings",
    connect_id: session.id,
    connect_status: "authorized",
  });
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
});

test("page mode with the verifier in the form connects without the first page", async () => {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench, { redirect_uri: `${SITE}/done` });
  const left = await startSession(bench, { token: session.token, challenge, display: "page", code_verifier: verifier });
  const callback = consent(bench, left.headers.get("location"), newPerson(bench));
  const landed = await browse(bench, callback, cookieOf(left));
  assert.equal(new URL(landed.headers.get("location")).searchParams.get("connect_status"), "connected");
  assert.equal(exchangesOf(bench, callback), 1);
  const again = await browse(bench, callback, cookieOf(left));
  assert.equal(again.headers.get("location"), landed.headers.get("location"));
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
  assert.equal(exchangesOf(bench, callback), 1);
});

test("page mode tells the site of a person who declined", async () => {
  const attempt = await leftForX(bench, { redirect_uri: `${SITE}/done`, start: { display: "page" } });
  const arrived = await browse(bench, declined(attempt.location), attempt.cookie);
  assert.equal(new URL(arrived.headers.get("location")).searchParams.get("connect_status"), "failed");
});
