/** docs/API.md, section 8, "The dashboard": a browser that has signed in with a key, and what its cookie is good for. */

import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { api, callbackOf, cookieOf, newAccount, request, startBench } from "../support/client.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { storedFiles } from "../support/stored.mjs";
import { ADMIN_KEY, startWorker } from "../support/worker.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const SESSION = "/v1/dashboard/session";
const OURS = { "sec-fetch-site": "same-origin" };

/** A browser's own requests, with what it says of where they come from. */
function browser(cookie, from = OURS) {
  return withHeaders(api(bench.worker, { key: null }), { ...from, ...(cookie ? { cookie } : {}) });
}

const withHeaders = (by, headers) => ({
  get: (path, more) => by.get(path, { ...headers, ...more }),
  post: (path, body, more) => by.post(path, body, { ...headers, ...more }),
  patch: (path, body, more) => by.patch(path, body, { ...headers, ...more }),
  delete: (path, more) => by.delete(path, { ...headers, ...more }),
});

/** `{ answer, cookie, page }`: what a person gets who types a key. */
async function signIn(key = ADMIN_KEY) {
  const answer = await browser().post(SESSION, { key });
  assert.equal(answer.status, 201, answer.text);
  const cookie = cookieOf(answer);
  return { answer, cookie, page: browser(cookie) };
}

