/** docs/API.md, section 4: what X says of an account when it is asked. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ME_CALL, TOKEN_CALL } from "../support/calls.mjs";
import { connect, newUser, readAccount, startBench } from "../support/client.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** An account, with nothing in the stand-in's log so far. */
async function newAccount() {
  const user = newUser(bench);
  const account = await connect(bench, { username: user.username });
  bench.x.clearRequests();
  return { ...account, user };
}

async function health(id) {
  const { status, body, text } = await bench.api.get(`/v1/social-accounts/${id}/health`);
  assert.equal(status, 200, text);
  return body.data;
}

const calls = (filter) => bench.x.requests(filter).length;

test("a healthy account is described as X sees it", async () => {
  const { id, username } = await newAccount();
  const { checkedAt, details, ...rest } = await health(id);
  assert.deepEqual(rest, { id, network: "x", healthy: true });
  assert.ok(Math.abs(Date.parse(checkedAt) - Date.now()) < 60_000);
  const { token_expires_at, rate_limits, scopes, ...named } = details;
  assert.deepEqual(named, { username, missing_scopes: [] });
  assert.equal(scopes.length, 5);
  assert.ok(Date.parse(token_expires_at) > Date.now());
  const [{ limit, remaining, reset_at }] = rate_limits;
  assert.deepEqual([limit, remaining, Date.parse(reset_at) > Date.now()], [75, 73, true]);
  assert.deepEqual([calls(ME_CALL), calls(TOKEN_CALL)], [1, 0]);
});

test("a scope that was not granted is named", async () => {
  const scopes = ["tweet.read", "users.read"];
  const { id } = await connect(bench, { username: newUser(bench).username, scopes });
  const { healthy, details } = await health(id);
  assert.equal(healthy, true);
  assert.deepEqual(details.missing_scopes, ["media.write", "offline.access", "tweet.write"]);
});

test("a token that X refuses once is refreshed once and the account is healthy", async () => {
  const { id, username } = await newAccount();
  const [access] = bench.x.tokens({ username });
  bench.x.expireToken({ token: access.text });
  const { healthy, error } = await health(id);
  assert.deepEqual([healthy, error], [true, undefined]);
  assert.deepEqual([calls(ME_CALL), calls(TOKEN_CALL)], [2, 1]);
  assert.equal((await readAccount(bench, { id })).status, "active");
});

test("a second refusal is ill health, not a disconnection, after exactly one refresh", async () => {
  const { id } = await newAccount();
  bench.x.fault({ ...ME_CALL, kind: "answer", preset: "unauthorized", times: 2 });
  const { healthy, error, errorCode } = await health(id);
  assert.equal(healthy, false);
  assert.equal(typeof error, "string");
  assert.equal(typeof errorCode, "string");
  assert.deepEqual([calls(ME_CALL), calls(TOKEN_CALL)], [2, 1]);
  assert.equal((await readAccount(bench, { id })).status, "active");
  assert.equal((await health(id)).healthy, true);
});

for (const [what, fault, code] of [
  // Twice: workerd itself repeats a GET once when a connection that it reused is cut.
  ["cannot be reached", { kind: "close", times: 2 }, "x_unavailable"],
  ["is unavailable", { kind: "answer", preset: "unavailable" }, "x_unavailable"],
  ["answers a page", { kind: "answer", status: 200, body: "<html>" }, "x_invalid_response"],
  ["limits the rate", { kind: "answer", preset: "rate-limit" }, "rate_limited"],
]) {
  test(`while X ${what} the account is unhealthy with that reason and stays connected`, async () => {
    const { id } = await newAccount();
    bench.x.fault({ ...ME_CALL, ...fault });
    const { healthy, errorCode, details } = await health(id);
    bench.x.clearFaults();
    assert.deepEqual([healthy, errorCode, details.scopes.length], [false, code, 5]);
    assert.equal((await readAccount(bench, { id })).status, "active");
    // A window that X says is spent is not tried again before it ends.
    assert.equal((await health(id)).healthy, code !== "rate_limited");
  });
}

test("a grant that the person has ended at X asks for a reconnection and X is left alone", async () => {
  const { id, username } = await newAccount();
  bench.x.revokeGrants({ username });
  const { healthy, error, errorCode } = await health(id);
  assert.deepEqual([healthy, errorCode], [false, "invalid_grant"]);
  assert.match(error, /connected again/);
  bench.x.clearRequests();
  assert.equal((await health(id)).healthy, false);
  assert.deepEqual(bench.x.requests(), []);
});
