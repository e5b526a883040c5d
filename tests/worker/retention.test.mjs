/**
 * docs/API.md, section 8, `keep_posts_days`: posts go that many days after their end, with their rows, in steps; nothing
 * else goes, and X's ids and what was spent stay (docs/STORAGE.md, "Retention").
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { TIMELINE_CALL } from "../support/calls.mjs";
import { api, connect, createPost, faultAtX, fromNow, newAccount, postIn, publishPost, startBench, thread } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { PNG } from "../support/files.mjs";
import { newKey } from "../support/keys.mjs";
import { addRows } from "../support/many-rows.mjs";
import { uploadMedia, withMedia } from "../support/publish-media.mjs";
import { inObject, makeDue, rollBack } from "../support/stored.mjs";
import { assertTotals } from "../support/totals.mjs";
import { startWorker } from "../support/worker.mjs";

const DAY = 86_400_000;
const PASSPHRASE = "correct horse battery staple";
const FINAL = "('published', 'failed', 'deleted', 'cancelled')";

let folder;
let bench;
let account;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "retention-"));
  bench = await startBench({ persist: folder, vars: { SETTLE_MS: "100" } });
  account = await newAccount(bench, { tenant_id: "kept" });
  assert.equal((await bench.api.patch("/v1/settings", { on_unknown: "hold" })).status, 200);
});
after(async () => {
  await bench?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const inWorkspace = (work) => inObject(folder, "Workspace", work);
const keep = async (keep_posts_days) => assert.equal((await bench.api.patch("/v1/settings", { keep_posts_days })).status, 200);
const read = ({ id }) => bench.api.get(`/v1/posts/${id}`);
const isGone = (post) => eventually(() => read(post), ({ status }) => status === 404);
const statuses = (posts) => Promise.all(posts.map(async (post) => (await read(post)).status));
const usageOf = async ({ api }) => (await api.get("/v1/account/usage")).body.usage;
const total = async (query = "") => (await bench.api.get(`/v1/posts?limit=1&${query}`)).body.pagination.total;

/** As if these had ended so many days earlier. The alarm rings at the restart. */
async function letDaysPass(days, posts) {
  await bench.worker.kill();
  inWorkspace((db) => {
    const set = db.prepare("UPDATE ended_posts SET ended_at = ended_at - ? WHERE post_id = ?");
    for (const { id } of posts) assert.equal(set.run(days * DAY, id).changes, 1n, `${id} has ended`);
  });
  makeDue(folder, "Workspace");
  await bench.worker.restart();
}

/** Every row is of a post that is there, every post has its deliveries, and what is counted is what is there. */
function assertWhole(db, when) {
  const count = (from) => Number(db.prepare(`SELECT count(*) AS n FROM ${from}`).get().n);
  for (const table of ["deliveries", "announced", "post_media", "dues", "ended_posts"]) {
    assert.equal(count(`${table} WHERE post_id NOT IN (SELECT id FROM posts)`), 0, `${table} ${when}`);
  }
  assert.equal(count("listed_deliveries WHERE seq NOT IN (SELECT seq FROM posts)"), 0, when);
  assert.equal(count("posts WHERE id NOT IN (SELECT post_id FROM deliveries)"), 0, when);
  assertTotals(db, when, { isPurged: true });
}

async function run(bench, account) {
  const path = `/v1/social-accounts/${account.id}/imports`;
  const { id } = (await bench.api.post(path)).body.data;
  const ended = await eventually(async () => (await bench.api.get(`${path}/${id}`)).body.data, ({ finished_at }) => finished_at !== null);
  assert.equal(ended.status, "completed");
  return [ended.imported, ended.skipped];
}

