/** docs/API.md, section 12, "Connecting an assistant": clients as they are in the field, and what anybody may send. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/client";
import { use } from "../support/agents.mjs";
import { api, newAccount, request, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { file, startFileServer } from "../support/file-server.mjs";
import { newKey } from "../support/keys.mjs";
import { MODERN_ERA, PLACE, allow, grant, newRequest, officialRound, refresh, signedIn, token } from "../support/oauth.mjs";

const SCRIPTS = fileURLToPath(new URL("../../build/assets/dashboard/static", import.meta.url));
const ELSEWHERE = "https://inspector.example";
const METADATA = ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-authorization-server"];
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const tenant_id = "t";

let bench;
let site;
let person;
let account;

before(async () => {
  bench = await startBench({ vars: { ALLOW_LOOPBACK: "true" } });
  site = await startFileServer();
  person = await signedIn(bench);
  account = await newAccount(bench, { tenant_id });
});
after(() => Promise.all([bench?.stop(), site?.close()]));

const anyone = () => api(bench.worker, { key: null });
const connected = async (transport) => {
  const client = new Client({ name: "Aya", version: "1" }, MODERN_ERA);
  await client.connect(transport);
  return client;
};

test("the official client whose id is a document goes the whole way, and renews its token by itself", async () => {
  const url = `${site.origin}/aya.json`;
  const document = { client_id: url, client_name: "Aya", redirect_uris: [PLACE], token_endpoint_auth_method: "none", logo_uri: "https://assistant.example/logo" };
  const answer = file({ bytes: Buffer.from(JSON.stringify(document)), type: "application/json" });
  site.serve("/aya.json", answer);
  const { kept, led, transport } = officialRound(bench, { client_id: url });
  const first = transport();
  await assert.rejects(new Client({ name: "Aya", version: "1" }, MODERN_ERA).connect(first));
  const asked = Object.fromEntries(led().searchParams);
  assert.deepEqual([asked.client_id, asked.resource, asked.code_challenge_method], [url, `${bench.worker.origin}/mcp`, "S256"]);
  const shown = (await person.post("/v1/agents/requests", { request: asked })).body.data;
  assert.deepEqual(shown.client, { host: new URL(url).hostname, name: "Aya" });
  await first.finishAuth(await allow(person, asked, { tenant_id }));
  assert.equal(site.count("/aya.json"), 2, "for the page, and for the yes");
  const client = await connected(transport());
  const list = async () => (await client.callTool({ name: "list_social_accounts", arguments: {} })).structuredContent.data.map(({ id }) => id);
  assert.deepEqual(await list(), [account.id]);
  const before = { ...kept.tokens };
  kept.tokens = { ...before, access_token: `${before.access_token.slice(0, -1)}${before.access_token.endsWith("A") ? "B" : "A"}` };
  assert.deepEqual(await list(), [account.id]);
  assert.notEqual(kept.tokens.refresh_token, before.refresh_token);
  await client.close();
});

test("the script of the guide lists the accounts of its key", async () => {
  const guide = await readFile(`${REPOSITORY}/docs/guide/agents.md`, "utf8");
  const [, script] = guide.match(/^```js\n([^]*?)^```$/m);
  assert.equal(script.trim().split("\n").length, 5, "five lines");
  const { key } = await newKey(bench, { tenant_id, scopes: ["read"] });
  const run = ["--input-type=module", "--eval", script.replace("https://YOUR-WORKER", bench.worker.api)];
  const { stdout } = await promisify(execFile)(process.execPath, run, { cwd: REPOSITORY, env: { ...process.env, KEY: key } });
  assert.ok(stdout.includes(account.id) && stdout.includes("count: 1"), stdout);
});

test("a client that asks for a secret is registered without one, and with fields that mean nothing here", async () => {
  const { status, body } = await anyone().post("/oauth/register", {
    redirect_uris: ["http://127.0.0.1/", "cursor://anysphere.cursor-mcp/oauth/callback"], client_name: "Aya", client_uri: "https://assistant.example",
    grant_types: ["authorization_code"], response_types: ["code"], token_endpoint_auth_method: "client_secret_post", scope: "read", software_version: "1",
  });
  assert.deepEqual([status, body.token_endpoint_auth_method, body.client_secret], [201, "none", undefined]);
  const { request: asked } = newRequest(bench, body.client_id, { redirect_uri: "http://127.0.0.1:41234/" });
  assert.equal((await person.post("/v1/agents/requests", { request: asked })).status, 200);
});

test("of what anybody may send no more is read than a client needs", async () => {
  const redirect_uris = [PLACE];
  assert.equal((await anyone().post("/oauth/register", { redirect_uris, client_uri: "u".repeat(15_000) })).status, 201);
  const long = await anyone().post("/oauth/register", { redirect_uris, client_name: "n".repeat(3000) });
  assert.deepEqual([long.status, long.body.error], [400, "invalid_client_metadata"]);
  for (const filler of [20_000, 900_000]) {
    for (const [answer, error] of [
      [await anyone().post("/oauth/register", { redirect_uris, client_uri: "u".repeat(filler) }), "invalid_client_metadata"],
      [await token(bench, { grant_type: "refresh_token", client_id: "c", refresh_token: "r".repeat(filler) }), "invalid_request"],
      [await request(bench.worker, "POST", "/oauth/revoke", { body: new URLSearchParams({ token: "t".repeat(filler) }) }), "invalid_request"],
    ]) {
      assert.deepEqual([answer.status, answer.body.error], [413, error], answer.text);
    }
  }
});

test("a page of any origin finds its way to a token, and never with a cookie", async () => {
  const headers = { origin: ELSEWHERE };
  const open = (answer) => {
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.equal(answer.headers.get("access-control-allow-credentials"), null);
  };
  for (const path of METADATA) open(await request(bench.worker, "GET", path, { headers }));
  open(await anyone().post("/oauth/register", { redirect_uris: [PLACE] }, headers));
  open(await request(bench.worker, "POST", "/oauth/token", { headers, body: new URLSearchParams({ grant_type: "refresh_token", client_id: "c", refresh_token: "r" }) }));
  open(await request(bench.worker, "POST", "/oauth/revoke", { headers, body: new URLSearchParams({ token: "t" }) }));
  for (const [path, method] of [...METADATA.map((path) => [path, "GET"]), ["/oauth/register", "POST"], ["/oauth/token", "POST"], ["/oauth/revoke", "POST"]]) {
    const asked = { ...headers, "access-control-request-method": method, "access-control-request-headers": "content-type,mcp-protocol-version" };
    const answer = await request(bench.worker, "OPTIONS", path, { headers: asked });
    open(answer);
    assert.equal(answer.status, 204);
    assert.ok(answer.headers.get("access-control-allow-methods").split(", ").includes(method), path);
    assert.match(answer.headers.get("access-control-allow-headers"), /\*/);
  }
  for (const path of ["/oauth/authorize", "/mcp", "/v1/agents", "/v1/agents/requests"]) {
    const answer = await request(bench.worker, "OPTIONS", path, { headers: { ...headers, "access-control-request-method": "POST" } });
    assert.equal(answer.headers.get("access-control-allow-origin"), null, path);
  }
});

