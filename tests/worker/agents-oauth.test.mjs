/** docs/API.md, section 12, "Connecting an assistant": consent, tokens, rotation, and what ends a grant. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/client";
import { ask, toolsOf, use } from "../support/agents.mjs";
import { api, newAccount, request, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { cutShort, file, redirect, startFileServer } from "../support/file-server.mjs";
import { newKey } from "../support/keys.mjs";
import { MODERN_ERA, PLACE, allow, exchange, grant, newRequest, officialRound, refresh, register, signedIn, token } from "../support/oauth.mjs";
import { age } from "../support/stored.mjs";

let bench;
let site;
let person;

before(async () => {
  bench = await startBench({ vars: { ALLOW_LOOPBACK: "true" } });
  site = await startFileServer();
  person = await signedIn(bench);
});
after(() => Promise.all([bench?.stop(), site?.close()]));

const anyone = () => api(bench.worker, { key: null });
const show = (by, asked) => by.post("/v1/agents/requests", { request: asked });
const isNoGrant = (answer) => assert.deepEqual([answer.status, answer.body.error], [400, "invalid_grant"], answer.text);
const lives = async (access) => (await ask(bench, "tools/list", {}, { key: access })).status === 200;

test("a client without a key is told where to ask for one", async () => {
  const { headers } = await ask(bench, "tools/list", {}, { key: null });
  const { origin } = bench.worker;
  const at = `${origin}/.well-known/oauth-protected-resource/mcp`;
  assert.equal(headers.get("www-authenticate"), `Bearer resource_metadata="${at}", scope="read draft"`);
  for (const path of ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"]) {
    const { body } = await anyone().get(path);
    assert.deepEqual([body.resource, body.authorization_servers], [`${origin}/mcp`, [origin]]);
  }
  const { body } = await anyone().get("/.well-known/oauth-authorization-server");
  assert.deepEqual([body.issuer, body.authorization_endpoint, body.token_endpoint], [origin, `${origin}/oauth/authorize`, `${origin}/oauth/token`]);
  assert.deepEqual([body.code_challenge_methods_supported, body.token_endpoint_auth_methods_supported], [["S256"], ["none"]]);
  assert.ok(body.authorization_response_iss_parameter_supported && body.client_id_metadata_document_supported);
  assert.ok(!JSON.stringify(body).toLowerCase().includes("latchkey"));
});

test("the official client registers, is led to the page, and works by what the person has given", async () => {
  const { led, transport } = officialRound(bench);
  const first = transport();
  await assert.rejects(new Client({ name: "Aya", version: "1" }, MODERN_ERA).connect(first));
  assert.equal(led().origin + led().pathname, `${bench.worker.origin}/oauth/authorize`);
  const asked = Object.fromEntries(led().searchParams);
  const shown = await show(person, asked);
  assert.deepEqual([shown.body.data.client, shown.body.data.scopes], [{ host: "assistant.example", name: "Aya" }, ["draft", "read"]]);
  const answered = await allow(person, asked);
  assert.deepEqual([answered.get("state"), answered.get("iss")], ["its state", bench.worker.origin]);
  await first.finishAuth(answered);
  const client = new Client({ name: "Aya", version: "1" }, MODERN_ERA);
  await client.connect(transport());
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name);
  assert.ok(names.includes("list_posts") && !names.includes("delete_remote_post"), `${names}`);
  await client.close();
});

test("a client's document is fetched for a person who is signed in, and for nobody else", async () => {
  const path = "/client.json";
  const url = site.serve(path, ...Array(6).fill(file({ bytes: Buffer.from("{}"), type: "application/json" })));
  const named = newRequest(bench, url).request;
  assertRefused(await show(anyone(), named), 401, "invalid_api_key");
  assertRefused(await show(bench.api, named), 403, "insufficient_key_scope");
  assertRefused(await anyone().post("/v1/agents", { request: named, allow: true, scopes: ["read"] }), 401, "invalid_api_key");
  assert.equal((await request(bench.worker, "GET", `/oauth/authorize?${new URLSearchParams(named)}`)).status, 200);
  isNoGrant(await token(bench, { grant_type: "refresh_token", client_id: url, refresh_token: "agr_AAAA" }));
  assert.equal(site.count(path), 0);
  assertRefused(await show(person, named), 400, "invalid_payload", "client_id");
  assert.equal(site.count(path), 1);
});

test("a document is about its own address, and names the place that is answered", async () => {
  const about = (client_id, fields = {}) => {
    const json = JSON.stringify({ client_id, client_name: "Aya's own", redirect_uris: [PLACE], ...fields });
    return file({ bytes: Buffer.from(json), type: "application/json" });
  };
  const at = (path, make) => {
    const url = new URL(path, site.serve("/unused", redirect("/"))).href;
    site.serve(path, make(url));
    return url;
  };
  const good = at("/good.json", (url) => about(url));
  const { data } = (await show(person, newRequest(bench, good).request)).body;
  assert.deepEqual([data.client.name, new URL(good).hostname], ["Aya's own", data.client.host]);
  for (const [url, field] of [
    [at("/stolen.json", () => about("https://bank.example/client.json")), "client_id"],
    [at("/other.json", (own) => about(own, { redirect_uris: ["https://other.example/"] })), "redirect_uri"],
    [at("/moved.json", () => redirect(good)), "client_id"],
    [at("/large.json", (own) => about(own, { filler: "a".repeat(70_000) })), "client_id"],
    [at("/cut.json", () => cutShort({ bytes: Buffer.from("{"), type: "application/json" })), "client_id"],
    [at("/secret.json", (own) => about(own, { token_endpoint_auth_method: "client_secret_basic" })), "client_id"],
    ["https://10.0.0.1/client.json", "client_id"],
    ["agcl_bm9uZQ.bm9uZQ", "client_id"],
  ]) {
    assertRefused(await show(person, newRequest(bench, url).request), 400, "invalid_payload", field);
  }
});

test("a request is for a code under S256, for our endpoint, and for a place that the client has named", async () => {
  const id = await register(bench);
  for (const [fields, field] of [
    [{ code_challenge_method: "plain" }, "code_challenge_method"],
    [{ code_challenge: "short" }, "code_challenge"],
    [{ response_type: "token" }, "response_type"],
    [{ resource: "https://other.example/mcp" }, "resource"],
    [{ redirect_uri: "https://evil.example/callback" }, "redirect_uri"],
    [{ redirect_uri: `${PLACE}/` }, "redirect_uri"],
  ]) {
    assertRefused(await show(person, newRequest(bench, id, fields).request), 400, "invalid_payload", field);
  }
  for (const redirect_uris of [["javascript:alert(1)"], ["http://assistant.example/"], []]) {
    const answer = await anyone().post("/oauth/register", { redirect_uris });
    assert.deepEqual([answer.status, answer.body.error], [400, "invalid_redirect_uri"]);
  }
  for (const metadata of [{ redirect_uris: [PLACE], client_name: 1 }, [PLACE], "a client"]) {
    const answer = await anyone().post("/oauth/register", metadata);
    assert.deepEqual([answer.status, answer.body.error], [400, "invalid_client_metadata"]);
  }
});

test("a request for tokens that lacks its kind, or says a thing twice, is no request", async () => {
  const { client_id, refresh_token } = await grant(bench, person);
  const right = { grant_type: "refresh_token", client_id, refresh_token };
  const { grant_type: _, ...without } = right;
  for (const fields of [without, [...Object.entries(right), ["client_id", "another"]], [...Object.entries(right), ["refresh_token", "another"]]]) {
    const answer = await token(bench, fields);
    assert.deepEqual([answer.status, answer.body.error], [400, "invalid_request"], answer.text);
  }
  assert.equal((await token(bench, right)).status, 200, "nothing was spent");
});

test("every refusal of the authorization server has the form of its RFC, and says what is wrong", async () => {
  const wanted = newRequest(bench, await register(bench));
  const code = (await allow(person, wanted.request)).get("code");
  const other = await register(bench, { client_name: "another" });
  const said = async (asked) => {
    const { status, body } = await asked;
    return [status, body.error, body.error_description];
  };
  for (const [fields, words] of [
    [{ code_verifier: "w".repeat(43) }, /^code_verifier /],
    [{ redirect_uri: `${PLACE}?x` }, /^redirect_uri /],
    [{ client_id: other }, /another client_id/],
    [{ code: `${code}A` }, /unknown or has expired/],
  ]) {
    const [status, error, description] = await said(exchange(bench, wanted, code, fields));
    assert.deepEqual([status, error], [400, "invalid_grant"]);
    assert.match(description, words);
  }
  const right = { grant_type: "authorization_code", code, client_id: wanted.request.client_id, redirect_uri: PLACE, code_verifier: wanted.verifier };
  for (const name of Object.keys(right).filter((name) => name !== "redirect_uri")) {
    const { [name]: _, ...fields } = right;
    assert.deepEqual(await said(token(bench, fields)), [400, "invalid_request", `${name} is missing`]);
  }
  const send = (path, type, body) => request(bench.worker, "POST", path, { headers: { "content-type": type }, body });
  const long = "a".repeat(20_000);
  for (const [path, error] of [["/oauth/token", "invalid_request"], ["/oauth/revoke", "invalid_request"], ["/oauth/register", "invalid_client_metadata"]]) {
    const [form, json] = ["application/x-www-form-urlencoded", "application/json"];
    const [good, bad] = path.endsWith("register") ? [json, form] : [form, json];
    assert.deepEqual((await said(send(path, bad, "{}"))).slice(0, 2), [400, error], path);
    assert.deepEqual((await said(send(path, good, long))).slice(0, 2), [413, error], path);
  }
  const [, , scheme] = await said(anyone().post("/oauth/register", { redirect_uris: ["myapp:/callback"] }));
  assert.match(scheme, /the scheme of a program, which has a dot/);
  assert.equal((await token(bench, right)).status, 200, "nothing was spent");
  assert.match((await said(token(bench, right)))[2], /used before/);
});

test("a frozen deployment gives no tokens and ends no grant, in the form of the RFC", async () => {
  const { client_id, refresh_token, access_token, code, wanted } = await grant(bench, person);
  assert.equal((await bench.api.post("/v1/freeze")).status, 202);
  for (const answer of [await refresh(bench, client_id, refresh_token), await exchange(bench, wanted, code)]) {
    assert.deepEqual([answer.status, answer.body.error], [503, "temporarily_unavailable"], answer.text);
  }
  const told = await use(bench, "create_post", { accounts: ["nobody"], content: "hi" });
  assert.match(told.text, /in_flight\)\nUse the deployment that it moved to\.\n/);
  assert.equal((await bench.api.delete("/v1/freeze")).status, 200);
  assert.ok(await lives(access_token));
  isNoGrant(await exchange(bench, wanted, code));
  assert.equal(await lives(access_token), false, "a spent code that is shown afterwards ends the grant");
});

test("a program is known by its scheme, and never by what its address has in the place of a host", async () => {
  for (const [place, host] of [["https.evil://claude.ai/cb", "https.evil:"], ["com.evil.app://claude.ai/cb", "com.evil.app:"]]) {
    const client = await register(bench, { redirect_uris: [place], client_name: "Claude\u3164" });
    const asked = newRequest(bench, client, { redirect_uri: place }).request;
    assert.deepEqual((await show(person, asked)).body.data.client, { host, name: "Claude" });
    await allow(person, asked);
    const grants = (await bench.api.get("/v1/agents")).body.data;
    assert.equal(grants[0].client.host, host);
  }
});

test("a person gives at most what the key of the sign-in holds, and a refusal is told to the client", async () => {
  const { key } = await newKey(bench, { scopes: ["draft"], tenant_id: "t" });
  const narrow = await signedIn(bench, key);
  const { request: asked } = newRequest(bench, await register(bench));
  assert.deepEqual((await show(narrow, asked)).body.data.can_give, ["read", "draft"]);
  assertRefused(await narrow.post("/v1/agents", { request: asked, allow: true, scopes: ["publish"] }), 400, "invalid_payload", "scopes");
  assertRefused(await narrow.post("/v1/agents", { request: asked, allow: true, scopes: ["read"], tenant_id: "another" }), 403, "insufficient_key_scope");
  for (const scopes of [["admin"], []]) {
    assertRefused(await person.post("/v1/agents", { request: asked, allow: true, scopes }), 400, "invalid_payload", "scopes");
  }
  const refused = (await person.post("/v1/agents", { request: asked, allow: false })).body.data.redirect_to;
  assert.deepEqual(Object.fromEntries(new URL(refused).searchParams), { error: "access_denied", state: "a state", iss: bench.worker.origin });
  const { access_token } = await grant(bench, narrow);
  assert.equal((await use(bench, "list_social_accounts", {}, { key: access_token })).count, 0, "its tenant's alone");
  const publisher = await signedIn(bench, (await newKey(bench, { scopes: ["publish", "read"], tenant_id: "t" })).key);
  assert.deepEqual((await show(publisher, asked)).body.data.can_give, ["read", "draft", "publish"]);
  const drafts = await toolsOf(bench, (await grant(bench, publisher, { scopes: ["draft"] })).access_token);
  assert.ok(drafts.includes("create_post") && !drafts.includes("delete_remote_post"), `${drafts}`);
});

test("a code becomes tokens once, with its verifier, its client and its place; a second time ends the grant", async () => {
  const wanted = newRequest(bench, await register(bench));
  const code = (await allow(person, wanted.request)).get("code");
  for (const wrong of [
    { code_verifier: "w".repeat(43) },
    { client_id: await register(bench, { client_name: "another" }) },
    { redirect_uri: `${PLACE}?x` },
    { code: `${code}A` },
    { code: code.replace("agc_", "agr_") },
  ]) {
    isNoGrant(await exchange(bench, wanted, code, wrong));
  }
  assert.equal((await exchange(bench, wanted, code, { resource: "https://other.example/mcp" })).body.error, "invalid_target");
  const { redirect_uri: _, ...asked } = wanted.request;
  const fields = { grant_type: "authorization_code", code, client_id: asked.client_id, code_verifier: wanted.verifier, resource: asked.resource };
  const { body } = await token(bench, fields);
  assert.deepEqual([body.token_type, body.expires_in, body.scope], ["Bearer", 3600, "draft read"]);
  assert.ok(await lives(body.access_token));
  isNoGrant(await exchange(bench, wanted, code));
  assert.equal(await lives(body.access_token), false);
  isNoGrant(await refresh(bench, wanted.request.client_id, body.refresh_token));
});

test("a code that nobody shows for a minute is over", async () => {
  const wanted = newRequest(bench, await register(bench));
  const code = (await allow(person, wanted.request)).get("code");
  await bench.worker.kill();
  age(bench.worker.stateDir, "Workspace", 61_000);
  await bench.worker.restart();
  isNoGrant(await exchange(bench, wanted, code));
});

test("an access token is good at the endpoint for agents and nowhere else", async () => {
  const { access_token, refresh_token, code } = await grant(bench, person);
  assert.ok(await lives(access_token));
  for (const key of [access_token, refresh_token, code]) {
    const by = api(bench.worker, { key });
    for (const path of ["/v1/posts", "/v1/social-accounts", "/v1/agents", "/2/users/me"]) {
      const answer = await by.get(path);
      assert.deepEqual([answer.status, answer.body.code], [401, "invalid_api_key"], path);
    }
    const answer = await anyone().post("/v1/dashboard/session", { key }, { "sec-fetch-site": "same-origin" });
    assertRefused(answer, 401, "invalid_api_key");
  }
  for (const key of [refresh_token, code]) assert.equal(await lives(key), false);
});

test("a refresh token works once, and a spent one ends the grant", async () => {
  const { client_id, access_token, refresh_token } = await grant(bench, person);
  const second = (await refresh(bench, client_id, refresh_token)).body;
  assert.ok(await lives(second.access_token));
  assert.equal(await lives(access_token), false, "one access token at a time");
  isNoGrant(await refresh(bench, await register(bench, { client_name: "another" }), second.refresh_token));
  assert.ok(await lives(second.access_token), "another client ends nothing");
  const third = (await refresh(bench, client_id, second.refresh_token)).body;
  assert.ok(await lives(third.access_token));
  isNoGrant(await refresh(bench, client_id, refresh_token));
  assert.equal(await lives(third.access_token), false);
  isNoGrant(await refresh(bench, client_id, third.refresh_token));
  const deeds = (await bench.api.get("/v1/audit?action=agent.disconnected")).body.data;
  assert.ok(deeds.length > 0);
});

test("refreshes at once, and one that lost its answer, get the same tokens for a minute", async () => {
  const { client_id, refresh_token } = await grant(bench, person);
  const answers = await Promise.all([1, 2, 3].map(() => refresh(bench, client_id, refresh_token)));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
  const [{ body: first }, ...others] = answers;
  const tokens = ({ access_token, refresh_token, scope }) => ({ access_token, refresh_token, scope });
  for (const { body } of others) assert.deepEqual(tokens(body), tokens(first));
  assert.ok(await lives(first.access_token));
  const elapse = async (ms) => {
    await bench.worker.kill();
    age(bench.worker.stateDir, "Workspace", ms);
    await bench.worker.restart();
  };
  await elapse(30_000);
  const { body: late } = await refresh(bench, client_id, refresh_token);
  assert.deepEqual(tokens(late), tokens(first));
  assert.ok(late.expires_in > 3500 && late.expires_in <= 3570, `${late.expires_in} s are left`);
  await elapse(30_000);
  isNoGrant(await refresh(bench, client_id, refresh_token));
  assert.equal(await lives(first.access_token), false, "a minute later it is a theft");
});

test("a grant is shown where keys are, and ends there, with its key, and by its client", async () => {
  const { key, id: key_id } = await newKey(bench, { tenant_id: "listed" });
  const tenants = await signedIn(bench, key);
  const [deleted, orphaned, revoked] = [await grant(bench, tenants, { scopes: ["read", "draft", "publish"] }), await grant(bench, tenants), await grant(bench, tenants)];
  const { data } = (await tenants.get("/v1/agents")).body;
  assert.equal(data.length, 3);
  assert.deepEqual([data[0].client, data[0].scopes, data[0].tenant_id, data[0].key_id], [{ host: "assistant.example", name: "Aya" }, ["draft", "read"], "listed", key_id]);
  assert.ok(!(await bench.api.get("/v1/api-keys")).text.includes(data[0].id), "it is none of the keys that stay");
  const other = await newKey(bench, { tenant_id: "another" });
  assert.equal((await other.api.get("/v1/agents")).body.count, 0);
  assertRefused(await other.api.delete(`/v1/agents/${data[0].id}`), 404, "not_found");
  const { access_token } = deleted;
  const account = await newAccount(bench, { tenant_id: "listed" });
  const { post } = await use(bench, "create_post", { accounts: [account.id], content: "by an assistant", isDraft: true }, { key: access_token });
  const [deed] = (await bench.api.get(`/v1/audit?target_id=${post.id}`)).body.data;
  assert.equal((await tenants.delete(`/v1/agents/${deed.key_id}`)).status, 200, "the audit names the grant");
  assert.equal(await lives(access_token), false);
  isNoGrant(await refresh(bench, deleted.client_id, deleted.refresh_token));
  const answer = await request(bench.worker, "POST", "/oauth/revoke", { body: new URLSearchParams({ token: revoked.refresh_token }) });
  assert.equal(answer.status, 200);
  assert.equal(await lives(revoked.access_token), false);
  assert.equal((await request(bench.worker, "POST", "/oauth/revoke", { body: new URLSearchParams({ token: "agr_none" }) })).status, 200);
  assert.equal((await bench.api.delete(`/v1/api-keys/${key_id}`)).status, 200);
  assert.equal(await lives(orphaned.access_token), false);
  isNoGrant(await refresh(bench, orphaned.client_id, orphaned.refresh_token));
});

test("whoever has let an assistant in sees and ends it with any key, and no other key but an admin's does", async () => {
  const mine = await newAccount(bench, { tenant_id: "shared" });
  const held = [
    await newKey(bench, { tenant_id: "shared", scopes: ["draft"] }), await newKey(bench, { tenant_id: "shared", scopes: ["read"] }),
    await newKey(bench, { account_id: mine.id, scopes: ["read"] }), await newKey(bench, { scopes: ["read"] }),
  ];
  const ids = ({ body }) => body.data.map(({ id }) => id);
  for (const own of held) {
    const browser = await signedIn(bench, own.key);
    const { access_token } = await grant(bench, browser, { scopes: ["read"] });
    const { data: [given, ...others] } = (await browser.get("/v1/agents")).body;
    assert.deepEqual([given.key_id, given.status, others], [own.id, "active", []]);
    assert.ok(Date.parse(given.renewed_at) >= Date.parse(given.created_at) - 1000, given.renewed_at);
    assert.deepEqual(ids(await own.api.get("/v1/agents")), [given.id], "by the key itself too");
    for (const other of held.filter((one) => one !== own)) {
      const browsers = await signedIn(bench, other.key);
      for (const by of [other.api, browsers]) {
        assert.deepEqual(ids(await by.get("/v1/agents")), []);
        assertRefused(await by.delete(`/v1/agents/${given.id}`), 404, "not_found");
      }
    }
    assert.ok(await lives(access_token));
    assert.ok(ids(await bench.api.get("/v1/agents")).includes(given.id), "an admin sees it");
    assert.equal((await browser.delete(`/v1/agents/${given.id}`)).status, 200);
    assert.equal(await lives(access_token), false);
    assert.deepEqual(ids(await browser.get("/v1/agents")), []);
  }
  const narrow = await newKey(bench, { account_id: mine.id, scopes: ["admin"] });
  await grant(bench, await signedIn(bench, held[0].key));
  assert.deepEqual(ids(await narrow.api.get("/v1/agents")), [], "an account's admin manages no keys of the tenant");
});

test("a consent whose code nobody has exchanged is pending, and can be ended", async () => {
  const { key } = await newKey(bench, { tenant_id: "unfinished" });
  const tenants = await signedIn(bench, key);
  const wanted = newRequest(bench, await register(bench));
  const code = (await allow(tenants, wanted.request)).get("code");
  const [pending] = (await tenants.get("/v1/agents")).body.data;
  assert.deepEqual([pending.status, pending.renewed_at], ["pending", null]);
  assert.ok(Date.parse(pending.expires_at) - Date.parse(pending.created_at) <= 60_000, pending.expires_at);
  assert.equal((await tenants.delete(`/v1/agents/${pending.id}`)).status, 200);
  isNoGrant(await exchange(bench, wanted, code));
});

test("an assistant makes no key and lets nobody in", async () => {
  const { access_token } = await grant(bench, person, { scopes: ["read", "draft", "publish", "connect"] });
  const tools = await toolsOf(bench, access_token);
  assert.ok(tools.includes("delete_social_account"));
  for (const name of tools) assert.doesNotMatch(name, /key|settings|webhook|backup|agent/);
});
