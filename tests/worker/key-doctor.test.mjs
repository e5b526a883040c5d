/** docs/API.md, section 2: what is wrong with a pasted pair of credentials, and what to do about it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOKEN_CALL } from "../support/calls.mjs";
import { callbackOf, complete, connect, newUser, postIn, registerNetwork, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { authorized } from "../support/sign-in.mjs";

const CHECKS = ["client_id_shape", "client_secret", "callback_url", "scopes", "credits"];

let bench;

before(async () => (bench = await startBench({ register: false })));
after(() => bench?.stop());

const newApp = (fields) => bench.x.addApp({ callbacks: bench.x.app.callbacks, ...fields });
const put = (client_key, client_secret, tenant_id) =>
  bench.api.post("/v1/social-networks", { network: "x", client_key, client_secret, tenant_id });
const verify = async (id) => (await bench.api.post(`/v1/social-networks/${id}/verify`)).body.data;
const check = ({ checks }, name) => checks.find((one) => one.name === name);

/** Refused, told how to mend it, and not stored. */
async function assertNotStored(answer, code, hint, tenant_id) {
  const body = assertRefused(answer, 422, code);
  assert.match(body.hint, hint);
  const { body: list } = await bench.api.get(`/v1/social-networks?tenant_id=${tenant_id}`);
  assert.deepEqual(list.data, []);
}

test("one call with a junk refresh token proves a good pair", async () => {
  const { client_id, client_secret } = newApp();
  bench.x.clearRequests();
  const { status, body } = await put(client_id, client_secret, "good");
  assert.equal(status, 201);
  assert.notEqual(body.data.verified_at, null);
  const [probe, ...others] = bench.x.requests();
  assert.deepEqual(others, []);
  assert.equal(new URLSearchParams(probe.body).get("grant_type"), "refresh_token");
  assert.match(probe.headers.authorization, /^Basic /);
});

test("a wrong secret is named", async () => {
  const { client_id } = newApp();
  await assertNotStored(await put(client_id, "wrong", "secret"), "invalid_client_secret", /Secret/, "secret");
});

test("an OAuth 1.0a key is recognised", async () => {
  const answer = await put("rG9n6402A3dbUJKzXTNX4oWHJ", "any", "oauth1");
  await assertNotStored(answer, "oauth1_key_given", /OAuth 2\.0/, "oauth1");
});

test("a native app's id is recognised", async () => {
  const { client_id } = newApp({ type: "public" });
  await assertNotStored(await put(client_id, "any", "native"), "public_client", /Web App/, "native");
});

test("an id that X does not know is named", async () => {
  const answer = await put("not-an-id-of-anything", "any", "unknown");
  await assertNotStored(answer, "invalid_client_id", /Client ID/, "unknown");
});

for (const [what, fault] of [
  ["cut off", { kind: "close" }],
  ["unavailable", { kind: "answer", preset: "unavailable" }],
  ["answering a page", { kind: "answer", preset: "html" }],
  ["answering a page with a 403", { kind: "answer", status: 403, body: "<html>blocked</html>" }],
]) {
  test(`while X is ${what} the pair is stored unproved, with a warning`, async () => {
    const { client_id, client_secret } = newApp();
    bench.x.fault({ ...TOKEN_CALL, ...fault });
    const { status, body } = await put(client_id, client_secret, what.replaceAll(" ", "-"));
    assert.equal(status, 201);
    assert.equal(body.data.verified_at, null);
    assert.match(body.warnings.join(), /not verified/);
    const { ok } = await verify(body.data.id);
    assert.equal(ok, true);
    assert.notEqual((await bench.api.get(`/v1/social-networks/${body.data.id}`)).body.data.verified_at, null);
  });
}

test("a diagnosis names every check, and the callback URL to the letter", async () => {
  const { id } = await registerNetwork(bench, { app: newApp(), tenant_id: "diagnosed" });
  const diagnosis = await verify(id);
  assert.equal(diagnosis.ok, true);
  assert.deepEqual(diagnosis.checks.map(({ name }) => name), CHECKS);
  for (const { ok, message, hint } of diagnosis.checks) {
    assert.equal(ok, true);
    assert.equal(typeof message, "string");
    assert.ok(hint === null || hint.length > 0);
  }
  const { message, hint } = check(diagnosis, "callback_url");
  assert.ok(message.includes(callbackOf(bench.worker)));
  assert.match(hint, /loopback/);
});

