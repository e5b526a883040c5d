/**
 * docs/ARCHITECTURE.md, "A call for X": what the account's object keeps in memory between two calls, and what ends it. Each call
 * that comes first here fills the memory, the next one must not be answered from it.
 */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { CREATE_CALL, ME_CALL } from "../support/calls.mjs";
import { callbackOf, connect, newAccount, ownApp, publishPost, registerNetwork, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";
import { watchPlatformCalls } from "../support/platform-calls.mjs";
import { inObject } from "../support/stored.mjs";

const ME = "/2/users/me";
/** Tables that only an account's object has. */
const OF_ACCOUNT = /\b(pairs?|windows|journal|claims|discarded)\b/;
const WRITES = /^(INSERT|UPDATE|DELETE)/;

let bench;
before(async () => {
  bench = await startBench({ inspect: true });
  bench.x.set({ limits: { "GET /2/users/me": { user_15min: 10_000 } } });
});
beforeEach(() => bench.x.clearRequests());
after(() => bench?.stop());

const inner = ({ id }) => `/v1/social-accounts/${id}/x/2/users/me`;
const doorOf = ({ id }) => newKey(bench, { account_id: id, scopes: ["read", "publish"] });
const tokensOf = ({ username }) => bench.x.tokens({ username }).filter(({ kind }) => kind === "access");
const shownLast = () => bench.x.requests(ME_CALL).at(-1).headers.authorization.slice("Bearer ".length);

/** An account whose token is in the memory of its object, and a key of its own. */
async function warm(fields) {
  const account = await newAccount(bench, fields);
  const door = await doorOf(account);
  await assertPassed(door.api, ME);
  return { account, door };
}

async function assertPassed(api, path) {
  const answer = await api.get(path);
  assert.equal(answer.status, 200, answer.text);
}

async function assertRefused(api, path, status, code) {
  const before = bench.x.requests(ME_CALL).length;
  const answer = await api.get(path);
  assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text);
  assert.equal(bench.x.requests(ME_CALL).length, before, "X was not asked");
}

test("a call that reads executes no SQL, and one that posts writes the id that X gave", async () => {
  const { account, door } = await warm();
  const platform = await watchPlatformCalls(bench.worker);
  const taken = async () => (await platform.taken()).statements.map(({ query }) => query.replace(/\s+/g, " "));
  const post = (text) => door.api.post("/2/tweets", { text });
  assert.equal((await post("the first")).status, 201);
  await taken();
  for (const path of [ME, ME, ME]) await assertPassed(door.api, path);
  assert.deepEqual(await taken(), []);
  assert.equal((await post("the second")).status, 201);
  const writes = (await taken()).filter((statement) => WRITES.test(statement));
  assert.deepEqual(writes.map((statement) => /INTO (\w+)/.exec(statement)?.[1]).toSorted(), ["audit", "claims", "spending"]);
  for (let times = 0; times < 3; times++) await assertPassed(bench.api, inner(account));
  const read = await taken();
  assert.deepEqual(read.filter((statement) => OF_ACCOUNT.test(statement) || WRITES.test(statement)), [], "the workspace's alone");
  platform.close();
});

