/** docs/API.md, section 7: what is told, once for each thing that happens, and to whom. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  connect,
  createPost,
  faultAtX,
  fromNow,
  newAccount,
  newUser,
  ownApp,
  postIn,
  postOf,
  publishPost,
  readPost,
  registerNetwork,
  startBench,
} from "../support/client.mjs";
import { everyEvent } from "../support/contract.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertTimesAndIds } from "../support/expect.mjs";
import { deliveriesOf, newWebhook, startReceiver } from "../support/receiver.mjs";

const REFUSED = { kind: "answer", preset: "not-permitted" };

let bench;
let receiver;
let tenants = 0;

before(async () => {
  receiver = await startReceiver();
  bench = await startBench({ vars: { PROBE_MS: "1000" } });
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

/** A tenant of its own with a webhook that hears everything; `accounts` of it are connected before that. */
async function newTenant(accounts = 0) {
  const tenant_id = `tenant_${++tenants}`;
  const connected = [];
  for (let made = 0; made < accounts; made += 1) connected.push(await newAccount(bench, { tenant_id }));
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events: everyEvent() });
  return { tenant_id, accounts: connected, hook };
}

/** The only things that were written down for a webhook, oldest first. */
const told = async ({ hook }) => (await deliveriesOf(bench, hook)).map(({ event }) => event).reverse();

test("connecting an account is told with the account and its session", async () => {
  const own = await newTenant();
  const account = await connect(bench, { username: newUser(bench).username, tenant_id: own.tenant_id });
  const [{ event, timestamp, data }] = await own.hook.events(1);
  assert.equal(event, "account.connected");
  assertTimesAndIds(data);
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
  assert.deepEqual(data.account, account);
  assert.deepEqual([data.accountId, data.orgId, data.tenant_id], [account.id, account.orgId, own.tenant_id]);
  assert.match(data.connect_id, /^cs_/);
  assert.deepEqual(await told(own), ["account.connected"]);
});

test("connecting it again is told again, with the same account", async () => {
  const own = await newTenant(1);
  const { username, id } = own.accounts[0];
  await connect(bench, { username, tenant_id: own.tenant_id });
  const [{ data }] = await own.hook.events(1);
  assert.equal(data.accountId, id);
  assert.deepEqual(await told(own), ["account.connected"]);
});

test("removing an account is told once", async () => {
  const own = await newTenant(1);
  const [account] = own.accounts;
  assert.equal((await bench.api.delete(`/v1/social-accounts/${account.id}`)).status, 200);
  const [{ event, data }] = await own.hook.events(1);
  assert.deepEqual([event, data.accountId, data.account.status], ["account.disconnected", account.id, "disconnected"]);
  assert.equal((await bench.api.delete(`/v1/social-accounts/${account.id}`)).status, 404);
  assert.deepEqual(await told(own), ["account.disconnected"]);
});

test("removing the app disconnects its accounts, and removing one of them afterwards is no news", async () => {
  const tenant_id = `tenant_${++tenants}`;
  const { app, network } = await ownApp(bench, tenant_id);
  const accounts = [await newAccount(bench, { tenant_id }), await newAccount(bench, { tenant_id })];
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events: everyEvent() });
  assert.equal((await bench.api.delete(`/v1/social-networks/${network.id}`)).status, 200);
  const events = await hook.events(2);
  assert.deepEqual(new Set(events.map(({ data }) => data.accountId)), new Set(accounts.map(({ id }) => id)));
  for (const { data } of events) assert.equal(data.account.status_reason, "network_deleted");
  assert.equal((await bench.api.delete(`/v1/social-accounts/${accounts[0].id}`)).status, 200);
  assert.deepEqual(await told({ hook }), ["account.disconnected", "account.disconnected"]);
});

test("a grant that X ends is told once, however many deliveries find it so", async () => {
  const own = await newTenant();
  const { access_token_ms } = bench.x.settings();
  bench.x.set({ access_token_ms: 1000 });
  const account = await newAccount(bench, { tenant_id: own.tenant_id });
  bench.x.set({ access_token_ms });
  bench.x.revokeGrants({ username: account.username });
  const posts = [];
  for (const content of ["one", "two"]) posts.push(await createPost(bench, account, { content }));
  for (const { id } of posts) await postIn(bench, id, "held");
  const events = await own.hook.events(2);
  const { data } = events.find(({ event }) => event === "account.token_expired");
  assert.equal(data.accountId, account.id);
  assert.deepEqual([data.account.status, data.account.status_reason], ["reconnect_required", "refresh_token_refused"]);
  assert.deepEqual(await told(own), ["account.connected", "account.token_expired"]);
});

