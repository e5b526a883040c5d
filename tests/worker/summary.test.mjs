/** docs/API.md, section 5, "Find, sort, survey": the summary counts what the lists list, for whoever asks. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, faultAtX, fromNow, newAccount, ownApp, postIn, publishPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";

const HOUR = 3_600_000;

let bench;
/** Two accounts of one tenant, and one of another. */
let one;
let two;
let other;

before(async () => {
  bench = await startBench();
  [one, two] = [await newAccount(bench, { tenant_id: "sum" }), await newAccount(bench, { tenant_id: "sum" })];
  other = await newAccount(bench, { tenant_id: "else" });
});
after(() => bench?.stop());

async function summary(query = "", caller = bench.api) {
  const { status, body, text } = await caller.get(`/v1/summary?${query}`);
  assert.equal(status, 200, text);
  return body.data;
}

const idsOf = (posts) => posts.map(({ id }) => id);
const planned = (account, hours, fields = {}) => createPost(bench, account, { content: `in ${hours} hours, ${Math.random()}`, scheduledAt: fromNow(hours * HOUR), ...fields });

test("each number is the count of the list, and goes up and down with the posts", async () => {
  const posts = [];
  for (const hours of [9, 3, 5, 1, 7, 2]) posts.push(await planned(one, hours));
  const draft = await planned(one, 4, { isDraft: true });
  await createPost(bench, one, { content: "a draft without a time", accounts: [one.id, two.id], isDraft: true });
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const failed = await publishPost(bench, two, { content: "refused" });
  await publishPost(bench, one, { content: "published" });
  const seen = await summary("tenant_id=sum");
  const { next, attention, accounts, ...counts } = seen;
  assert.deepEqual(counts, { scheduled: 6, drafts: 2, held: 0, unknown: 0, failed: 1, awaiting_approval: 0 });
  assert.deepEqual(accounts, { active: 2, reconnect_required: 0 });
  const soonest = [3, 5, 1, 2, 4].map((at) => posts[at].id);
  assert.deepEqual(idsOf(next), soonest);
  assert.deepEqual(idsOf(attention), [failed.id]);
  assert.deepEqual(next[0], (await bench.api.get(`/v1/posts/${posts[3].id}`)).body.post);

  await bench.api.patch(`/v1/posts/${draft.id}`, { isDraft: false });
  await bench.api.patch(`/v1/posts/${posts[0].id}`, { isDraft: true });
  await bench.api.delete(`/v1/posts/${posts[3].id}`);
  await bench.api.delete(`/v1/posts/${posts[1].id}`);
  const later = await summary("tenant_id=sum");
  assert.deepEqual([later.scheduled, later.drafts], [4, 2]);
  assert.deepEqual(idsOf(later.next), [posts[5], draft, posts[2], posts[4]].map(({ id }) => id));
  await bench.api.delete(`/v1/posts/${failed.id}`);
  const last = await summary("tenant_id=sum");
  assert.deepEqual([last.failed, last.attention], [0, []]);
});

test("a list of one stage has the posts that the summary counts, in each order and with the other filters", async () => {
  const account = await newAccount(bench, { tenant_id: "stages" });
  const [later, sooner] = [await planned(account, 9), await planned(account, 3)];
  const draft = await planned(account, 4, { isDraft: true });
  const asks = await planned(account, 5, { approval: true });
  const published = await publishPost(bench, account, { content: "published" });
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const failed = await publishPost(bench, account, { content: "refused" });
  const list = async (query) => (await bench.api.get(`/v1/posts?tenant_id=stages&${query}`)).body;
  for (const [stage, posts] of Object.entries({ scheduled: [sooner, later], draft: [draft], awaiting_approval: [asks], published: [published], failed: [failed] })) {
    const { count, posts: listed } = await list(`stage=${stage}`);
    assert.deepEqual([idsOf(listed), count], [idsOf(posts), posts.length], stage);
  }
  assert.deepEqual(idsOf((await list("stage=scheduled&sort=scheduledAt")).posts), idsOf([later, sooner]));
  const first = await list("stage=scheduled&sort=scheduledAt&order=asc&limit=1");
  assert.deepEqual([idsOf(first.posts), first.count], [[sooner.id], 2]);
  const next = await list(`stage=scheduled&sort=scheduledAt&order=asc&limit=1&after=${first.pagination.after}`);
  assert.deepEqual([idsOf(next.posts), next.pagination.after], [[later.id], null]);
  assert.deepEqual(idsOf((await list("stage=scheduled&q=in 9 hours")).posts), [later.id]);
  assert.deepEqual(idsOf((await list("stage=draft&q=in 9 hours")).posts), []);
  assert.deepEqual(idsOf((await list(`stage=scheduled&social_account_id=${other.id}`)).posts), []);
  const single = await newKey(bench, { account_id: account.id, scopes: ["read"] });
  assert.equal((await single.api.get("/v1/posts?stage=scheduled")).body.count, 2);
  assertRefused(await bench.api.get("/v1/posts?stage=held"), 400, "invalid_payload", "stage");
});

