/** Where the button gets its session from: its site's own back end, or its attributes. Never from an API key. */

import { ConnectError } from "./connect-error.js";

/**
 * Checks the attributes before a window opens, and returns the function that fetches the session after it.
 * Throws ConnectError `api_key_in_page`, `session_missing`, `invalid_session_token`.
 */
export function sessionSource(element) {
  refuseApiKey(element);
  const url = element.getAttribute("session-url");
  if (url) return (signal) => fetchSession(url, signal);
  const session = checkSession({
    id: element.getAttribute("session-id"),
    token: element.getAttribute("token"),
    connect_url: element.getAttribute("connect-url"),
  });
  return async () => session;
}

function refuseApiKey(element) {
  const named = ["api-key", "apikey"].some((name) => element.hasAttribute(name));
  if (named || element.apiKey !== undefined) throw new ConnectError("api_key_in_page");
}

/**
 * `POST {session-url}` with the site's own cookies; its answer is the session, bare or under `data`. A refusal may
 * bring the site's own sentence as `error`.
 */
async function fetchSession(url, signal) {
  const response = await fetch(url, { method: "POST", headers: { accept: "application/json" }, signal });
  const body = await response.json().catch(() => null);
  if (!response.ok || !body) {
    const message = typeof body?.error === "string" ? body.error : "This site could not reach X just now.";
    const retryable = response.status === 429 || response.status >= 500;
    throw new ConnectError("session_unavailable", { message, retryable });
  }
  return checkSession(body.data ?? body);
}

function checkSession({ id, token, connect_url }) {
  if (!id || !token || !connect_url) throw new ConnectError("session_missing");
  if (!token.startsWith("cst_")) throw new ConnectError("invalid_session_token");
  // The form's action: anything but http(s), `javascript:` above all, is no address of a session.
  if (!/^https?:\/\//.test(connect_url)) throw new ConnectError("session_missing");
  return { id, token, connectUrl: connect_url };
}