test("another client id is told to each account that it ends", async () => {
  const tenant_id = `tenant_${++tenants}`;
  const [first, second] = [0, 1].map(() => bench.x.addApp({ callbacks: bench.x.app.callbacks }));
  await registerNetwork(bench, { app: first, tenant_id });
  const account = await newAccount(bench, { tenant_id });
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events: everyEvent() });
  await registerNetwork(bench, { app: second, tenant_id, force: true });
  const [{ event, data }] = await hook.events(1);
  assert.deepEqual([event, data.accountId, data.account.status_reason], ["account.token_expired", account.id, "client_changed"]);
  assert.deepEqual(await told({ hook }), ["account.token_expired"]);
});

test("a published post is told with what X calls it", async () => {
  const own = await newTenant(1);
  const [account] = own.accounts;
  const post = await publishPost(bench, account, { content: "hello" });
  const [{ event, data }] = await own.hook.events(1);
  assert.equal(event, "post.published");
  const [delivery] = post.socialAccounts;
  assert.deepEqual(data, {
    postId: post.id,
    orgId: post.orgId,
    tenant_id: own.tenant_id,
    publishedAt: post.publishedAt,
    socialAccounts: [
      {
        accountId: account.id,
        network: "x",
        username: account.username,
        platformPostId: delivery.platformPostId,
        platformPostUrl: delivery.platformPostUrl,
        status: "published",
        error: null,
        error_code: null,
      },
    ],
  });
  assert.deepEqual(await told(own), ["post.published"]);
});

test("a post that every account failed is an error with X's words, and its retry is told by itself", async () => {
  const own = await newTenant(1);
  const [account] = own.accounts;
  faultAtX(bench, REFUSED);
  const post = await publishPost(bench, account, { content: "refused once" });
  const [{ event, data }] = await own.hook.events(1);
  assert.equal(event, "post.error");
  assert.equal("publishedAt" in data, false);
  const [row] = data.socialAccounts;
  const { error, error_code } = post.socialAccounts[0];
  assert.deepEqual([row.status, row.error, row.error_code, row.platformPostId], ["failed", error, error_code, null]);
  postOf(await bench.api.post(`/v1/posts/${post.id}/retry`));
  await postIn(bench, post.id, "published");
  const [, again] = await own.hook.events(2);
  assert.deepEqual([again.event, again.data.postId], ["post.published", post.id]);
  assert.deepEqual(await told(own), ["post.error", "post.published"]);
});

test("a post that one account published and another failed is published, once, with both", async () => {
  const own = await newTenant(2);
  const [one, other] = own.accounts;
  const scheduled = await createPost(bench, one, { content: "both", accounts: [one.id, other.id], scheduledAt: fromNow(60_000) });
  // The line of each account is its own: whichever is first meets the refusal.
  faultAtX(bench, REFUSED);
  const changed = await bench.api.patch(`/v1/posts/${scheduled.id}`, { scheduledAt: null });
  assert.equal(changed.status, 200, changed.text);
  const [{ event, data }] = await own.hook.events(1);
  assert.equal(event, "post.published");
  assert.deepEqual(data.socialAccounts.map(({ status }) => status).sort(), ["failed", "published"]);
  assert.deepEqual(await told(own), ["post.published"]);
});

test("a post is told although one of its accounts has to be connected again, and that one is told when it is", async () => {
  const own = await newTenant(1);
  const { access_token_ms } = bench.x.settings();
  bench.x.set({ access_token_ms: 1000 });
  const stuck = await newAccount(bench, { tenant_id: own.tenant_id });
  bench.x.set({ access_token_ms });
  bench.x.revokeGrants({ username: stuck.username });
  const post = await createPost(bench, own.accounts[0], { content: "half", accounts: [own.accounts[0].id, stuck.id] });
  const posts = async (count) => {
    const events = await own.hook.events(count);
    return events.filter(({ event }) => event.startsWith("post."));
  };
  const [first] = await posts(3);
  assert.deepEqual(first.data.socialAccounts.map(({ status }) => status).sort(), ["pending", "published"]);
  await connect(bench, { username: stuck.username, tenant_id: own.tenant_id });
  await eventually(() => readPost(bench, post), ({ socialAccounts }) => socialAccounts.every(({ state }) => state === "published"));
  const [, second] = await posts(5);
  assert.deepEqual(second.data.socialAccounts.map(({ status }) => status), ["published", "published"]);
  const expected = ["account.connected", "account.token_expired", "post.published", "account.connected", "post.published"];
  assert.deepEqual((await told(own)).sort(), expected.sort());
});

