/**
 * A person's way through connecting X, cut where a test wants to step in: before the button, at X, back from X.
 *
 *   const attempt = await atCallback(bench, { username: "ada" });   // X has redirected, nobody has followed
 *   await browse(bench, attempt.callback, attempt.cookie);
 *   await complete(bench, attempt.session, attempt.verifier);
 */

import assert from "node:assert/strict";
import { api, browse, consent, cookieOf, createSession, newVerifier, request, SITE, startSession } from "./client.mjs";

let people = 0;

/** A user of X that no other test has: grants, rate windows and account objects are per user. */
export const newPerson = ({ x }, given = {}) => x.addUser({ username: `person_${++people}`, ...given }).username;

/** Steps 1 and 2: a session, and a browser that has left for X. `start` goes into the form. */
export async function leftForX(bench, { start = {}, ...fields } = {}) {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench, fields);
  const left = await startSession(bench, { token: session.token, challenge, ...start });
  assert.equal(left.status, 303, left.text);
  return { session, verifier, challenge, location: left.headers.get("location"), cookie: cookieOf(left) };
}

/** Step 3: X has answered with the redirect to `callback`, and nobody has followed it. */
export async function atCallback(bench, { username, ...given } = {}) {
  const left = await leftForX(bench, given);
  return { ...left, callback: consent(bench, left.location, username ?? newPerson(bench)) };
}

/** The browser has arrived: only `complete` is missing. */
export async function authorized(bench, given) {
  const attempt = await atCallback(bench, given);
  const arrived = await browse(bench, attempt.callback, attempt.cookie);
  assert.equal(arrived.status, 303, arrived.text);
  return { ...attempt, arrived };
}

/**
 * Another browser than the one that started has followed X's redirect. `other` is its cookie; `reload()` shows its page
 * as it is then.
 */
export async function inOtherBrowser(bench, { username = newPerson(bench), ...given } = {}) {
  const attempt = await atCallback(bench, { username, ...given });
  const arrived = await browse(bench, attempt.callback);
  assert.equal(arrived.status, 303, arrived.text);
  const other = cookieOf(arrived);
  return { ...attempt, username, arrived, other, reload: () => browse(bench, arrived.headers.get("location"), other) };
}

/** The six digits that a page shows, if it does. */
export const confirmationCode = (html) => /<p class=code>(\d{3}) (\d{3})</.exec(html)?.slice(1).join("");

/** The code of another browser, typed where the session began. */
export const confirm = (bench, { id, token }, code) =>
  api(bench.worker, { key: token }).post(`/v1/connect-sessions/${id}/confirm`, { code }, { origin: SITE });

/** What X would still honour. */
export const liveTokens = ({ x }, username) => x.tokens({ username }).filter(({ live }) => live);

/** Step 4: the session as its page sees it. `query` may be `wait=25&since=pending`. */
export const watch = (bench, { id, token }, query = "") =>
  api(bench.worker, { key: token }).get(`/v1/connect-sessions/${id}${query && `?${query}`}`, { origin: SITE });

export const statusOf = async (bench, session) => (await watch(bench, session)).body.data?.status;

/** The session once it has left `status`: over its long poll, as the page does it. */
export async function leaves(bench, session, status) {
  for (;;) {
    const answer = await watch(bench, session, `wait=25&since=${status}`);
    if (answer.body.data?.status !== status) return answer;
  }
}

/** A link of 3a: `{auth_url, expires_at, connect_id}`. */
export async function createLink({ api }, fields = {}) {
  const answer = await api.post("/v1/social-networks/x/auth-url", fields);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data;
}

/** Opens a link as a person does: `{location, cookie}`. */
export async function openLink(bench, { auth_url }) {
  const left = await browse(bench, auth_url);
  assert.equal(left.status, 303, left.text);
  return { location: left.headers.get("location"), cookie: cookieOf(left) };
}

/** Opens a link, consents, comes back: `arrived` is the answer to the callback. */
export async function followLink(bench, link, username = newPerson(bench)) {
  const { location, cookie } = await openLink(bench, link);
  const callback = consent(bench, location, username);
  return { callback, cookie, username, arrived: await browse(bench, callback, cookie) };
}

/** The button of our own start page; `origin` is where the browser says that the page was. */
export const confirmStart = ({ worker }, html, origin = worker.origin) =>
  request(worker, "POST", "/connect/start/confirmed", { headers: { origin }, body: new URLSearchParams(hidden(html)) });

export const hidden = (html) =>
  [...html.matchAll(/<input type=hidden name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [name, value]);

/** What X's redirect carries when the person declines (RFC 6749 §4.1.2.1). */
export function declined(location, error = "access_denied") {
  const asked = new URL(location).searchParams;
  return `${asked.get("redirect_uri")}?${new URLSearchParams({ error, state: asked.get("state") })}`;
}

export const codeOf = (callback) => new URL(callback).searchParams.get("code");
export const stateOf = (location) => new URL(location).searchParams.get("state");

/** How often X was handed this code. */
export const exchangesOf = ({ x }, callback) => tokenCalls(x, "code", codeOf(callback)).length;

/** Calls of X's token endpoint whose form has `name` with this value. */
export const tokenCalls = (x, name, value) =>
  x
    .requests({ method: "POST", path: "/2/oauth2/token" })
    .filter(({ body }) => new URLSearchParams(body).get(name) === value);