test("held posts are for attention, and the accounts that have to be connected again are counted", async () => {
  const { network } = await ownApp(bench, "hold");
  const account = await newAccount(bench, { tenant_id: "hold" });
  const later = await planned(account, 8);
  const { client_id, client_secret } = bench.x.addApp({ callbacks: [] });
  const forced = await bench.api.post("/v1/social-networks", { network: "x", client_key: client_id, client_secret, tenant_id: "hold", force: true });
  assert.deepEqual([forced.status, forced.body.data.id], [200, network.id], forced.text);
  const { id } = await createPost(bench, account, { content: "held" });
  await postIn(bench, id, "held");
  const { attention, next, accounts, held, scheduled, failed } = await summary("tenant_id=hold");
  assert.deepEqual([idsOf(attention), idsOf(next), held, scheduled, failed], [[id], [later.id], 1, 1, 0]);
  assert.deepEqual(accounts, { active: 0, reconnect_required: 1 });
});

test("posts that wait for an approval are counted apart from drafts and from what is scheduled", async () => {
  const account = await newAccount(bench, { tenant_id: "asks" });
  const [first, second] = [await planned(account, 6, { approval: true }), await planned(account, 7, { approval: true })];
  const counts = async () => {
    const { awaiting_approval, scheduled, drafts, next } = await summary("tenant_id=asks");
    return [awaiting_approval, scheduled, drafts, idsOf(next)];
  };
  const listed = async (order) => idsOf((await bench.api.get(`/v1/posts?tenant_id=asks&approval=pending&${order}`)).body.posts);
  assert.deepEqual(await counts(), [2, 0, 0, []]);
  assert.deepEqual(await listed("sort=scheduledAt&order=asc"), idsOf([first, second]));
  assert.deepEqual(await listed("sort=scheduledAt"), idsOf([second, first]));
  assert.deepEqual(await listed("q=in 7 hours"), [second.id]);
  assert.equal((await bench.api.post(`/v1/posts/${first.id}/approve`)).status, 200);
  assert.deepEqual(await counts(), [1, 1, 0, [first.id]]);
  assert.equal((await bench.api.post(`/v1/posts/${second.id}/reject`)).status, 200);
  assert.deepEqual(await counts(), [0, 1, 1, [first.id]]);
});

test("a tenant's and an account's key see their own posts alone", async () => {
  await planned(other, 6);
  await planned(one, 6, { accounts: [one.id, two.id] });
  const [tenant, single] = [await newKey(bench, { tenant_id: "sum", scopes: ["read"] }), await newKey(bench, { account_id: one.id, scopes: ["read"] })];
  const [all, ofTenant, ofOther] = [await summary(), await summary("tenant_id=sum"), await summary("tenant_id=else")];
  assert.deepEqual(await summary("", tenant.api), ofTenant);
  const elsewhere = ["hold", "asks", "stages"].map(async (tenant) => (await summary(`tenant_id=${tenant}`)).scheduled);
  assert.equal(all.scheduled, [ofTenant.scheduled, ofOther.scheduled, ...(await Promise.all(elsewhere))].reduce((sum, one) => sum + one));
  const own = await summary("", single.api);
  const list = async (query) => (await single.api.get(`/v1/posts?${query}`)).body;
  const drafts = (await list("limit=100")).posts.filter(({ isDraft }) => isDraft);
  assert.deepEqual([own.scheduled, own.drafts, own.failed], [(await list("status=pending")).count - drafts.length, drafts.length, 0]);
  assert.deepEqual(own.accounts, { active: 1, reconnect_required: 0 });
  for (const post of own.next) assert.deepEqual(idsOf(post.socialAccounts), [one.id]);
  const nothing = await summary("tenant_id=else", tenant.api);
  assert.deepEqual([nothing.scheduled, nothing.next, nothing.accounts], [0, [], { active: 0, reconnect_required: 0 }]);
});
