// The bodies of X's refusals, word for word where they were observed or are documented; key order is X's too.
// "Assumed" marks the few that nobody has published: never let a test depend on their text.
import { html, json, problem, text } from "./reply.mjs";

const OLD = "https://api.twitter.com/2/problems/";
const NEW = "https://api.x.com/2/problems/";

const DAILY_LIMIT = "User is over daily status update limit.";
const LOCKED =
  "To protect our users from spam and other malicious activity, this account is temporarily locked. " +
  "Please log in to https://x.com to unlock your account.";

const legacy = (status, code, message, headers) => json(status, { errors: [{ code, message }] }, headers);

const forbidden = (detail) => problem(403, { detail, type: "about:blank", title: "Forbidden", status: 403 });

/** X says `invalid_request` where RFC 6749 §5.2 says `invalid_grant`. */
const invalidRequest = (description) =>
  json(400, { error: "invalid_request", error_description: description });

export const oauth = {
  missing: (name) => invalidRequest(`Missing required parameter [${name}].`),
  grantType: () =>
    invalidRequest(
      "Value passed for the grant type was invalid. Grant type should be one of [authorization_code, refresh_token].",
    ),
  code: () => invalidRequest("Value passed for the authorization code was invalid."),
  token: () => invalidRequest("Value passed for the token was invalid."),
  verifier: () => invalidRequest("Value passed for the code verifier did not match the code challenge."),
  redirectUri: () =>
    invalidRequest("Value passed for the redirect uri did not match the uri of the authorization code."),
  unauthorizedClient: () =>
    json(401, { error: "unauthorized_client", error_description: "Missing valid authorization header" }),
  invalidClient: () =>
    json(400, { error: "invalid_client", error_description: "Value passed for the client id was invalid." }),
};

const unsupportedAuthentication = (kind) =>
  problem(403, {
    title: "Unsupported Authentication",
    detail:
      `Authenticating with ${kind} is forbidden for this endpoint.  ` +
      "Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
    type: `${OLD}unsupported-authentication`,
    status: 403,
  });

