/** The session's own endpoints (docs/API.md, section 3b), asked with the session token. */

import { isKeptFromUs, within } from "./asking.js";
import { ConnectError } from "./connect-error.js";
import { forbidsAsking } from "./policy.js";
import { answered, unanswered } from "./seen.js";

const READ_MS = 10_000;
/** A server that fails for a moment may forget the CORS headers; one that keeps on keeps this page out. */
const KEPT_OUT_AFTER = 4;

export class SessionClient {
  /** The last answer, or that there was none: for developers. */
  seen;
  #url;
  #headers;
  #signal;
  #keptOut = 0;

  constructor({ id, token, connectUrl }, signal) {
    this.#url = `${new URL(connectUrl).origin}/v1/connect-sessions/${encodeURIComponent(id)}`;
    this.#headers = { authorization: `Bearer ${token}` };
    this.#signal = signal;
  }

  /** The status as it is now. */
  read(ms = READ_MS) {
    return this.#ask("", { headers: this.#headers }, ms);
  }

  /** Answers when the status is no longer `since`, or after `hold` seconds. Waited for `ms`. */
  poll(since, hold, ms) {
    return this.#ask(`?wait=${hold}&since=${since}`, { headers: this.#headers }, ms);
  }

  complete(verifier, ms) {
    return this.#post("/complete", { code_verifier: verifier }, ms);
  }

  /** The six digits that the other browser shows. */
  confirm(code, ms) {
    return this.#post("/confirm", { code }, ms);
  }

  /** Tells the server that nobody waits any more. It may outlive the page; an unheard one is left to expiry. */
  async cancel() {
    await fetch(this.#url, { method: "DELETE", headers: this.#headers, keepalive: true }).catch(() => {});
  }

  #post(path, body, ms) {
    const headers = { ...this.#headers, "content-type": "application/json" };
    return this.#ask(path, { method: "POST", headers, body: JSON.stringify(body) }, ms);
  }

  /** An answer, or null when there was none to read. Throws when the attempt was called off, or the page may not ask. */
  async #ask(path, init, ms) {
    const { method = "GET" } = init;
    let response;
    try {
      response = await fetch(this.#url + path, { ...init, signal: within(ms, this.#signal), cache: "no-store" });
      const body = await response.json();
      this.seen = answered(method, this.#url, response, body.data?.error ?? body);
      this.#keptOut = 0;
      return readAnswer(response.status, body);
    } catch (error) {
      this.#signal.throwIfAborted();
      this.seen = response ? answered(method, this.#url, response) : await this.#whyUnanswered(method, error, ms);
      return null;
    }
  }

  async #whyUnanswered(method, { name }, ms) {
    const seen = (what) => unanswered(method, this.#url, what);
    if (name === "TimeoutError") return seen(`did not answer within ${ms / 1000} s`);
    if (await forbidsAsking(this.#url)) throw new ConnectError("connect_forbidden", { seen: seen("was forbidden by the page's policy") });
    if (!(await isKeptFromUs(`${new URL(this.#url).origin}/healthz`))) return seen("brought no answer");
    const kept = seen(`may not be read by a page of ${location.origin} (CORS)`);
    if (++this.#keptOut >= KEPT_OUT_AFTER) throw new ConnectError("origin_not_allowed", { seen: kept });
    return kept;
  }
}

/** A refusal is the envelope itself; a failed session has the same fields under `data.error`. */
function readAnswer(http, body) {
  const { status = "", account, error, redirect_uri } = body.data ?? {};
  return { http, status, account, redirectUri: redirect_uri, code: (error ?? body).code ?? "" };
}
