/**
 * The public API (docs/API.md) by the browser's cookie. Failures are an `ApiError` in the API's own words; whoever
 * asked decides where to show them, and keeps what the person has typed.
 */

const PAUSES_MS = [400, 1600];
/** What a second try may find mended. */
const PASSING = [429, 502, 503, 504];
const LONGEST_WAIT_MS = 5000;

/** Heard by the frame, which asks for the key again without taking the page away. */
export const SIGNED_OUT = "signed-out";
/** Heard by whatever was refused because nobody was. */
export const SIGNED_IN = "signed-in";

let sessionId;

/** From now on each call says for which sign-in its page was drawn: a call with the cookie of another one is refused. */
export const actAs = (session) => { sessionId = session?.id; };

export class ApiError extends Error {
  constructor({ status, body = {} }) {
    super(body.message ?? wordsFor(status));
    Object.assign(this, { status, code: body.code ?? "unreachable", hint: body.hint ?? hintFor(status), x: body.x });
    this.requestId = body.request_id;
    this.details = body.details ?? {};
  }

  /** What is wrong with one field of the body: `containers.0.content`, or the names, where one may have dots in it. */
  field(path) {
    const names = Array.isArray(path) ? path : path.split(".");
    const at = names.reduce((node, name) => node?.[name], this.details);
    return at?._errors?.join(" ");
  }
}

const wordsFor = (status) =>
  status === 0 ? "The server cannot be reached." : `The server answered ${status} without saying why.`;
const hintFor = (status) =>
  status === 0 ? "Look at your connection and try again: nothing that you typed is lost." : "Try again in a moment.";

/** Reads are tried again by themselves, since asking twice changes nothing. */
export const get = (path, { signal, headers, isOfPage } = {}) => withPatience("GET", path, { signal, headers, isOfPage });

/**
 * A key of its own makes the call one that can be repeated (docs/API.md, section 1): a lost answer is asked for again,
 * and what it did is not done twice.
 */
export const post = (path, body, { headers, signal } = {}) =>
  withPatience("POST", path, { body, signal, headers: { "idempotency-key": crypto.randomUUID(), ...headers } });

export const patch = (path, body) => once("PATCH", path, { body });
export const del = (path) => once("DELETE", path, {});

/** All pages of a list, for what is small enough to be read whole. `name` is the field with the rows. */
export async function all(path, { name = "data", most = 1000, signal } = {}) {
  const rows = [];
  const join = path.includes("?") ? "&" : "?";
  for (let after = ""; ; ) {
    const body = await get(`${path}${join}limit=100${after}`, { signal });
    rows.push(...body[name]);
    if (!body.pagination.after || rows.length >= most) return rows;
    after = `&after=${body.pagination.after}`;
  }
}

/** An answer; of a list for which no `limit` was asked, with the rows of all pages. */
export async function whole(path, options) {
  const answer = await get(path, options);
  if (!answer.pagination?.after || path.includes("limit=")) return answer;
  return { ...answer, data: await all(path, options) };
}

/** A file, once all of it is here. */
export async function file(path, headers) {
  const response = await send("GET", path, { headers });
  if (!response.ok) throw failureOf(response, parsed(await response.text().catch(() => "")));
  try {
    return await response.blob();
  } catch {
    throw new ApiError({ status: 0 });
  }
}

async function withPatience(method, path, options) {
  for (const pause of PAUSES_MS) {
    try {
      return await once(method, path, options);
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(Math.min(error.retryAfterMs ?? pause, LONGEST_WAIT_MS), options.signal);
    }
  }
  return once(method, path, options);
}

const isPassing = (error) => error instanceof ApiError && (error.status === 0 || PASSING.includes(error.status));

async function once(method, path, { headers = {}, ...options }) {
  const response = await send(method, path, { headers, ...options });
  const text = await response.text().catch(() => "");
  const answer = parsed(text);
  if (response.ok && answer) return answer;
  throw failureOf(response, answer);
}

function failureOf(response, answer) {
  const error = new ApiError({ status: response.status, body: answer });
  const after = Number(response.headers.get("retry-after"));
  if (after > 0) error.retryAfterMs = after * 1000;
  return error;
}

async function send(method, path, { body, headers, signal, isOfPage = true }) {
  const json = body === undefined ? {} : { "content-type": "application/json" };
  const own = isOfPage && sessionId && { "dashboard-session": sessionId };
  const init = { method, signal, headers: { ...json, ...own, ...headers }, credentials: "same-origin", redirect: "error" };
  const asking = sessionId;
  try {
    const response = await fetch(path, { ...init, body: body === undefined ? undefined : JSON.stringify(body) });
    // A late answer to an earlier sign-in says nothing about the present one.
    if (response.status === 401 && asking === sessionId) dispatchEvent(new CustomEvent(SIGNED_OUT, { detail: { path } }));
    return response;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError({ status: 0 });
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