test("posts go so many days after their last end, with their rows; others stay, and what was spent stays counted", async () => {
  const [other, barred] = [await newAccount(bench, { tenant_id: "kept" }), await newAccount(bench, { tenant_id: "kept" })];
  // Reads for an unknown post cost something at any time.
  const doubted = await newAccount(bench, { tenant_id: "doubted" });
  const key = await newKey(bench, { tenant_id: "kept", scopes: ["read", "publish"] });
  const { id: photo } = await uploadMedia(bench, PNG, { tenant_id: "kept" });
  const first = await publishPost(bench, account, { content: "first" });
  const illustrated = await publishPost(bench, account, withMedia("illustrated", { id: photo }));
  const both = await publishPost(bench, account, { ...thread("one", "two"), accounts: [account.id, other.id] });
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const failed = await publishPost(bench, account, { content: "failed" });
  const planned = await createPost(bench, account, { content: "planned", scheduledAt: fromNow(30 * DAY) });
  const cancelled = await createPost(bench, account, { content: "cancelled", scheduledAt: fromNow(30 * DAY) });
  assert.equal((await bench.api.delete(`/v1/posts/${cancelled.id}`)).status, 200);
  const draft = await createPost(bench, account, { content: "draft", isDraft: true });
  bench.x.revokeGrants({ username: barred.username });
  const held = await createPost(bench, barred, { content: "held" });
  const half = await createPost(bench, account, { content: "half", accounts: [account.id, barred.id] });
  await postIn(bench, held.id, "held");
  await eventually(async () => (await read(half)).body.post.socialAccounts.map(({ state }) => state).sort().join(), (states) => states === "held,published");
  bench.x.clearRequests();
  faultAtX(bench, { username: doubted.username, kind: "close" });
  const unknown = await createPost(bench, doubted, { content: "unknown" });
  await bench.x.received({ ...TIMELINE_CALL, status: 200, count: 2 });
  await postIn(bench, unknown.id, "unknown");

  const ended = [illustrated, both, failed, cancelled];
  const staying = [planned, draft, held, half, unknown];
  await keep(10);
  const [usage, posts] = [await usageOf(key), await total("tenant_id=kept")];
  assert.ok(usage.x_cost.estimate_usd > 0.06 && usage.x_cost.by_day.length > 0);
  await letDaysPass(9, ended);
  await letDaysPass(10, [first]);
  await isGone(first);
  assert.deepEqual(await statuses(ended), ended.map(() => 200), "not yet");
  await letDaysPass(1, ended);
  await Promise.all(ended.map(isGone));
  assert.deepEqual(await statuses(staying), staying.map(() => 200));

  for (const answer of [
    await bench.api.patch(`/v1/posts/${first.id}`, { content: "again" }),
    await bench.api.delete(`/v1/posts/${first.id}`),
    await bench.api.delete(`/v1/posts/${first.id}/remote`),
    await bench.api.post(`/v1/posts/${failed.id}/retry`),
    await bench.api.get(`/v1/posts/${first.id}/analytics`),
  ]) assertRefused(answer, 404, "not_found");
  assert.equal(await total("tenant_id=kept"), posts - 5);
  assert.deepEqual((await bench.api.get("/v1/posts?tenant_id=kept")).body.posts.map(({ id }) => id).sort(), staying.slice(0, -1).map(({ id }) => id).sort());
  assert.deepEqual(await usageOf(key), usage);
  await bench.api.patch("/v1/settings", { tenant_budgets_usd: { kept: usage.x_cost.estimate_usd } });
  assertRefused(await bench.api.post("/v1/posts", { accounts: [account.id], content: "too much" }), 422, "budget_exceeded");
  await bench.api.patch("/v1/settings", { tenant_budgets_usd: { kept: null } });
  assert.equal((await bench.api.delete(`/v1/media/${photo}`)).status, 200);
  await bench.api.post(`/v1/posts/${unknown.id}/deliveries/${doubted.id}/resolve`, { as: "absent" });
  await postIn(bench, unknown.id, "published");
  await bench.worker.kill();
  inWorkspace((db) => assertWhole(db, "after a purge"));
  await bench.worker.restart();
});

test("a retry begins the time anew, a changed setting counts at once, and without one posts stay for ever", async () => {
  await keep(null);
  const old = await publishPost(bench, account, { content: "old" });
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const retried = await publishPost(bench, account, { content: "again" });
  await letDaysPass(36_501, [old, retried]);
  assert.equal((await bench.api.post(`/v1/posts/${retried.id}/retry`, {}, { prefer: "wait=10" })).status, 200);
  await postIn(bench, retried.id, "published");
  assert.equal((await read(old)).status, 200);
  await keep(36_500);
  await isGone(old);
  assert.equal((await read(retried)).status, 200);
});

