/** docs/API.md, section 8, "Page sessions": keys that end, each for one tenant and the pages of one origin. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { SITE, api, connect, cookieOf, createPost, newAccount, newUser, publishPost, request, spoilt, startBench, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { newKey, newPage, PAGE_SCOPES, pageApi, routes } from "../support/keys.mjs";
import { upload } from "../support/media.mjs";
import { age, inObject, storedFiles } from "../support/stored.mjs";
import { ADMIN_KEY, startWorker } from "../support/worker.mjs";

const PAGES = "/v1/page-sessions";
const OTHERS = ["https://evil.example", "null", `${SITE}.evil.example`, SITE.replace("8789", "8790"), SITE.replace("http", "https"), ""];

let bench;

before(async () => (bench = await startBench({ vars: { API_ALLOWED_ORIGINS: "https://office.example" } })));
after(() => bench?.stop());

const corsOf = ({ headers }) => Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-")));
const mint = (fields, by = bench.api) => by.post(PAGES, { origin: SITE, tenant_id: "t", scopes: ["publish"], ...fields });
const asPage = (page) => ({ ...bench, api: page.api });

async function signIn(key) {
  const ours = { "sec-fetch-site": "same-origin" };
  const answer = await api(bench.worker, { key: null }).post("/v1/dashboard/session", { key }, ours);
  assert.equal(answer.status, 201, answer.text);
  return { ...ours, cookie: cookieOf(answer) };
}

test("a page session is a key that ends, shown with its token once", async () => {
  const made = await mint({ scopes: ["publish", "accounts"], expires_in: 120 });
  const { token, api_url, ...data } = made.body.data;
  assert.equal(api_url, bench.worker.origin, "where the page calls");
  assert.match(token, /^pst_[\w-]{107}$/);
  assertTimesAndIds({ id: data.id, created_at: data.created_at, expires_at: data.expires_at });
  assert.equal(Date.parse(data.expires_at) - Date.parse(data.created_at), 120_000);
  assert.deepEqual([data.origin, data.tenant_id, data.scopes, data.key_id], [SITE, "t", ["accounts", "publish"], "admin"]);
  assert.deepEqual((await bench.api.get(`${PAGES}/${data.id}`)).body.data, data);
  const keys = (await bench.api.get("/v1/api-keys")).body;
  assert.ok(!keys.data.some(({ id }) => id === data.id), "it is none of the keys that stay");
  assertRefused(await bench.api.delete(`/v1/api-keys/${data.id}`), 404, "not_found");
});

test("what a page session cannot be is said by its field", async () => {
  for (const [fields, path] of [
    [{ scopes: [] }, "scopes"],
    [{ scopes: ["read"] }, "scopes.0"],
    [{ scopes: ["publish", "admin"] }, "scopes.1"],
    [{ expires_in: 59 }, "expires_in"],
    [{ expires_in: 3601 }, "expires_in"],
    [{ origin: "null" }, "origin"],
    [{ origin: "https://a.example/path" }, "origin"],
    [{ tenant_id: undefined }, "tenant_id"],
  ]) {
    assertRefused(await mint(fields), 400, "invalid_payload", path);
  }
});

test("a key gives a page no more than it has", async () => {
  const able = {
    admin: ["accounts", "draft", "publish"], publish: ["draft", "publish"], draft: ["draft"], read: [], connect: [], "read connect": ["accounts"],
    "read publish": ["draft", "publish"], "draft connect": ["accounts", "draft"], "read connect publish": ["accounts", "draft", "publish"],
  };
  for (const [scopes, given] of Object.entries(able)) {
    const key = await newKey(bench, { tenant_id: "t", scopes: scopes.split(" ") });
    for (const scope of PAGE_SCOPES) {
      const answer = await mint({ scopes: [scope] }, key.api);
      if (given.includes(scope)) assert.equal(answer.status, 201, `${scopes}: ${answer.text}`);
      else assertRefused(answer, 403, "insufficient_key_scope");
    }
    assertRefused(await mint({ tenant_id: "another" }, key.api), 403, "insufficient_key_scope");
  }
  const writer = await newKey(bench, { scopes: ["publish"] });
  const page = await newPage(bench, { tenant_id: "t", scopes: ["publish"] }, writer.api);
  assertRefused(await page.api.get("/v1/posts"), 403, "insufficient_key_scope");
  assertRefused(await page.api.post("/v1/posts", { content: "nobody there", accounts: ["nobody"] }), 400, "unknown_account");
  const account = await newAccount(bench, { tenant_id: "t" });
  const narrow = await newKey(bench, { account_id: account.id });
  assertRefused(await mint({}, narrow.api), 403, "insufficient_key_scope");
});

test("a session is shown to the key that made it and to who manages its tenant", async () => {
  const [maker, colleague, admin, other] = [
    await newKey(bench, { tenant_id: "shown", scopes: ["publish"] }),
    await newKey(bench, { tenant_id: "shown", scopes: ["publish", "read", "connect"] }),
    await newKey(bench, { tenant_id: "shown" }),
    await newKey(bench, { tenant_id: "other" }),
  ];
  const page = await newPage(bench, { tenant_id: "shown", scopes: ["publish"] }, maker.api);
  const path = `${PAGES}/${page.id}`;
  for (const { api } of [maker, admin, bench]) assert.equal((await api.get(path)).body.data?.key_id, maker.id);
  for (const { api } of [colleague, other]) {
    assertRefused(await api.get(path), 404, "not_found");
    assertRefused(await api.delete(path), 404, "not_found");
  }
  assert.equal((await maker.api.delete(path)).status, 200);
  for (const { api } of [maker, admin]) assertRefused(await api.delete(path), 404, "not_found");
  assertRefused(await bench.api.get(`${PAGES}/${maker.id}`), 404, "not_found");
});

test("a token opens what its scopes name and nothing else", async () => {
  const pages = Object.fromEntries(
    await Promise.all(PAGE_SCOPES.map(async (scope) => [scope, await newPage(bench, { tenant_id: "scopes", scopes: [scope] })])),
  );
  bench.x.clearRequests();
  // The endpoint for agents refuses the pages of every other origin, whatever they hold: mcp.test.mjs.
  for (const { method, path, scope, pages: open } of (await routes()).filter((row) => row.scope !== null && row.path !== "/mcp")) {
    for (const [held, page] of Object.entries(pages)) {
      const target = path.replaceAll("{id}", "acc_AAAAAAAAAAAAAAAAAAAAAA").replace("*", "users/me");
      const answer = await page.api.send(method, target, { isDescribed: false });
      const isOpen = open === "any" || open === held || open === "draft" && held === "publish";
      assert.equal(answer.body?.code !== "insufficient_key_scope", isOpen, `${method} ${path} (${scope}) with ${held}: ${answer.text}`);
      if (!isOpen) assert.equal(answer.status, 403);
    }
  }
  assert.deepEqual(bench.x.requests(), []);
});

test("a call from any other origin, or from none, is refused and no page may read why", async () => {
  const page = await newPage(bench, { tenant_id: "t" });
  for (const origin of [...OTHERS, "https://office.example", null]) {
    for (const answer of [
      await pageApi(bench, page.token, origin).get("/v1/social-accounts"),
      await pageApi(bench, page.token, origin).post("/v1/posts", { content: "no", accounts: ["x"] }),
    ]) {
      assertRefused(answer, 403, "origin_not_allowed");
      assert.deepEqual(corsOf(answer), {}, origin);
    }
  }
});

test("the page of a token may read every answer, and the end of its token", async () => {
  const page = await newPage(bench, { tenant_id: "t" });
  const calls = [
    [200, () => page.api.get("/v1/posts")],
    [404, () => page.api.get("/v1/posts/post_none")],
    [400, () => page.api.post("/v1/posts", {})],
  ];
  for (const [status, call] of calls) {
    const answer = await call();
    assert.deepEqual([answer.status, corsOf(answer)["access-control-allow-origin"]], [status, SITE], answer.text);
    assert.match(answer.headers.get("vary"), /Origin/);
    assert.equal(answer.headers.get("access-control-allow-credentials"), null);
  }
  await bench.api.delete(`${PAGES}/${page.id}`);
  const over = await page.api.get("/v1/posts");
  assert.deepEqual([over.status, over.body.code, corsOf(over)["access-control-allow-origin"]], [401, "invalid_api_key", SITE]);
  const madeUp = await pageApi(bench, spoilt(page.token), SITE).get("/v1/posts");
  assert.deepEqual([madeUp.status, corsOf(madeUp)], [401, {}]);
});

test("a preflight of what takes such tokens answers every origin, and of nothing else", async () => {
  const rows = (await routes()).filter(({ path }) => !path.includes("upload"));
  const paths = [...new Set(rows.filter(({ scope }) => scope !== null).map(({ path }) => path))];
  for (const path of paths) {
    const open = rows.filter((row) => row.path === path && row.pages !== null).map(({ method }) => method);
    for (const origin of [SITE, "https://anybody.example", "null"]) {
      const headers = { origin, "access-control-request-method": open[0] ?? "GET", "access-control-request-headers": "authorization" };
      const answer = await request(bench.worker, "OPTIONS", path.replaceAll("{id}", "a").replace("*", "users/me"), { headers });
      assert.equal(answer.status, 204, path);
      const cors = corsOf(answer);
      assert.equal(cors["access-control-allow-origin"], open.length > 0 ? origin : undefined, path);
      assert.match(answer.headers.get("vary"), /Origin/);
      assert.equal(cors["access-control-allow-credentials"], undefined);
      if (open.length === 0) continue;
      assert.deepEqual(cors["access-control-allow-methods"].split(", ").filter((name) => name !== "HEAD").sort(), open.sort(), path);
      assert.match(cors["access-control-allow-headers"], /Authorization/);
    }
  }
});

test("a page connects, lists, reconnects and disconnects its tenant's accounts", async () => {
  const page = await newPage(bench, { tenant_id: "page-accounts", scopes: ["accounts"] });
  await newAccount(bench, { tenant_id: "somebody-else" });
  const { username } = newUser(bench);
  const account = await connect(asPage(page), { username });
  assert.equal(account.tenant_id, "page-accounts");
  const ids = async () => (await page.api.get("/v1/social-accounts")).body.data.map(({ id }) => id);
  assert.deepEqual(await ids(), [account.id]);
  assert.equal((await connect(asPage(page), { username, reconnect_account_id: account.id })).id, account.id);
  assert.equal((await page.api.post("/v1/connect-sessions", {})).status, 201, "the origin is the token's");
  assertRefused(await page.api.post("/v1/connect-sessions", { origin: "https://b.example" }), 403, "origin_not_allowed");
  assertRefused(await page.api.post("/v1/connect-sessions", { tenant_id: "somebody-else" }), 403, "insufficient_key_scope");
  for (const method of ["GET", "POST"]) {
    const link = await page.api.send(method, "/v1/social-networks/x/auth-url");
    assertRefused(link, 403, "insufficient_key_scope");
  }
  assert.equal((await page.api.delete(`/v1/social-accounts/${account.id}`)).status, 200);
  assert.deepEqual(await ids(), []);
});

test("a page previews, uploads, posts, plans, changes, cancels and lists for its tenant", async () => {
  const account = await newAccount(bench, { tenant_id: "composer" });
  const page = asPage(await newPage(bench, { tenant_id: "composer", scopes: ["publish"] }));
  const preview = await page.api.post("/v1/posts", { content: "seen before", accounts: [account.id], dryRun: true });
  assert.equal(preview.body.post.dryRun ?? preview.body.dryRun, true, preview.text);
  const { id } = await upload(page, png());
  const post = await publishPost(page, account, { content: "from a page", media: [{ id }] });
  assert.equal(post.socialAccounts[0].state, "published");
  const planned = await createPost(page, account, { content: "planned", scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
  assert.equal((await page.api.patch(`/v1/posts/${planned.id}`, { content: "changed" })).status, 200);
  assert.equal((await page.api.delete(`/v1/posts/${planned.id}`)).status, 200);
  const ids = (await page.api.get("/v1/posts")).body.posts.map((row) => row.id);
  assert.deepEqual(ids, [planned.id, post.id]);
  assert.deepEqual(textsAt(bench, account).map((text) => text.split(" https")[0]), ["from a page"]);
  assertRefused(await page.api.delete(`/v1/posts/${post.id}/remote`), 403, "insufficient_key_scope");
});

test("what ends makes nothing that ends, and signs nobody in", async () => {
  const page = await newPage(bench, { tenant_id: "t" });
  assertRefused(await mint({}, page.api), 403, "insufficient_key_scope");
  assertRefused(await page.api.post("/v1/api-keys", { name: "no", scopes: ["read"] }), 403, "insufficient_key_scope");
  const browser = await signIn(ADMIN_KEY);
  assertRefused(await api(bench.worker, { key: null }).post(PAGES, { origin: SITE, tenant_id: "t", scopes: ["publish"] }, browser), 403, "insufficient_key_scope");
  const ours = { "sec-fetch-site": "same-origin" };
  const value = browser.cookie.split("=")[1];
  for (const key of [page.token, value]) {
    const answer = await api(bench.worker, { key: null }).post("/v1/dashboard/session", { key }, ours);
    assertRefused(answer, 401, "invalid_api_key");
    assert.equal(answer.headers.get("set-cookie"), null);
  }
  assert.equal((await page.api.get("/v1/posts")).status, 200, "the refusal is not remembered of the token");
});

test("a token beside a cookie is the token, and neither stands in the other's place", async () => {
  const page = await newPage(bench, { tenant_id: "t" });
  const { cookie } = await signIn(ADMIN_KEY);
  const both = { cookie, "sec-fetch-site": "same-origin" };
  assertRefused(await page.api.get("/v1/api-keys", both), 403, "insufficient_key_scope");
  assertRefused(await pageApi(bench, page.token, bench.worker.origin).get("/v1/posts", both), 403, "origin_not_allowed");
  const name = cookie.split("=")[0];
  const asCookie = { cookie: `${name}=${page.token}`, "sec-fetch-site": "same-origin" };
  assertRefused(await api(bench.worker, { key: null }).get("/v1/posts", asCookie), 401, "invalid_api_key");
  assertRefused(await pageApi(bench, cookie.split("=")[1], SITE).get("/v1/posts"), 401, "invalid_api_key");
});

test("an Idempotency-Key of a page is not the back end's, nor another origin's", async () => {
  const account = await newAccount(bench, { tenant_id: "kinds" });
  const key = await newKey(bench, { tenant_id: "kinds" });
  const here = await newPage(bench, { tenant_id: "kinds" }, key.api);
  const [again, there] = [
    await newPage(bench, { tenant_id: "kinds" }, key.api),
    await newPage(bench, { tenant_id: "kinds", origin: "https://b.example" }, key.api),
  ];
  const body = { content: "the same words", accounts: [account.id], isDraft: true };
  const headers = { "idempotency-key": "the-same" };
  const answers = [];
  for (const { api } of [here, key, there]) answers.push(await api.post("/v1/posts", body, headers));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200], answers[0].text);
  assert.equal(new Set(answers.map((answer) => answer.body.post.id)).size, 3);
  const repeated = await again.api.post("/v1/posts", body, headers);
  assert.equal(repeated.headers.get("idempotency-replayed"), "true", "a renewed token of the page repeats its call");
  assert.equal(repeated.body.post.id, answers[0].body.post.id);
  const occupied = await key.api.post("/v1/posts", { ...body, content: "other words" }, headers);
  assertRefused(occupied, 422, "idempotency_key_reused");
  const sessions = [await here.api.post("/v1/connect-sessions", {}, headers), await there.api.post("/v1/connect-sessions", {}, headers)];
  assert.deepEqual(sessions.map(({ body: { code } }) => code), ["idempotency_key_reused", "idempotency_key_reused"]);
});

test("a repeated minting gets the same token, sealed where it is stored", async () => {
  const headers = { "idempotency-key": "mint-once" };
  const mintOnce = () => bench.api.post(PAGES, { origin: SITE, tenant_id: "t", scopes: ["publish"] }, headers);
  const [first, second] = [await mintOnce(), await mintOnce()];
  assert.equal(second.text, first.text);
  assert.equal(second.headers.get("idempotency-replayed"), "true");
  const { token } = first.body.data;
  assert.equal((await pageApi(bench, token).get("/v1/posts")).status, 200);
  for (const [name, bytes] of await storedFiles(bench.worker)) assert.ok(!bytes.includes(token), name);
  assert.ok(bench.worker.logs().every((text) => !text.includes(token)));
});

test("the answer to a minting is repeated to the same key alone: not to a weaker key, and not to a browser", async () => {
  const body = { origin: SITE, tenant_id: "repeats", scopes: ["accounts", "publish"] };
  const headers = { "idempotency-key": "page-of-somebody" };
  const strong = await newKey(bench, { tenant_id: "repeats", scopes: ["read", "publish", "connect"] });
  const made = await strong.api.post(PAGES, body, headers);
  assert.equal(made.status, 201, made.text);
  for (const scopes of [["read"], ["publish"], ["connect"]]) {
    const weak = await newKey(bench, { tenant_id: "repeats", scopes });
    assertRefused(await weak.api.post(PAGES, body, headers), 403, "insufficient_key_scope");
  }
  assert.equal((await bench.api.post(PAGES, body, headers)).status, 201);
  const reader = await newKey(bench, { scopes: ["read"] });
  assertRefused(await reader.api.post(PAGES, body, headers), 403, "insufficient_key_scope");
  const browser = { ...headers, ...(await signIn(ADMIN_KEY)) };
  assertRefused(await api(bench.worker, { key: null }).post(PAGES, body, browser), 403, "insufficient_key_scope");
  assert.equal((await strong.api.post(PAGES, body, headers)).text, made.text);
});

test("the audit names who made a session, and the session for what its page does", async () => {
  const key = await newKey(bench, { tenant_id: "audited" });
  const account = await newAccount(bench, { tenant_id: "audited" });
  const page = await newPage(bench, { tenant_id: "audited" }, key.api);
  const post = await createPost(asPage(page), account, { content: "planned", isDraft: true });
  await key.api.delete(`${PAGES}/${page.id}`);
  const { data } = (await key.api.get("/v1/audit")).body;
  const deeds = data.map(({ key_id, action, target_id }) => [key_id, action, target_id]).slice(0, 3);
  assert.deepEqual(deeds, [[key.id, "page_session.deleted", page.id], [page.id, "post.created", post.id], [key.id, "page_session.created", page.id]]);
});

test("a token is dead from its end on, its deletion, and the deletion of its key", async () => {
  const key = await newKey(bench, {});
  const [deleted, orphan, short, long] = [
    await newPage(bench, { tenant_id: "t" }),
    await newPage(bench, { tenant_id: "t" }, key.api),
    await newPage(bench, { tenant_id: "t", expires_in: 60 }),
    await newPage(bench, { tenant_id: "t", expires_in: 3600 }),
  ];
  const statusOf = async ({ api }) => (await api.get("/v1/posts")).status;
  for (const page of [deleted, orphan, short, long]) assert.equal(await statusOf(page), 200);
  await bench.api.delete(`${PAGES}/${deleted.id}`);
  await bench.api.delete(`/v1/api-keys/${key.id}`);
  assert.deepEqual([await statusOf(deleted), await statusOf(orphan)], [401, 401]);
  assertRefused(await bench.api.get(`${PAGES}/${orphan.id}`), 404, "not_found");
  await bench.worker.kill();
  age(bench.worker.stateDir, "Workspace", 61_000);
  await bench.worker.restart();
  assert.deepEqual([await statusOf(short), await statusOf(long)], [401, 200]);
  assertRefused(await bench.api.get(`${PAGES}/${short.id}`), 404, "not_found");
});

test("a token ends with the key of the configuration that made it, and when its key has lost a right", async (t) => {
  const key = await newKey(bench, { tenant_id: "t", scopes: ["read", "publish"] });
  const [ofAdmin, ofKey] = [await newPage(bench, { tenant_id: "t" }), await newPage(bench, { tenant_id: "t", scopes: ["publish"] }, key.api)];
  const persist = bench.worker.stateDir;
  await bench.worker.kill();
  // No call takes a scope away yet. Whatever will, the token must not outlive it.
  inObject(persist, "Workspace", (db) =>
    db.prepare("UPDATE keys SET doc = json_set(doc, '$.scopes', json('[\"publish\"]')) WHERE id = ?").run(key.id));
  const changed = await startWorker({ fakeX: bench.x, persist, vars: { ADMIN_KEY: "another-admin-key-0123456789abcdef0123456789" } });
  t.after(() => bench.worker.restart());
  const answers = [];
  for (const { token } of [ofAdmin, ofKey]) answers.push(await pageApi({ worker: changed }, token).get("/v1/posts"));
  await changed.stop();
  for (const answer of answers) assertRefused(answer, 401, "invalid_api_key");
});

test("ended sessions are removed, in steps, and those in force stay", async (t) => {
  const own = await startBench({ register: false });
  t.after(() => own.stop());
  const page = await newPage(own, { tenant_id: "t" });
  await own.worker.kill();
  inObject(own.worker.stateDir, "Workspace", (db) =>
    db.exec(`WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1200)
      INSERT INTO keys (id, digest, is_closed, parent, expires_at, doc)
      SELECT 'key_' || n, 'digest-' || n, 1, parent, 1000 + n, doc FROM keys, n WHERE id = '${page.id}'`));
  age(own.worker.stateDir, "Workspace", 0);
  await own.worker.restart();
  const count = () => inObject(own.worker.stateDir, "Workspace", (db) => Number(db.prepare("SELECT count(*) AS count FROM keys").get().count));
  await eventually(count, (rows) => rows === 1);
  assert.equal((await page.api.get("/v1/social-accounts")).status, 200);
});