test("media that could not be had are told beside the post's own end", async () => {
  const own = await newTenant(1);
  const missing = receiver.address();
  missing.otherwise = 404;
  const containers = [{ content: "with a picture", media: [{ url: missing.url }] }];
  const { id } = await createPost(bench, own.accounts[0], { containers });
  await postIn(bench, id, "failed");
  const events = await own.hook.events(2);
  const failed = events.find(({ event }) => event === "media.failed");
  assert.equal(failed.data.postId, id);
  assert.deepEqual(failed.data.socialAccounts.map(({ error_code }) => error_code), ["media_url_refused"]);
  assert.deepEqual((await told(own)).sort(), ["media.failed", "post.error"]);
});

test("what is called off is not told", async () => {
  const own = await newTenant(1);
  const [account] = own.accounts;
  const { id } = await createPost(bench, account, { content: "never", scheduledAt: fromNow(60_000) });
  assert.equal((await bench.api.delete(`/v1/posts/${id}`)).status, 200);
  await postIn(bench, id, "cancelled");
  assert.deepEqual(await told(own), []);
});

test("a pause of the app is told once, and its end once", async () => {
  const tenant_id = `tenant_${++tenants}`;
  const { app, network } = await ownApp(bench, tenant_id);
  const accounts = [await newAccount(bench, { tenant_id }), await newAccount(bench, { tenant_id })];
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events: ["network.paused", "network.resumed"] });
  bench.x.setApp({ client_id: app.client_id, credits: 0 });
  const posts = [];
  for (const account of accounts) posts.push(await createPost(bench, account, { content: "held" }));
  for (const { id } of posts) await postIn(bench, id, "held");
  const [paused] = await hook.events(1);
  const since = (await bench.api.get(`/v1/social-networks/${network.id}`)).body.data.paused?.since;
  assert.deepEqual(paused.data, {
    networkId: network.id,
    orgId: accounts[0].orgId,
    tenant_id,
    network: "x",
    reason: "credits_depleted",
    since,
  });
  bench.x.setApp({ client_id: app.client_id, credits: 50 });
  for (const { id } of posts) await postIn(bench, id, "published", 15_000);
  const [, resumed] = await hook.events(2);
  assert.deepEqual([resumed.event, resumed.data], ["network.resumed", paused.data]);
  assert.deepEqual(await told({ hook }), ["network.paused", "network.resumed"]);
});

test("a pause that a person or new credentials end is told, and ending none is not", async () => {
  const tenant_id = `tenant_${++tenants}`;
  const { app, network } = await ownApp(bench, tenant_id);
  const account = await newAccount(bench, { tenant_id });
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events: ["network.paused", "network.resumed"] });
  assert.equal((await bench.api.post(`/v1/social-networks/${network.id}/resume`)).status, 200);
  assert.deepEqual(await told({ hook }), []);
  bench.x.setApp({ client_id: app.client_id, enrolled: false });
  const { id } = await createPost(bench, account, { content: "held" });
  await postIn(bench, id, "held");
  bench.x.setApp({ client_id: app.client_id, enrolled: true });
  await registerNetwork(bench, { app, tenant_id });
  await postIn(bench, id, "published", 15_000);
  await hook.events(2);
  assert.deepEqual(await told({ hook }), ["network.paused", "network.resumed"]);
});

test("a tenant's webhook hears of its tenant alone, the operator's of everything that it asked for", async () => {
  const [mine, theirs] = [await newTenant(1), await newTenant(1)];
  const operator = await newWebhook(bench, receiver.address(), { events: ["post.published"] });
  const posts = [];
  for (const { accounts } of [mine, theirs]) posts.push(await publishPost(bench, accounts[0], { content: "whose?" }));
  await newAccount(bench);
  const events = await operator.events(2);
  assert.deepEqual(new Set(events.map(({ data }) => data.postId)), new Set(posts.map(({ id }) => id)));
  assert.deepEqual(await told({ hook: operator }), ["post.published", "post.published"]);
  for (const [own, post] of [[mine, posts[0]], [theirs, posts[1]]]) {
    const [{ data }] = await own.hook.events(1);
    assert.equal(data.postId, post.id);
    assert.deepEqual(await told(own), ["post.published"]);
  }
  assert.equal((await bench.api.delete(`/v1/webhooks/${operator.id}`)).status, 200);
});

test("several webhooks hear of the same thing under the same id", async () => {
  const own = await newTenant(1);
  const second = await newWebhook(bench, receiver.address(), { tenant_id: own.tenant_id, events: ["post.published"] });
  await publishPost(bench, own.accounts[0], { content: "twice" });
  const [one, other] = [await own.hook.events(1), await second.events(1)];
  assert.deepEqual(one, other);
});

test("a refusal of the call that publishes is no event", async () => {
  const own = await newTenant(1);
  const answer = await bench.api.post("/v1/posts", { content: "", accounts: [own.accounts[0].id] });
  assert.equal(answer.status, 400);
  assert.deepEqual(await told(own), []);
  assert.deepEqual(bench.x.requests({ ...CREATE_CALL, status: null }), []);
});
