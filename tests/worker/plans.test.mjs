/**
 * docs/STORAGE.md, "Indexes": no statement of the workspace's store reads more the more rows there are. The
 * statements are those in the sources and those that calls really run; a statement that no call here runs and that is not
 * whole in the sources fails.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { createPost, fromNow, newAccount, publishPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";
import { announce, upload } from "../support/media.mjs";
import { watchPlatformCalls } from "../support/platform-calls.mjs";
import { filledIn, growth, isKnown, isOf, isWhole, statementsInSource, statementsOfTriggers } from "../support/statements.mjs";
import { inObject } from "../support/stored.mjs";

/** Tables of one row, and of rows that an operator makes one by one or that live for minutes. */
const SMALL = /\b(FROM|UPDATE|INTO) (brand|settings|standstill|reseal|sweep|schema_version)\b/;
/** Statements that read what they answer, or are of what happens once in a deployment's life; each with the reason. */
const AS_MUCH_AS_THEY_ANSWER = [
  [/^SELECT doc FROM (accounts|networks) WHERE is_deleted = 0 ORDER BY/, "all accounts of a post for `all`; all apps of an export"],
  [/INDEXED BY posts_scheduled/, "the posts of a window of time, which is sorted"],
  [/^SELECT d\.doc AS doc FROM deliveries d JOIN .* d\.state = 'held'/s, "held deliveries, of which the oldest"],
  [/^UPDATE outbox SET due_at = \?, opened = 0 WHERE opened > 0|FROM \(SELECT max\(size\)/, "the outbox, once after a restore; the parts of one medium"],
  [/^DELETE FROM (\w+)$/, "a restore empties what a restore before has left"],
  [/ReEncryption|ForgetSecret/, "the outbox, which empties itself"],
  [/^SELECT (name|count\(\*\) AS count) FROM \(SELECT (id|DISTINCT network_id)/, "the walk over all that is sealed, or over all accounts, and how far it is"],
  [/instr\(username/, "a part of a name, wherever it is"],
  [/FROM webhooks (w WHERE w\.is_failing|WHERE TRUE$)/, "the webhooks of the deployment, made one by one"],
  [/FROM networks WHERE is_deleted = 0 AND tenant_id IN \('', \?\)/, "the two apps that a tenant may use"],
  [/FROM audit WHERE TRUE AND .*(target_id|key_id|action|at >= \?|at < \?)/, "the audit of one row, which is looked for"],
];

let folder;
let bench;
/** Those that ran, each once. */
let ran;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "plans-"));
  bench = await startBench({ persist: folder, inspect: true, vars: { MEDIA_ACTIVE_MS: "100" } });
  const account = await newAccount(bench, { tenant_id: "t" });
  await publishPost(bench, account, { content: "that warms up" });
  const platform = await watchPlatformCalls(bench.worker);
  await callEverything(account);
  ran = new Set((await platform.taken()).statements.map(({ query }) => query));
  platform.close();
  await bench.worker.kill();
});
after(async () => {
  await bench?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function callEverything(account) {
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
  const statuses = ["", "status=pending", "status=published", "status=failed", "status=deleted", "status=held", "status=queued"];
  const lists = {
    "/v1/posts": whose.flatMap((of) => [...statuses, ...times].map((only) => `${of}&${only}`)),
    "/v1/social-accounts": ["", "tenant_id=t", "status=active", "status=disconnected", "tenant_id=t&status=active", "username=a", `id=${account.id}`],
    "/v1/media": ["", "tenant_id=t", "status=active", "tenant_id=t&status=pending"],
    "/v1/audit": ["", "tenant_id=t", "action=post.created", "key_id=admin", `target_id=${planned.id}`],
    "/v1/api-keys": [""],
    "/v1/webhooks": ["", "tenant_id=t"],
    "/v1/social-networks": [""],
    [`/v1/webhooks/${hook.id}/deliveries`]: ["", "status=delivered", "event=test", "status=failed&event=post.published"],
    [`/v1/social-accounts/${account.id}/imports`]: [""],
  };
  for (const [path, queries] of Object.entries(lists)) {
    for (const query of queries) await list(api, path, query);
    if (cursors[path]) for (const query of queries) await list(api, path, `${query}&after=${cursors[path]}`);
  }
  for (const status of statuses) await list(own.api, "/v1/posts", status);
  for (const path of ["/v1/posts", "/v1/media", "/v1/audit", "/v1/api-keys", "/v1/webhooks", "/v1/social-networks"]) {
    const answer = await tenants.api.get(path);
    assert.ok([200, 403].includes(answer.status), answer.text);
  }
  for (const caller of [api, own.api, tenants.api]) await caller.get("/v1/account/usage");
  await api.post("/v1/reseal");
  await eventually(async () => (await api.get("/v1/reseal")).body.data.status, (status) => status === "done", 20_000);
  await api.post("/v1/handover");
  await eventually(async () => (await api.get("/v1/handover")).body.data.status, (status) => status === "handed_over", 20_000);
  assert.equal((await api.get("/v1/export", { "x-passphrase": "a passphrase of the plans' test" })).status, 200);
}

const isExcused = (text) => SMALL.test(text) || AS_MUCH_AS_THEY_ANSWER.some(([pattern]) => pattern.test(text));

function assertPlans(db, statements) {
  const grows = statements.filter(({ text }) => !isExcused(text)).map(({ name, text }) => [name, text, growth(db, text)]);
  assert.deepEqual(grows.filter(([, , why]) => why.length > 0), []);
}

test("no statement in the store's sources reads more the more rows there are", () => {
  inObject(folder, "Workspace", (db) => assertPlans(db, statementsInSource().filter(isWhole)));
});

test("no statement that calls run reads more the more rows there are", () => {
  const texts = [...ran].map((text) => ({ name: "ran", text: text.replace(/\s+/g, " ").trim() }));
  inObject(folder, "Workspace", (db) => {
    const tables = new Set(db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map(({ name }) => name));
    const isOurs = ({ text }) => [...text.matchAll(/\b(?:FROM|INTO|UPDATE) (\w+)/g)].some(([, name]) => tables.has(name)) && isKnown(db, text);
    const ours = texts.filter(isOurs);
    assert.ok(ours.length > 100, `${ours.length} statements`);
    assertPlans(db, ours);
  });
});

test("no trigger reads more the more rows there are", () => {
  inObject(folder, "Workspace", (db) => assertPlans(db, statementsOfTriggers(db)));
});

test("a statement that the code puts together is run here, or is one of published subqueries", () => {
  const all = statementsInSource();
  const parts = all.filter(({ isPart }) => isPart);
  const blank = all.filter((statement) => !statement.isPart && !isWhole(statement));
  const others = blank.filter((statement) => ![...ran].some((text) => isOf(statement, text)));
  inObject(folder, "Workspace", (db) => {
    const filled = others.map((statement) => [statement, filledIn(db, statement, parts)]);
    assert.deepEqual(filled.filter(([, texts]) => texts.length === 0).map(([{ name, text }]) => [name, text]), []);
    assertPlans(db, filled.flatMap(([, texts]) => texts));
  });
});
