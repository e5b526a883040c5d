/**
 * Callers of the Worker under test: a back end with an API key, and a person's browser on its way through connecting X.
 *
 *   const bench = await startBench();                       // a Worker, and the stand-in as its X, already registered
 *   const account = await connect(bench, { username: "ada", tenant_id: "t1" });
 *   const { status, body } = await bench.api.post("/v1/posts", { content: "hi", accounts: [account.id] });
 *   await bench.stop();                                     // fails if X was asked for anything that X does not have
 */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { startFakeX } from "../fake-x/server.mjs";
import { CREATE_CALL } from "./calls.mjs";
import { assertDescribed } from "./contract.mjs";
import { eventually } from "./eventually.mjs";
import { setUp } from "./set-up.mjs";
import { ADMIN_KEY, startWorker } from "./worker.mjs";

/** The site whose page carries the button. Nothing listens there: the Worker only compares it. */
export const SITE = "http://acme.localhost:8789";

/**
 * @param {object} [options]
 * @param {boolean} [options.register] whether the stand-in's app is registered as the network of no tenant
 * @param {Function} [options.start] another way to run the Worker: `startRaw` of the benches
 * The other options are those of `startWorker`.
 */
export const startBench = (options) => setUp((opened) => openBench(options, opened));

async function openBench({ register = true, start = startWorker, ...options } = {}, opened) {
  const x = opened(await startFakeX(), "close");
  const worker = opened(await start({ fakeX: x, ...options }), "stop");
  const bench = { x, worker, api: api(worker) };
  x.setApp({ client_id: x.app.client_id, callbacks: [callbackOf(worker)] });
  if (register) bench.network = await registerNetwork(bench);
  return {
    ...bench,
    async stop() {
      await Promise.all([worker.stop(), x.close()]);
      assert.deepEqual(x.requests({ unmatched: true }), []);
      assert.deepEqual(x.faults(), [], "a fault that nothing met");
    },
  };
}

/** `text` with another character at `at`. The last one stays by default: not each of its bits counts in base64url. */
export const spoilt = (text, at = text.length - 2) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);

export const callbackOf = (worker) => `${worker.origin}/connect/callback/x`;

/** What the operator does once: the X app's credentials. Answers the network. */
export async function registerNetwork({ api, x }, { app = x.app, ...fields } = {}) {
  const { client_id, client_secret } = app;
  const body = { network: "x", client_key: client_id, client_secret, ...fields };
  const answer = await api.post("/v1/social-networks", body);
  assert.ok(answer.status === 200 || answer.status === 201, answer.text);
  return answer.body.data;
}

/** An app of its own at X, and its network for this tenant: what concerns the app concerns no other test. */
export async function ownApp(bench, tenant_id, fields = {}) {
  const app = bench.x.addApp({ callbacks: [callbackOf(bench.worker)], ...fields });
  return { app, network: await registerNetwork(bench, { app, tenant_id }) };
}

/** A person at X of whom no other test knows. */
export function newUser({ x }, fields = {}) {
  return x.addUser({ username: `u${randomBytes(5).toString("hex")}`, ...fields });
}

/**
 * One function a verb, each answering `{status, headers, text, body}`; `body` is the JSON, or undefined. `isDescribed` false is
 * for a Worker that openapi.json does not describe, and for calls whose time is measured.
 */
export function api(worker, { key = ADMIN_KEY, isDescribed = true } = {}) {
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
  const send = (method, path, { headers, ...rest } = {}) =>
    request(worker, method, path, { headers: { ...authorization, ...headers }, isDescribed, ...rest });
  const sendJson = (method, path, value, headers) => {
    if (value === undefined) return send(method, path, { headers });
    return send(method, path, {
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(value),
    });
  };
  return {
    send,
    get: (path, headers) => sendJson("GET", path, undefined, headers),
    post: (path, value, headers) => sendJson("POST", path, value, headers),
    patch: (path, value, headers) => sendJson("PATCH", path, value, headers),
    delete: (path, headers) => sendJson("DELETE", path, undefined, headers),
  };
}

/** Uncompressed, unless a test asks otherwise: on one machine nothing is gained by the work of both sides. */
const PLAIN = { "accept-encoding": "identity" };

/**
 * `path` may be a whole URL of the Worker, as redirects have it: names under localhost are called at `worker.api`. What is
 * answered has to be described in openapi.json, and what is accepted too.
 */
export async function request(worker, method, path, { isDescribed = true, ...init } = {}) {
  const { pathname, search } = new URL(path, worker.api);
  const response = await fetch(worker.api + pathname + search, {
    method,
    redirect: "manual",
    ...init,
    headers: { ...PLAIN, ...init.headers },
  });
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get("content-type") ?? "");
  const body = isJson && text ? JSON.parse(text) : undefined;
  const answer = { status: response.status, headers: response.headers, text, body };
  if (!isDescribed) return answer;
  const isJsonSent = init.headers?.["content-type"] === "application/json";
  assertDescribed({ method, path: pathname, sent: isJsonSent ? init.body : undefined }, answer);
  return answer;
}

