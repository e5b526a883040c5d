/** docs/API.md, section 2: the operator's X apps. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { REVOKE_CALL, TOKEN_CALL } from "../support/calls.mjs";
import {
  callbackOf,
  callUnderWay,
  connect,
  createSession,
  newUser,
  newVerifier,
  postIn,
  readAccount,
  registerNetwork,
  startBench,
  startSession,
} from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const PUBLISHING_SCOPES = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"];

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** An X app, and the network of one tenant that stands for it. */
async function tenantNetwork(tenant_id) {
  const app = newApp();
  const network = await registerNetwork(bench, { app, tenant_id });
  return { app, network };
}

const newApp = () => bench.x.addApp({ callbacks: bench.x.app.callbacks });
const put = ({ client_id, client_secret }, fields) =>
  bench.api.post("/v1/social-networks", { network: "x", client_key: client_id, client_secret, ...fields });
const get = async (id) => (await bench.api.get(`/v1/social-networks/${id}`)).body.data;

/** The client id under which a session of this tenant sends people to X. */
async function clientFor(tenant_id) {
  const { challenge } = newVerifier();
  const { token } = await createSession(bench, { tenant_id });
  const { headers } = await startSession(bench, { token, challenge });
  return new URL(headers.get("location")).searchParams.get("client_id");
}

test("a network is created with everything that its row promises and without its secret", async () => {
  const app = newApp();
  const answer = await put(app, { tenant_id: "created" });
  assert.equal(answer.status, 201);
  const { id, createdAt, updatedAt, verified_at, required_scopes, ...rest } = answer.body.data;
  assert.match(id, /^net_/);
  assert.equal(createdAt, updatedAt);
  assert.ok(Date.parse(verified_at) >= Date.parse(createdAt) - 1000);
  assert.deepEqual(new Set(required_scopes), new Set(PUBLISHING_SCOPES));
  assert.deepEqual(rest, {
    network: "x",
    client_key: app.client_id,
    tenant_id: "created",
    callback_url: callbackOf(bench.worker),
    client_type: "confidential",
    paused: null,
  });
  assert.deepEqual(answer.body.warnings, []);
});

test("no answer has the secret", async () => {
  const { app, network } = await tenantNetwork("hidden");
  const answers = [
    await put(app, { tenant_id: "hidden" }),
    await bench.api.patch(`/v1/social-networks/${network.id}`, { client_secret: app.client_secret }),
    await bench.api.get("/v1/social-networks"),
    await bench.api.get(`/v1/social-networks/${network.id}`),
    await bench.api.post(`/v1/social-networks/${network.id}/verify`),
    await bench.api.delete(`/v1/social-networks/${network.id}`),
  ];
  for (const { status, text } of answers) {
    assert.equal(status, 200, text);
    assert.ok(!text.includes(app.client_secret) && !text.includes("client_secret\":\""), text);
  }
});

test("posting a network again rotates its secret in place", async () => {
  const { app, network } = await tenantNetwork("rotated");
  bench.x.setApp({ client_id: app.client_id, client_secret: "rotated-secret-of-the-same-app" });
  const { status, body } = await put(app, { tenant_id: "rotated", client_secret: "rotated-secret-of-the-same-app" });
  assert.deepEqual([status, body.data.id, body.data.createdAt], [200, network.id, network.createdAt]);
  assert.ok(Date.parse(body.data.updatedAt) >= Date.parse(network.updatedAt));
  const { data } = (await bench.api.post(`/v1/social-networks/${network.id}/verify`)).body;
  assert.equal(data.ok, true, JSON.stringify(data));
  const { body: list } = await bench.api.get("/v1/social-networks?tenant_id=rotated");
  assert.deepEqual([list.count, list.data.length], [1, 1]);
});

test("two calls at once make one network, and the one that was late is told so", async () => {
  bench.x.fault({ ...TOKEN_CALL, kind: "delay", ms: 300, times: 2 });
  const app = newApp();
  const answers = await Promise.all([1, 2].map(() => put(app, { tenant_id: "at-once" })));
  const [made, late] = answers.sort((a, b) => a.status - b.status);
  assert.equal(made.status, 201);
  assertRefused(late, 409, "in_flight");
  const { data } = (await bench.api.get("/v1/social-networks?tenant_id=at-once")).body;
  assert.deepEqual(data.map(({ id }) => id), [made.body.data.id]);
});