export const api = {
  unauthorized: () =>
    problem(401, { title: "Unauthorized", type: "about:blank", status: 401, detail: "Unauthorized" }),
  unknownAuthentication: () => unsupportedAuthentication("Unknown"),
  appOnly: () => unsupportedAuthentication("OAuth 2.0 Application-Only"),
  creditsDepleted: () =>
    problem(402, {
      detail: "credits depleted",
      status: 402,
      title: "Payment Required",
      type: `${NEW}credits-depleted`,
    }),
  /** The gateway of before 2026-07: no `status`, and `account_id` is a number beyond 2^53, so it is written as text. */
  creditsDepletedOld: () => ({
    ...problem(402, null),
    body:
      '{"account_id":1553086854915936256,"title":"CreditsDepleted","detail":"Your enrolled account ' +
      '[1553086854915936256] does not have any credits to fulfill this request.","type":"' +
      `${OLD}credits"}`,
  }),
  duplicate: () => forbidden("You are not allowed to create a Tweet with duplicate content."),
  replyNotSummoned: () =>
    forbidden(
      "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by " +
        "the author of the post you are replying to.",
    ),
  quoteNotAllowed: () =>
    forbidden(
      "Quoting this post is not allowed because you have not been mentioned or are not part of the conversation " +
        "thread of the post you are quoting.",
    ),
  notPermitted: () => forbidden("You are not permitted to perform this action."),
  forbidden: () => forbidden("Forbidden"),
  /** Assumed but for "maximum of one cashtag", which third parties report. */
  cashtags: () => forbidden("A post may contain a maximum of one cashtag."),
  /** Reported by third parties for v1.1, whose codes are 185, 326 and 64; that v2 has kept the words is assumed. */
  dailyLimit: () => forbidden(DAILY_LIMIT),
  dailyLimitLegacy: () => legacy(403, 185, DAILY_LIMIT),
  locked: () => forbidden(LOCKED),
  lockedLegacy: () => legacy(403, 326, LOCKED),
  suspended: () => legacy(403, 64, "Your account is suspended and is not permitted to access this feature."),
  videoTooLong: () => forbidden("This user is not allowed to post a video longer than 2 minutes."),
  readOnlyApp: () =>
    problem(403, {
      detail: "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
      status: 403,
      title: "Forbidden",
      type: `${NEW}oauth1-permissions`,
    }),
  notEnrolled: () =>
    problem(403, {
      client_id: "26924600",
      detail:
        "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter " +
        "developer App that is attached to a Project. You can create a project via the developer portal.",
      registration_url: "https://developer.twitter.com/en/docs/projects/overview",
      title: "Client Forbidden",
      required_enrollment: "Appropriate Level of API Access",
      reason: "client-not-enrolled",
      type: `${OLD}client-forbidden`,
    }),
  rateLimit: (headers = {}) => {
    const body = { title: "Too Many Requests", type: "about:blank", status: 429, detail: "Too Many Requests" };
    return problem(429, body, headers);
  },
  rateLimitLegacy: (headers = {}) =>
    legacy(429, 88, "Rate limit exceeded", headers),
  usageCapped: () =>
    problem(429, {
      title: "UsageCapExceeded",
      detail: "Usage cap exceeded: Monthly product cap",
      type: `${OLD}usage-capped`,
      period: "Monthly",
      scope: "Product",
    }),
  unavailable: () =>
    problem(503, { title: "Service Unavailable", detail: "Service Unavailable", type: "about:blank", status: 503 }),
  html: () => html(503, "<!doctype html><title>X / Error</title><h1>Something went wrong</h1><p>Try again."),
  /** X's edge, in front of the API: pages without a word about the request, and a limit without a window. */
  edgeForbidden: () => html(403, "<!DOCTYPE html><title>Attention Required!</title><h1>Sorry, you have been blocked</h1>"),
  edgeLimit: () => html(429, "<!DOCTYPE html><title>Too Many Requests</title>"),
  /** Assumed. */
  tooLarge: () =>
    problem(413, { title: "Payload Too Large", type: "about:blank", status: 413, detail: "Payload Too Large" }),
  /** Assumed: no unknown path was ever logged. */
  notFound: () => problem(404, { title: "Not Found", type: "about:blank", status: 404, detail: "Not Found" }),
  /** Observed 2025, `parameters` left out as there; X says it of an upload that it has no status for. */
  mediaNotFound: () => invalid("BadRequest: Not found"),
  /** Observed 2025 as the answer to finalize, plain text. */
  mediaType: () => text(400, "media type unrecognized"),
  /** The words of v1.1, which were observed; that v2 has kept them is assumed. */
  segmentsMissing: () => invalid("Segments do not add up to provided total file size."),
  mediaIds: (ids) => invalid("Your media IDs are invalid.", { "media.media_ids": ids }),
  replyId: (id) => invalid("Your reply tweet ID is invalid.", { "reply.in_reply_to_tweet_id": [id] }),
  /** Observed 2023 to 2025, as a 400. */
  alreadyReposted: () => invalid("You cannot retweet a Tweet that you have already retweeted.", {}),
  notYourself: (given, own) =>
    invalid(`The \`id\` query parameter value [${given}] must be the same as the authenticating user [${own}]`, {
      id: [given],
    }),
  /** Both observed in 2025 at the media endpoints too, without `parameters`. */
  contentType: () => invalid("Requests with bodies must have content-type of application/json."),
  notJson: () => invalid("Request body is not valid JSON."),
  invalid,
};

function invalid(message, parameters) {
  return problem(400, {
    errors: [{ message, parameters }],
    title: "Invalid Request",
    detail: "One or more parameters to your request was invalid.",
    type: `${OLD}invalid-request`,
  });
}

/** One entry of `errors` in a 200: X answers a missing resource that way. */
export const resourceNotFound = (resource_type, parameter, id) => ({
  resource_id: id,
  resource_type,
  parameter,
  value: id,
  title: "Not Found Error",
  detail: `Could not find ${resource_type} with ${parameter}: [${id}].`,
  type: `${OLD}resource-not-found`,
});

/** One entry of `errors` in a 200: a field that this reader may not see. Observed, the space before the colon too. */
export const fieldNotAuthorized = (field, parameter, id) => ({
  resource_type: "tweet",
  field,
  parameter,
  resource_id: id,
  title: "Field Authorization Error",
  section: "data",
  detail: `Sorry, you are not authorized to access '${field}' on the Tweet with ${parameter} : [${id}].`,
  value: id,
  type: `${OLD}not-authorized-for-field`,
});
