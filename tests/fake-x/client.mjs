// A small client of the stand-in, for its own tests: each function is one request.
import { createHash } from "node:crypto";
import { startFakeX } from "./server.mjs";

export const VERIFIER = "v".repeat(43);
export const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
export const SCOPES = ["tweet.read", "tweet.write", "users.read", "offline.access"];
export const MEDIA_SCOPES = [...SCOPES, "media.write"];

/** A stand-in of its own for one test, closed with it. */
export async function start(t, options) {
  const x = await startFakeX(options);
  t.after(() => x.close());
  return x;
}

export const basic = ({ client_id, client_secret }) =>
  `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString("base64")}`;

export async function answerOf(response) {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

const parsed = (text) => (/^[[{]/.test(text) ? JSON.parse(text) : null);

export async function form(x, path, fields, authorization) {
  const headers = authorization ? { authorization } : {};
  return answerOf(await fetch(x.origin + path, { method: "POST", headers, body: new URLSearchParams(fields) }));
}

export const codeFields = (x, code) => ({
  grant_type: "authorization_code",
  code,
  redirect_uri: x.app.callbacks[0],
  code_verifier: VERIFIER,
});

export const exchange = (x, code, changes = {}, authorization = basic(x.app)) =>
  form(x, "/2/oauth2/token", { ...codeFields(x, code), ...changes }, authorization);

export const refresh = (x, refresh_token, authorization = basic(x.app)) =>
  form(x, "/2/oauth2/token", { grant_type: "refresh_token", refresh_token }, authorization);

export const consent = (x, given = {}) => x.grant({ scopes: SCOPES, code_challenge: CHALLENGE, ...given }).code;

/** The token answer of a fresh connection. */
export const connect = async (x, given) => (await exchange(x, consent(x, given))).body;

/** One call of the API as a user: `body` goes as JSON. */
export async function call(x, method, path, { access_token }, body) {
  const headers = { authorization: `Bearer ${access_token}`, ...(body && { "content-type": "application/json" }) };
  return answerOf(await fetch(x.origin + path, { method, headers, body: body && JSON.stringify(body) }));
}

export const get = (x, path, token) => call(x, "GET", path, token);
export const post = (x, body, token) => call(x, "POST", "/2/tweets", token, body);
export const remove = (x, id, token) => call(x, "DELETE", `/2/tweets/${id}`, token);
