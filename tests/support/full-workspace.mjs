/**
 * A workspace as it is after a year: hundreds of accounts of many tenants, thousands of posts. Copies of rows that the API has
 * made, written while no Worker runs, so that it takes seconds.
 *
 *   const { account, facts } = await fill(office, { accounts: 300, posts: 2000 });
 */

import { createPost, faultAtX, fromNow, newAccount, publishPost } from "./client.mjs";
import { inObject } from "./stored.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TENANTS = 60;
/** Every so many accounts has to be connected again. */
const LOST = 100;
/** Of twenty posts. */
const KINDS = [...Array(12).fill("published"), ...Array(6).fill("scheduled"), "draft", "failed"];
const NAMES = ["Ada Lovelace", "Müller & Söhne GmbH", "شركة النور للتجارة", "東京タワー観光案内所", "The Very Long Name of a Company That Nobody Shortens Ltd."];
const TEXTS = [
  "The new season begins on Monday. See what is in store, and tell us what you think of it.",
  "Two weeks, four cities, one bus: we are on the road again with everything that we have learned",
  "نلتقي غدًا في التاسعة صباحًا",
  "Thank you! https://example.com/a/very/long/address/that/does/not/end/soon?and=more",
  "We are hiring.",
];

/** `account` and `other` are real, the latter of a tenant; `facts` are how many there are of what. */
export async function fill(office, { accounts, posts }) {
  const account = await newAccount(office);
  const other = await newAccount(office, { tenant_id: "tenant-1" });
  await models(office, account);
  await office.worker.kill();
  const facts = inObject(office.worker.stateDir, "Workspace", (db) => {
    db.exec("PRAGMA synchronous = OFF; BEGIN");
    const ids = addAccounts(db, accounts);
    const counts = addPosts(db, ids, posts);
    db.exec("COMMIT");
    return { accounts: accounts + 2, lost: Math.floor(accounts / LOST), ...counts };
  });
  await office.worker.restart();
  return { account, other, facts };
}

/** One of each kind, which is copied and then goes. */
async function models(office, account) {
  await createPost(office, account, { content: "scheduled", scheduledAt: fromNow(300 * DAY) });
  await createPost(office, account, { content: "draft", isDraft: true });
  await publishPost(office, account, { content: "published" });
  faultAtX(office, { kind: "answer", preset: "not-permitted" });
  await publishPost(office, account, { content: "failed" });
}

const json = (value) => JSON.stringify(value);
const idAt = (prefix, at) => `${prefix}_${String(at).padStart(21, "0")}A`;

function adder(db, table, row) {
  const statement = db.prepare(`INSERT INTO ${table} (${Object.keys(row)}) VALUES (${Object.keys(row).map(() => "?")})`);
  return (changed) => statement.run(...Object.values({ ...row, ...changed }));
}

function addAccounts(db, count) {
  const model = db.prepare("SELECT * FROM accounts WHERE tenant_id <> ''").get();
  const doc = JSON.parse(model.doc);
  const add = adder(db, "accounts", model);
  return Array.from({ length: count }, (_, at) => {
    const [id, tenant_id] = [idAt("acc", at), tenantAt(at)];
    // A handle that two tenants have connected.
    const username = at % 50 === 1 ? "shared_handle" : `brand_${String(at).padStart(3, "0")}`;
    const user = { ...doc.user, id: `99${at}`, username, name: NAMES[at % NAMES.length] };
    const status = at % LOST === LOST - 1 ? { status: "reconnect_required", status_reason: "refresh_token_refused" } : {};
    const created_at = Number(model.created_at) - (at + 1) * HOUR;
    add({ id, tenant_id, x_user_id: user.id, username, created_at, doc: json({ ...doc, id, tenant_id, user, created_at, ...status }) });
    return { id, tenant_id };
  });
}

const tenantAt = (at) => (at % TENANTS === 0 ? "tenant-with-a-very-long-id-3f2504e0-4f89-11d3-9a0c-0305e82c3301" : `tenant-${(at % TENANTS) + 1}`);

function addPosts(db, accounts, count) {
  const models = Object.fromEntries(["scheduled", "draft", "published", "failed"].map((kind) => [kind, modelOf(db, kind)]));
  const counts = { scheduled: 0, draft: 0, published: 0, failed: 0 };
  for (let at = 0; at < count; at++) {
    const kind = KINDS[at % KINDS.length];
    add(models[kind], kind, { at, nth: counts[kind], count, account: accounts[at % accounts.length] });
    counts[kind] += 1;
  }
  for (const { post } of Object.values(models)) {
    db.prepare("DELETE FROM deliveries WHERE post_id = ?").run(post.id);
    db.prepare("DELETE FROM dues WHERE post_id = ?").run(post.id);
    db.prepare("DELETE FROM posts WHERE id = ?").run(post.id);
  }
  return counts;
}

function modelOf(db, content) {
  const post = db.prepare("SELECT * FROM posts WHERE json_extract(doc, '$.containers[0].content') = ?").get(content);
  const delivery = db.prepare("SELECT * FROM deliveries WHERE post_id = ?").get(post.id);
  const { seq: _, ...row } = post;
  return { post, delivery, addPost: adder(db, "posts", row), addDelivery: adder(db, "deliveries", delivery) };
}

/** Twelve hours ahead and more, so that the day of no time zone is empty; older posts lie as far back as new ones ahead. */
const timeOf = (kind, now, nth) => (kind === "scheduled" ? now + HOUR + nth * 2.2 * HOUR : now - (nth + 1) * HOUR);

function add({ post, delivery, addPost, addDelivery }, kind, { at, nth, account: { id: account_id, tenant_id } }) {
  const [id, time] = [idAt("post", at), Math.floor(timeOf(kind, Date.now(), nth))];
  const created_at = kind === "scheduled" || kind === "draft" ? Date.now() - (at + 1) * 60_000 : time;
  const scheduled_at = kind === "scheduled" ? time : null;
  const doc = JSON.parse(post.doc);
  const containers = [{ ...doc.containers[0], id: `${id}.0`, content: `${TEXTS[at % TEXTS.length]} (${at})` }];
  addPost({ id, tenant_id, created_at, scheduled_at, doc: json({ ...doc, id, tenant_id, containers, scheduled_at, created_at }) });
  const state = JSON.parse(delivery.doc);
  const segments = [{ ...state.segments[0], container_id: `${id}.0` }];
  const published_at = state.published_at && time;
  const sent = { ...state, post_id: id, account_id, segments, published_at, run_at: time, due_at: time };
  addDelivery({ post_id: id, account_id, watch_at: null, spent_at: delivery.spent_at && time, doc: json(sent) });
}
