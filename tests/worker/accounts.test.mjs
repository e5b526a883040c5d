/** docs/API.md, section 4: who is connected. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL, REVOKE_CALL } from "../support/calls.mjs";
import { connect, newUser, postIn, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const PUBLISHING_SCOPES = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"];

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const list = async (query) => (await bench.api.get(`/v1/social-accounts?${query}`)).body;
const idsOf = ({ data }) => data.map(({ id }) => id);
const get = (id) => bench.api.get(`/v1/social-accounts/${id}`);
const remove = (id) => bench.api.delete(`/v1/social-accounts/${id}`);

async function newAccount(tenant_id, user = newUser(bench)) {
  return connect(bench, { tenant_id, username: user.username });
}

test("an account is listed with everything that its row promises", async () => {
  const user = newUser(bench, { name: "Row Person", subscription_type: "Premium" });
  const { id } = await newAccount("row", user);
  const { data, count } = await list("tenant_id=row");
  assert.equal(count, 1);
  const { createdAt, status_since, token_expires_at, profile_picture_url, scopes, ...row } = data[0];
  const times = [createdAt, status_since, token_expires_at];
  assert.deepEqual(times.toSorted(), times);
  assert.match(profile_picture_url, /avatar/);
  assert.deepEqual(new Set(scopes), new Set(PUBLISHING_SCOPES));
  assert.deepEqual(row, {
    id,
    orgId: "org_main",
    nickname: "Row Person",
    network: "x",
    username: user.username,
    network_unique_id: user.id,
    customer_social_network_id: bench.network.id,
    accountType: "personal",
    isActive: 1,
    tenantId: "row",
    tenant_id: "row",
    status: "active",
    status_reason: null,
    max_post_length: 25000,
    revocation: null,
  });
  assert.deepEqual((await get(id)).body.data, data[0]);
});

test("an account without a tenant says so, and one without Premium posts 280 characters", async () => {
  const { id } = await newAccount(undefined);
  const { tenantId, tenant_id, max_post_length } = (await get(id)).body.data;
  assert.deepEqual([tenantId, tenant_id, max_post_length], [null, null, 280]);
});

test("each filter admits what it names and nothing else", async () => {
  const user = newUser(bench, { username: "FilterMe_1" });
  const { id } = await newAccount("filters", user);
  await newAccount("filters-other");
  const admitting = [
    `id=${id}`,
    "tenantId=filters",
    "tenant_id=filters",
    "tenant_id=filters&network=x",
    `networkUniqueId=${user.id}`,
    "username=FilterMe_1",
    "username=filterme",
    "username=ERM",
    "username=@FilterMe_1",
    "tenant_id=filters&network=Twitter",
    "tenant_id=filters&status=active",
    `tenant_id=filters&customer_social_network_id=${bench.network.id}`,
  ];
  for (const query of admitting) assert.deepEqual(idsOf(await list(query)), [id], query);
  const refusing = [
    "id=acc_none",
    "tenant_id=filter",
    "tenant_id=filters&network=linkedin",
    "networkUniqueId=1",
    "username=nobody_has_this",
    "tenant_id=filters&status=reconnect_required",
    `id=${id}&tenant_id=filters-other`,
    `id=${id}&customer_social_network_id=net_other`,
  ];
  for (const query of refusing) {
    const { data, count } = await list(query);
    assert.deepEqual([data, count], [[], 0], query);
  }
});

test("a status that no account has is refused, and not an empty list", async () => {
  for (const status of ["nonsense", "ACTIVE", ""]) {
    assertRefused(await bench.api.get(`/v1/social-accounts?status=${status}`), 400, "invalid_payload", "status");
  }
});

test("a page counts all that match and shows its own rows", async () => {
  const all = [];
  for (const _ of [1, 2, 3]) all.push((await newAccount("pages")).id);
  const pages = [];
  for (const offset of [0, 1, 2]) {
    const page = await list(`tenant_id=pages&limit=1&offset=${offset}`);
    assert.deepEqual([page.count, page.limit, page.offset, page.data.length], [3, 1, offset, 1]);
    pages.push(...idsOf(page));
  }
  assert.deepEqual(new Set(pages), new Set(all));
  assert.deepEqual((await list("tenant_id=pages&offset=3")).data, []);
});

test("the same person under two tenants is two accounts", async () => {
  const user = newUser(bench);
  const [one, two] = [await newAccount("twice-one", user), await newAccount("twice-two", user)];
  assert.notEqual(one.id, two.id);
  assert.deepEqual(idsOf(await list("tenant_id=twice-one")), [one.id]);
  assert.deepEqual(idsOf(await list("tenant_id=twice-two")), [two.id]);
});

test("deleting an account revokes its tokens at X", async () => {
  const user = newUser(bench);
  const { id } = await newAccount("deleted", user);
  bench.x.clearRequests();
  const { status, body } = await remove(id);
  assert.equal(status, 200);
  assert.deepEqual([body.success, typeof body.message, body.warnings], [true, "string", []]);
  assert.equal(bench.x.requests({ ...REVOKE_CALL, status: 200 }).length, 2);
  assert.deepEqual(bench.x.tokens({ username: user.username }).map(({ live }) => live), [false, false]);
  assertRefused(await get(id), 404, "not_found");
  assertRefused(await remove(id), 404, "not_found");
  assert.equal((await list("tenant_id=deleted")).count, 0);
  assertRefused(await bench.api.post("/v1/posts", { content: "gone", accounts: [id] }), 400, "unknown_account");
});

test("an account is deleted while X is down too, with a warning", async () => {
  const { id } = await newAccount("deleted-down");
  bench.x.fault({ ...REVOKE_CALL, kind: "close", times: 2 });
  const { status, body } = await remove(id);
  assert.equal(status, 200);
  assert.match(body.warnings.join(), /X did not confirm/);
  assertRefused(await get(id), 404, "not_found");
});

test("deleting one tenant's account revokes its own tokens and leaves the other tenant's working", async () => {
  const user = newUser(bench);
  const [one, two] = [await newAccount("left-one", user), await newAccount("left-two", user)];
  bench.x.clearRequests();
  assert.deepEqual((await remove(one.id)).body.warnings, []);
  assert.equal(bench.x.requests({ ...REVOKE_CALL, status: 200 }).length, 2);
  const { data } = (await bench.api.get(`/v1/social-accounts/${two.id}/health`)).body;
  assert.equal(data.healthy, true);
  await remove(two.id);
  assert.equal(bench.x.requests({ ...REVOKE_CALL, status: 200 }).length, 4);
  assert.ok(bench.x.tokens({ username: user.username }).every(({ live }) => !live));
});

test("deleting an account cancels what waits to be published", async () => {
  const { id } = await newAccount("cancelled");
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  const { post } = (await bench.api.post("/v1/posts", { content: "never out", accounts: [id], scheduledAt })).body;
  await remove(id);
  const [delivery] = (await postIn(bench, post.id, "cancelled")).socialAccounts;
  assert.deepEqual([delivery.status, delivery.id, delivery.next_attempt_at], ["deleted", id, null]);
  assert.deepEqual(bench.x.posts({ text: "never out" }), []);
});

test("connecting the same person again keeps the id and the history, and takes what X says now", async () => {
  const user = newUser(bench);
  const first = await newAccount("again", user);
  const { post } = (await bench.api.post("/v1/posts", { content: "history", accounts: [first.id] })).body;
  await postIn(bench, post.id, "published");
  bench.x.setUser({ username: user.username, name: "Renamed Since" });
  const second = await newAccount("again", user);
  assert.deepEqual([second.id, second.createdAt, second.nickname], [first.id, first.createdAt, "Renamed Since"]);
  const { posts } = (await bench.api.get(`/v1/posts?social_account_id=${first.id}`)).body;
  assert.deepEqual(posts.map(({ id }) => id), [post.id]);
});

test("connecting again after a deletion brings the account back under its id", async () => {
  const user = newUser(bench);
  const { id } = await newAccount("revived", user);
  await remove(id);
  const account = await newAccount("revived", user);
  assert.deepEqual([account.id, account.status], [id, "active"]);
  const { data } = (await bench.api.get(`/v1/social-accounts/${id}/health`)).body;
  assert.equal(data.healthy, true);
});
