/** docs/API.md, section 4: one X user under several tenants. Each account has its own consent, and acts by that alone. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL, TOKEN_CALL } from "../support/calls.mjs";
import {
  connect,
  createPost,
  healthOf,
  newUser,
  postIn,
  publishPost,
  readAccount,
  startBench,
  textsAt,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { layOut } from "../support/stored.mjs";

const READING = ["tweet.read", "users.read", "offline.access"];
const WRITING = [...READING, "tweet.write"];
/** Within the quarter of an hour before its end, in which the Worker refreshes a token. */
const NEARLY_OVER_MS = 10 * 60_000;

let bench;
let tenants = 0;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** The same person under as many tenants as there are lists of scopes. */
async function shared(...consents) {
  const { username } = newUser(bench);
  const accounts = [];
  for (const scopes of consents) accounts.push(await join(username, scopes));
  return accounts;
}
const join = (username, scopes, tenant_id = `pairs-${++tenants}`) => connect(bench, { username, tenant_id, scopes });

const pass = ({ id }, method, path, body) =>
  bench.api.send(method, `/v1/social-accounts/${id}/x/2/${path}`, {
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
const tokensOf = ({ username }, at = bench) => at.x.tokens({ username });
const familyOf = (account, n, at = bench) => [...new Set(tokensOf(account, at).map(({ grant }) => grant))][n];

/** X no longer honours the n-th consent of the account's person. */
const lose = (account, n) => (familyOf(account, n).revoked = true);

test("a consent with fewer scopes under another tenant changes nothing for the first", async () => {
  const [first, second] = await shared(WRITING, ["tweet.read", "users.read"]);
  assert.deepEqual((await readAccount(bench, first)).scopes.toSorted(), WRITING.toSorted());
  assert.deepEqual((await readAccount(bench, second)).scopes, ["tweet.read", "users.read"]);
  // Without offline.access the second one's tokens end; the first one's go on.
  for (const token of tokensOf(first)) if (token.grant === familyOf(first, 1)) bench.x.expireToken({ token: token.text });
  assert.equal((await healthOf(bench, second)).healthy, false);
  await publishPost(bench, first, { content: "the first goes on" });
  assert.deepEqual(textsAt(bench, first), ["the first goes on"]);
  assert.equal((await eventually(() => readAccount(bench, second), ({ status }) => status !== "active")).status_reason, "no_refresh_token");
  assert.equal((await readAccount(bench, first)).status, "active");
});

test("a post without the scope for it is held, and leaves when the person grants it", async () => {
  const [writer, reader] = await shared(WRITING, READING);
  bench.x.clearRequests();
  const post = await createPost(bench, reader, { content: "not allowed yet" });
  const { socialAccounts } = await postIn(bench, post.id, "held");
  assert.deepEqual([socialAccounts[0].error_code, socialAccounts[0].next_attempt_at], ["missing_scope", null]);
  assert.match(socialAccounts[0].error, /tweet\.write/);
  await publishPost(bench, writer, { content: "not held by the other's lack" });
  assert.deepEqual(bench.x.requests({ ...CREATE_CALL }).length, 1);
  const again = await join(reader.username, WRITING, reader.tenant_id);
  assert.equal(again.id, reader.id);
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, writer), ["not held by the other's lack", "not allowed yet"]);
});

test("X's own word that a scope is missing holds a post too", async () => {
  const [account] = await shared(WRITING);
  const body = { title: "Forbidden", detail: "insufficient_scope", type: "about:blank", status: 403 };
  bench.x.fault({ ...CREATE_CALL, kind: "answer", status: 403, headers: { "content-type": "application/json" }, body });
  const post = await createPost(bench, account, { content: "X says no" });
  const { socialAccounts } = await postIn(bench, post.id, "held");
  assert.equal(socialAccounts[0].error_code, "missing_scope");
  await join(account.username, WRITING, account.tenant_id);
  await postIn(bench, post.id, "published");
});

for (const [what, own, others, isActive] of [
  ["includes its own scopes", READING, WRITING, true],
  ["has the same scopes", WRITING, WRITING, true],
  ["lacks one of its scopes", WRITING, READING, false],
]) {
  test(`an account whose pair X has lost ${isActive ? "goes on with" : "does not use"} another row's that ${what}`, async () => {
    const [lost, other] = await shared(own, others);
    lose(lost, 0);
    assert.equal((await healthOf(bench, lost)).healthy, isActive);
    const { status, scopes } = await eventually(() => readAccount(bench, lost), ({ status }) => (status === "active") === isActive);
    assert.equal(status, isActive ? "active" : "reconnect_required");
    assert.deepEqual(scopes.toSorted(), own.toSorted());
    assert.equal((await healthOf(bench, other)).healthy, true);
  });
}

