/** Where an attempt gets its session from: what it was given, or its site's own back end. Never from an API key. */

import { ConnectError } from "./connect-error.js";
import { SessionClient } from "./session-client.js";

/**
 * A session that was given is used while it is open. When it is not, or none was given, the site is asked.
 * Throws ConnectError `session_missing`, `session_expired`, `session_unavailable`, `invalid_session_token`.
 */
export async function obtainSession({ url, fetchSession, wishes, ...given }, signal) {
  const hasGiven = Boolean(given.id && given.token);
  if (hasGiven) {
    const session = checkSession(given);
    if (await isOpen(session, signal)) return session;
  }
  if (fetchSession) return checkSession(await called(fetchSession, { ...wished(wishes), signal }));
  if (url) return checkSession(await posted(url, wished(wishes), signal));
  throw new ConnectError(hasGiven ? "session_expired" : "session_missing");
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
  try {
    return await fetchSession(wishes);
  } catch (error) {
    if (error instanceof ConnectError || wishes.signal.aborted) throw error;
    console.error(error);
    throw new ConnectError("session_unavailable", { retryable: true });
  }
}

/**
 * `POST {session-url}` with the site's own cookies; its answer is the session, bare or under `data`. A refusal may
 * bring the site's own sentence as `error`.
 */
async function posted(url, wishes, signal) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(wishes), signal });
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  const quote = typeof body?.error === "string" ? body.error : undefined;
  throw new ConnectError("session_unavailable", { quote, retryable: response.status === 429 || response.status >= 500 });
}

function checkSession(answer) {
  const { id, token, connect_url } = answer?.data ?? answer ?? {};
  if (!id || !token || !connect_url) throw new ConnectError("session_missing");
  if (!token.startsWith("cst_")) throw new ConnectError("invalid_session_token");
  // The form's action: anything but http(s), `javascript:` above all, is no address of a session.
  if (!/^https?:\/\//.test(connect_url)) throw new ConnectError("session_missing");
  return { id, token, connectUrl: connect_url };
}
