/** A person who is signed in, and an assistant's client on its way through docs/API.md, section 12, "Connecting an assistant". */

import assert from "node:assert/strict";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { MODERN, judging } from "./agents.mjs";
import { api, cookieOf, newVerifier, request } from "./client.mjs";
import { ADMIN_KEY } from "./worker.mjs";

export const PLACE = "https://assistant.example/callback";
export const MODERN_ERA = { versionNegotiation: { mode: { pin: MODERN } } };

/** A browser that is signed in with a key: `{post, headers}`, as a page of ours calls. */
export async function signedIn(bench, key = ADMIN_KEY) {
  const ours = { "sec-fetch-site": "same-origin" };
  const answer = await api(bench.worker, { key: null }).post("/v1/dashboard/session", { key }, ours);
  assert.equal(answer.status, 201, answer.text);
  const headers = { ...ours, cookie: cookieOf(answer) };
  const by = api(bench.worker, { key: null });
  return { headers, get: (path) => by.get(path, headers), post: (path, body) => by.post(path, body, headers), delete: (path) => by.delete(path, headers) };
}

/** A registered client's id. */
export async function register(bench, fields = {}) {
  const answer = await api(bench.worker, { key: null }).post("/oauth/register", { redirect_uris: [PLACE], client_name: "Aya", ...fields });
  assert.equal(answer.status, 201, answer.text);
  return answer.body.client_id;
}

/** What a client puts into the address of the authorization endpoint, and its verifier. */
export function newRequest(bench, client_id, fields = {}) {
  const { verifier, challenge } = newVerifier();
  const asked = {
    client_id, redirect_uri: PLACE, response_type: "code", code_challenge: challenge, code_challenge_method: "S256",
    resource: `${bench.worker.origin}/mcp`, scope: "read draft", state: "a state", ...fields,
  };
  return { request: asked, verifier };
}

/** A person says yes. Answers the query of the place to which the browser is sent. */
export async function allow(person, asked, fields = {}) {
  const answer = await person.post("/v1/agents", { request: asked, allow: true, scopes: ["read", "draft"], ...fields });
  assert.equal(answer.status, 201, answer.text);
  return new URL(answer.body.data.redirect_to).searchParams;
}

export function token(bench, fields) {
  return request(bench.worker, "POST", "/oauth/token", { body: new URLSearchParams(fields) });
}

export const exchange = (bench, { request: asked, verifier }, code, fields = {}) =>
  token(bench, { grant_type: "authorization_code", code, client_id: asked.client_id, redirect_uri: asked.redirect_uri, code_verifier: verifier, ...fields });

export const refresh = (bench, client_id, refresh_token, fields = {}) =>
  token(bench, { grant_type: "refresh_token", client_id, refresh_token, ...fields });

/** A whole grant: `{access_token, refresh_token, client_id, …}`. */
export async function grant(bench, person, fields = {}, asked = {}) {
  const client_id = await register(bench);
  const wanted = newRequest(bench, client_id, asked);
  const code = (await allow(person, wanted.request, fields)).get("code");
  const answer = await exchange(bench, wanted, code);
  assert.equal(answer.status, 200, answer.text);
  return { ...answer.body, client_id, code, wanted };
}

/**
 * What the official client needs for its own way to tokens: `transport()` for each connection, `led()` for the address to which it has
 * sent the browser, and what it has `kept`. With `client_id` it has an id already, else it registers.
 */
export function officialRound(bench, { client_id } = {}) {
  const kept = { client: client_id && { client_id } };
  const provider = {
    redirectUrl: PLACE,
    clientMetadata: { redirect_uris: [PLACE], client_name: "Aya", token_endpoint_auth_method: "none", grant_types: ["authorization_code", "refresh_token"] },
    state: () => "its state",
    clientInformation: () => kept.client,
    saveClientInformation: (client) => (kept.client = client),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => (kept.tokens = tokens),
    redirectToAuthorization: (url) => (kept.led = url),
    saveCodeVerifier: (verifier) => (kept.verifier = verifier),
    codeVerifier: () => kept.verifier,
    saveDiscoveryState: (state) => (kept.discovery = state),
    discoveryState: () => kept.discovery,
  };
  // Names under localhost are this machine's, which not every resolver knows.
  const local = (input, init) => fetch(String(input).replace(bench.worker.origin, bench.worker.api), init);
  const transport = () => new StreamableHTTPClientTransport(new URL("/mcp", bench.worker.origin), { authProvider: provider, fetch: judging(MODERN, local) });
  return { kept, led: () => kept.led, transport };
}
