/**
 * The token of a page (docs/API.md, section 8, "Page sessions"): asked of the site's back end, asked for again before its
 * end, and shared by all elements of the page that have the same source.
 */

import { inTime, SITE_MS, within } from "./asking.js";

const CALL_MS = 30_000;
/** Renewed so long before its end; of a short session, in its last tenth. */
const BEFORE_END_MS = 60_000;
/** Of a session that does not say how long it lives. */
const LIFE_MS = 3600e3;

/**
 * `seen` is what was seen, by its name in elements-failure.js, and `of` whom or what; `body` is the API's own refusal. Of code `unanswered`, `url` was asked in vain, and `kept`
 * is the code if a server is there that keeps its answers from this page.
 */
export const problem = (code, facts) => Object.assign(new Error(code), { code, ...facts });

/** In one place for all scripts of the page: the button and the elements may each have come by a script of their own. */
const shared = (globalThis[Symbol.for("x-page-sessions")] ??= new Map());

/** The one of this source, the address that is asked or the function that is called. An API key is never used. */
export function pageSessionFor(host, url, fetchSession) {
  if (host.hasAttribute("api-key") || host.apiKey !== undefined) throw problem("api_key_in_page");
  const source = fetchSession ?? (url && new URL(url, document.baseURI).href);
  if (!source) throw problem("session_missing");
  if (!shared.has(source)) shared.set(source, new PageSession(source));
  return shared.get(source);
}

/** Tells its elements of two things: `changed`, with what has changed by a call of one of them, and `over`, with the problem. */
class PageSession extends EventTarget {
  #source;
  #given;
  #renewing;
  #renewAt;
  #isRead = false;

  constructor(source) {
    super();
    this.#source = source;
  }

  /** Resolves to what the back end has answered, once it is good for a call. */
  async current() {
    return this.#given && Date.now() < this.#renewAt ? this.#given : this.#renewed(this.#given);
  }

  /** The same, for an element that may show the rows of one tenant alone. */
  async currentFor(host) {
    const given = await this.current();
    if (host.hasAttribute("tenant-id") && host.getAttribute("tenant-id") !== given.tenant_id) throw problem("tenant_mismatch");
    return given;
  }

  /**
   * The answer's JSON. Throws a `problem`: with the code of the API's refusal; `unanswered`; or one that ends the session for
   * all elements, which hear of it first.
   */
  async call(method, path, { body, key, signal = new AbortController().signal } = {}) {
    // Of a Worker that this page has read before, an answer is lost, and not kept from the page.
    const kept = this.#isRead ? undefined : "origin_not_allowed";
    const ask = (session) => asked(session, method, path, { body, key, signal, kept });
    const session = await this.current();
    let answer = await ask(session);
    this.#isRead = true;
    // A clock that is wrong, a session that was deleted.
    if (answer.status === 401) answer = await ask(await this.#renewed(session));
    if (answer.status === 401) throw this.#over(problem("page_session_ended", answer));
    if (answer.status >= 400) throw problem(answer.body?.code ?? "unexpected_answer", answer);
    return answer.body;
  }

  changed(what) {
    this.dispatchEvent(new CustomEvent("changed", { detail: what }));
  }

  /** One request for all who wait. */
  async #renewed(old) {
    if (this.#given !== old) return this.#given;
    this.#renewing ??= this.#renew(old).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #renew(old) {
    const given = await this.#next(old).catch((error) => {
      throw old ? this.#over(error) : error;
    });
    const life = Date.parse(given.expires_at) - Date.parse(given.created_at) || LIFE_MS;
    // By the clock of this browser, whatever it shows, from now on.
    this.#renewAt = Date.now() + life - Math.min(BEFORE_END_MS, life / 10);
    return (this.#given = given);
  }

  async #next(old) {
    const given = checked(await obtained(this.#source));
    if (old && old.tenant_id !== given.tenant_id) throw problem("tenant_mismatch");
    return given;
  }

  /** Whoever tries again begins anew. */
  #over(problem) {
    this.#given = undefined;
    this.#isRead = false;
    this.dispatchEvent(new CustomEvent("over", { detail: problem }));
    return problem;
  }
}

async function obtained(source) {
  const signal = AbortSignal.timeout(SITE_MS);
  if (typeof source === "function") {
    const late = () => problem("session_unavailable", { seen: "late", retryable: true });
    return inTime(Promise.resolve(source({ signal })), SITE_MS, late).catch((error) => {
      throw error.code ? error : problem("session_unavailable", { seen: "thrown", of: error, retryable: true });
    });
  }
  const facts = { method: "POST", url: source };
  const response = await fetch(source, { method: "POST", headers: { accept: "application/json" }, signal }).catch(() => {
    throw problem("unanswered", { ...facts, kept: "session_unavailable" });
  });
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw problem("session_unavailable", { ...facts, status: response.status, body, quote: quoteOf(body) });
}

/** An error of the API that a back end only passes on has a code beside its words, which are for developers. */
const quoteOf = (body) => (typeof body?.error === "string" && !body.code ? body.error : undefined);

function checked(answer) {
  const session = answer?.data ?? answer;
  const { token, api_url: url, origin = location.origin } = session ?? {};
  if (token && !`${token}`.startsWith("pst_")) throw problem("invalid_page_token");
  if (!token || !/^https?:\/\//.test(url)) throw problem("session_unavailable", { seen: "incomplete" });
  if (origin !== location.origin) throw problem("origin_not_allowed", { seen: "elsewhere", of: origin });
  return session;
}

async function asked({ token, api_url }, method, path, { body, key, signal, kept }) {
  const url = api_url + path;
  const headers = { authorization: `Bearer ${token}` };
  if (body) headers["content-type"] = "application/json";
  if (key) headers["idempotency-key"] = key;
  try {
    const response = await fetch(url, { method, headers, body: body && JSON.stringify(body), signal: within(CALL_MS, signal), cache: "no-store" });
    return { status: response.status, body: await response.json(), method, url };
  } catch {
    signal.throwIfAborted();
    throw problem("unanswered", { method, url, kept });
  }
}