test("a secret rotated in place serves the accounts that are there", async () => {
  const { app } = await tenantNetwork("kept");
  const account = await connect(bench, { tenant_id: "kept", username: newUser(bench).username });
  bench.x.setApp({ client_id: app.client_id, client_secret: "second-secret-of-the-same-app" });
  assert.equal((await put(app, { tenant_id: "kept", client_secret: "second-secret-of-the-same-app" })).status, 200);
  const row = await readAccount(bench, account);
  assert.deepEqual([row.status, row.isActive], ["active", 1]);
});

test("another client id is refused while accounts belong to the old one", async () => {
  const { network } = await tenantNetwork("changed");
  await connect(bench, { tenant_id: "changed", username: newUser(bench).username });
  const other = newApp();
  assertRefused(await put(other, { tenant_id: "changed" }), 409, "client_changed");
  const { client_id: client_key, client_secret } = other;
  const patched = await bench.api.patch(`/v1/social-networks/${network.id}`, { client_key, client_secret });
  assertRefused(patched, 409, "client_changed");
  assert.equal((await get(network.id)).client_key, network.client_key);
});

test("another client id is taken while no account is there", async () => {
  const { network } = await tenantNetwork("empty");
  const other = newApp();
  const { status, body } = await put(other, { tenant_id: "empty" });
  assert.deepEqual([status, body.data.id, body.data.client_key], [200, network.id, other.client_id]);
});

test("a client id that is forced leaves its accounts to be connected again, and no refresh is tried", async () => {
  const { network } = await tenantNetwork("forced");
  const { username } = newUser(bench);
  const account = await connect(bench, { tenant_id: "forced", username });
  const other = newApp();
  assert.equal((await put(other, { tenant_id: "forced", force: true })).status, 200);
  bench.x.clearRequests();
  const row = await readAccount(bench, account);
  assert.deepEqual([row.status, row.status_reason, row.isActive], ["reconnect_required", "client_changed", 0]);
  const { post } = (await bench.api.post("/v1/posts", { content: "not yet", accounts: [account.id] })).body;
  await postIn(bench, post.id, "held");
  // X is asked to revoke what is of no use any more, and nothing else.
  assert.deepEqual(bench.x.requests().filter(({ path }) => path !== REVOKE_CALL.path), []);

  const again = await connect(bench, { tenant_id: "forced", username });
  assert.deepEqual([again.id, again.status, again.customer_social_network_id], [account.id, "active", network.id]);
  await postIn(bench, post.id, "published");
});

test("only X is supported", async () => {
  const answer = await put(newApp(), { network: "instagram" });
  const { message } = assertRefused(answer, 400, "unsupported_network", "network");
  assert.match(message, /instagram/);
});

test("white space around pasted credentials is trimmed", async () => {
  const app = newApp();
  const spaced = { client_key: `  ${app.client_id}\n`, client_secret: `\t${app.client_secret} ` };
  const { status, body } = await put(app, { tenant_id: "spaced", ...spaced });
  assert.deepEqual([status, body.data.client_key], [201, app.client_id]);
  assert.notEqual(body.data.verified_at, null);
});

test("credentials that are nothing but white space are refused by name", async () => {
  assertRefused(await put(newApp(), { client_key: " " }), 400, "invalid_payload", "client_key");
  assertRefused(await put(newApp(), { client_secret: "\n" }), 400, "invalid_payload", "client_secret");
});

test("a network is found by its id, and by its name where no tenant has its own", async () => {
  assert.deepEqual(await get("x"), await get(bench.network.id));
  assert.deepEqual(await get("twitter"), await get(bench.network.id));
  assert.equal((await get("x")).tenant_id, null);
});

test("a tenant's own app is used for that tenant only, and the shared one for all others", async () => {
  const { app } = await tenantNetwork("own");
  assert.equal(await clientFor("own"), app.client_id);
  assert.equal(await clientFor("other"), bench.x.app.client_id);
  assert.equal(await clientFor(undefined), bench.x.app.client_id);
});

