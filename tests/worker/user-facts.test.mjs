/** docs/API.md, section 4: handle, name, picture and limit are what X said last, in every account of the X user. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, newUser, ownApp, publishPost, startBench, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

const at = ({ id }, rest = "") => `/v1/social-accounts/${id}${rest}`;
const rowOf = async (account) => (await bench.api.get(at(account))).body.data;
const read = async (account, rest) => assert.equal((await bench.api.get(at(account, rest))).status, 200);

async function runImport(account) {
  const { body } = await bench.api.post(at(account, "/imports"), {});
  const import_ = async () => (await bench.api.get(at(account, `/imports/${body.data.id}`))).body.data;
  await eventually(import_, ({ status }) => status === "completed");
}

/** A post whose access token X refuses is published with a new one. */
async function publishRefreshed(account) {
  for (const { text, kind } of bench.x.tokens({ username: account.username })) {
    if (kind === "access") bench.x.expireToken({ token: text });
  }
  await publishPost(bench, account, { content: `after a refresh of ${account.username}` });
}

/** Rows of one X user: of no tenant, of a tenant, and of another X app. */
async function rows(tenant) {
  const { username } = newUser(bench);
  const all = [await connect(bench, { username }), await connect(bench, { username, tenant_id: `${tenant}-1` })];
  await ownApp(bench, `${tenant}-2`);
  return [...all, await connect(bench, { username, tenant_id: `${tenant}-2` })];
}

/** The rows say what X says, as soon as they can know. */
async function assertFacts(all, facts) {
  const factsOf = async (account) => {
    const { username, nickname, profile_picture_url, max_post_length } = await rowOf(account);
    return [username, nickname, profile_picture_url, max_post_length];
  };
  for (const account of all) {
    assert.deepEqual(await eventually(() => factsOf(account), ([username]) => username === facts[0]), facts);
  }
}

for (const [way, ask] of [
  ["health", (account) => read(account, "/health")],
  ["metrics", (account) => read(account, "/metrics")],
  ["an import's author", runImport],
  ["a new connection", ({ username }) => connect(bench, { username })],
  ["a refresh", publishRefreshed],
]) {
  test(`what X says of a user by ${way} is in every row of that X user`, async () => {
    const all = await rows(way.replaceAll(/\W/g, ""));
    const [first] = all;
    bench.x.post({ username: first.username, text: `own by ${way}` });
    for (const [n, subscription_type, limit] of [[1, "Premium", 25_000], [2, "None", 280]]) {
      const now = await rowOf(first);
      const username = `${first.username.slice(0, 10)}_${n}`;
      bench.x.setUser({ username: now.username, name: `Named ${n}`, subscription_type });
      bench.x.renameUser({ username: now.username, to: username });
      await ask({ ...first, username });
      await assertFacts(all, [username, `Named ${n}`, `${bench.x.site}/${username}/avatar.svg`, limit]);
    }
  });
}

test("a text of more than 280 is taken once X says Premium, and refused once X says that it is over", async () => {
  const account = await connect(bench, { username: newUser(bench).username });
  const create = (content) => bench.api.post("/v1/posts", { content, accounts: [account.id] }, { prefer: "wait=10" });
  assertRefused(await create("a".repeat(281)), 400, "text_too_long");
  bench.x.setUser({ username: account.username, subscription_type: "PremiumPlus" });
  await read(account, "/health");
  assert.equal((await create("b".repeat(281))).body.post.socialAccounts[0].state, "published");
  bench.x.setUser({ username: account.username, subscription_type: "None" });
  await read(account, "/health");
  assertRefused(await create("c".repeat(281)), 400, "text_too_long");
});

/** Two accounts of one tenant under one stored handle: the first X user was renamed, the second one took the handle. */
async function handleTakenOver(tenant_id) {
  const { username } = newUser(bench);
  const first = await connect(bench, { username, tenant_id });
  bench.x.renameUser({ username, to: `${username.slice(0, 10)}_old` });
  bench.x.addUser({ username });
  const second = await connect(bench, { username, tenant_id });
  assert.notEqual(first.id, second.id);
  return { username, first, second };
}

test("two X users under one stored handle are ambiguous, and nobody posts", async () => {
  const { username, first, second } = await handleTakenOver("taken");
  for (const name of [username, `@${username.toUpperCase()}`]) {
    for (const dryRun of [false, true]) {
      const refused = await bench.api.post("/v1/posts", { content: "who?", accounts: [name], tenant_id: "taken", dryRun });
      const { message } = assertRefused(refused, 400, "ambiguous_account", "accounts");
      for (const { id } of [first, second]) assert.ok(message.includes(id), message);
    }
  }
  await publishPost(bench, second, { content: "by id" });
  await read(first, "/health");
  const { body } = await bench.api.post("/v1/posts", { content: "now known", accounts: [username] }, { prefer: "wait=10" });
  assert.deepEqual(body.post.socialAccounts.map(({ id }) => id), [second.id]);
  assert.deepEqual(textsAt(bench, { username }), ["by id", "now known"]);
});

test("a repost and a reply by such a handle are ambiguous too", async () => {
  const { username, first, second } = await handleTakenOver("answering");
  const fields = { content: "of both", accounts: [first.id, second.id] };
  const { body } = await bench.api.post("/v1/posts", fields, { prefer: "wait=10" });
  const path = (rest) => `/v1/posts/${body.post.id}/${rest}`;
  assertRefused(await bench.api.post(path("repost"), { account: username }), 400, "ambiguous_account", "account");
  const reply = { content: "whose?", account_username: username };
  assertRefused(await bench.api.post(path("replies"), reply), 400, "ambiguous_account", "account_username");
  await read(first, "/health");
  const answered = await bench.api.post(path("replies"), reply);
  assert.equal(answered.body.post.socialAccounts[0].id, second.id);
});
