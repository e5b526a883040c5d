import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { TOKEN_CALL } from "../support/calls.mjs";
import { connect, healthOf, readAccount, startBench } from "../support/client.mjs";
import { newPerson } from "../support/sign-in.mjs";
import { eventually } from "../support/eventually.mjs";

/** Within the quarter of an hour before its end, in which the Worker refreshes a token. */
const NEARLY_OVER_MS = 10 * 60_000;

let bench;
before(async () => {
  bench = await startBench();
  bench.x.set({ limits: { "GET /2/users/me": { user_15min: 10_000 } } });
});
after(() => bench?.stop());
beforeEach(() => bench.x.clearRequests());

/** An account whose access token is due for a refresh; those to come live as long as X's do. */
async function dueAccount(fields = {}) {
  const username = newPerson(bench);
  const { access_token_ms } = bench.x.settings();
  bench.x.set({ access_token_ms: NEARLY_OVER_MS });
  const account = await connect(bench, { username, ...fields });
  bench.x.set({ access_token_ms });
  bench.x.clearRequests();
  return account;
}

const refreshes = () =>
  bench.x.requests(TOKEN_CALL).filter(({ body }) => new URLSearchParams(body).get("grant_type") === "refresh_token");
const accessTokens = ({ username }) => bench.x.tokens({ username }).filter(({ kind }) => kind === "access");

test("two hundred calls with a token that is nearly over make one refresh", async () => {
  const account = await dueAccount();
  const answers = await Promise.all(Array.from({ length: 200 }, () => healthOf(bench, account)));
  assert.ok(answers.every(({ healthy }) => healthy));
  assert.equal(refreshes().length, 1);
  assert.equal(accessTokens(account).length, 2);
  const fresh = accessTokens(account).at(-1).text;
  const shown = bench.x.requests({ path: "/2/users/me" }).map(({ headers }) => headers.authorization);
  assert.deepEqual([...new Set(shown)], [`Bearer ${fresh}`]);
});

test("two hundred calls with a token that X refuses make one refresh", async () => {
  const account = await connect(bench, { username: newPerson(bench) });
  for (const { text } of accessTokens(account)) bench.x.expireToken({ token: text });
  const answers = await Promise.all(Array.from({ length: 200 }, () => healthOf(bench, account)));
  assert.ok(answers.every(({ healthy }) => healthy));
  assert.equal(refreshes().length, 1);
});

test("a token with time left is used as it is", async () => {
  const account = await connect(bench, { username: newPerson(bench) });
  assert.equal((await healthOf(bench, account)).healthy, true);
  assert.equal(refreshes().length, 0);
});

test("accounts refresh side by side, each once", async () => {
  const accounts = [];
  for (let i = 0; i < 5; i++) accounts.push(await dueAccount());
  const answers = await Promise.all([...accounts, ...accounts, ...accounts].map((account) => healthOf(bench, account)));
  assert.ok(answers.every(({ healthy }) => healthy));
  assert.equal(refreshes().length, 5);
});

test("the workspace learns of the new token's end", async () => {
  const account = await dueAccount();
  assert.equal((await healthOf(bench, account)).healthy, true);
  const { token_expires_at } = await eventually(
    () => readAccount(bench, account),
    (now) => now.token_expires_at !== account.token_expires_at,
  );
  const left = Date.parse(token_expires_at) - Date.now();
  assert.ok(left > 7_100_000 && left <= 7_200_000, `${left} ms`);
});

test("a post refreshes first, and goes out with the new token", async () => {
  const account = await dueAccount();
  const { body } = await bench.api.post(
    "/v1/posts",
    { content: "after the refresh", accounts: [account.id] },
    { prefer: "wait=10" },
  );
  assert.equal(body.post.socialAccounts[0].status, "published");
  assert.equal(refreshes().length, 1);
  const [{ headers }] = bench.x.requests({ method: "POST", path: "/2/tweets" });
  assert.equal(headers.authorization, `Bearer ${accessTokens(account).at(-1).text}`);
});

test("a refused refresh token ends the grant, with the reason, and X is asked no more", async () => {
  const account = await dueAccount();
  bench.x.revokeGrants({ username: account.username });
  const ill = await healthOf(bench, account);
  assert.equal(ill.healthy, false);
  assert.equal(refreshes().length, 1);
  const ended = await eventually(() => readAccount(bench, account), ({ status }) => status !== "active");
  assert.deepEqual([ended.status, ended.status_reason], ["reconnect_required", "refresh_token_refused"]);
  assert.equal(ended.isActive, 0);
  bench.x.clearRequests();
  for (const { healthy } of await Promise.all([1, 2, 3].map(() => healthOf(bench, account)))) assert.equal(healthy, false);
  assert.deepEqual(bench.x.requests(), []);
});