test("with another row's pair the account's own consent is what counts, at both doors and in the line", async () => {
  const [reader, writer] = await shared(READING, WRITING);
  const door = await newKey(bench, { account_id: reader.id, scopes: ["read", "publish"] });
  lose(reader, 0);
  assert.equal((await healthOf(bench, reader)).healthy, true);
  assert.equal((await pass(reader, "GET", "users/me")).status, 200);
  assert.equal((await door.api.get("/2/users/me")).status, 200);
  bench.x.clearRequests();
  const refused = await pass(reader, "POST", "tweets", { text: "by another's grant" });
  assert.deepEqual([refused.status, refused.body.code], [422, "missing_scope"]);
  assert.equal((await door.api.post("/2/tweets", { text: "by another's grant" })).body.code, "missing_scope");
  for (const path of [`users/${reader.network_unique_id}/likes`, `users/${reader.network_unique_id}/unheard_of`]) {
    assert.equal((await pass(reader, "POST", path, { tweet_id: "1" })).body.code, "missing_scope", path);
  }
  assert.equal((await pass(reader, "GET", `users/${reader.network_unique_id}/bookmarks`)).body.code, "missing_scope");
  const post = await createPost(bench, reader, { content: "by another's grant" });
  await postIn(bench, post.id, "held");
  assert.deepEqual(bench.x.requests({ path: "/2/tweets" }), []);
  assert.equal((await pass(writer, "POST", "tweets", { text: "by its own" })).status, 201);
  assert.deepEqual(textsAt(bench, writer), ["by its own"]);
});

test("a field that another tenant's consent covers is not given through that consent", async () => {
  bench.x.setApp({ client_id: bench.x.app.client_id, requests_email: true });
  const [reader] = await shared(READING, [...READING, "users.email"]);
  const me = (query) => pass(reader, "GET", `users/me?${query}`);
  assert.equal((await me("user.fields=confirmed_email")).body.data.confirmed_email, undefined);
  lose(reader, 0);
  assert.equal((await healthOf(bench, reader)).healthy, true);
  for (const query of ["user.fields=confirmed_email", "user.fields=id,confirmed%5Femail", "user%2Efields=%63onfirmed_email"]) {
    const { status, body } = await me(query);
    assert.deepEqual([status, body.code], [422, "missing_scope"], query);
  }
  assert.equal((await me("user.fields=description")).status, 200);
});

test("an account that acts with another row's pair ends with that, and goes on when it is connected again", async () => {
  const [lost, other] = await shared(WRITING, WRITING);
  lose(lost, 0);
  assert.equal((await healthOf(bench, lost)).healthy, true);
  const removed = await bench.api.delete(`/v1/social-accounts/${other.id}`);
  assert.deepEqual([removed.status, removed.body.warnings], [200, []]);
  const { status_reason } = await eventually(() => readAccount(bench, lost), ({ status }) => status === "reconnect_required");
  assert.equal(status_reason, "refresh_token_refused");
  const post = await createPost(bench, lost, { content: "held till then" });
  await postIn(bench, post.id, "held");
  await join(lost.username, WRITING, lost.tenant_id);
  await postIn(bench, post.id, "published");
});

test("when the person takes the access away from every tenant at once, each account is told to connect again", async () => {
  const accounts = await shared(WRITING, WRITING, WRITING);
  for (const n of [0, 1, 2]) lose(accounts[0], n);
  for (const account of accounts) {
    const { healthy, errorCode } = await healthOf(bench, account);
    assert.deepEqual([healthy, errorCode], [false, "invalid_grant"]);
    const asked = await bench.api.get(`/v1/social-accounts/${account.id}/metrics`);
    assert.match(assertRefused(asked, 422, "invalid_grant").hint, /reconnect_account_id/);
    await eventually(() => readAccount(bench, account), ({ status }) => status === "reconnect_required");
  }
});

test("what one row's loss held goes on when another tenant's consent covers it", async () => {
  const [lost] = await shared(WRITING);
  lose(lost, 0);
  const post = await createPost(bench, lost, { content: "held by the loss" });
  await postIn(bench, post.id, "held");
  await join(lost.username, WRITING);
  await postIn(bench, post.id, "published");
  assert.equal((await eventually(() => readAccount(bench, lost), ({ status }) => status === "active")).status_reason, null);
});

