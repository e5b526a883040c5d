/**
 * docs/STORAGE.md, "Indexes": a list, the summary and the calendar read as many rows over ten thousand posts as over a
 * thousand, by the platform's own count. plans.test.mjs judges the same statements by their plans.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect, fromNow, newAccount, publishPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";
import { addRows } from "../support/many-rows.mjs";
import { announce } from "../support/media.mjs";
import { watchPlatformCalls } from "../support/platform-calls.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";

const [FEW, MANY] = [1000, 10_000];
/** A full day of the calendar has a quarter of an hour more or less, and a total a kind more or less. */
const MOST = 1.5;
const CALLS = 2;
/** So that each day of the calendar is as full as it can be. */
const DAYS = 9;

let folder;
let bench;
let receiver;
let account;
/** Rows read over few and over many posts, by path. */
const read = new Map();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rows-read-"));
  bench = await startBench({ persist: folder, inspect: true });
  receiver = await startReceiver();
  account = await newAccount(bench, { tenant_id: "t1" });
  const hook = await newWebhook(bench, receiver.address());
  await bench.api.post(`/v1/webhooks/${hook.id}/test`);
  await hook.events();
  // Three, so that each has posts in each of the twenty states of the copies.
  const others = [await newAccount(bench, { tenant_id: "t2" }), await newAccount(bench, { tenant_id: "t3" })];
  for (const each of [account, ...others]) await publishPost(bench, each, { content: "one of many" });
  await newKey(bench, { scopes: ["read"] });
  await announce(bench, { filename: "a.png" });
  await readAll(FEW, 0);
  await readAll(MANY, FEW);
});
after(async () => {
  await bench?.stop();
  await receiver?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

function paths() {
  const [of, tenant, today] = [`social_account_id=${account.id}`, "tenant_id=t1", fromNow(0).slice(0, 10)];
  const statuses = ["published", "failed", "pending", "held", "deleted"].map((status) => `status=${status}`);
  const by = ["", of, tenant, ...statuses, ...statuses.flatMap((status) => [`${of}&${status}`, `${tenant}&${status}`])];
  const orders = ["", "&order=asc", "&sort=scheduledAt", "&sort=scheduledAt&order=asc"];
  const others = ["social-accounts?", "social-accounts?tenant_id=t2&", "social-accounts?status=active&", "media?", "audit?", "audit?tenant_id=t2&", "api-keys?"];
  const lists = [...by.flatMap((filter) => orders.map((order) => `posts?${filter}${order}&`)), ...others];
  return [...lists.map((path) => `/v1/${path}limit=10`), "/v1/summary", `/v1/calendar?from=${today}&to=${today}`, "/v1/account/usage"];
}

/** What each path reads once so many posts are there: the least of some calls, since the first one may derive the alarm. */
async function readAll(count, from) {
  await bench.worker.kill();
  addRows(folder, count, { from, days: DAYS });
  await bench.worker.restart();
  // Each part of the platform is used once before it is watched.
  await connect(bench, { tenant_id: "t1", username: account.username });
  const platform = await watchPlatformCalls(bench.worker);
  // The pair that the connection replaced is revoked meanwhile.
  await platform.quiet();
  for (const path of paths()) {
    const counts = [];
    for (let call = 0; call < CALLS; call++) counts.push(await eventually(() => rowsOf(platform, path), (rows) => rows !== undefined));
    read.set(path, [...(read.get(path) ?? []), Math.min(...counts)]);
  }
  platform.close();
}

/** Nothing if an account reported in between: then more was read than by the call. */
async function rowsOf(platform, path) {
  await platform.taken();
  const { status, text } = await bench.api.get(path);
  assert.equal(status, 200, `${path}: ${text}`);
  const { statements, alarms } = await platform.taken();
  const isAlone = alarms === 0 && statements.every(({ query }) => query.startsWith("SELECT"));
  return isAlone ? statements.reduce((sum, { rowsRead }) => sum + rowsRead, 0) : undefined;
}

test("no list reads more rows over ten times as many posts, nor do the summary, a day of the calendar and the usage", () => {
  assert.ok(read.size > 60, `${read.size} paths`);
  const grown = [...read].filter(([, [few, many]]) => !(few > 0 && many <= few * MOST));
  assert.deepEqual(grown, []);
});
