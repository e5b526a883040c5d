/** Why an attempt failed: a stable code for programs, a hint for the site's developers. */

const HINTS = {
  api_key_in_page: "The API key belongs to your back end, which makes the session: POST /v1/connect-sessions.",
  invalid_session_token: "`token` is the session's, which begins with cst_. An API key must never be in a page.",
  needs_confirmation: "Give connect() `askCode`, so that the person can type the code that the other browser shows.",
  popup_blocked: "Begin inside a click, or use mode=auto with a session that has a redirect_uri.",
  session_expired: "Give session-url or fetchSession, so that a session can be made anew.",
  session_missing: "Give session-url, fetchSession, or session-id, token and connect-url.",
  storage_blocked: "mode=redirect keeps the attempt in sessionStorage, which this page may not use.",
  wasm_forbidden: "Add 'wasm-unsafe-eval' to script-src in the page's Content-Security-Policy.",
};

export class ConnectError extends Error {
  name = "ConnectError";

  /** `quote` is a sentence of the site's own for the visitor; without it one of texts.js is said. */
  constructor(code, { message, quote, hint = HINTS[code], retryable = false } = {}) {
    super(quote ?? message ?? hint ?? code);
    Object.assign(this, { code, quote, hint, retryable });
  }
}
