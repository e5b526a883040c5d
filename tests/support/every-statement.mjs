/** Every statement of the workspace's object: runs calls of every kind, and reads the statements that they make. */

import assert from "node:assert/strict";
import { png } from "../fake-x/sample-files.mjs";
import { createPost, fromNow, newAccount, publishPost, startBench } from "./client.mjs";
import { eventually } from "./eventually.mjs";
import { newKey } from "./keys.mjs";
import { announce, upload } from "./media.mjs";
import { watchPlatformCalls } from "./platform-calls.mjs";
import { isKnown } from "./statements.mjs";

/** Those that ran, each once. The Worker's state is in `folder`, and no Worker runs any more. */
export async function statementsOfCalls(folder) {
  const bench = await startBench({ persist: folder, inspect: true, vars: { MEDIA_ACTIVE_MS: "100" } });
  try {
    const account = await newAccount(bench, { tenant_id: "t" });
    await publishPost(bench, account, { content: "that warms up" });
    const platform = await watchPlatformCalls(bench.worker);
    await callEverything(bench, account);
    const ran = new Set((await platform.taken()).statements.map(({ query }) => query));
    platform.close();
    return ran;
  } finally {
    await bench.stop();
  }
}

/** Those of the workspace among all objects' statements: of its tables, and known to it. */
export function ofWorkspace(db, texts) {
  const tables = new Set(db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map(({ name }) => name));
  const isOurs = (text) => [...text.matchAll(/\b(?:FROM|INTO|UPDATE) (\w+)/g)].some(([, name]) => tables.has(name)) && isKnown(db, text);
  return [...texts].map((text) => text.replace(/\s+/g, " ").trim()).filter(isOurs);
}

/** The list of posts in each of its orders, from its beginning, and behind a post that has a scheduled time and one that has none. */
async function listInEveryOrder(callers, whose, times) {
  const filters = ["", "status=pending", "state=deleted", "approval=pending", "q=published", "q=published&status=held", ...times];
  for (const order of ["order=asc", "sort=scheduledAt", "sort=scheduledAt&order=asc"]) {
    const { body } = await callers[0].get(`/v1/posts?${order}&limit=100`);
    const places = ["", "offset=2"];
    for (let at = 1; at < body.count; at++) {
      const { after } = (await callers[0].get(`/v1/posts?${order}&limit=${at}`)).body.pagination;
      places.push(`after=${after}`);
    }
    for (const caller of callers) {
      for (const of of whose) {
        for (const filter of caller === callers[0] ? filters : filters.slice(0, 2)) {
          for (const place of places) {
            const answer = await caller.get(`/v1/posts?${[order, of, filter, place].join("&")}`);
            assert.equal(answer.status, 200, answer.text);
          }
        }
      }
    }
  }
}

async function callEverything(bench, account) {
  const { api } = bench;
  const [own, tenants] = [
    await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] }),
    await newKey(bench, { tenant_id: "t", scopes: ["read", "publish", "admin"] }),
  ];
  await api.patch("/v1/settings", { monthly_budget_usd: 1000, tenant_budgets_usd: { t: 100 } });
  const hook = (await api.post("/v1/webhooks", { name: "h", url: "http://127.0.0.1:9/", events: ["post.published", "test"] })).body.data;
  await publishPost(bench, account, { content: "published" });
  const planned = await createPost(bench, account, { content: "planned", scheduledAt: fromNow(3_600_000) });
  await api.patch(`/v1/posts/${planned.id}`, { content: "changed" });
  await api.delete(`/v1/posts/${planned.id}`);
  await announce(bench, { filename: "a.png" });
  const { id } = await upload(bench, png());
  await eventually(() => api.get(`/v1/media/${id}`), ({ status }) => status === 404, 10_000);
  const cursors = {};
  const list = async (caller, path, query) => {
    const answer = await caller.get(`${path}?${query}`);
    assert.equal(answer.status, 200, `${path}?${query}: ${answer.text}`);
    cursors[path] ??= (await caller.get(`${path}?limit=1`)).body.pagination.after;
  };
  const times = ["created_after", "created_before", "scheduled_after", "scheduled_before"].map((name) => `${name}=${fromNow(0)}`);
  const whose = ["", "tenant_id=t", `social_account_id=${account.id}`, `tenant_id=t&social_account_id=${account.id}`];
  const approvals = ["approval=pending", "approval=approved", "approval=pending&status=held"];
  const statuses = ["", "status=pending", "status=published", "status=failed", "status=deleted", "status=held", "status=queued"];
  const lists = {
    "/v1/posts": whose.flatMap((of) => [...statuses, ...times, ...approvals].map((only) => `${of}&${only}`)),
    "/v1/social-accounts": ["", "tenant_id=t", "status=active", "status=disconnected", "tenant_id=t&status=active", "username=a", `id=${account.id}`, `customer_social_network_id=${account.customer_social_network_id}`],
    "/v1/media": ["", "tenant_id=t", "status=active", "tenant_id=t&status=pending"],
    "/v1/audit": ["", "tenant_id=t", "action=post.created", "key_id=admin", `target_id=${planned.id}`],
    "/v1/api-keys": [""],
    "/v1/agents": [""],
    "/v1/webhooks": ["", "tenant_id=t"],
    "/v1/social-networks": [""],
    [`/v1/webhooks/${hook.id}/deliveries`]: ["", "status=delivered", "event=test", "status=failed&event=post.published"],
    [`/v1/social-accounts/${account.id}/imports`]: [""],
  };
  for (const [path, queries] of Object.entries(lists)) {
    for (const query of queries) await list(api, path, query);
    if (cursors[path]) for (const query of queries) await list(api, path, `${query}&after=${cursors[path]}`);
  }
  for (const only of [...statuses, ...approvals]) await list(own.api, "/v1/posts", only);
  await listInEveryOrder([api, own.api, tenants.api], whose, times);
  for (const caller of [api, own.api, tenants.api]) {
    for (const path of ["/v1/summary", "/v1/calendar?from=2026-01-01&to=2026-01-02"]) assert.equal((await caller.get(path)).status, 200, path);
  }
  for (const path of ["/v1/posts", "/v1/media", "/v1/audit", "/v1/api-keys", "/v1/agents", "/v1/webhooks", "/v1/social-networks"]) {
    const answer = await tenants.api.get(path);
    assert.ok([200, 403].includes(answer.status), answer.text);
  }
  for (const caller of [api, own.api, tenants.api]) await caller.get("/v1/account/usage");
  assert.equal((await api.get("/v1/metrics")).status, 200);
  await api.post("/v1/reseal");
  await eventually(async () => (await api.get("/v1/reseal")).body.data.status, (status) => status === "done", 20_000);
  await api.post("/v1/handover");
  await eventually(async () => (await api.get("/v1/handover")).body.data.status, (status) => status === "handed_over", 20_000);
  assert.equal((await api.get("/v1/export", { "x-passphrase": "a passphrase of the plans' test" })).status, 200);
}
