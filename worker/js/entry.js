/**
 * The Worker's entry: what Rust exports, the objects' method for messages, and the fast path of a call for X
 * (docs/ARCHITECTURE.md).
 *
 * Rust decides and JavaScript sends. Each side of the fast path asks Rust before the call goes on and when its answer is there.
 * Rust takes no call about which anything is unusual: such a call goes its usual way, through Rust alone.
 */

import { DurableObject } from "cloudflare:workers";
import Rust, { AccountObject as RustAccount, ConnectObject as RustConnect, FastPath, WorkspaceObject as RustWorkspace } from "rust";

/** An object reads no path. */
const OBJECT = "https://object/";
const MESSAGE = "proxy-call";
/** On an answer that is whole. */
const WHOLE = "x-request-id";
/** A longer answer names no post. */
const CREATED_BYTES = 1 << 20;

/** One for all, since each would bring the lines of its stack. */
const OVER = new Error("the call is over");

let known;

/** What Rust says once in an isolate. worker-build keeps `path`, and each object, alive when the module starts anew after a trap. */
function rules() {
  if (known) return known;
  const path = new FastPath();
  const [content, passed] = path.headerNames().map((names) => names.split(" "));
  const [limit, short, rest] = path.limits();
  return (known = { path, content, passed, limit, short, rest });
}

let last = 0;

/** A call's number, which outlives the module's memory. */
const number = () => (last = (last % 0xffff_ffff) + 1);

/** Calls that wait for the module, the first one first. After a trap the module starts anew, and answers none of them. */
const waiting = new Set();
/** As long as an alarm may last. Nothing is heard of a call whose caller hangs up: the platform ends it as it stands. */
const LONGEST_MS = 15 * 60_000;
const TRAPPED = new Error("the module has ended");

/** worker-build notes a trap in this place, before the module starts anew. */
function watchForTraps(state) {
  let { criticalError: isTrapped } = state;
  const set = (value) => {
    isTrapped = value;
    if (!isTrapped) return;
    for (const { giveUp } of waiting) giveUp(TRAPPED);
    waiting.clear();
  };
  Object.defineProperty(state, "criticalError", { get: () => isTrapped, set });
}

watchForTraps(globalThis.__worker_init_state);

function forgetBefore(time) {
  for (const call of waiting) {
    if (call.since > time) return;
    waiting.delete(call);
  }
}

/** What the module answers, unless it ends before. */
async function answerOf(promise) {
  const { promise: end, reject: giveUp } = Promise.withResolvers();
  const call = { giveUp, since: Date.now() };
  forgetBefore(call.since - LONGEST_MS);
  waiting.add(call);
  try {
    return await Promise.race([promise, end]);
  } finally {
    waiting.delete(call);
  }
}

/** The same for what the module mostly says at once. */
const settled = (said) => (said instanceof Promise ? answerOf(said) : said);

export default {
  async fetch(request, env, context) {
    try {
      const call = request.url.includes("/2/") ? callForX(request, env) : undefined;
      return await (call ? send(call, request, env) : answerOf(new Rust(context, env).fetch(request)));
    } catch (error) {
      return rules().path.unanswered(request, env, error);
    }
  },
};

function callForX({ method, url, headers }, env) {
  const authorization = headers.get("authorization");
  if (authorization === null) return undefined;
  const length = Number(headers.get("content-length") ?? NaN);
  const id = number();
  const isUnusual = headers.has("origin") || headers.has("content-encoding");
  const taken = rules().path.call(id, env, method, url, authorization, isUnusual, length);
  return taken && { id, object: taken[0], body: taken[1] };
}

/** To the object of the account, whose answer is the caller's. */
async function send({ id, object, body: fate }, request, env) {
  const { path, content } = rules();
  let answer;
  try {
    const read = fate === "read" ? new Uint8Array(await request.arrayBuffer()) : undefined;
    const headers = named(request.headers, content);
    headers[MESSAGE] = path.message(id, read);
    const body = read ?? (fate === "passed" ? request.body : null);
    answer = await env.ACCOUNT.getByName(object).fetch(OBJECT, { method: "POST", headers, body });
  } catch (error) {
    return path.failed(id, error);
  }
  if (!answer.headers.has(WHOLE)) return answerOf(path.finish(id, answer));
  path.done(id, answer.status);
  return answer;
}

/** An object of Rust. The platform calls the methods of its own class alone by RPC. */
class RustObject extends DurableObject {
  constructor(state, env, rust) {
    super(state, env);
    this.rust = rust;
  }

  fetch(request) {
    return answerOf(this.rust.fetch(request));
  }

  alarm() {
    return answerOf(this.rust.alarm());
  }

  message(text) {
    return answerOf(this.rust.message(text));
  }
}