/** What the page makes on each click (RFC 7636 §4.1, §4.2). */
export function newVerifier() {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** Step 1, the site's back end: `{id, token, expires_at, connect_url}`. */
export async function createSession({ api }, fields = {}) {
  const answer = await api.post("/v1/connect-sessions", { origin: SITE, ...fields });
  assert.equal(answer.status, 201, answer.text);
  return answer.body.data;
}

/** Step 2, the page: the click's form, without an Origin header if `origin` is null. On success 303 to X with a cookie. */
export function startSession({ worker }, { token, challenge, origin = SITE, display = "popup", ...fields }) {
  const form = { token, code_challenge: challenge, code_challenge_method: "S256", display, ...fields };
  const headers = origin === null ? {} : { origin };
  return request(worker, "POST", "/connect/start", { headers, body: new URLSearchParams(form) });
}

export const cookieOf = ({ headers }) => headers.get("set-cookie")?.split(";")[0];

/** Step 3, the person at X: consents to what the Location header of a start asks for. Answers the URL of the callback. */
export function consent({ x }, location, username = "ada") {
  const asked = new URL(location).searchParams;
  const { code } = x.grant({
    client_id: asked.get("client_id"),
    username,
    scopes: asked.get("scope").split(" "),
    code_challenge: asked.get("code_challenge"),
    redirect_uri: asked.get("redirect_uri"),
  });
  return `${asked.get("redirect_uri")}?${new URLSearchParams({ state: asked.get("state"), code })}`;
}

/** A page of ours in the person's browser. */
export const browse = ({ worker }, url, cookie) =>
  request(worker, "GET", url, { headers: cookie ? { cookie } : {} });

/** Step 5, the page: `token` is the session's. */
export const complete = ({ worker }, { id, token }, verifier) =>
  api(worker, { key: token }).post(`/v1/connect-sessions/${id}/complete`, { code_verifier: verifier }, { origin: SITE });

/** All the steps. Answers the account as `complete` shows it. `fields` go into the session. */
export async function connect(bench, { username = "ada", ...fields } = {}) {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench, fields);
  const started = await startSession(bench, { token: session.token, challenge });
  assert.equal(started.status, 303, started.text);
  const called = await browse(bench, consent(bench, started.headers.get("location"), username), cookieOf(started));
  assert.equal(called.status, 303, called.text);
  const completed = await complete(bench, session, verifier);
  assert.equal(completed.status, 200, completed.text);
  return completed.body.data.account;
}

/** A person of whom no other test knows, connected. `tenant_id` is the session's, all else the person's. */
export const newAccount = (bench, { tenant_id, ...person } = {}) =>
  connect(bench, { tenant_id, username: newUser(bench, person).username });

/** An account's row, and what asking X after it says. */
export const readAccount = async ({ api }, { id }) => (await api.get(`/v1/social-accounts/${id}`)).body.data;
export const healthOf = async ({ api }, { id }) => (await api.get(`/v1/social-accounts/${id}/health`)).body.data;

/** The post that a call answers with; fails with the answer unless the call succeeded. */
export function postOf({ status, body, text }) {
  assert.equal(status, 200, text);
  return body.post;
}

/** A post of `account`, as the call that creates it answers. */
export const createPost = async ({ api }, account, fields, headers) =>
  postOf(await api.post("/v1/posts", { accounts: [account.id], ...fields }, headers));

/** The same once its delivery is final: ten seconds are more than any test's X takes. */
export const publishPost = (bench, account, fields) => createPost(bench, account, fields, { prefer: "wait=10" });

export const readPost = async ({ api }, { id }) => postOf(await api.get(`/v1/posts/${id}`));

/** Fields of a post that is a thread. */
export const thread = (...texts) => ({ containers: texts.map((content) => ({ content })) });

/** What of `account` is on X, oldest first. */
export const textsAt = ({ x }, { username }) => x.posts({ username }).map(({ text }) => text);

/** A time as the API takes it. */
export const fromNow = (ms) => new Date(Date.now() + ms).toISOString();

export { CREATE_CALL };

/**
 * The call that would create the next post, or the next of `username`, meets this fault; with `after`, so many calls go
 * through before it.
 */
export function faultAtX({ x }, { username, ...fault }, { after = 0 } = {}) {
  const call = { ...CREATE_CALL, username };
  if (after > 0) x.fault({ ...call, kind: "delay", ms: 1, times: after });
  x.fault({ ...call, ...fault });
}

/** Resolves once X keeps a call, which has no answer: a fault has to `hold` it, until `x.release()`. */
export const callUnderWay = ({ x }, call = CREATE_CALL) =>
  eventually(async () => x.requests({ ...call, status: null }), (calls) => calls.some(({ fault }) => fault === "hold"));

/** The post once its first delivery is in `state`. */
export const postIn = (bench, id, state, within) => postWhen(bench, id, (delivery) => delivery.state === state, within);

/** The post once `holds` of its first delivery. */
export async function postWhen({ api }, id, holds, within) {
  const read = async () => (await api.get(`/v1/posts/${id}`)).body.post;
  return eventually(read, ({ socialAccounts }) => holds(socialAccounts[0]), within);
}
