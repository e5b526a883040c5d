/** The session's own endpoints (docs/API.md, section 3b), asked with the session token. */

/** The server holds a poll this long. */
const WAIT_SECONDS = 25;
/** A request that outlives the server's wait by this much has lost its connection. */
const TIMEOUT_MS = (WAIT_SECONDS + 15) * 1000;

export class SessionClient {
  #url;
  #headers;
  #signal;

  constructor({ id, token, connectUrl }, signal) {
    this.#url = `${new URL(connectUrl).origin}/v1/connect-sessions/${encodeURIComponent(id)}`;
    this.#headers = { authorization: `Bearer ${token}` };
    this.#signal = signal;
  }

  /** The status as it is now. */
  read() {
    return this.#ask("", { headers: this.#headers });
  }

  /** Answers when the status is no longer `since`, or after the wait. */
  poll(since) {
    return this.#ask(`?wait=${WAIT_SECONDS}&since=${since}`, { headers: this.#headers });
  }

  complete(verifier) {
    return this.#post("/complete", { code_verifier: verifier });
  }

  /** The six digits that the other browser shows. */
  confirm(code) {
    return this.#post("/confirm", { code });
  }

  /** Tells the server that nobody waits any more. It may outlive the page; an unheard one is left to expiry. */
  async cancel() {
    await fetch(this.#url, { method: "DELETE", headers: this.#headers, keepalive: true }).catch(() => {});
  }

  #post(path, body) {
    const headers = { ...this.#headers, "content-type": "application/json" };
    return this.#ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** An answer, or null when there was none to read. Throws only when the attempt itself was called off. */
  async #ask(path, init) {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const response = await fetch(this.#url + path, { ...init, signal, cache: "no-store" });
      return readAnswer(response.status, await response.json());
    } catch {
      this.#signal.throwIfAborted();
      return null;
    }
  }
}

/** A refusal is the envelope itself; a failed session has the same fields under `data.error`. */
function readAnswer(http, body) {
  const { status = "", account, error } = body.data ?? {};
  const refusal = error ?? body;
  return {
    http,
    status,
    account,
    code: refusal.code ?? "",
    message: refusal.message ?? body.error,
    hint: refusal.hint,
  };
}
