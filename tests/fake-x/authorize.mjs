// GET and POST /i/oauth2/authorize: the end user's consent.
// https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token (steps 1 and 2)
import { consentPage, refusalPage } from "./authorize-page.mjs";
import { issueCode } from "./oauth.mjs";
import { redirect, refuse } from "./reply.mjs";
import { isScope } from "./scopes.mjs";

const PARAMETERS = [
  "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
];
const STATE_LENGTH = 500;
const METHODS = { S256: "S256", s256: "S256", plain: "plain" };
/** RFC 7636 §4.2. */
const CHALLENGE = /^[A-Za-z0-9._~-]{43,128}$/;

export function show(x, request) {
  const asked = readAuthorization(x, request.query);
  const carried = PARAMETERS.map((name) => [name, request.query.get(name)]);
  return consentPage(asked, consenters(x), carried);
}

/**
 * The form carries the request's parameters and they are checked again: a page proves nothing. It carries no others, or
 * a link could answer for the user with `&decision=authorize`.
 */
export function decide(x, request) {
  const form = new URLSearchParams(request.body);
  const asked = readAuthorization(x, form);
  if (form.get("decision") === "cancel") return goBack(asked, { error: "access_denied", state: asked.state });
  const user = consenters(x).find(({ username }) => username === form.get("user"));
  if (form.get("decision") !== "authorize" || !user) refuse(refusalPage());
  return goBack(asked, { state: asked.state, code: issueCode(x, { ...asked, user }) });
}

const consenters = (x) => [...x.users.values()].filter((user) => !user.suspended);

/** Any fault ends on X's own page: nothing is ever sent to a redirect_uri that did not check out. */
function readAuthorization(x, params) {
  const app = x.apps.get(params.get("client_id"));
  const redirect_uri = params.get("redirect_uri");
  const scopes = (params.get("scope") ?? "").split(" ");
  const state = params.get("state") ?? "";
  const code_challenge = params.get("code_challenge") ?? "";
  const code_challenge_method = METHODS[params.get("code_challenge_method")];
  const sound =
    params.get("response_type") === "code" &&
    app?.callbacks.includes(redirect_uri) &&
    scopes.every(isScope) &&
    state.length > 0 &&
    state.length <= STATE_LENGTH &&
    CHALLENGE.test(code_challenge) &&
    code_challenge_method;
  if (!sound) refuse(refusalPage());
  return { app, redirect_uri, scopes: [...new Set(scopes)], state, code_challenge, code_challenge_method };
}

/** The callback's own query is kept (RFC 6749 §3.1.2); X puts `state` before `code`. */
function goBack({ redirect_uri }, answer) {
  const separator = redirect_uri.includes("?") ? "&" : "?";
  return redirect(`${redirect_uri}${separator}${new URLSearchParams(answer)}`);
}
