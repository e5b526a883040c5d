import assert from "node:assert/strict";
import { test } from "node:test";
import { SCOPES, VERIFIER, basic, codeFields, connect } from "./client.mjs";
import { consent, exchange, form, get, refresh, start } from "./client.mjs";

const refused = (answer, status, error, description) => {
  assert.equal(answer.status, status);
  assert.deepEqual(answer.body, { error, error_description: description });
};
const CODE = [400, "invalid_request", "Value passed for the authorization code was invalid."];
const TOKEN = [400, "invalid_request", "Value passed for the token was invalid."];
const CLIENT = [400, "invalid_client", "Value passed for the client id was invalid."];
const HEADER = [401, "unauthorized_client", "Missing valid authorization header"];

const me = async (x, access_token) => (await get(x, "/2/users/me", { access_token })).status;

test("a code becomes a pair whose scope is in another order", async (t) => {
  const x = await start(t);
  const { body } = await exchange(x, consent(x));
  assert.deepEqual(Object.keys(body), ["token_type", "expires_in", "access_token", "scope", "refresh_token"]);
  assert.deepEqual([body.token_type, body.expires_in], ["bearer", 7200]);
  assert.notEqual(body.scope, SCOPES.join(" "));
  assert.deepEqual(body.scope.split(" ").sort(), [...SCOPES].sort());
  assert.match(Buffer.from(body.access_token, "base64").toString(), /^[\w-]+:\d{13}:1:1:at:1$/);
});

test("an access token lives as long as the settings say", async (t) => {
  const x = await start(t);
  x.clock({ frozen: true });
  x.set({ access_token_ms: 10_000 });
  const { access_token, expires_in } = await connect(x);
  assert.equal(expires_in, 10);
  x.clock({ advance_ms: 9_999 });
  assert.equal(await me(x, access_token), 200);
  x.clock({ advance_ms: 1 });
  assert.equal(await me(x, access_token), 401);
});

test("an odd token answer has other types beside tokens that work", async (t) => {
  const x = await start(t);
  x.set({ token_answer: "odd" });
  const body = await connect(x);
  assert.deepEqual([body.token_type, body.expires_in], ["BEARER", "7200"]);
  assert.ok(Array.isArray(body.scope) && body.scope.includes("tweet.read"));
  assert.equal(await me(x, body.access_token), 200);
  assert.equal((await refresh(x, body.refresh_token)).status, 200);
});

test("there is no refresh token without offline.access", async (t) => {
  const x = await start(t);
  const body = await connect(x, { scopes: ["tweet.read", "users.read"] });
  assert.ok(!("refresh_token" in body));
});

test("a code works once", async (t) => {
  const x = await start(t);
  const code = consent(x);
  await exchange(x, code);
  refused(await exchange(x, code), ...CODE);
});

test("a code ends after 30 seconds", async (t) => {
  const x = await start(t);
  x.clock({ frozen: true });
  const [early, late] = [consent(x), consent(x)];
  x.clock({ advance_ms: 29_999 });
  assert.equal((await exchange(x, early)).status, 200);
  x.clock({ advance_ms: 1 });
  refused(await exchange(x, late), ...CODE);
});

test("a code is bound to its redirect URI and verifier", async (t) => {
  const x = await start(t);
  refused(
    await exchange(x, consent(x), { redirect_uri: "https://elsewhere.example/" }),
    400,
    "invalid_request",
    "Value passed for the redirect uri did not match the uri of the authorization code.",
  );
  refused(
    await exchange(x, consent(x), { code_verifier: "w".repeat(43) }),
    400,
    "invalid_request",
    "Value passed for the code verifier did not match the code challenge.",
  );
});

test("a plain challenge is the verifier itself", async (t) => {
  const x = await start(t);
  const code = consent(x, { code_challenge: VERIFIER, code_challenge_method: "plain" });
  assert.equal((await exchange(x, code)).status, 200);
});

test("a missing parameter is named", async (t) => {
  const x = await start(t);
  for (const name of ["grant_type", "code", "redirect_uri", "code_verifier"]) {
    const fields = codeFields(x, consent(x));
    delete fields[name];
    const answer = await form(x, "/2/oauth2/token", fields, basic(x.app));
    refused(answer, 400, "invalid_request", `Missing required parameter [${name}].`);
  }
  const bare = await form(x, "/2/oauth2/token", {});
  refused(bare, 400, "invalid_request", "Missing required parameter [client_id].");
});

