import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  atCallback, authorized, browse, complete, connect, consent, cookieOf, createSession, exchangesOf, leftForX,
  newPerson, newVerifier, startBench, startSession, statusOf, watch,
} from "../support/connecting.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

test("a held poll answers as soon as the status changes", async () => {
  const { session, callback, cookie, verifier } = await atCallback(bench);
  const held = watch(bench, session, "wait=25&since=authorizing");
  await browse(bench, callback, cookie);
  assert.equal((await held).body.data.status, "authorized");
  const next = watch(bench, session, "wait=25&since=authorized");
  await complete(bench, session, verifier);
  const { data } = (await next).body;
  assert.equal(data.status, "connected");
  assert.equal(data.account.status, "active");
});

test("a poll with nothing to wait for answers at once", async () => {
  const session = await createSession(bench);
  for (const query of ["", "wait=0&since=pending", "wait=25&since=authorizing", "wait=25"]) {
    const { status, body } = await watch(bench, session, query);
    assert.equal(status, 200, query);
    assert.deepEqual(body.data, { id: session.id, status: "pending", expires_at: session.expires_at, redirect_uri: null }, query);
  }
});

test("many polls of one session are all answered by one change", async () => {
  const session = await createSession(bench);
  const held = Array.from({ length: 20 }, () => watch(bench, session, "wait=25&since=pending"));
  await startSession(bench, { token: session.token, challenge: newVerifier().challenge });
  for (const { body } of await Promise.all(held)) assert.equal(body.data.status, "authorizing");
});

test("complete before the person came back is a conflict that changes nothing", async () => {
  const { session, verifier, callback, cookie } = await atCallback(bench);
  const early = await complete(bench, session, verifier);
  assert.equal(early.status, 409);
  await browse(bench, callback, cookie);
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
});

test("a wrong verifier calls nothing and spends nothing", async () => {
  const { session, callback, verifier } = await authorized(bench);
  const refused = await complete(bench, session, newVerifier().verifier);
  assert.deepEqual([refused.status, refused.body.code], [400, "verifier_mismatch"]);
  assert.equal(exchangesOf(bench, callback), 0);
  assert.equal(await statusOf(bench, session), "authorized");
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
  const late = await complete(bench, session, newVerifier().verifier);
  assert.deepEqual([late.status, late.body.code], [400, "verifier_mismatch"]);
});

test("the verifier of a start that was replaced does not fit any more", async () => {
  const { session, verifier } = await leftForX(bench);
  const newer = newVerifier();
  const left = await startSession(bench, { token: session.token, challenge: newer.challenge });
  await browse(bench, consent(bench, left.headers.get("location"), newPerson(bench)), cookieOf(left));
  assert.equal((await complete(bench, session, verifier)).body.code, "verifier_mismatch");
  assert.equal((await complete(bench, session, newer.verifier)).body.data.status, "connected");
});

test("a repeated complete answers the stored result and asks X nothing", async () => {
  const { session, callback, verifier } = await authorized(bench);
  const first = await complete(bench, session, verifier);
  const asked = bench.x.requests().length;
  const second = await complete(bench, session, verifier);
  assert.deepEqual([second.status, second.body], [200, first.body]);
  assert.equal(bench.x.requests().length, asked);
  assert.equal(exchangesOf(bench, callback), 1);
});

test("twenty completes at once make one exchange and one account", async () => {
  const tenant_id = "twenty";
  const { session, callback, verifier } = await authorized(bench, { tenant_id });
  const answers = await Promise.all(Array.from({ length: 20 }, () => complete(bench, session, verifier)));
  for (const { status, body } of answers) assert.deepEqual([status, body], [200, answers[0].body]);
  assert.equal(exchangesOf(bench, callback), 1);
  assert.equal((await bench.api.get(`/v1/social-accounts?tenant_id=${tenant_id}`)).body.count, 1);
});

test("the account is as the contract's row, and the list has the same", async () => {
  const username = newPerson(bench, { subscription_type: "Premium" });
  const account = await connect(bench, { username, tenant_id: "row" });
  assert.equal(account.username, username);
  assert.deepEqual([account.tenantId, account.tenant_id], ["row", "row"]);
  assert.deepEqual([account.status, account.isActive], ["active", 1]);
  assert.equal(account.customer_social_network_id, bench.network.id);
  assert.equal(account.max_post_length, 25_000);
  assert.deepEqual(account.scopes, ["media.write", "offline.access", "tweet.read", "tweet.write", "users.read"]);
  assert.deepEqual((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data, account);
});