test("a key is exchanged for a cookie that no script reads and no other site sends", async () => {
  const { answer } = await signIn();
  assert.match(answer.headers.get("set-cookie"), /^dashboard=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
  const { id, expires_at, sessions, changes_after, ...data } = answer.body.data;
  assertTimesAndIds({ expires_at });
  assert.match(id, /^[\w-]{22}$/);
  assert.ok(sessions >= 1 && changes_after.length > 0);
  const callback_url = callbackOf(bench.worker);
  assert.deepEqual(data, { key_id: "admin", scopes: ["admin"], tenant_id: null, account_id: null, is_frozen: false, callback_url });
  assert.ok(!answer.text.includes(ADMIN_KEY));
});

test("with the cookie a page of ours does what the key can, and no more", async () => {
  const key = await newKey(bench, { tenant_id: "signed-in", scopes: ["read"] });
  const { answer, page } = await signIn(key.key);
  assert.deepEqual([answer.body.data.key_id, answer.body.data.scopes, answer.body.data.tenant_id], [key.id, ["read"], "signed-in"]);
  assert.equal((await page.get("/v1/posts")).status, 200);
  assertRefused(await page.get("/v1/api-keys"), 403, "insufficient_key_scope");
  assertRefused(await page.post("/v1/posts", { content: "no", accounts: ["x"] }), 403, "insufficient_key_scope");
  assertRefused(await page.get("/v1/settings"), 403, "insufficient_key_scope");
});

test("a page acts for the sign-in that it was drawn for, and not for one that has come after it", async () => {
  const key = await newKey(bench, { tenant_id: "drawn-for", scopes: ["read", "connect"] });
  const before = await signIn(key.key);
  const drawn = { "dashboard-session": before.answer.body.data.id };
  assert.equal((await before.page.get("/v1/posts", drawn)).status, 200);
  assert.equal((await before.page.get(SESSION)).body.data.id, drawn["dashboard-session"]);
  const { page } = await signIn();
  assertRefused(await page.get("/v1/posts", drawn), 401, "invalid_session_token");
  assertRefused(await page.post("/v1/api-keys", { name: "by a stale page", scopes: ["admin"] }, drawn), 401, "invalid_session_token");
  assert.ok((await bench.api.get("/v1/api-keys")).body.data.every(({ name }) => name !== "by a stale page"));
});

test("what a signed-in browser does is the key's deed, and so is signing in and out", async () => {
  const key = await newKey(bench, { scopes: ["admin"] });
  const { page } = await signIn(key.key);
  const { id } = (await page.post("/v1/api-keys", { name: "by the page", scopes: ["read"] })).body.data;
  await page.delete(SESSION);
  const { data } = (await bench.api.get(`/v1/audit?key_id=${key.id}`)).body;
  assert.deepEqual(data.map(({ action, target_id }) => [action, target_id]), [
    ["dashboard.signed_out", null],
    ["key.created", id],
    ["dashboard.signed_in", null],
  ]);
});

test("a post and a call for X go through with the cookie", async () => {
  const account = await newAccount(bench, { tenant_id: "by-page" });
  const { page } = await signIn();
  const made = await page.post("/v1/posts", { content: "from the page", accounts: [account.id] }, { prefer: "wait=10" });
  assert.equal(made.body.post.socialAccounts[0].status, "published", made.text);
  const me = await page.get(`/v1/social-accounts/${account.id}/x/2/users/me`);
  assert.deepEqual([me.status, me.body.data.username], [200, account.username]);
});

for (const [name, from] of [
  ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
  ["a sibling host", { "sec-fetch-site": "same-site", origin: "http://other.localhost" }],
  ["an address that was typed", { "sec-fetch-site": "none" }],
  ["another origin, in an old browser", { origin: "https://evil.example" }],
  ["a hidden origin, in an old browser", { origin: "null" }],
]) {
  test(`the cookie counts for nothing from ${name}`, async () => {
    const { cookie } = await signIn();
    const stranger = browser(cookie, from);
    for (const answer of [
      await stranger.get("/v1/posts"),
      await stranger.get(SESSION),
      await stranger.post("/v1/api-keys", { name: "forged", scopes: ["admin"] }),
      await stranger.patch("/v1/settings", { on_unknown: "hold" }),
      await stranger.delete(SESSION),
      await stranger.delete("/v1/dashboard/sessions"),
      await stranger.post(SESSION, { key: ADMIN_KEY }),
    ]) {
      assertRefused(answer, 403, "origin_not_allowed");
      assert.equal(answer.headers.get("set-cookie"), null);
    }
    const names = (await bench.api.get("/v1/api-keys")).body.data.map((row) => row.name);
    assert.ok(!names.includes("forged"));
    assert.equal((await browser(cookie).get(SESSION)).status, 200, "it is still signed in");
  });
}

test("a browser that says nothing of itself may read and change nothing", async () => {
  const { cookie } = await signIn();
  const silent = browser(cookie, {});
  assert.equal((await silent.get("/v1/posts")).status, 200);
  assertRefused(await silent.post("/v1/api-keys", { name: "silent", scopes: ["read"] }), 403, "origin_not_allowed");
  assertRefused(await silent.delete(SESSION), 403, "origin_not_allowed");
});

test("a page may not sign a browser in from elsewhere, or with what is no key", async () => {
  for (const body of [{ key: "wrong" }, { key: "" }]) {
    const answer = await browser().post(SESSION, body);
    assertRefused(answer, 401, "invalid_api_key");
    assert.equal(answer.headers.get("set-cookie"), null);
  }
  assertRefused(await browser().post(SESSION, {}), 400, "invalid_payload", "key");
  const form = await request(bench.worker, "POST", SESSION, { headers: OURS, body: new URLSearchParams({ key: ADMIN_KEY }) });
  assertRefused(form, 415, "unsupported_media_type");
});

test("a key in the header goes before the cookie", async () => {
  const key = await newKey(bench, { tenant_id: "header", scopes: ["read"] });
  const { cookie } = await signIn();
  const headers = { cookie, "sec-fetch-site": "cross-site", authorization: `Bearer ${key.key}` };
  assertRefused(await api(bench.worker, { key: null }).get("/v1/api-keys", headers), 403, "insufficient_key_scope");
});

test("an Authorization that is no bearer is 401, and not answered by the cookie beside it", async () => {
  const { cookie } = await signIn();
  const status = (authorization, path = "/v1/posts") =>
    new Promise((resolve, reject) => {
      const headers = { cookie, ...OURS, ...(authorization === undefined ? {} : { authorization }) };
      const sent = httpRequest({ host: "127.0.0.1", port: bench.worker.port, path, headers });
      sent.on("error", reject).on("response", (answer) => (answer.resume(), resolve(answer.statusCode))).end();
    });
  // workerd shows no empty header to a Worker.
  for (const none of [undefined, ""]) assert.equal(await status(none), 200);
  for (const authorization of ["Basic YWJjOmRlZg==", "Bearer", "Bearer ", "Token lk_1", ADMIN_KEY, "DPoP abc"]) {
    assert.equal(await status(authorization), 401, `"${authorization}"`);
    assert.equal(await status(authorization, SESSION), 401, `"${authorization}"`);
  }
});

test("signing out ends this browser's session and no other", async () => {
  const key = await newKey(bench, { scopes: ["read"] });
  const [one, two] = [await signIn(key.key), await signIn(key.key)];
  assert.equal(two.answer.body.data.sessions, 2);
  const out = await one.page.delete(SESSION);
  assert.deepEqual([out.status, out.body.ended], [200, 1]);
  assert.match(out.headers.get("set-cookie"), /^dashboard=; .*Max-Age=0;/);
  assertRefused(await one.page.get("/v1/posts"), 401, "invalid_session_token");
  assert.equal((await one.page.get(SESSION)).body.data, null);
  assert.equal((await two.page.get(SESSION)).body.data.sessions, 1);
  assert.equal((await one.page.delete(SESSION)).body.ended, 0, "again, it changes nothing");
});

test("a browser that signs in again leaves its former sign-in, and is one browser; a key that is none ends nothing", async () => {
  const { key } = await newKey(bench);
  const first = await signIn(key);
  assertRefused(await first.page.post(SESSION, { key: "wrong" }), 401, "invalid_api_key");
  assert.equal((await first.page.get(SESSION)).body.data.sessions, 1);
  const second = await first.page.post(SESSION, { key });
  assert.deepEqual([second.status, second.body.data.sessions], [201, 1]);
  assert.equal((await first.page.get(SESSION)).body.data, null);
  assert.equal((await browser(cookieOf(second)).get(SESSION)).body.data.sessions, 1);
});

test("signing out everywhere ends every session of the key and of no other key", async () => {
  const [key, other] = [await newKey(bench, { scopes: ["read"] }), await newKey(bench, { scopes: ["read"] })];
  const mine = [await signIn(key.key), await signIn(key.key), await signIn(key.key)];
  const theirs = await signIn(other.key);
  assert.equal((await mine[0].page.delete("/v1/dashboard/sessions")).body.ended, 3);
  for (const { page } of mine) assertRefused(await page.get("/v1/posts"), 401, "invalid_session_token");
  assert.equal((await theirs.page.get("/v1/posts")).status, 200);
});

test("a session ends with its key", async () => {
  const key = await newKey(bench, { scopes: ["read"] });
  const { page } = await signIn(key.key);
  await bench.api.delete(`/v1/api-keys/${key.id}`);
  assertRefused(await page.get("/v1/posts"), 401, "invalid_session_token");
  assert.equal((await page.get(SESSION)).body.data, null);
});

test("a session outlives a crash, and ends when the configuration's key is another one", async (t) => {
  const persist = bench.worker.stateDir;
  const { cookie } = await signIn();
  await bench.worker.kill();
  await bench.worker.restart();
  assert.equal((await browser(cookie).get(SESSION)).status, 200);
  await bench.worker.kill();
  const changed = await startWorker({ fakeX: bench.x, persist, vars: { ADMIN_KEY: "another-admin-key-0123456789abcdef0123456789" } });
  t.after(() => bench.worker.restart());
  const answer = await request(changed, "GET", "/v1/posts", { headers: { ...OURS, cookie } });
  await changed.stop();
  assertRefused(answer, 401, "invalid_session_token");
});

test("neither cookie nor key is on disk or in the log", async () => {
  const key = await newKey(bench, { scopes: ["read"] });
  const { cookie, page } = await signIn(key.key);
  const value = cookie.split("=")[1];
  const { headers } = await page.get("/v1/posts");
  const line = await bench.worker.logged(headers.get("x-request-id"), '"route":"/v1/posts"');
  assert.match(line, new RegExp(`"key_id":"${key.id}"`));
  const files = (await storedFiles(bench.worker)).map(([, bytes]) => bytes);
  for (const secret of [value, key.key]) {
    assert.ok(files.every((bytes) => !bytes.includes(secret)));
    assert.ok(bench.worker.logs().every((text) => !text.includes(secret)));
  }
});

test("the page is served with a policy that lets no other origin in", async () => {
  const { status, headers, text } = await request(bench.worker, "GET", "/");
  assert.equal(status, 200, text);
  assert.match(text, /<div id="app"><\/div>/);
  assert.match(headers.get("content-type"), /^text\/html/);
  const policy = headers.get("content-security-policy");
  for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    assert.ok(policy.includes(part), policy);
  }
  assert.ok(!policy.includes("unsafe-inline"));
  assert.ok(policy.includes(`form-action 'self' ${bench.x.site}`), policy);
  assert.equal(headers.get("referrer-policy"), "no-referrer");
  assert.equal(headers.get("x-frame-options"), "DENY");
  const bare = await request(bench.worker, "GET", "/dashboard/page");
  assert.equal(bare.headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
});

test("its files are named by what is in them, and kept", async () => {
  const { text } = await request(bench.worker, "GET", "/");
  const files = [...text.matchAll(/(?:src|href)="(\/dashboard\/static\/[^"]+)"/g)].map(([, path]) => path);
  assert.equal(files.length, 2, text);
  for (const path of files) {
    const { status, headers } = await request(bench.worker, "GET", path);
    assert.equal(status, 200, path);
    assert.match(headers.get("cache-control"), /immutable/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});
