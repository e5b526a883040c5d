/** docs/API.md, section 1: a deployment on https answers over https alone, and says so before it looks at anything. */

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { api, consent, cookieOf, newVerifier, registerNetwork, request, SITE, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey, routedCalls } from "../support/keys.mjs";
import { newPerson } from "../support/sign-in.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";

const ORIGIN = "https://connect.example";
const YEAR = "max-age=31536000";
const PAGES = ["GET /connect/link/{id}", "HEAD /connect/link/{id}", "GET /connect/result/{id}", "HEAD /connect/result/{id}"];

let bench;
before(async () => (bench = await startBench({ register: false, vars: { PUBLIC_ORIGIN: ORIGIN } })));
after(() => bench?.stop());

/** As a caller whose TLS ends before the Worker: Miniflare lets a request say which URL the Worker is to see. */
const tls = (path, headers) => ({ ...headers, "mf-original-url": ORIGIN + path });
const overTls = (method, path, { headers, ...init } = {}) =>
  request(bench.worker, method, path, { ...init, headers: tls(path, headers) });
const callerOverTls = (key) => ({
  post: (path, body, headers) => api(bench.worker, { key }).post(path, body, tls(path, headers)),
  get: (path, headers) => api(bench.worker, { key }).get(path, tls(path, headers)),
});

/** No contract here: a path that means nothing is refused like all others. */
async function plainly(method, path, init = {}) {
  const response = await fetch(bench.worker.api + path, { method, redirect: "manual", ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const objects = () => {
  const folder = join(bench.worker.stateDir, "do");
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true }) : [];
  return names.filter((name) => name.endsWith(".sqlite") && !name.endsWith("metadata.sqlite"));
};

test("over plain http every call is refused, whatever it carries and whatever its forwarding headers say", async () => {
  const calls = (await routedCalls()).filter((call) => !PAGES.includes(call));
  assert.ok(calls.includes("GET /connect/callback/x") && calls.length > 60);
  const lies = { "x-forwarded-proto": "https", forwarded: "proto=https", "cf-visitor": '{"scheme":"https"}', "x-forwarded-ssl": "on" };
  const keys = [{}, { authorization: `Bearer ${ADMIN_KEY}` }, { authorization: "Bearer wrong", ...lies }, { cookie: "dashboard=x", ...lies }];
  for (const [n, call] of [...calls, "GET /nothing", "POST /", "OPTIONS /v1/posts", "GET /connect/logo/a"].entries()) {
    const [method, template] = call.split(" ");
    const path = template.replaceAll("{id}", "a").replace("*", "users/me");
    // The test's server believes X-Forwarded-Proto, Cloudflare's does not: the URL that the Worker sees is said outright.
    const headers = { ...keys[n % keys.length], "mf-original-url": `http://connect.example${path}` };
    const answer = await plainly(method === "ANY" ? "GET" : method, path, { headers });
    assert.equal(answer.status, 403, call);
    if (method !== "HEAD") assert.ok(answer.text.includes("https_required"), `${call}: ${answer.text}`);
    assert.equal(answer.headers.get("set-cookie"), null, call);
  }
  assert.deepEqual(objects(), [], "no key is looked at, no object asked");
});

test("the refusal is JSON for programs, a problem for X's clients and a page for people, a good key or none", async () => {
  for (const key of [ADMIN_KEY, "wrong", null]) {
    const { hint } = assertRefused(await api(bench.worker, { key }).get("/v1/posts"), 403, "https_required");
    assert.match(hint, /https address/);
    const { status, body, headers } = await api(bench.worker, { key }).get("/2/users/me");
    assert.deepEqual([status, headers.get("content-type").split(";")[0]], [403, "application/problem+json"]);
    assert.ok(JSON.stringify(body).includes("https_required"));
  }
  const page = await request(bench.worker, "GET", "/connect/callback/x?state=s&code=c");
  assert.match(page.headers.get("content-type"), /^text\/html/);
});

test("a page that a person opens is sent to its https address, built from PUBLIC_ORIGIN", async () => {
  const paths = ["/", "/?tab=1", "/connect/link/cs_1?a=%20b", "/connect/result/cs_1"];
  for (const path of paths) {
    for (const [method, host] of [["GET", "evil.example"], ["HEAD", "connect.example"], ["GET", "x.workers.dev:8080"]]) {
      const headers = { "mf-original-url": `http://${host}${path}`, "x-forwarded-host": "evil.example" };
      const { status, headers: got } = await plainly(method, path, { headers });
      assert.deepEqual([status, got.get("location"), got.get("set-cookie")], [308, ORIGIN + path, null], `${method} ${host}${path}`);
    }
  }
});

test("/healthz answers on both", async () => {
  assert.equal((await api(bench.worker).get("/healthz")).body.ok, true);
  assert.equal((await overTls("GET", "/healthz")).body.ok, true);
});

test("every https answer says that the next year is https too, for this host alone", async () => {
  for (const [method, path] of [
    ["GET", "/healthz"],
    ["GET", "/"],
    ["GET", "/v1/posts"],
    ["GET", "/2/users/me"],
    ["GET", "/connect/link/cs_1"],
    ["GET", "/connect/callback/x"],
    ["POST", "/connect/start"],
    ["GET", "/connect/logo/a"],
    ["OPTIONS", "/v1/posts"],
    ["GET", "/v1/nothing"],
  ]) {
    const { headers } = await overTls(method, path);
    assert.equal(headers.get("strict-transport-security"), YEAR, `${method} ${path}`);
  }
  for (const file of ["/embed.js", "/openapi.json", "/dashboard/page"]) {
    assert.equal((await plainly("GET", file)).headers.get("strict-transport-security"), YEAR, file);
  }
  assert.equal((await api(bench.worker).get("/healthz")).headers.get("strict-transport-security"), null);
});

test("over https people connect, and every cookie is Secure and bound to the host", async () => {
  const { x, worker } = bench;
  x.setApp({ client_id: x.app.client_id, callbacks: [`${ORIGIN}/connect/callback/x`] });
  const caller = callerOverTls(ADMIN_KEY);
  await registerNetwork({ api: caller, x });
  await newKey({ worker }, {}, caller);
  const cookies = [];
  const keep = (answer) => {
    cookies.push(...answer.headers.getSetCookie());
    return answer;
  };
  const { data: session } = (await caller.post("/v1/connect-sessions", { origin: SITE })).body;
  const { verifier, challenge } = newVerifier();
  const body = new URLSearchParams({ token: session.token, code_challenge: challenge, code_challenge_method: "S256" });
  const left = keep(await overTls("POST", "/connect/start", { headers: { origin: SITE }, body }));
  const username = newPerson(bench);
  const comesBack = (url, headers) => overTls("GET", new URL(url).pathname + new URL(url).search, { headers });
  const callback = consent(bench, left.headers.get("location"), username);
  keep(await comesBack(callback));
  await comesBack(callback, { cookie: cookieOf(left) });
  const complete = `/v1/connect-sessions/${session.id}/complete`;
  const completed = await callerOverTls(session.token).post(complete, { code_verifier: verifier });
  assert.equal(completed.body.data.account.username, username);
  const { data: link } = (await caller.post("/v1/social-networks/x/auth-url", {})).body;
  keep(await comesBack(link.auth_url));
  keep(await callerOverTls(null).post("/v1/dashboard/session", { key: ADMIN_KEY }, { "sec-fetch-site": "same-origin" }));
  assert.equal(cookies.length, 4);
  for (const cookie of cookies) assert.match(cookie, /^__Host-[^;]+; Path=\/;.*; Secure/);
});