test("a draft ends with its deletion alone, also when its account is gone", async () => {
  await keep(10);
  const leaving = await newAccount(bench);
  const draft = await createPost(bench, leaving, { content: "of nobody", isDraft: true });
  const dropped = await createPost(bench, account, { content: "dropped", isDraft: true });
  assert.equal((await bench.api.delete(`/v1/posts/${dropped.id}`)).status, 200);
  assert.equal((await bench.api.delete(`/v1/social-accounts/${leaving.id}`)).status, 200);
  await postIn(bench, draft.id, "cancelled");
  await letDaysPass(10, [dropped]);
  const isThere = ({ id }) => inWorkspace((db) => db.prepare("SELECT 1 FROM posts WHERE id = ?").get(id) !== undefined);
  await eventually(() => isThere(dropped), (is) => !is);
  assert.equal((await read(draft)).status, 200);
  assert.equal((await bench.api.delete(`/v1/posts/${draft.id}`)).status, 200);
  await letDaysPass(10, [draft]);
  await eventually(() => isThere(draft), (is) => !is);
});

test("an imported post is as old as its import, and X's ids outlive the posts: an import skips them", async () => {
  await keep(400);
  const person = await newAccount(bench);
  const own = bench.x.post({ username: person.username, text: "long ago" });
  bench.x.setPost({ id: own.id, created_at: Date.now() - 500 * DAY });
  const ours = await publishPost(bench, person, thread("ours", "in two"));
  assert.deepEqual(await run(bench, person), [1, 2]);
  const [imported] = (await bench.api.get(`/v1/posts?social_account_id=${person.id}`)).body.posts.filter(({ id }) => id !== ours.id);
  await letDaysPass(400, [ours]);
  await isGone(ours);
  assert.equal((await read(imported)).status, 200);
  await letDaysPass(400, [imported]);
  await isGone(imported);
  assert.deepEqual(await run(bench, person), [0, 3]);
  // What one account has had is new to another one.
  const theirs = await connect(bench, { username: person.username, tenant_id: "elsewhere" });
  assert.deepEqual(await run(bench, theirs), [3, 0]);
});

test("a report that comes after the purge brings nothing back", async () => {
  await keep(1);
  const post = await publishPost(bench, account, { content: "told twice" });
  await letDaysPass(1, [post]);
  await isGone(post);
  await bench.worker.kill();
  const inAccount = (work) => inObject(folder, "Account", work);
  inAccount((db) => assert.equal(db.prepare("UPDATE journal SET told = 0 WHERE post_id = ?").run(post.id).changes, 1n));
  await bench.worker.restart();
  await publishPost(bench, account, { content: "wakes the account" });
  const untold = () => inAccount((db) => db.prepare("SELECT count(*) AS n FROM journal WHERE told < revision").get().n);
  await eventually(async () => Number(untold()), (count) => count === 0);
  assert.equal((await read(post)).status, 404);
  await bench.worker.kill();
  inWorkspace((db) => assertWhole(db, "after a late report"));
  await bench.worker.restart();
});

test("a backup carries the setting, the ends, X's ids and what purged posts cost", async (t) => {
  const elsewhere = await mkdtemp(join(tmpdir(), "retention-moved-"));
  t.after(() => rm(elsewhere, { recursive: true, force: true }));
  await keep(30);
  const person = await newAccount(bench, { tenant_id: "moved" });
  const [first, second] = [await publishPost(bench, person, { content: "first" }), await publishPost(bench, person, { content: "second" })];
  await letDaysPass(30, [first]);
  await isGone(first);
  await letDaysPass(29, [second]);
  const until = (bench, wanted) => eventually(async () => (await bench.api.get("/v1/handover")).body.data.status, (status) => status === wanted);
  await bench.api.post("/v1/handover");
  await until(bench, "handed_over");
  const { text: body } = await bench.api.get("/v1/export", { "x-passphrase": PASSPHRASE });
  const worker = await startWorker({ fakeX: bench.x, persist: elsewhere });
  t.after(() => worker.stop());
  const there = { api: api(worker) };
  const headers = { "x-passphrase": PASSPHRASE, "content-type": "application/x-ndjson" };
  assert.equal((await there.api.send("POST", "/v1/import", { headers, body })).status, 200);
  await until(there, "running");
  assert.equal((await there.api.get("/v1/settings")).body.data.keep_posts_days, 30);
  assert.deepEqual(await usageOf(there), await usageOf(bench));
  await worker.stop();
  await bench.worker.kill();
  const kept = (folder) => inObject(folder, "Workspace", (db) =>
    ["ended_posts", "purged_x_ids", "spent_by_day", "spent_by_month", "retention"].map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()));
  assert.deepEqual(kept(elsewhere), kept(folder));
  await worker.restart();
  assert.deepEqual(await run(there, person), [0, 2]);
  await bench.worker.restart();
  await bench.api.delete("/v1/handover");
  await until(bench, "running");
});