test("an account is disconnected with its own pair alone", async () => {
  const [one, two] = await shared(WRITING, WRITING);
  bench.x.clearRequests();
  assert.deepEqual((await bench.api.delete(`/v1/social-accounts/${one.id}`)).body.warnings, []);
  assert.deepEqual([familyOf(one, 0), familyOf(one, 1)].map((family) => livesOn(one, family)), [false, true]);
  assert.equal((await healthOf(bench, two)).healthy, true);
});
const livesOn = (account, family) => tokensOf(account).some(({ grant, live }) => grant === family && live);

test("each pair has one refresh of its own, however many ask", async () => {
  const { username } = newUser(bench);
  bench.x.set({ access_token_ms: NEARLY_OVER_MS });
  const accounts = [await join(username, WRITING), await join(username, WRITING)];
  bench.x.set({ access_token_ms: 7_200_000 });
  bench.x.clearRequests();
  const answers = await Promise.all([...accounts, ...accounts, ...accounts].map((account) => healthOf(bench, account)));
  assert.ok(answers.every(({ healthy }) => healthy));
  assert.equal(bench.x.requests(TOKEN_CALL).length, 2);
  assert.equal(tokensOf(accounts[0]).filter(({ live, kind }) => live && kind === "refresh").length, 2);
});

test("handle, name, picture and limits are the X user's, in every row", async () => {
  const [one] = await shared(READING);
  bench.x.setUser({ username: one.username, name: "Named Anew", subscription_type: "Premium" });
  await join(one.username, READING);
  const { nickname, max_post_length } = await readAccount(bench, one);
  assert.deepEqual([nickname, max_post_length], ["Named Anew", 25_000]);
});

test("a refresh answer of other types beside its tokens is kept, and its pair goes on", async () => {
  const { username } = newUser(bench);
  bench.x.set({ access_token_ms: NEARLY_OVER_MS });
  const account = await join(username, WRITING);
  bench.x.set({ token_answer: "odd" });
  bench.x.clearRequests();
  for (const _ of [1, 2]) assert.equal((await healthOf(bench, account)).healthy, true);
  bench.x.set({ access_token_ms: 7_200_000, token_answer: "plain" });
  assert.equal((await healthOf(bench, account)).healthy, true);
  assert.deepEqual(bench.x.requests(TOKEN_CALL).map(({ status }) => status), [200, 200, 200]);
  const { status, scopes } = await readAccount(bench, account);
  assert.deepEqual([status, scopes.toSorted()], ["active", WRITING.toSorted()]);
  // And so is the answer to an exchange.
  bench.x.set({ token_answer: "odd" });
  const odd = await join(newUser(bench).username, WRITING);
  bench.x.set({ token_answer: "plain" });
  assert.equal((await healthOf(bench, odd)).healthy, true);
});

test("rows of version 1 share their pair until each is connected again, and then X has to revoke it", async (t) => {
  const { folder, facts, remove } = await layOut("schema-1");
  t.after(remove);
  const old = await startBench({ persist: folder, register: false });
  t.after(() => old.stop());
  old.x.setApp({ client_id: old.x.app.client_id, client_secret: facts.client_secret });
  for (const pair of facts.pairs) old.x.adopt(pair);
  const ofBefore = familyOf({ username: "ada" }, 0, old);
  const live = () => tokensOf({ username: "ada" }, old).filter(({ live }) => live);
  const get = async (path) => (await old.api.get(`/v1/social-accounts/${facts.account_id}${path}`)).body.data;
  // A consent under another tenant leaves the row of before alone, refreshes and all.
  const other = await connect(old, { username: "ada", tenant_id: "another", scopes: READING });
  old.x.expireToken({ token: facts.pairs[0].access_token });
  assert.equal((await get("/health")).healthy, true);
  const { status, scopes, revocation } = await get("");
  assert.deepEqual([status, scopes.includes("tweet.write"), revocation], ["active", true, null]);
  assert.equal(live().filter(({ grant }) => grant === ofBefore).length, 2);
  const again = await connect(old, { username: "ada", tenant_id: facts.tenant_id });
  assert.equal(again.id, facts.account_id);
  await eventually(async () => live(), (tokens) => tokens.length === 4 && tokens.every(({ grant }) => grant !== ofBefore));
  await eventually(() => get(""), ({ revocation }) => revocation?.status === "confirmed");
  for (const id of [again.id, other.id]) {
    assert.equal((await old.api.get(`/v1/social-accounts/${id}/health`)).body.data.healthy, true);
  }
});
