/**
 * The least that keeps the promises of a post and of a call for X (docs/API.md, sections 5 and 9), in plain JavaScript: no keys, no
 * lists, no totals but one, no audit, no settings, no refresh. The token stays in the object of its account. A writing call is counted
 * in a second object before X is asked, and X's id is stored before the caller hears of it. A post is accepted with the job
 * that sends it, its intent is stored before X is asked, its outcome after, and told to the object that has accepted it.
 */

import { DurableObject } from "cloudflare:workers";

class WithSql extends DurableObject {
  sql(statement, ...values) {
    return this.ctx.storage.sql.exec(statement, ...values).toArray();
  }
}

/** The object of an account. */
export class Keeper extends WithSql {
  constructor(state, env) {
    super(state, env);
    this.sql("CREATE TABLE IF NOT EXISTS claims (id TEXT PRIMARY KEY, at INTEGER NOT NULL)");
    this.sql(`CREATE TABLE IF NOT EXISTS journal (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, post_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, due_at INTEGER, doc TEXT NOT NULL)`);
    this.sql("CREATE INDEX IF NOT EXISTS journal_due ON journal (due_at) WHERE due_at IS NOT NULL");
  }

  async fetch(request) {
    const { X_API_ORIGIN, TOKEN, TOTALS } = this.env;
    const { method, url } = request;
    const { pathname, search } = new URL(url);
    const creates = method === "POST" && pathname === "/2/tweets";
    if (method !== "GET") await TOTALS.getByName("all").count();
    const headers = new Headers({ authorization: `Bearer ${TOKEN}`, "accept-encoding": "identity" });
    const contentType = request.headers.get("content-type");
    if (contentType) headers.set("content-type", contentType);
    const answer = await fetch(X_API_ORIGIN + pathname + search, { method, headers, body: request.body });
    if (!creates) return answer;
    const body = await answer.text();
    this.claim(JSON.parse(body).data?.id);
    return new Response(body, answer);
  }

  /** The delivery and its intent, in one commit; the rest is not waited for. */
  enqueue(post) {
    const known = this.sql(
      "INSERT INTO journal (post_id, state, due_at, doc) VALUES (?, 'publishing', ?, ?) ON CONFLICT (post_id) DO NOTHING RETURNING seq",
      post.id, Date.now(), JSON.stringify(post),
    );
    if (known.length > 0) this.ctx.waitUntil(this.publish(post));
  }

  async publish({ id, content }) {
    const { X_API_ORIGIN, TOKEN, TOTALS } = this.env;
    const answer = await fetch(`${X_API_ORIGIN}/2/tweets`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ text: content }),
    });
    const { data } = await answer.json();
    const state = answer.ok ? "published" : "failed";
    this.ctx.storage.transactionSync(() => {
      if (data?.id) this.claim(data.id);
      this.sql("UPDATE journal SET state = ?, due_at = NULL, doc = ? WHERE post_id = ?", state, JSON.stringify({ id, xId: data?.id }), id);
    });
    await TOTALS.getByName("all").delivered(id, state, data?.id ?? null);
  }

  claim(id) {
    this.sql("INSERT OR IGNORE INTO claims VALUES (?, ?)", id ?? "", Date.now());
  }
}

/** The object that accepts posts and counts. */
export class Totals extends WithSql {
  #waiting = new Map();

  constructor(state, env) {
    super(state, env);
    this.sql("CREATE TABLE IF NOT EXISTS totals (month INTEGER PRIMARY KEY, calls INTEGER NOT NULL)");
    this.sql("CREATE TABLE IF NOT EXISTS posts (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, doc TEXT NOT NULL)");
    this.sql(`CREATE TABLE IF NOT EXISTS deliveries (
      post_id TEXT NOT NULL, account_id TEXT NOT NULL, state TEXT NOT NULL, x_id TEXT, PRIMARY KEY (post_id, account_id))`);
    this.sql("CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, post_id TEXT NOT NULL, due_at INTEGER NOT NULL, doc TEXT NOT NULL)");
    this.sql("CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due_at)");
    this.sql("CREATE TABLE IF NOT EXISTS idempotency (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, answer TEXT NOT NULL)");
  }

  count() {
    this.sql("INSERT INTO totals VALUES (0, 1) ON CONFLICT (month) DO UPDATE SET calls = calls + 1");
  }

  /** The answer under this key, an old one or a new one; none if the key came with another body. */
  async accept(key, fingerprint, content, accountId, waits) {
    const id = crypto.randomUUID();
    const accepted = this.ctx.storage.transactionSync(() => {
      const [known] = this.sql("SELECT fingerprint, answer FROM idempotency WHERE key = ?", key);
      if (known) return { known };
      const answer = JSON.stringify({ success: true, post: { id, content, status: "pending" } });
      this.sql("INSERT INTO posts (id, doc) VALUES (?, ?)", id, JSON.stringify({ content, accountId }));
      this.sql("INSERT INTO deliveries VALUES (?, ?, 'pending', NULL)", id, accountId);
      this.sql("INSERT INTO outbox (post_id, due_at, doc) VALUES (?, ?, ?)", id, Date.now() + 5000, JSON.stringify({ id, content }));
      this.sql("INSERT INTO idempotency VALUES (?, ?, ?)", key, fingerprint, answer);
      return { answer };
    });
    if (accepted.known) return accepted.known.fingerprint === fingerprint ? accepted.known.answer : null;
    const news = waits ? new Promise((tell) => this.#waiting.set(id, tell)) : undefined;
    this.ctx.waitUntil(this.env.KEEPERS.getByName(accountId).enqueue({ id, content }));
    return waits ? news : accepted.answer;
  }

  delivered(id, state, xId) {
    this.ctx.storage.transactionSync(() => {
      this.sql("UPDATE deliveries SET state = ?, x_id = ? WHERE post_id = ?", state, xId, id);
      this.sql("DELETE FROM outbox WHERE seq = (SELECT seq FROM outbox WHERE due_at <= ? AND post_id = ?)", Date.now() + 5000, id);
    });
    this.#waiting.get(id)?.(JSON.stringify({ success: true, post: { id, status: state, platformPostId: xId } }));
    this.#waiting.delete(id);
  }
}

export default {
  async fetch(request, { KEEPERS, TOTALS }) {
    if (!request.url.includes("/v1/posts")) return KEEPERS.getByName("one").fetch(request);
    const body = await request.text();
    const { content, accounts } = JSON.parse(body);
    const key = request.headers.get("idempotency-key") ?? crypto.randomUUID();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)));
    const answer = await TOTALS.getByName("all").accept(key, hash.toBase64(), content, accounts[0], request.headers.has("prefer"));
    return new Response(answer ?? '{"success":false}', { status: answer ? 200 : 422, headers: { "content-type": "application/json" } });
  },
};
