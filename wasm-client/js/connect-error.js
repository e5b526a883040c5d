/** What an `error` event carries: a stable code for programs, a sentence for people. */

const SENTENCES = {
  api_key_in_page: "An API key must never be in a page. Your back end makes the session.",
  invalid_session_token: "This button needs a session token, which begins with cst_.",
  needs_confirmation: "X answered in another browser. Please try again in this one.",
  popup_blocked: "Your browser blocked the window. Allow it and try again.",
  session_expired: "This took too long. Please try again.",
  session_missing: "This button needs session-url, or session-id, token and connect-url.",
  unreachable: "The connection was lost. Please try again.",
};

export class ConnectError extends Error {
  name = "ConnectError";

  /** Our sentence is written for a visitor, the server's for a developer: ours wins. Every code has one. */
  constructor(code, { message, hint, retryable = false } = {}) {
    super(SENTENCES[code] || message || "X could not be connected.");
    Object.assign(this, { code, hint, retryable });
  }
}