test("an account stays with the network that it was connected by", async () => {
  const { username } = newUser(bench);
  const account = await connect(bench, { tenant_id: "moved", username });
  assert.equal(account.customer_social_network_id, bench.network.id);
  await tenantNetwork("moved");
  assert.equal((await readAccount(bench, account)).customer_social_network_id, bench.network.id);
  const { post } = (await bench.api.post("/v1/posts", { content: "still there", accounts: [account.id] })).body;
  await postIn(bench, post.id, "published");
});

test("a patch changes what it names and nothing else", async () => {
  const { app, network } = await tenantNetwork("patched");
  bench.x.setApp({ client_id: app.client_id, client_secret: "patched-secret-of-the-same-app" });
  const path = `/v1/social-networks/${network.id}`;
  assertRefused(await bench.api.patch(path, { client_secret: "still-wrong" }), 422, "invalid_client_secret");
  const { status, body } = await bench.api.patch(path, { client_secret: "patched-secret-of-the-same-app" });
  assert.equal(status, 200);
  const { updatedAt, verified_at } = body.data;
  assert.deepEqual(body.data, { ...network, updatedAt, verified_at });
  const other = newApp();
  const changed = await bench.api.patch(path, { client_key: other.client_id, client_secret: other.client_secret });
  assert.deepEqual([changed.status, changed.body.data.client_key], [200, other.client_id]);
});

test("a deleted network is gone, and its accounts stay listed, inactive, with their tokens revoked", async () => {
  const { network } = await tenantNetwork("deleted");
  const { username } = newUser(bench);
  const account = await connect(bench, { tenant_id: "deleted", username });
  bench.x.clearRequests();
  const { status, body } = await bench.api.delete(`/v1/social-networks/${network.id}`);
  assert.equal(status, 200);
  assert.deepEqual(body, { success: true, message: "Social network deleted successfully", warnings: [] });
  assertRefused(await bench.api.get(`/v1/social-networks/${network.id}`), 404, "not_found");
  assertRefused(await bench.api.delete(`/v1/social-networks/${network.id}`), 404, "not_found");
  const [row] = (await bench.api.get("/v1/social-accounts?tenant_id=deleted")).body.data;
  const { id, status: state, status_reason, isActive } = row;
  assert.deepEqual([id, state, status_reason, isActive], [account.id, "disconnected", "network_deleted", 0]);
  await bench.x.received({ ...REVOKE_CALL, count: 2 });
  assert.ok(bench.x.tokens({ username }).every(({ live }) => !live));
  const refused = await bench.api.post("/v1/posts", { content: "too late", accounts: [account.id] });
  assertRefused(refused, 400, "unknown_account");
});

test("deleting a tenant's own app leaves the tenant the shared one", async () => {
  const { network } = await tenantNetwork("back");
  await bench.api.delete(`/v1/social-networks/${network.id}`);
  assert.equal(await clientFor("back"), bench.x.app.client_id);
});

test("nothing is current before X has proved it: a refused rotation leaves the network as it was", async () => {
  const { app, network } = await tenantNetwork("unmoved");
  assertRefused(await put(app, { tenant_id: "unmoved", client_secret: "wrong" }), 422, "invalid_client_secret");
  assert.deepEqual(await get(network.id), network);
  const { data } = (await bench.api.post(`/v1/social-networks/${network.id}/verify`)).body;
  assert.equal(data.ok, true);
});

test("credentials are stored unproved when that is asked for, and X is not called", async () => {
  const app = newApp();
  bench.x.clearRequests();
  const fields = { client_secret: "not yet known to X", tenant_id: "unproved", verify: false };
  const { status, body } = await put(app, fields);
  assert.deepEqual([status, body.data.verified_at], [201, null]);
  assert.deepEqual(bench.x.requests(TOKEN_CALL), []);
});

test("an app that is deleted while its credentials are tried at X stays deleted", async () => {
  const { network } = await tenantNetwork("deleted-meanwhile");
  bench.x.fault({ ...TOKEN_CALL, kind: "hold" });
  const changing = bench.api.patch(`/v1/social-networks/${network.id}`, { client_key: network.client_key });
  await callUnderWay(bench, TOKEN_CALL);
  assert.equal((await bench.api.delete(`/v1/social-networks/${network.id}`)).status, 200);
  bench.x.release();
  assertRefused(await changing, 409, "in_flight");
  assertRefused(await bench.api.get(`/v1/social-networks/${network.id}`), 404, "not_found");
});
