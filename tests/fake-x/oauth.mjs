// POST /2/oauth2/token and /2/oauth2/revoke: RFC 6749, 7636 and 7009 with X's own wording and quirks.
// https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
import { createHash, timingSafeEqual } from "node:crypto";
import { DAY, SECOND } from "./clock.mjs";
import { oauth } from "./problems.mjs";
import { json, refuse } from "./reply.mjs";
import { random } from "./state.mjs";

const CODE_LIFETIME = 30 * SECOND;
/** "Valid for about 6 months", says X's page on the token exchange. */
const REFRESH_LIFETIME = 182 * DAY;

/** X's tokens decode to `<random>:<unix ms>:1:1:<ac|at|rt>:1`. */
const tokenText = (now, kind) => Buffer.from(`${random(33)}:${now}:1:1:${kind}:1`).toString("base64url");

/** What a user's consent leaves behind. A grant is also the family of all tokens that descend from it. */
export function issueCode(x, { app, user, scopes, redirect_uri, code_challenge, code_challenge_method }) {
  const code = tokenText(x.now(), "ac");
  const grant = { client_id: app.client_id, user_id: user.id, scopes, revoked: false };
  const expires_at = x.now() + CODE_LIFETIME;
  x.codes.set(code, { grant, redirect_uri, code_challenge, code_challenge_method, expires_at, spent: false });
  return code;
}

export function token(x, request) {
  const form = formOf(request);
  const app = authenticateClient(x, request, form);
  const grantType = required(form, "grant_type");
  if (grantType === "authorization_code") return json(200, exchange(x, app, form));
  if (grantType === "refresh_token") return json(200, refresh(x, app, form));
  return refuse(oauth.grantType());
}

/** One call ends one token: the other half of the pair lives on. An unknown token is fine (RFC 7009 §2.2). */
export function revoke(x, request) {
  const form = formOf(request);
  const app = authenticateClient(x, request, form);
  const found = x.tokens.get(required(form, "token"));
  if (found && found.grant.client_id !== app.client_id) refuse(oauth.invalidClient());
  if (found) found.revoked = true;
  return json(200, { revoked: true });
}

/** A code is spent by the first presentation that names it, whether or not the rest holds. */
function exchange(x, app, form) {
  const text = required(form, "code");
  const redirectUri = required(form, "redirect_uri");
  const verifier = required(form, "code_verifier");
  const code = x.codes.get(text);
  if (!code || code.grant.client_id !== app.client_id) refuse(oauth.code());
  const usable = !code.spent && !code.grant.revoked && x.now() < code.expires_at;
  code.spent = true;
  if (!usable) refuse(oauth.code());
  if (redirectUri !== code.redirect_uri) refuse(oauth.redirectUri());
  if (challengeOf(verifier, code.code_challenge_method) !== code.code_challenge) refuse(oauth.verifier());
  return issueTokens(x, code.grant);
}

/** Refresh tokens rotate; a second use of one ends the whole family. */
function refresh(x, app, form) {
  const found = x.tokens.get(required(form, "refresh_token"));
  if (!found || found.kind !== "refresh") refuse(oauth.token());
  if (found.grant.client_id !== app.client_id) refuse(oauth.invalidClient());
  if (found.spent) found.grant.revoked = true;
  if (!isLive(x, found)) refuse(oauth.token());
  found.spent = true;
  return issueTokens(x, found.grant);
}

function issueTokens(x, grant) {
  const lifetime = x.settings.access_token_ms;
  const answer = {
    token_type: "bearer",
    expires_in: Math.floor(lifetime / SECOND),
    access_token: mint(x, grant, "access", "at", lifetime),
    scope: grant.scopes.toReversed().join(" "), // X's order is not the order of the request
  };
  if (grant.scopes.includes("offline.access")) answer.refresh_token = mint(x, grant, "refresh", "rt", REFRESH_LIFETIME);
  return x.settings.token_answer === "odd" ? odd(answer) : answer;
}

/** Assumed, and seen of no X yet: what stands beside the tokens comes in other types, and there is more of it. */
const odd = ({ scope, expires_in, ...tokens }) => ({
  ...tokens,
  token_type: "BEARER",
  expires_in: `${expires_in}`,
  scope: scope.split(" "),
  expires_at: [null],
  user: { id: 1 },
});

/** Tokens that an earlier stand-in issued for this consent, alive as if they had just been issued. */
export function adoptTokens(x, grant, { access_token, refresh_token }) {
  keep(x, grant, "access", access_token, x.settings.access_token_ms);
  if (refresh_token) keep(x, grant, "refresh", refresh_token, REFRESH_LIFETIME);
}

const mint = (x, grant, kind, mark, lifetime) => keep(x, grant, kind, tokenText(x.now(), mark), lifetime);

function keep(x, grant, kind, text, lifetime) {
  x.tokens.set(text, { text, kind, grant, expires_at: x.now() + lifetime, spent: false, revoked: false });
  return text;
}

export const isLive = (x, token) =>
  !token.spent && !token.revoked && !token.grant.revoked && x.now() < token.expires_at;

/** RFC 7636 §4.6. X takes the method in lower case too. */
const challengeOf = (verifier, method) =>
  method === "plain" ? verifier : createHash("sha256").update(verifier).digest("base64url");

/**
 * Confidential: Basic, with or without client_id (and client_secret) in the body. Public: client_id in the body.
 * A secret that is only in the body is no authentication.
 */
function authenticateClient(x, request, form) {
  const basic = basicOf(request);
  const id = basic?.id ?? required(form, "client_id");
  const app = x.apps.get(id);
  const stray = basic && form.has("client_id") && form.get("client_id") !== id;
  if (!app || stray || (basic && app.type === "public")) refuse(oauth.invalidClient());
  const proven = app.type === "public" || (basic && sameText(basic.secret, app.client_secret));
  return proven ? app : refuse(oauth.unauthorizedClient());
}

function basicOf(request) {
  const [, encoded] = /^Basic ([A-Za-z0-9+/_=-]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (encoded === undefined) return null;
  const [id, ...secret] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return { id, secret: secret.join(":") };
}

const digest = (text) => createHash("sha256").update(text).digest();
const sameText = (a, b) => timingSafeEqual(digest(a), digest(b));

/** A body of another type carries no parameters: the first one required is then missing. */
function formOf(request) {
  const isForm = (request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return new URLSearchParams(isForm ? request.body : "");
}

const required = (form, name) => form.get(name) || refuse(oauth.missing(name));