test("an unknown grant type is refused", async (t) => {
  const x = await start(t);
  const description =
    "Value passed for the grant type was invalid. Grant type should be one of [authorization_code, refresh_token].";
  refused(await exchange(x, consent(x), { grant_type: "password" }), 400, "invalid_request", description);
});

test("Basic may come with the client in the body or without", async (t) => {
  const x = await start(t);
  const { client_id, client_secret } = x.app;
  for (const extra of [{}, { client_id }, { client_id, client_secret }]) {
    assert.equal((await exchange(x, consent(x), extra)).status, 200);
  }
});

test("a confidential client needs a good Basic header", async (t) => {
  const x = await start(t);
  const { client_id, client_secret } = x.app;
  refused(await exchange(x, consent(x), { client_id, client_secret }, null), ...HEADER);
  refused(await exchange(x, consent(x), {}, basic({ client_id, client_secret: "wrong" })), ...HEADER);
});

test("an unknown client is invalid_client", async (t) => {
  const x = await start(t);
  refused(await exchange(x, consent(x), {}, basic({ client_id: "who", client_secret: "?" })), ...CLIENT);
});

test("a public client names itself and sends no Basic", async (t) => {
  const x = await start(t);
  const app = x.addApp({ type: "public", callbacks: [x.app.callbacks[0]] });
  const code = () => consent(x, { client_id: app.client_id });
  assert.match(Buffer.from(app.client_id, "base64").toString(), /:1:na$/);
  assert.equal((await exchange(x, code(), { client_id: app.client_id }, null)).status, 200);
  refused(await exchange(x, code(), {}, basic({ ...app, client_secret: "" })), ...CLIENT);
});

test("a refresh rotates both tokens", async (t) => {
  const x = await start(t);
  const first = await connect(x);
  const { body: second } = await refresh(x, first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(await me(x, second.access_token), 200);
});

test("the reuse of a refresh token ends the whole family", async (t) => {
  const x = await start(t);
  const first = await connect(x);
  const { body: second } = await refresh(x, first.refresh_token);
  refused(await refresh(x, first.refresh_token), ...TOKEN);
  assert.equal(await me(x, second.access_token), 401);
  refused(await refresh(x, second.refresh_token), ...TOKEN);
});

test("a reuse leaves the user's other connections alone", async (t) => {
  const x = await start(t);
  const [broken, other] = [await connect(x), await connect(x)];
  await refresh(x, broken.refresh_token);
  await refresh(x, broken.refresh_token);
  assert.equal(await me(x, other.access_token), 200);
});

test("a probe of the credentials tells secret and id apart", async (t) => {
  const x = await start(t);
  refused(await refresh(x, "junk"), ...TOKEN);
  refused(await refresh(x, "junk", basic({ ...x.app, client_secret: "bad" })), ...HEADER);
  refused(await refresh(x, "junk", basic({ ...x.app, client_id: "bad" })), ...CLIENT);
});

test("another app's refresh token is invalid_client", async (t) => {
  const x = await start(t);
  const { refresh_token } = await connect(x);
  refused(await refresh(x, refresh_token, basic(x.addApp())), ...CLIENT);
  assert.equal((await refresh(x, refresh_token)).status, 200);
});

test("an access token lives two hours", async (t) => {
  const x = await start(t);
  x.clock({ frozen: true });
  const { access_token } = await connect(x);
  x.clock({ advance_ms: 7_199_999 });
  assert.equal(await me(x, access_token), 200);
  x.clock({ advance_ms: 1 });
  assert.equal(await me(x, access_token), 401);
});

test("a revocation ends one token and not its pair", async (t) => {
  const x = await start(t);
  const { access_token, refresh_token } = await connect(x);
  const fields = { token: access_token, token_type_hint: "access_token" };
  const answer = await form(x, "/2/oauth2/revoke", fields, basic(x.app));
  assert.deepEqual([answer.status, answer.body], [200, { revoked: true }]);
  assert.equal(await me(x, access_token), 401);
  assert.equal((await refresh(x, refresh_token)).status, 200);
});

test("a revocation authenticates the client", async (t) => {
  const x = await start(t);
  const { access_token } = await connect(x);
  refused(await form(x, "/2/oauth2/revoke", { token: access_token, client_id: x.app.client_id }), ...HEADER);
  assert.equal(await me(x, access_token), 200);
});