test("an upgraded deployment keeps posts for ever until told otherwise, and then goes by the last time known of each", async () => {
  await keep(400);
  const person = await newAccount(bench);
  const own = bench.x.post({ username: person.username, text: "imported before the upgrade" });
  bench.x.setPost({ id: own.id, created_at: Date.now() - 500 * DAY });
  await run(bench, person);
  const [imported] = (await bench.api.get(`/v1/posts?social_account_id=${person.id}`)).body.posts;
  const [old, recent] = [await publishPost(bench, account, { content: "old" }), await publishPost(bench, account, { content: "recent" })];
  const draft = await createPost(bench, account, { content: "a draft", isDraft: true });
  await bench.worker.kill();
  inWorkspace((db) => {
    rollBack(db, 4);
    const { doc } = db.prepare("SELECT doc FROM deliveries WHERE post_id = ?").get(old.id);
    const earlier = doc.replace(/\b1[6-9]\d{11}\b/g, (time) => String(Number(time) - 401 * DAY));
    db.prepare("UPDATE deliveries SET doc = ? WHERE post_id = ?").run(earlier, old.id);
  });
  await bench.worker.restart();
  assert.equal((await bench.api.get("/v1/settings")).body.data.keep_posts_days, null);
  assert.deepEqual(await statuses([old, recent, imported, draft]), [200, 200, 200, 200]);
  await keep(400);
  await isGone(old);
  assert.deepEqual(await statuses([recent, imported, draft]), [200, 200, 200]);
});

test("thousands go in steps; a crash between two of them loses nothing and repeats nothing", async () => {
  await keep(null);
  await newKey(bench, { name: "for the copies", scopes: ["read"] });
  await uploadMedia(bench, PNG);
  await bench.api.post("/v1/webhooks", { name: "h", url: "http://127.0.0.1:9/", events: ["post.published"] });
  await publishPost(bench, account, { content: "to be copied" });
  await bench.worker.kill();
  addRows(folder, 3000);
  const { shown, staying, usage } = inWorkspace((db) => {
    db.exec(`UPDATE ended_posts SET ended_at = ended_at - ${20 * DAY}`);
    const count = (where) => Number(db.prepare(`SELECT count(*) AS n FROM posts WHERE is_deleted = 0 AND ${where}`).get().n);
    const usage = JSON.stringify(db.prepare("SELECT * FROM spent_by_month UNION ALL SELECT * FROM spent_by_day ORDER BY 1, 2").all(), (_, value) => (typeof value === "bigint" ? String(value) : value));
    return { shown: count("TRUE"), staying: count("id NOT IN (SELECT post_id FROM ended_posts)"), usage };
  });
  assert.ok(shown - staying > 2000);
  await bench.worker.restart();
  assert.equal(await total(), shown);
  await keep(10);
  await eventually(total, (left) => left < shown);
  await bench.worker.kill();
  inWorkspace((db) => assertWhole(db, "after a crash"));
  makeDue(folder, "Workspace");
  await bench.worker.restart();
  await eventually(total, (left) => left === staying, 120_000);
  await bench.worker.kill();
  inWorkspace((db) => {
    assertWhole(db, "after all steps");
    assert.equal(db.prepare(`SELECT count(*) AS n FROM posts WHERE id NOT IN (SELECT post_id FROM deliveries WHERE state NOT IN ${FINAL})
      AND NOT coalesce(json_extract(doc, '$.is_draft'), 0)`).get().n, 0n);
    assert.ok(db.prepare("SELECT count(*) AS n FROM purged_x_ids").get().n > 0n);
    const after = db.prepare("SELECT * FROM spent_by_month UNION ALL SELECT * FROM spent_by_day ORDER BY 1, 2").all();
    assert.equal(JSON.stringify(after, (_, value) => (typeof value === "bigint" ? String(value) : value)), usage);
  });
  await bench.worker.restart();
});