test("a token that X has refused is refreshed once, and the call after it shows the new one", async () => {
  const { account, door } = await warm();
  const [{ text: before }] = tokensOf(account);
  assert.equal(shownLast(), before);
  bench.x.expireToken({ token: before });
  assert.equal((await door.api.get(ME)).status, 401, "X's own");
  const answers = await Promise.all(Array.from({ length: 20 }, () => door.api.get(ME)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const [, { text: fresh }, ...more] = tokensOf(account);
  assert.deepEqual([shownLast(), more], [fresh, []]);
});

test("a token that comes to the end of its time is refreshed before it is shown", async () => {
  const { access_token_ms } = bench.x.settings();
  // A quarter of an hour before its end a token is refreshed: this one is due two seconds after it is in memory.
  bench.x.set({ access_token_ms: 15 * 60_000 + 2_000 });
  const { account, door } = await warm();
  bench.x.set({ access_token_ms });
  const [{ text: before }] = tokensOf(account);
  while (shownLast() === before) await assertPassed(door.api, ME);
  assert.deepEqual([tokensOf(account).length, shownLast()], [2, tokensOf(account)[1].text]);
});

test("a new consent is used from the next call on", async () => {
  const { account, door } = await warm();
  const before = shownLast();
  await connect(bench, { username: account.username });
  await assertPassed(door.api, ME);
  assert.notEqual(shownLast(), before);
  assert.ok(tokensOf(account).some(({ text, live }) => live && text === shownLast()));
});

test("a disconnected account calls no more, and one that is connected again does", async () => {
  const { account, door } = await warm();
  await assertPassed(bench.api, inner(account));
  assert.equal((await bench.api.delete(`/v1/social-accounts/${account.id}`)).status, 200);
  await assertRefused(door.api, ME, 401, "invalid_api_key");
  await assertRefused(bench.api, inner(account), 404, "not_found");
  const again = await connect(bench, { username: account.username });
  assert.equal(again.id, account.id);
  await assertPassed(bench.api, inner(account));
  await assertRefused(door.api, ME, 401, "invalid_api_key");
});

test("a consent that X has taken back ends with X's own word", async () => {
  const { account, door } = await warm();
  bench.x.revokeGrants({ username: account.username });
  assert.equal((await door.api.get(ME)).status, 401, "X's own");
  await assertRefused(door.api, ME, 422, "invalid_grant");
});

test("the token that stands in for a lost one goes with its own row", async () => {
  const { username } = await newAccount(bench, { tenant_id: "stands-in" });
  const lost = await connect(bench, { username, tenant_id: "lost" });
  const door = await doorOf(lost);
  await assertPassed(door.api, ME);
  bench.x.tokens({ username }).at(-1).grant.revoked = true;
  assert.equal((await door.api.get(ME)).status, 401, "X's own");
  await assertPassed(door.api, ME);
  const [own] = (await bench.api.get("/v1/social-accounts?tenant_id=stands-in")).body.data;
  assert.equal((await bench.api.delete(`/v1/social-accounts/${own.id}`)).status, 200);
  await assertRefused(door.api, ME, 422, "invalid_grant");
});

test("tokens of an app that has another client id, or is gone, call no more", async () => {
  for (const [what, end] of [["replaced", replaceApp], ["deleted", deleteApp]]) {
    const tenant_id = `app-${what}`;
    const { network } = await ownApp(bench, tenant_id);
    const { account, door } = await warm({ tenant_id });
    await assertPassed(bench.api, inner(account));
    await end(network);
    for (const [by, path] of [[door.api, ME], [bench.api, inner(account)]]) {
      // The account's object hears of the change a moment after the caller.
      await eventually(() => by.get(path), ({ status }) => status !== 200);
      const before = bench.x.requests(ME_CALL).length;
      const answer = await by.get(path);
      assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.text}`);
      assert.equal(bench.x.requests(ME_CALL).length, before, what);
    }
  }
});

const replaceApp = ({ tenant_id }) =>
  registerNetwork(bench, { app: bench.x.addApp({ callbacks: [callbackOf(bench.worker)] }), tenant_id, force: true });

async function deleteApp({ id }) {
  const answer = await bench.api.delete(`/v1/social-networks/${id}`);
  assert.equal(answer.status, 200, answer.text);
}

test("keys that are added and deleted are known and forgotten at once", async () => {
  const { account, door } = await warm();
  const other = await doorOf(account);
  await assertPassed(other.api, ME);
  assert.equal((await bench.api.delete(`/v1/api-keys/${other.id}`)).status, 200);
  await assertRefused(other.api, ME, 401, "invalid_api_key");
  await assertPassed(door.api, ME);
});

test("a rate window that this code cannot read is as unknown as one that X has not told", async (t) => {
  const own = await startBench();
  t.after(() => own.stop());
  const account = await newAccount(own);
  await publishPost(own, account, { content: "before" });
  await own.worker.kill();
  inObject(own.worker.stateDir, "Account", (db) => {
    const insert = db.prepare("INSERT INTO windows (endpoint, kind, reset_at, doc) VALUES (?, ?, ?, ?)");
    for (const ms of [900_000, -1000]) insert.run("POST /2/tweets", `of_newer_code_${ms}`, Date.now() + ms, '{"kind":"of_newer_code"}');
  });
  await own.worker.restart();
  const { socialAccounts } = await publishPost(own, account, { content: "beside windows of newer code" });
  assert.equal(socialAccounts[0].state, "published");
});

test("a frozen account calls no more, and goes on when it is thawed", async () => {
  const { door } = await warm();
  const status = (wanted) =>
    eventually(async () => (await bench.api.get("/v1/handover")).body.data.status, (status) => status === wanted);
  assert.equal((await bench.api.post("/v1/handover")).status, 202);
  await status("handed_over");
  await assertRefused(door.api, ME, 409, "in_flight");
  assert.equal((await bench.api.delete("/v1/handover")).status, 200);
  await status("running");
  await assertPassed(door.api, ME);
});

test("a spent window is known after a power cut, and less than a tenth of what was used is forgotten", async () => {
  const { account, door } = await warm();
  const read = async (endpoint) => {
    const { data } = (await bench.api.get(`/v1/social-accounts/${account.id}/limits`)).body;
    return data.find((row) => row.endpoint === endpoint && row.window === "15min");
  };
  bench.x.set({ limits: { "GET /2/users/me": { user_15min: 100 }, "POST /2/tweets": { user_15min: 2 } } });
  for (let times = 0; times < 25; times++) await assertPassed(door.api, ME);
  const left = Number((await door.api.get(ME)).headers.get("x-rate-limit-remaining"));
  for (const text of ["one", "two"]) assert.equal((await door.api.post("/2/tweets", { text })).status, 201);
  const [asked, spent] = [await read("GET /2/users/me"), await read("POST /2/tweets")];
  assert.equal(asked.remaining, left);
  await bench.worker.kill();
  await bench.worker.restart();
  const after = await read("GET /2/users/me");
  assert.equal(after.reset_at, asked.reset_at);
  assert.ok(after.remaining >= asked.remaining && after.remaining < asked.remaining + 10, JSON.stringify(after));
  assert.deepEqual(await read("POST /2/tweets"), spent);
  bench.x.clearRequests();
  assert.equal((await door.api.post("/2/tweets", { text: "three" })).status, 429);
  assert.deepEqual(bench.x.requests(CREATE_CALL), []);
  await assertPassed(door.api, ME);
  assert.equal((await read("GET /2/users/me")).remaining, asked.remaining - 1, "X's word sets it again");
});