export class ConnectObject extends RustObject {
  constructor(state, env) {
    super(state, env, new RustConnect(state, env));
  }
}

export class WorkspaceObject extends RustObject {
  constructor(state, env) {
    super(state, env, new RustWorkspace(state, env));
  }

  /** A call with a key, whose body is there. */
  call(header, body) {
    return answerOf(this.rust.call(header, body));
  }
}

export class AccountObject extends RustObject {
  constructor(state, env) {
    super(state, env, new RustAccount(state, env));
    this.short = new ShortBodies();
  }

  async fetch(request) {
    const message = request.headers.get(MESSAGE);
    if (message === null) return super.fetch(request);
    const id = number();
    const order = await settled(this.rust.passing(id, message));
    return order ? this.#passOn(id, order.split("\n"), request) : super.fetch(request);
  }

  async #passOn(id, [createsPost, ...order], request) {
    const limit = new Limit(rules().limit);
    try {
      return await this.#answered(id, createsPost, await ask(order, request, limit), limit);
    } catch {
      const why = limit.isOver ? "late" : "broken";
      limit.breakOff();
      return this.rust.unanswered(id, why);
    } finally {
      this.rust.ended(id);
    }
  }

  async #answered(id, createsPost, answer, limit) {
    const { status } = answer;
    const headers = named(answer.headers, rules().passed);
    const told = Object.entries(headers).flat().join("\n");
    // The platform makes no answer of another status.
    const why = status < 200 || status > 599 ? "status" : undefined;
    if (createsPost && !why) this.rust.responseHead(id, status, told);
    const created = createsPost && !why ? await bytesOf(answer) : undefined;
    if (why || created === null) {
      limit.breakOff();
      return this.rust.unanswered(id, why ?? "large");
    }
    const own = await settled(this.rust.answered(id, status, told, created));
    if (typeof own !== "string") {
      limit.breakOff();
      return own;
    }
    const body = within(limit, answer, created, this.short);
    return new Response(body, { status, headers: Object.assign(headers, paired(own.split("\n"))) });
  }
}

function ask([method, url, body, ...own], request, { signal }) {
  const headers = Object.assign(named(request.headers, rules().content), paired(own));
  return fetch(url, { method, headers, body: body ? request.body : null, redirect: "manual", signal });
}

/** The body, which breaks off at its limit. A pipe tells the end of a long body; for a short one that would cost as much as the call. */
function within(limit, { headers, body }, read, short) {
  if (!body || read) {
    limit.end();
    return body && read;
  }
  if (stated(headers) <= rules().short) {
    limit.end();
    short.add(limit);
    return body;
  }
  const through = new IdentityTransformStream();
  body.pipeTo(through.writable).then(() => limit.end(), () => limit.breakOff());
  return through.readable;
}

/** Short bodies of the last seconds, whose ends nobody sees. One timer is for all that begin within a second. */
class ShortBodies {
  #until = 0;
  #begun;

  add(limit) {
    if (Date.now() >= this.#until) this.#open();
    this.#begun.push(limit);
  }

  #end(begun) {
    begun.forEach((limit) => limit.breakOff());
    // A clock that went back must not add to a list whose timer is over.
    if (this.#begun === begun) this.#until = 0;
  }

  #open() {
    const begun = (this.#begun = []);
    this.#until = Date.now() + 1000;
    setTimeout(() => this.#end(begun), rules().rest);
  }
}

/** `outbound/limit.rs` says why it is not `AbortSignal.timeout`. */
class Limit {
  #call = new AbortController();
  #timer;

  constructor(ms) {
    this.#timer = setTimeout(() => this.#call.abort(), ms);
  }

  get signal() {
    return this.#call.signal;
  }

  get isOver() {
    return this.#call.signal.aborted;
  }

  end() {
    clearTimeout(this.#timer);
  }

  breakOff() {
    this.end();
    this.#call.abort(OVER);
  }
}

/** The length of a body, if its head says it: of a coded body the head says another. */
const stated = (headers) => Number((headers.has("content-encoding") ? null : headers.get("content-length")) ?? NaN);

/** Null for an answer that is too long. */
async function bytesOf(answer) {
  if (!answer.body) return new Uint8Array();
  if (stated(answer.headers) <= CREATED_BYTES) return new Uint8Array(await answer.arrayBuffer());
  const pieces = [];
  let length = 0;
  for await (const piece of answer.body) {
    pieces.push(piece);
    length += piece.length;
    if (length > CREATED_BYTES) return null;
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** Those of these headers that are there. */
function named(headers, names) {
  const found = {};
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

/** Names and values by turns. */
function paired(list) {
  const pairs = {};
  for (let at = 0; at + 1 < list.length; at += 2) pairs[list[at]] = list[at + 1];
  return pairs;
}