test("the consent page and all that it loads name no product", async () => {
  const { text, headers } = await request(bench.worker, "GET", "/oauth/authorize?client_id=c");
  assert.match(text, /<title>Connect an assistant<\/title>/);
  const [, main] = text.match(/src="\/dashboard\/static\/(main-[^"]+\.js)"/);
  const files = await readdir(SCRIPTS);
  assert.ok(files.includes(main) && files.length > 3, `${files}`);
  const all = await Promise.all(files.map((name) => readFile(`${SCRIPTS}/${name}`, "utf8")));
  for (const shown of [text, JSON.stringify([...headers]), ...all]) assert.doesNotMatch(shown, /latchkey/i);
});

test("a deployment's documents for assistants name no product, and have the calls and the tools", async () => {
  const [index, full] = await Promise.all(["/llms.txt", "/llms-full.txt"].map((path) => request(bench.worker, "GET", path, { isDescribed: false })));
  for (const { status, headers, text } of [index, full]) {
    assert.deepEqual([status, headers.get("access-control-allow-origin")], [200, "*"]);
    assert.match(headers.get("content-type"), /^text\/plain/);
    assert.doesNotMatch(text, /latchkey/i);
  }
  assert.match(index.text, /^# Publishing to X\n\n> /);
  const links = [...index.text.matchAll(/^- \[[^\]]+\]\((\/[^)]+)\): ./gm)].map(([, path]) => path);
  assert.equal(links.length, index.text.match(/^- /gm).length, "each line is a link with what is there");
  assert.ok(links.includes("/llms/api.md") && links.includes("/llms/agents.md"), `${links}`);
  for (const path of links) {
    const { status, text } = await request(bench.worker, "GET", path, { isDescribed: false });
    assert.notEqual(status, 404, path);
    if (path.endsWith(".md")) assert.ok(full.text.includes(text) && !/latchkey/i.test(text), path);
  }
  for (const [, target] of full.text.matchAll(/\]\(([^)\s]+)\)/g)) {
    assert.match(target, /^(https:\/\/|#|\/)/, "a link that holds at any address");
  }
  for (const part of ["POST /v1/posts", "`request_approval`", "# Approval by a person", "# Agents"]) assert.ok(full.text.includes(part), part);
});

test("grants are listed page by page, and a renewed one keeps its place", async () => {
  const { key } = await newKey(bench, { tenant_id: "pages" });
  const tenants = await signedIn(bench, key);
  const made = [];
  for (let n = 0; n < 5; n++) made.unshift(await grant(bench, tenants));
  const all = (await tenants.get("/v1/agents")).body;
  assert.deepEqual([all.count, all.data.length, all.pagination], [5, 5, { limit: 50, offset: 0, total: 5, after: null }]);
  const ids = all.data.map(({ id }) => id);
  const first = (await tenants.get("/v1/agents?limit=2")).body;
  assert.equal((await refresh(bench, made[3].client_id, made[3].refresh_token)).status, 200);
  const second = (await tenants.get(`/v1/agents?limit=2&after=${first.pagination.after}`)).body;
  const third = (await tenants.get("/v1/agents?limit=2&offset=4")).body;
  assert.deepEqual([first, second, third].flatMap(({ data }) => data.map(({ id }) => id)), ids);
  assert.equal(third.pagination.after, null);
  assertRefused(await tenants.get("/v1/agents?limit=0"), 400, "invalid_payload", "limit");
  const narrow = await newKey(bench, { tenant_id: "another" });
  assert.deepEqual((await narrow.api.get("/v1/agents")).body.data, []);
  assert.equal((await use(bench, "list_social_accounts", {}, { key: made[0].access_token })).count, 0);
});