test("a grant that ended goes on with a new consent, under the same id", async () => {
  const account = await dueAccount({ tenant_id: "again" });
  bench.x.revokeGrants({ username: account.username });
  await healthOf(bench, account);
  await eventually(() => readAccount(bench, account), ({ status }) => status === "reconnect_required");
  const again = await connect(bench, { username: account.username, tenant_id: "again" });
  assert.deepEqual([again.id, again.status, again.status_reason], [account.id, "active", null]);
  assert.equal((await healthOf(bench, account)).healthy, true);
});

for (const [what, fault] of [
  ["X is down", { kind: "answer", preset: "unavailable" }],
  ["X answers an HTML error page", { kind: "answer", preset: "html" }],
  ["X refuses the client secret", { kind: "answer", preset: "oauth-unauthorized-client" }],
  ["X limits the app", { kind: "answer", preset: "rate-limit" }],
  ["X hangs up", { kind: "close" }],
]) {
  test(`when ${what} at a refresh, the old token serves on and nothing ends`, async () => {
    const account = await dueAccount();
    bench.x.fault({ ...TOKEN_CALL, ...fault });
    const answers = await Promise.all(Array.from({ length: 20 }, () => healthOf(bench, account)));
    assert.ok(answers.every(({ healthy }) => healthy));
    assert.equal(refreshes().length, 1, "no storm");
    assert.equal((await readAccount(bench, account)).status, "active");
  });
}

test("a refresh whose answer is lost leaves the old token in use and is not repeated while it lives", async () => {
  const account = await dueAccount();
  bench.x.fault({ ...TOKEN_CALL, kind: "effect-then-close" });
  for (let round = 0; round < 3; round++) assert.equal((await healthOf(bench, account)).healthy, true);
  assert.equal(refreshes().length, 1);
  assert.equal((await readAccount(bench, account)).status, "active");
});

test("a dead token that cannot be refreshed for now is ill health and not a disconnection", async () => {
  const account = await connect(bench, { username: newPerson(bench) });
  for (const { text } of accessTokens(account)) bench.x.expireToken({ token: text });
  bench.x.fault({ ...TOKEN_CALL, kind: "answer", preset: "unavailable" });
  const ill = await healthOf(bench, account);
  assert.equal(ill.healthy, false);
  assert.ok(ill.error && ill.errorCode);
  assert.equal((await healthOf(bench, account)).healthy, false);
  assert.equal(refreshes().length, 1, "the next try waits");
  assert.equal((await readAccount(bench, account)).status, "active");
});

test("a rotated client secret is the one that the next refresh uses", async () => {
  const secrets = ["the-first-secret-", "the-second-secret-"].map((text) => text.padEnd(50, "0"));
  const app = bench.x.addApp({ callbacks: bench.x.app.callbacks, client_secret: secrets[0] });
  const own = { network: "x", client_key: app.client_id, tenant_id: "rotated" };
  const register = (client_secret) => bench.api.post("/v1/social-networks", { ...own, client_secret });
  await register(secrets[0]);
  const account = await dueAccount({ tenant_id: "rotated" });
  bench.x.setApp({ client_id: app.client_id, client_secret: secrets[1] });
  assert.equal((await register(secrets[1])).status, 200);
  bench.x.clearRequests();
  assert.equal((await healthOf(bench, account)).healthy, true);
  const [{ headers, status }] = refreshes();
  assert.equal(status, 200);
  assert.equal(headers.authorization, `Basic ${Buffer.from(`${app.client_id}:${secrets[1]}`).toString("base64")}`);
});

test("without offline access there is no refresh, and the token serves until X refuses it", async () => {
  const scopes = ["tweet.read", "tweet.write", "users.read"];
  const account = await dueAccount({ scopes });
  assert.equal((await healthOf(bench, account)).healthy, true);
  for (const { text } of accessTokens(account)) bench.x.expireToken({ token: text });
  assert.equal((await healthOf(bench, account)).healthy, false);
  assert.equal(bench.x.requests(TOKEN_CALL).length, 0);
  const ended = await eventually(() => readAccount(bench, account), ({ status }) => status !== "active");
  assert.deepEqual([ended.status, ended.status_reason], ["reconnect_required", "no_refresh_token"]);
});