test("a secret that X has replaced is found by the diagnosis", async () => {
  const app = newApp();
  const { id } = await registerNetwork(bench, { app, tenant_id: "replaced" });
  bench.x.setApp({ client_id: app.client_id, client_secret: "regenerated at X" });
  const diagnosis = await verify(id);
  assert.equal(diagnosis.ok, false);
  assert.equal(check(diagnosis, "client_secret").ok, false);
  assert.match(check(diagnosis, "client_secret").hint, /Client Secret/);
});

test("a scope that the accounts were not granted is found by the diagnosis", async () => {
  const { id } = await registerNetwork(bench, { app: newApp(), tenant_id: "scoped" });
  const scopes = ["tweet.read", "users.read", "offline.access"];
  await connect(bench, { tenant_id: "scoped", username: newUser(bench).username, scopes });
  const diagnosis = await verify(id);
  assert.equal(diagnosis.ok, false);
  assert.match(check(diagnosis, "scopes").message, /media\.write, tweet\.write/);
});

test("while X is down the diagnosis says that nothing is proved", async () => {
  const { id } = await registerNetwork(bench, { app: newApp(), tenant_id: "down" });
  bench.x.fault({ ...TOKEN_CALL, kind: "close" });
  const diagnosis = await verify(id);
  assert.equal(diagnosis.ok, false);
  assert.match(check(diagnosis, "client_secret").message, /not verified/);
});

test("a network that nobody has is not verified", async () => {
  assertRefused(await bench.api.post("/v1/social-networks/net_AAAAAAAAAAAAAAAAAAAAAA/verify"), 404, "not_found");
});

test("an app that X refuses is found by the diagnosis, with what mends it in X's console", async () => {
  for (const [preset, hint] of [
    ["credits-new", /Add credits/],
    ["read-only-app", /"User authentication settings", set "App permissions" to "Read and write"/],
    ["not-enrolled", /attach the app to a project or package/],
  ]) {
    const { id } = await registerNetwork(bench, { app: newApp(), tenant_id: preset });
    const account = await connect(bench, { tenant_id: preset, username: newUser(bench).username });
    bench.x.fault({ method: "POST", path: "/2/tweets", kind: "answer", preset });
    const { post } = (await bench.api.post("/v1/posts", { content: preset, accounts: [account.id] })).body;
    await postIn(bench, post.id, "held");
    const found = check(await verify(id), "credits");
    assert.equal(found.ok, false);
    assert.match(found.hint, hint);
  }
});

test("each scope that is missing is told with what it is for, and what to set", async () => {
  const { id } = await registerNetwork(bench, { app: newApp(), tenant_id: "features" });
  await connect(bench, { tenant_id: "features", username: newUser(bench).username, scopes: ["tweet.read", "users.read", "tweet.write", "offline.access"] });
  const without = check(await verify(id), "scopes");
  assert.match(without.message, /media\.write\. They need it for media/);
  await connect(bench, { tenant_id: "features", username: newUser(bench).username, scopes: ["tweet.read", "users.read"] });
  const { message, hint } = check(await verify(id), "scopes");
  assert.match(message, /posting, media, staying connected/);
  assert.match(hint, /"App permissions" to "Read and write"/);
});

test("a callback URL that X refuses is told to the letter, and where it belongs", async () => {
  await registerNetwork(bench, { app: newApp(), tenant_id: "mismatch" });
  const attempt = await authorized(bench, { tenant_id: "mismatch" });
  const error_description = "Value passed for the redirect uri did not match the uri of the authorization code.";
  const body = JSON.stringify({ error: "invalid_request", error_description });
  bench.x.fault({ ...TOKEN_CALL, kind: "answer", status: 400, headers: { "content-type": "application/json" }, body });
  const answer = await complete(bench, attempt.session, attempt.verifier);
  const { message, hint } = assertRefused(answer, 422, "redirect_uri_mismatch");
  assert.ok(message.endsWith(callbackOf(bench.worker)), message);
  assert.match(hint, /"Callback URI \/ Redirect URL"/);
});
