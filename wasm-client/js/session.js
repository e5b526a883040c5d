/** Where an attempt gets its session from: what it was given, or its site's own back end. Never from an API key. */

import { SITE_MS, inTime, whyUnanswered, within } from "./asking.js";
import { ConnectError } from "./connect-error.js";
import { answered, redacted } from "./seen.js";
import { SessionClient } from "./session-client.js";

const BY_FUNCTION = "fetchSession";

/**
 * A session that was given is used while it is open. When it is not, or none was given, the site is asked.
 * Throws ConnectError `session_missing`, `session_expired`, `session_unavailable`, `invalid_session_token`.
 */
export async function obtainSession({ url, fetchSession, wishes, ...given }, signal) {
  const hasGiven = Boolean(given.id && given.token);
  if (hasGiven) {
    const session = checkSession(given, "The page's attributes have");
    if (await isOpen(session, signal)) return session;
  }
  if (fetchSession) return checkSession(await called(fetchSession, { ...wished(wishes), signal }), `${BY_FUNCTION} gave`);
  if (url) return posted(url, wished(wishes), signal);
  throw new ConnectError(hasGiven ? "session_expired" : "session_missing", { retryable: false });
}

/** A page may stand for longer than its session lives. No answer, or no right to one, is for the attempt to meet. */
async function isOpen(session, signal) {
  const answer = await new SessionClient(session, signal).read();
  if (!answer || ![200, 404, 410].includes(answer.http)) return true;
  return ["pending", "authorizing"].includes(answer.status);
}

/** What the site's back end may pass on to `POST /v1/connect-sessions`, if it agrees. */
function wished(wishes) {
  const here = new URL(location.href);
  here.hash = "";
  const asked = { redirect_uri: here.href, ...wishes };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
}

async function called(fetchSession, wishes) {
  const late = () => new Error(`no answer within ${SITE_MS / 1000} s`);
  try {
    return await inTime(fetchSession(wishes), SITE_MS, late);
  } catch (error) {
    if (error instanceof ConnectError || wishes.signal.aborted) throw error;
    const seen = `${BY_FUNCTION} failed: ${redacted(error?.message ?? error)}.`;
    throw new ConnectError("session_unavailable", { seen, retryable: true });
  }
}

/**
 * `POST {session-url}` with the site's own cookies; its answer is the session, bare or under `data`. A refusal may
 * bring the site's own sentence as `error`.
 */
async function posted(url, wishes, signal) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  const asked = { method: "POST", headers, body: JSON.stringify(wishes), signal: within(SITE_MS, signal) };
  let response;
  let body;
  try {
    response = await fetch(url, asked);
    body = parsed(await response.text());
  } catch (error) {
    signal.throwIfAborted();
    throw await whyUnanswered(url, error);
  }
  const seen = answered("POST", url, response, body);
  if (response.ok && body) return checkSession(body, `${seen} It has`);
  const retryable = response.status === 429 || response.status >= 500;
  throw new ConnectError("session_unavailable", { seen: `${seen}${usual(response)}`, quote: quoteOf(body), retryable });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** An error of the API that a back end only passes on has a code beside its words, which are for developers. */
const quoteOf = (body) => (typeof body?.error === "string" && !body.code ? body.error : undefined);

/** What such an answer mostly means. */
function usual({ status, ok }) {
  if (ok) return " A login page or an app's fallback page answers like that.";
  if (status === 404 || status === 405) return " Check `session-url`, and that this route takes POST.";
  if (status === 401 || status === 403) return " The visitor is not signed in, or a check against forged requests refused.";
  return status >= 500 ? " Read your back end's log." : "";
}

function checkSession(answer, whose) {
  const fields = answer?.data ?? answer ?? {};
  const missing = ["id", "token", "connect_url"].filter((name) => typeof fields[name] !== "string" || !fields[name]);
  if (missing.length > 0) throw new ConnectError("session_unavailable", { seen: `${whose} no ${missing.join(", no ")}.` });
  const { id, token, connect_url } = fields;
  if (!token.startsWith("cst_")) throw new ConnectError("invalid_session_token");
  // The form's action: anything but http(s), `javascript:` above all, is no address of a session.
  const isAddress = /^https?:\/\//.test(connect_url) && URL.canParse(connect_url);
  if (!isAddress) throw new ConnectError("session_unavailable", { seen: `${whose} a connect_url that is no https address.` });
  return { id, token, connectUrl: connect_url };
}
