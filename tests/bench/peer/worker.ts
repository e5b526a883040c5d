/**
 * A plain Worker that publishes to X, as one writes it in an afternoon: Hono in front, one object with SQLite behind.
 *
 * It makes the same durable writes as ours: post, delivery and idempotency row in one transaction, and X's answer. It
 * makes no promise: what was under way in a crash is forgotten, an answer that is lost is an error, a thread, a refresh
 * or a queue does not exist, and tokens are stored in plain text.
 */

import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";

interface Env {
  LEDGER: { getByName(name: string): Ledger };
  ADMIN_KEY: string;
  X_API_ORIGIN: string;
}

/** A post that is in the ledger, and the answer that its caller got or gets. */
interface Created {
  id: string;
  answer: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, token TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS posts (id TEXT PRIMARY KEY, content TEXT NOT NULL, created_at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS deliveries (
    post_id TEXT NOT NULL, account_id TEXT NOT NULL, status TEXT NOT NULL, x_id TEXT,
    PRIMARY KEY (post_id, account_id));
  CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, id TEXT NOT NULL, answer TEXT NOT NULL,
    created_at INTEGER NOT NULL);`;

export class Ledger extends DurableObject {
  declare env: Env;

  constructor(ctx: any, env: Env) {
    super(ctx, env);
    this.sql(SCHEMA);
  }

  addAccount(id: string, token: string) {
    this.sql("INSERT OR REPLACE INTO accounts VALUES (?, ?)", id, token);
  }

  /** The answer under this key: an old one, a new one, or none if the key came with another body. */
  create(key: string, fingerprint: string, content: string, accountId: string): Created | null {
    return this.ctx.storage.transactionSync(() => {
      const [known] = this.sql("SELECT id, fingerprint, answer FROM idempotency WHERE key = ?", key);
      if (known) return known.fingerprint === fingerprint ? known : null;
      const id = crypto.randomUUID();
      const answer = JSON.stringify({ success: true, post: { id, content, status: "pending" } });
      this.sql("INSERT INTO posts VALUES (?, ?, ?)", id, content, Date.now());
      this.sql("INSERT INTO deliveries VALUES (?, ?, 'pending', NULL)", id, accountId);
      this.sql("INSERT INTO idempotency VALUES (?, ?, ?, ?, ?)", key, fingerprint, id, answer, Date.now());
      return { id, answer };
    });
  }

  async publish(postId: string) {
    const [row] = this.sql(
      `SELECT content, token, account_id FROM posts JOIN deliveries ON post_id = posts.id
       JOIN accounts ON accounts.id = account_id WHERE posts.id = ? AND status = 'pending'`,
      postId,
    );
    if (!row) return;
    const answer = await fetch(`${this.env.X_API_ORIGIN}/2/tweets`, {
      method: "POST",
      headers: { authorization: `Bearer ${row.token}`, "content-type": "application/json" },
      body: JSON.stringify({ text: row.content }),
    });
    const { data } = (await answer.json()) as { data?: { id: string } };
    const status = answer.ok ? "published" : "failed";
    this.sql("UPDATE deliveries SET status = ?, x_id = ? WHERE post_id = ?", status, data?.id ?? null, postId);
  }

  token(accountId: string) {
    const [row] = this.sql("SELECT token FROM accounts WHERE id = ?", accountId);
    return row.token as string;
  }

  read(postId: string) {
    const [row] = this.sql("SELECT status, x_id FROM deliveries WHERE post_id = ?", postId);
    return { success: true, post: { id: postId, status: row.status, platformPostId: row.x_id } };
  }

  private sql(statement: string, ...values: unknown[]): any[] {
    return this.ctx.storage.sql.exec(statement, ...values).toArray();
  }
}

const app = new Hono<{ Bindings: Env }>();

app.use(async (c, next) => {
  if (c.req.header("authorization") !== `Bearer ${c.env.ADMIN_KEY}`) return c.json({ success: false }, 401);
  return next();
});

app.post("/accounts", async (c) => {
  const { id, token } = await c.req.json();
  await c.env.LEDGER.getByName("main").addAccount(id, token);
  return c.json({ success: true }, 201);
});

app.post("/v1/posts", async (c) => {
  const body = await c.req.text();
  const { content, accounts } = JSON.parse(body);
  const ledger = c.env.LEDGER.getByName("main");
  const key = c.req.header("idempotency-key") ?? crypto.randomUUID();
  const created = await ledger.create(key, await digest(body), content, accounts[0]);
  if (!created) return c.json({ success: false, code: "idempotency_key_reused" }, 422);
  const published = ledger.publish(created.id);
  if (c.req.header("prefer")) {
    await published;
    return c.json(await ledger.read(created.id));
  }
  c.executionCtx.waitUntil(published);
  return c.body(created.answer, 200, { "content-type": "application/json" });
});

app.get("/v1/posts/:id", async (c) => c.json(await c.env.LEDGER.getByName("main").read(c.req.param("id"))));

/** X itself, with the account's token. */
app.all("/2/*", async (c) => {
  const token = await c.env.LEDGER.getByName("main").token(c.req.header("account")!);
  const { pathname, search } = new URL(c.req.url);
  const headers = { authorization: `Bearer ${token}`, "content-type": c.req.header("content-type") ?? "application/json" };
  const body = c.req.method === "GET" ? null : c.req.raw.body;
  return fetch(c.env.X_API_ORIGIN + pathname + search, { method: c.req.method, headers, body });
});

async function digest(text: string) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}

export default app;
