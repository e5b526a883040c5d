/** docs/API.md, section 1, "Queries": every list is read page by page, and rows that arrive or vanish move no page. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, registerNetwork, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { announce } from "../support/media.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";

const ROWS = 5;

let bench;
let receiver;
let account;
let hook;
/** By name: its path, how a row gets in, and how one goes, where rows do. */
let lists;

before(async () => {
  receiver = await startReceiver();
  bench = await startBench();
  account = await newAccount(bench, { tenant_id: "lists" });
  hook = await newWebhook(bench, receiver.address(), { events: ["test"] });
  lists = listsOf();
  for (const { add } of Object.values(lists)) for (let at = 0; at < ROWS; at += 1) await add();
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

function listsOf() {
  const { api } = bench;
  const gone = (path) => async ({ id }) => assert.equal((await api.delete(`${path}/${id}`)).status, 200);
  let tenants = 0;
  const draft = () => createPost(bench, account, { content: `draft ${(tenants += 1)}`, scheduledAt: fromNow(3_600_000), isDraft: true });
  return {
    networks: { path: "/v1/social-networks", add: () => registerNetwork(bench, { tenant_id: `app-${(tenants += 1)}` }), remove: gone("/v1/social-networks") },
    accounts: { path: "/v1/social-accounts", add: () => newAccount(bench, { tenant_id: "lists" }), remove: gone("/v1/social-accounts") },
    imports: { path: `/v1/social-accounts/${account.id}/imports`, add: () => api.post(`/v1/social-accounts/${account.id}/imports`) },
    posts: { path: "/v1/posts", add: draft, remove: gone("/v1/posts") },
    media: { path: "/v1/media", add: () => announce(bench), remove: gone("/v1/media") },
    webhooks: { path: "/v1/webhooks", add: () => newWebhook(bench, receiver.address(), { events: ["post.error"] }), remove: gone("/v1/webhooks") },
    deliveries: { path: `/v1/webhooks/${hook.id}/deliveries`, add: () => api.post(`/v1/webhooks/${hook.id}/test`) },
    keys: { path: "/v1/api-keys", add: () => newKey(bench, { tenant_id: "lists" }), remove: gone("/v1/api-keys") },
    audit: { path: "/v1/audit", add: () => newKey(bench, { tenant_id: "lists" }) },
  };
}

async function read(path, query = {}) {
  const answer = await bench.api.get(`${path}?${new URLSearchParams(query)}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

/** What tells one row from another. */
const nameOf = (row) => row.id ?? `${row.at} ${row.action} ${row.target_id} ${row.request_id}`;
const names = ({ data }) => data.map(nameOf);

/** The X app that all tenants use. */
const isShared = ({ client_key, tenant_id }) => client_key !== undefined && tenant_id === null;

/** Every page from a cursor on, two rows each. */
async function walk(path, query = {}) {
  const pages = [await read(path, { ...query, limit: 2 })];
  for (let { after } = pages[0].pagination; after; { after } = pages.at(-1).pagination) pages.push(await read(path, { ...query, limit: 2, after }));
  return pages;
}

test("count is the total on every page of every list, and the last page says that it is the last", async () => {
  for (const [name, { path }] of Object.entries(lists)) {
    const all = await read(path, { limit: 100 });
    assert.ok(all.data.length >= ROWS && all.count === all.data.length && all.pagination.after === null, name);
    const pages = await walk(path);
    assert.equal(pages.length, Math.ceil(all.count / 2), name);
    assert.deepEqual(pages.flatMap(names), names(all), name);
    for (const { count, pagination } of pages) assert.deepEqual([count, pagination.total, pagination.limit, pagination.offset], [all.count, all.count, 2, 0], name);
  }
});

test("rows that arrive or vanish, even the one at the cursor, leave the next page as it was", async () => {
  for (const [name, { path, add, remove }] of Object.entries(lists)) {
    const before = await read(path, { limit: 100 });
    const { data, pagination } = await read(path, { limit: 2 });
    await add();
    // What other lists are of stays.
    const removable = data.filter((row) => row.id !== account.id && row.id !== hook.id && !isShared(row));
    for (const row of remove ? removable : []) await remove(row);
    const expected = names(before).slice(2, 4);
    assert.deepEqual(names(await read(path, { limit: 2, after: pagination.after })), expected, name);
  }
});

test("a cursor goes on within its filters", async () => {
  const [status, tenant_id] = ["queued", "lists"];
  const scheduled = [];
  for (let at = 0; at < 3; at += 1) scheduled.unshift((await createPost(bench, account, { content: `planned ${at}`, scheduledAt: fromNow(7_200_000) })).id);
  const pages = await walk("/v1/posts", { status, tenant_id, scheduled_after: fromNow(5_400_000) });
  assert.deepEqual(pages.flatMap(names), scheduled);
  assert.deepEqual(pages.map(({ count }) => count), [3, 3]);
  const others = await read("/v1/posts", { tenant_id: "nobody" });
  assert.deepEqual([others.data, others.count, others.pagination.after], [[], 0, null]);
});

test("a cursor that is none, of another list, or beside an offset is refused by name", async () => {
  const cursors = {};
  for (const [name, { path }] of Object.entries(lists)) cursors[name] = (await read(path, { limit: 1 })).pagination.after;
  for (const [name, { path }] of Object.entries(lists)) {
    const others = Object.keys(lists).filter((other) => other !== name).map((other) => cursors[other]);
    const bad = [...others, "", "0", "null", cursors[name].slice(1), `${cursors[name]}A`, `${cursors[name]}=`];
    for (const after of bad) assertRefused(await bench.api.get(`${path}?${new URLSearchParams({ after })}`), 400, "invalid_payload", "after");
    for (const offset of ["0", "1"]) assertRefused(await bench.api.get(`${path}?after=${cursors[name]}&offset=${offset}`), 400, "invalid_payload", "after");
  }
});

test("a tenant's key counts and pages its own rows alone", async () => {
  const other = await newAccount(bench, { tenant_id: "elsewhere" });
  await createPost(bench, other, { content: "not theirs", isDraft: true });
  await newKey(bench, { tenant_id: "elsewhere" });
  const { api: theirs } = await newKey(bench, { tenant_id: "lists" });
  for (const name of ["accounts", "posts", "keys", "audit"]) {
    const { path } = lists[name];
    const [own, all] = [(await theirs.get(`${path}?limit=1`)).body, await read(path, { limit: 100 })];
    const { data } = (await theirs.get(`${path}?limit=100&after=${own.pagination.after}`)).body;
    const seen = [...own.data, ...data];
    assert.ok(seen.length > 1 && seen.length < all.count && seen.every(({ tenant_id }) => tenant_id === "lists"), name);
    assert.equal(own.count, seen.length, name);
  }
  for (const path of [lists.accounts.path, lists.posts.path, lists.audit.path, "/v1/media", "/v1/webhooks"]) {
    const { status, body } = await theirs.get(`${path}?tenant_id=elsewhere`);
    assert.deepEqual([status, body.count, body.data], [200, 0, []], `${path} of another tenant`);
  }
});

test("a tenant without a name is refused, and shows neither rows nor a count", async () => {
  for (const name of ["accounts", "posts", "media", "webhooks", "audit"]) {
    for (const query of [{ tenant_id: "" }, { tenantId: "", limit: 1 }]) {
      assertRefused(await bench.api.get(`${lists[name].path}?${new URLSearchParams(query)}`), 400, "invalid_payload", Object.keys(query)[0]);
    }
  }
});
