// What every authenticated call of /2 goes through before its own rules.
import { random } from "./state.mjs";
import { isLive } from "./oauth.mjs";
import { api } from "./problems.mjs";
import { meter } from "./rate.mjs";
import { Refusal, refuse } from "./reply.mjs";

/**
 * Wraps a handler of `(x, request, caller)`. In order: (1) a live access token, 401; (2) an enrolled app, 403;
 * (3) an app with write permission where the call writes, 403; (4) the scopes, 403; (5) a user who is not suspended,
 * 403; (6) the rate limits, 429; (7) a positive balance, 402. Prices and balance are a meter of their own: a 402 comes
 * while the rate limit has plenty left.
 */
export function userCall({ scopes, writes = false, free = false }, handle) {
  return (x, request, route) => {
    const caller = authenticate(x, request);
    const { app, user, grant } = caller;
    if (!app.enrolled) refuse(api.notEnrolled());
    if (writes && app.permission === "read") refuse(api.readOnlyApp());
    if (!scopes.every((scope) => grant.scopes.includes(scope))) refuse(api.forbidden());
    if (user.suspended) refuse(api.notPermitted());
    const { exhausted, headers } = meter(x, route.name, caller);
    const common = { ...headers, ...gatewayHeaders(app) };
    if (exhausted) refuse(api.rateLimit(common));
    const answer = !free && app.credits <= 0 ? noCredits(x) : attempt(() => handle(x, request, caller));
    return { ...answer, headers: { ...answer.headers, ...common } };
  };
}

/** Bearer tokens only. A header of another kind is "Unknown" to X; a token that does not live is a 401. */
function authenticate(x, request) {
  const header = request.headers.authorization ?? "";
  if (header && !/^Bearer /i.test(header)) refuse(api.unknownAuthentication());
  const token = x.tokens.get(header.slice("Bearer ".length));
  if (token?.kind !== "access" || !isLive(x, token)) refuse(api.unauthorized());
  const { grant } = token;
  return { grant, app: x.apps.get(grant.client_id), user: x.users.get(grant.user_id) };
}

/** The gateway was changed in 2026-07; both bodies were observed. */
const noCredits = (x) => (x.settings.gateway === "new" ? api.creditsDepleted() : api.creditsDepletedOld());

/** Refusals carry the rate-limit headers too. */
function attempt(handle) {
  try {
    return handle();
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

const gatewayHeaders = (app) => ({
  "x-access-level": app.permission === "read" ? "read" : "read-write",
  "api-version": "2.167",
  "x-transaction-id": random(8),
});

/** Dollars, to the tenth of a cent: X bills successful calls only, and the balance may go slightly below zero. */
export function charge(app, price) {
  app.credits = Math.round((app.credits - price) * 1000) / 1000;
}
