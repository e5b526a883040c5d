/** Copies of an object's rows, by the thousand, written while no Worker runs: what a workspace holds after years. */

import { inObject } from "./stored.mjs";

const DAY = 86_400_000;
/** How the names of copied accounts begin. */
const COPIED = "many";
/** Of twenty posts. The last states are rare: a list of them must not read all others. */
const STATES = [...Array(14).fill("published"), "failed", "queued", "queued", "cancelled", "deleted", "held"];

/**
 * As many posts as `count`, each a copy of one that is published, of a day of the last `days`; half as many of each other
 * row that there is a list of. Whose they are is what the post's accounts and tenants are by turns. `from`: so many there are
 * of an earlier call.
 */
export function addRows(folder, count, { days = 90, from = 0 } = {}) {
  inObject(folder, "Workspace", (db) => {
    db.exec("PRAGMA synchronous = OFF; BEGIN");
    addPosts(db, from, count, days);
    for (const copy of COPIES) copy(db, Math.ceil(from / 2), Math.ceil(count / 2));
    db.exec("COMMIT");
  });
}

/** Copies of the first account alone, so many: each another X user, of one of a hundred tenants. */
export function addAccounts(folder, count) {
  inObject(folder, "Workspace", (db) => {
    db.exec("BEGIN");
    ACCOUNTS(db, 0, count);
    db.exec("COMMIT");
  });
}

const first = (db, table, where = "TRUE") => db.prepare(`SELECT * FROM ${table} WHERE ${where} LIMIT 1`).get();
/** An id of the kind of the one that it replaces: 16 bytes in base64url, which end in four bits that are 0. */
const idAt = (id, at) => `${id.slice(0, id.indexOf("_") + 1)}${String(at).padStart(21, "0")}A`;
const renamed = (doc, ...names) => names.reduce((text, [from, to]) => text.replaceAll(from, to), doc);

/** In front of a copy's text: one in a thousand has a word that no other has. */
const wordOf = (at) => (at % 1000 === 500 ? "needle" : "hay");

function insert(db, table, row) {
  const names = Object.keys(row);
  const statement = db.prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map(() => "?")})`);
  return (changed) => statement.run(...Object.values({ ...row, ...changed }));
}

function addPosts(db, from, count, days) {
  const isCopy = `username LIKE '${COPIED}%'`;
  const accounts = db.prepare(`SELECT id, tenant_id FROM accounts WHERE is_deleted = 0 AND NOT ${isCopy} ORDER BY created_at`).all();
  const delivery = first(db, "deliveries", "state = 'published'");
  const { seq, ...post } = first(db, "posts", `id = '${delivery.post_id}'`);
  const [addPost, addDelivery] = [insert(db, "posts", post), insert(db, "deliveries", delivery)];
  for (let at = from; at < count; at++) {
    const [id, account, state] = [idAt(post.id, at), accounts[at % accounts.length], STATES[at % STATES.length]];
    const createdAt = Number(post.created_at) - Math.floor(((count - at) / count) * days * DAY);
    const names = [[post.id, id], [delivery.account_id, account.id]];
    const scheduledAt = state === "queued" ? Number(post.created_at) + (1 + (at % days)) * DAY : null;
    const doc = renamed(post.doc, ...names, [String(post.created_at), String(createdAt)], ['"scheduled_at":null', `"scheduled_at":${scheduledAt}`],
      ['"content":"', `"content":"${wordOf(at)} `]);
    addPost({ id, tenant_id: account.tenant_id || null, created_at: createdAt, scheduled_at: scheduledAt, doc });
    const isSpent = state === "published" || state === "deleted";
    addDelivery({
      post_id: id,
      account_id: account.id,
      state,
      watch_at: null,
      spent: isSpent ? delivery.spent : 0,
      spent_at: isSpent ? createdAt : null,
      doc: renamed(delivery.doc, ...names, ['"state":"published"', `"state":"${state}"`])
        .replace(/"published_at":\d+/, `"published_at":${isSpent ? createdAt + 1000 : null}`),
    });
  }
}

const copies = (table, of, change) => (db, from, count) => {
  const { seq, ...row } = first(db, table, of);
  const add = insert(db, table, row);
  for (let at = from; at < count; at++) add(change(row, at, idAt));
};

const tenantAt = (at) => `t${at % 100}`;

const ACCOUNTS = copies("accounts", undefined, (row, at) => {
  const id = idAt(row.id, at);
  return { id, x_user_id: `9${at}`, username: `${COPIED}${at}`, tenant_id: tenantAt(at), doc: renamed(row.doc, [row.id, id]) };
});

const COPIES = [
  ACCOUNTS,
  copies("audit", undefined, (row, at) => ({ at: Number(row.at) - at, tenant_id: tenantAt(at) })),
  copies("media", undefined, (row, at) => {
    const id = idAt(row.id, at);
    return { id, tenant_id: tenantAt(at), doc: renamed(row.doc, [row.id, id]) };
  }),
  copies("keys", undefined, (row, at) => {
    const id = idAt(row.id, at);
    return { id, digest: `digest-${at}`, doc: renamed(row.doc, [row.id, id]) };
  }),
  (db, from, count) => {
    const event = first(db, "events");
    const { seq, ...row } = first(db, "dispatches");
    const [addEvent, add] = [insert(db, "events", event), insert(db, "dispatches", row)];
    for (let at = from; at < count; at++) {
      const id = idAt(event.id, at);
      addEvent({ id });
      add({ event_id: id, due_at: null, opened: 0, doc: renamed(row.doc, [event.id, id]) });
    }
  },
];
