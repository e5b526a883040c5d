/**
 * `cargo xtask bench rows`: how long calls take over a workspace of few rows, of a hundredth and a tenth of many, and of many.
 * Nothing is asserted: a call whose time grows with the rows is to be seen.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { api, fromNow, newAccount, publishPost, startBench } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { addRows } from "../support/many-rows.mjs";
import { announce } from "../support/media.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";
import { round } from "./figures.mjs";
import { Measurements } from "./measurements.mjs";
import { readOptions } from "./options.mjs";
import { startRaw } from "./raw.mjs";

const { posts, calls } = readOptions({ posts: 100_000, calls: 15 });

const measurements = new Measurements();
const folder = await mkdtemp(join(tmpdir(), "rows-"));
const bench = await startBench({ persist: folder, start: startRaw });
const receiver = await startReceiver();
try {
  const [accounts, hook] = await begin();
  const caller = api(bench.worker, { isDescribed: false });
  await measure(caller, accounts, hook, accounts.length);
  let stored = 0;
  for (const count of [posts / 100, posts / 10, posts].map(Math.ceil)) {
    await bench.worker.kill();
    addRows(folder, count, { from: stored });
    stored = count;
    const started = performance.now();
    await bench.worker.restart();
    await caller.get("/v1/posts?limit=1");
    console.log(`first answer over ${round(count, 0)} posts: ${round(performance.now() - started, 0)} ms`);
    await measure(caller, accounts, hook, count);
  }
  measurements.publish();
} finally {
  await Promise.all([bench.stop(), receiver.close()]);
  await rm(folder, { recursive: true, force: true });
}

/** A row of each kind, for the copies. */
async function begin() {
  const accounts = [await newAccount(bench, { tenant_id: "t1" }), await newAccount(bench, { tenant_id: "t2" })];
  const hook = await newWebhook(bench, receiver.address());
  await bench.api.post(`/v1/webhooks/${hook.id}/test`);
  await hook.events();
  for (const account of accounts) await publishPost(bench, account, { content: "one of many" });
  await newKey(bench, { scopes: ["read"] });
  await announce(bench, { filename: "a.png" });
  assert.equal((await bench.api.patch("/v1/settings", { monthly_budget_usd: 1e6 })).status, 200);
  return [accounts, hook];
}

/** Milliseconds of each call over so many posts. The first call of a kind is not counted: its module is not compiled yet. */
async function measure(caller, [account], hook, stored) {
  const time = async (name, call) => {
    for (let at = 0; at <= calls; at++) {
      const started = performance.now();
      const { status, text } = await call();
      assert.equal(status, 200, text);
      if (at > 0) measurements.add(name, "ms", `${round(stored, 0)} posts`, performance.now() - started);
    }
  };
  await time("usage", () => caller.get("/v1/account/usage"));
  const body = { accounts: [account.id], content: "under a budget", scheduledAt: fromNow(20 * 86_400_000) };
  await time("a post under a workspace budget", () => caller.post("/v1/posts", body));
  const [of, tenant] = [`social_account_id=${account.id}`, "tenant_id=t1"];
  const statuses = ["published", "failed", "pending", "held", "deleted"];
  const filters = [of, tenant, ...statuses.map((status) => `status=${status}`)];
  const orders = ["sort=scheduledAt", `${tenant}&sort=scheduledAt&order=asc`, `${of}&status=published&sort=scheduledAt`, "q=needle"];
  const lists = ["", ...filters, `${tenant}&status=failed`, `${of}&status=failed`, ...orders].map((filter) => `/v1/posts?${filter}`);
  const others = ["/v1/social-accounts?", "/v1/social-accounts?tenant_id=t2", "/v1/social-accounts?status=active", "/v1/media?", "/v1/media?tenant_id=t2", "/v1/audit?", "/v1/audit?tenant_id=t2", "/v1/api-keys?", `/v1/webhooks/${hook.id}/deliveries?`, `/v1/webhooks/${hook.id}/deliveries?status=delivered`];
  const [from, to] = [-15, 15].map((days) => fromNow(days * 86_400_000).slice(0, 10));
  await time("the summary", () => caller.get("/v1/summary"));
  await time("the calendar of 31 days", () => caller.get(`/v1/calendar?from=${from}&to=${to}&tz=Europe/Berlin`));
  for (const path of [...lists, ...others]) {
    const name = path.replaceAll(account.id, "…").replace(hook.id, "…").replace(/[?]$/, "");
    const middle = await cursorIn(caller, path);
    await time(name, () => caller.get(`${path}&limit=10${middle}`));
  }
}

/** The cursor in the middle of a list. */
async function cursorIn(caller, path) {
  const { body, text } = await caller.get(`${path}&limit=1`);
  assert.ok(body?.pagination, `${path}: ${text}`);
  const at = Math.floor(body.count / 2);
  const middle = await caller.get(`${path}&limit=1&offset=${at}`);
  assert.ok(middle.body?.pagination, `${path}: ${middle.text}`);
  const { after } = middle.body.pagination;
  return after ? `&after=${after}` : "";
}
