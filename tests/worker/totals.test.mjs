/** docs/STORAGE.md, "Totals": each is the sum over the rows, whatever is done to the rows and whichever code does it. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { seededBytes } from "../fake-x/random.mjs";
import { faultAtX, fromNow, newAccount, publishPost, startBench, thread } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { inObject, rollBack } from "../support/stored.mjs";
import { assertTotals } from "../support/totals.mjs";

const DAY = 86_400_000;
const STEPS = 3000;

let folder;
let bench;
const accounts = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "totals-"));
  bench = await startBench({ persist: folder });
  for (const tenant_id of ["a", "a", "b", undefined]) accounts.push(await newAccount(bench, { tenant_id }));
});
after(async () => {
  await bench?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const usage = async () => (await bench.api.get("/v1/account/usage")).body.usage;
const random = () => seededBytes(4).readUInt32LE() / 2 ** 32;
const inWorkspace = (work) => inObject(folder, "Workspace", work);

test("the totals are the sums over the rows, after whatever calls do", async () => {
  const [one, two, other, nobodys] = accounts;
  const create = async (account, fields) => (await bench.api.post("/v1/posts", { accounts: [account.id], ...fields })).body.post;
  await publishPost(bench, one, { content: "of both", accounts: [one.id, two.id] });
  const published = await publishPost(bench, one, { content: "one" });
  await publishPost(bench, nobodys, thread("first", "with a URL: example.com"));
  faultAtX(bench, { kind: "answer", preset: "not-permitted" }, { after: 1 });
  const half = await publishPost(bench, other, thread("half", "refused"));
  await bench.api.post(`/v1/posts/${half.id}/retry`, {}, { prefer: "wait=10" });
  const [soon, later] = [fromNow(3_600_000), fromNow(40 * DAY)];
  const planned = await create(one, { content: "planned", scheduledAt: soon });
  await bench.api.patch(`/v1/posts/${planned.id}`, { content: "now with https://example.com", scheduledAt: later });
  const dropped = await create(other, { content: "dropped", scheduledAt: soon });
  await bench.api.delete(`/v1/posts/${dropped.id}`);
  const draft = await create(two, { content: "a draft", isDraft: true });
  await bench.api.patch(`/v1/posts/${draft.id}`, { isDraft: false, scheduledAt: soon });
  await bench.api.delete(`/v1/posts/${published.id}/remote`);
  await bench.api.delete(`/v1/posts/${published.id}`);
  const key = await newKey(bench, { account_id: two.id, scopes: ["publish"] });
  const tweet = (text) => key.api.post("/2/tweets", { text });
  assert.deepEqual([(await tweet("passed")).status, (await tweet("passed")).status], [201, 403], "given back");
  await bench.api.delete(`/v1/social-accounts/${other.id}`);
  const before = await usage();
  await bench.worker.kill();
  inWorkspace((db) => {
    assertTotals(db);
    const { posts, micros } = db.prepare("SELECT sum(spent_at IS NOT NULL) AS posts, sum(spent) AS micros FROM deliveries").get();
    assert.ok(posts > 4n && micros > 200_000n, "something was spent");
  });
  await bench.worker.restart();
  assert.deepEqual(await usage(), before);
});

/** What the store writes, in its forms, and what older code and a restore write; with what chance decides. */
function newSteps(db) {
  const below = (n) => Math.floor(random() * n);
  const pick = (list) => list[below(list.length)];
  const time = () => Date.UTC(2026, 9 + below(4), 1 + below(31), below(24));
  const posts = Array.from({ length: 80 }, (_, at) => ({ id: `p${at}`, tenant: [null, "a", "b", "c!"][at % 4] }));
  const owners = Array.from({ length: 8 }, (_, at) => ({ id: `acc${at}`, tenant: ["", "a", "b", "c!"][at % 4] }));
  const run = (sql, ...values) => db.prepare(sql).run(...values);
  const post = () => {
    const { id, tenant } = pick(posts);
    const doc = { is_draft: below(4) === 0, approval: pick([undefined, { status: pick(["pending", "rejected"]) }]), containers: pick([undefined, [], [{ content: "word" }, { content: "more" }]]) };
    run(
      `INSERT INTO posts (id, tenant_id, created_at, scheduled_at, doc) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET scheduled_at = excluded.scheduled_at, doc = excluded.doc`,
      id, tenant, time(), pick([null, time()]), JSON.stringify(doc),
    );
    return id;
  };
  const delivery = (id) => {
    const spent = below(3) * 5000;
    run(
      `INSERT INTO deliveries (post_id, account_id, state, edition, revision, spent, spent_at, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (post_id, account_id) DO UPDATE SET state = excluded.state, edition = excluded.edition, doc = excluded.doc,
        revision = excluded.revision, spent = excluded.spent, spent_at = coalesce(spent_at, excluded.spent_at)
        WHERE (excluded.edition, excluded.revision) > (edition, revision)`,
      id, pick(owners).id, pick(["queued", "publishing", "held", "unknown", "published", "failed", "deleted", "cancelled"]),
      below(3), below(1000), spent, spent ? time() : null, JSON.stringify({ published_at: pick([undefined, null, time(), time()]) }),
    );
  };
  const account = () => {
    const { id, tenant } = pick(owners);
    run(
      `INSERT INTO accounts (id, network_id, tenant_id, x_user_id, username, created_at, is_deleted, doc) VALUES (?, 'n', ?, ?, '', 0, ?, ?)
        ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, is_deleted = ?`,
      id, tenant, id, below(2), JSON.stringify({ status: pick(["active", "reconnect_required", "disconnected"]) }), below(2),
    );
  };
  const again = (table, key) => {
    const { count } = db.prepare(`SELECT count(*) AS count FROM ${table}`).get();
    const row = db.prepare(`SELECT * FROM ${table} LIMIT 1 OFFSET ${below(Number(count))}`).get();
    if (!row) return;
    const names = Object.keys(row);
    const updates = names.map((name) => `${name} = excluded.${name}`);
    run(`INSERT INTO ${table} (${names}) VALUES (${names.map(() => "?")}) ON CONFLICT (${key}) DO UPDATE SET ${updates}`, ...Object.values(row));
  };
  for (const { id, tenant } of owners) run("INSERT INTO accounts VALUES (?, 'n', ?, ?, '', 0, 0, '{\"status\":\"active\"}')", id, tenant, id);
  return [
    () => delivery(post()),
    () => delivery(post()),
    () => post(),
    account,
    () => run("INSERT OR REPLACE INTO dues (post_id, account_id, due_at, micros) VALUES (?, ?, ?, ?)", post(), pick(owners).id, time(), below(20) * 1000),
    () => run("DELETE FROM dues WHERE post_id = ? AND account_id = ?", pick(posts).id, pick(owners).id),
    () => run(
      `INSERT INTO spending (account_id, month, micros) VALUES (?1, ?2, max(0, ?3))
        ON CONFLICT (account_id, month) DO UPDATE SET micros = max(0, micros + ?3)`,
      pick(owners).id, Date.UTC(2026, 9 + below(3)), (below(10) - 4) * 1000,
    ),
    () => run("UPDATE posts SET is_deleted = 1 WHERE id = ? AND ?", pick(posts).id, below(4) === 0 ? 1 : 0),
    () => run(
      `INSERT INTO media (id, tenant_id, status, expires_at, doc) VALUES (?, ?, ?, 0, '{}')
        ON CONFLICT (id) DO UPDATE SET status = excluded.status`,
      `m${below(30)}`, pick([null, "a", "b"]), pick(["pending", "active"]),
    ),
    () => run("DELETE FROM media WHERE id = ?", `m${below(30)}`),
    () => run("INSERT INTO audit (at, tenant_id, doc) VALUES (?, ?, ?)", below(1000), pick([null, "a", "b"]), JSON.stringify({ action: pick(["x", "y"]) })),
    () => run("UPDATE audit SET tenant_id = ?, doc = ? WHERE seq = (SELECT max(seq) FROM audit)", pick([null, "a", "b"]), JSON.stringify({ action: pick(["x", "y"]) })),
    () => run("DELETE FROM audit WHERE at <= ?", below(100)),
    () => run(
      "INSERT OR IGNORE INTO keys (id, digest, doc) VALUES (?, ?, ?)",
      `k${below(30)}`, `d${random()}`, JSON.stringify({ binding: pick([{}, { tenant_id: "a" }]), created_at: 1 }),
    ),
    () => run("UPDATE keys SET is_closed = 1 WHERE id = ?", `k${below(30)}`),
    () => run("DELETE FROM keys WHERE id = ?", `k${below(30)}`),
    () => run(
      "INSERT OR IGNORE INTO dispatches (webhook_id, event_id, created_at, doc) VALUES (?, ?, 0, ?)",
      pick(["w0", "w1"]), `e${below(30)}`, JSON.stringify({ state: "pending", kind: pick(["post.error", "test"]) }),
    ),
    () => run("UPDATE dispatches SET doc = json_set(doc, '$.state', ?) WHERE event_id = ?", pick(["failed", "delivered"]), `e${below(30)}`),
    () => run("DELETE FROM dispatches WHERE event_id = ?", `e${below(30)}`),
    () => run("DELETE FROM deliveries WHERE post_id = ? AND account_id = ? AND spent_at IS NULL", pick(posts).id, pick(owners).id),
    () => again("media", "seq"),
    () => again("keys", "id"),
    () => again("deliveries", "post_id, account_id"),
    () => again("posts", "seq"),
    () => again("dues", "post_id, account_id"),
    () => again("accounts", "id"),
  ];
}

test("the totals are the sums over the rows, after any sequence of writes; and an upgrade counts what was there, once", async () => {
  await bench.worker.kill();
  inWorkspace((db) => {
    db.exec("PRAGMA synchronous = OFF");
    const steps = newSteps(db);
    for (let at = 0; at < STEPS; at++) {
      steps[Math.floor(random() * steps.length)]();
      if (at % 200 === 0) assertTotals(db, `after ${at} steps`);
    }
    assertTotals(db, "at the end");
    rollBack(db, 4);
    for (let at = 0; at < 200; at++) steps[Math.floor(random() * steps.length)]();
    db.exec("DELETE FROM deliveries WHERE post_id GLOB 'p[0-9]*' AND spent_at IS NULL");
  });
  await bench.worker.restart();
  await usage();
  await bench.worker.kill();
  inWorkspace((db) => assertTotals(db, "after the upgrade"));
});
