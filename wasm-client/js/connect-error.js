/** What an `error` event carries: a stable code for programs, a sentence for people. */

const SENTENCES = {
  api_key_in_page: "An API key must never be in a page. Give this button a session made by your back end.",
  invalid_session_token: "This button needs a session token, which begins with cst_.",
  needs_confirmation: "X answered in another browser. Please try again, and stay in this one.",
  popup_blocked: "Your browser blocked the window. Allow pop-ups for this site and try again.",
  session_expired: "This took too long. Please try again.",
  session_missing: "This button needs session-url, or session-id, token and connect-url.",
  session_unavailable: "This site could not start the connection. Please try again later.",
  unreachable: "The connection was lost. Please try again.",
};

export class ConnectError extends Error {
  name = "ConnectError";

  /** The server's own sentence wins over ours; a code that neither knows still gets one. */
  constructor(code, { message, hint, retryable = false, cause } = {}) {
    super(message || SENTENCES[code] || "X could not be connected.", { cause });
    Object.assign(this, { code, hint, retryable });
  }
}
