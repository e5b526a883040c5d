/**
 * The Worker's entry: what Rust exports, and the fast path of a call for X (docs/ARCHITECTURE.md).
 *
 * Rust decides and JavaScript sends. Each side of the fast path asks Rust before the call goes on and when its answer is there.
 * Rust takes no call about which anything is unusual: such a call goes its usual way, through Rust alone.
 */

import Rust, { AccountObject as RustAccount, FastPath } from "rust";

export { ConnectObject, WorkspaceObject } from "rust";

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

/** What Rust says once in an isolate. */
function rules() {
  if (known) return known;
  const path = new FastPath();
  const [content, passed] = path.headerNames().map((names) => names.split(" "));
  const [limit, short, rest] = path.limits();
  return (known = { path, content, passed, limit, short, rest });
}

export default {
  fetch(request, env, context) {
    const call = request.url.includes("/2/") ? callForX(request, env) : undefined;
    return call ? send(call, request, env) : new Rust(context, env).fetch(request);
  },
};

function callForX({ method, url, headers }, env) {
  const authorization = headers.get("authorization");
  if (authorization === null) return undefined;
  const length = Number(headers.get("content-length") ?? NaN);
  return rules().path.call(env, method, url, authorization, headers.has("origin"), length);
}

/** To the object of the account, whose answer is the caller's. */
async function send(call, request, env) {
  let answer;
  try {
    const read = call.readsBody ? new Uint8Array(await request.arrayBuffer()) : undefined;
    const headers = named(request.headers, rules().content);
    headers[MESSAGE] = call.message(read);
    const body = read ?? (call.hasBody ? request.body : null);
    answer = await env.ACCOUNT.getByName(call.object).fetch(OBJECT, { method: "POST", headers, body });
  } catch (error) {
    return call.failed(error);
  }
  if (!answer.headers.has(WHOLE)) return call.finish(answer);
  call.done(answer.status);
  return answer;
}

export class AccountObject {
  constructor(state, env) {
    this.rust = new RustAccount(state, env);
    this.short = new ShortBodies();
  }

  async fetch(request) {
    const message = request.headers.get(MESSAGE);
    const call = message === null ? undefined : await this.rust.passing(message);
    return call ? passOn(call, request, this.short) : this.rust.fetch(request);
  }

  alarm() {
    return this.rust.alarm();
  }
}

async function passOn(call, request, short) {
  const limit = new Limit(rules().limit);
  try {
    return await answered(call, await ask(call, request, limit), limit, short);
  } catch {
    const why = limit.isOver ? "late" : "broken";
    limit.breakOff();
    return call.unanswered(why);
  } finally {
    call.free();
  }
}

function ask(call, request, { signal }) {
  const [method, url, body, ...own] = call.order().split("\n");
  const headers = Object.assign(named(request.headers, rules().content), paired(own));
  return fetch(url, { method, headers, body: body ? request.body : null, redirect: "manual", signal });
}

async function answered(call, answer, limit, short) {
  const { status } = answer;
  // The platform makes no answer of another status.
  const why = status < 200 || status > 599 ? "status" : undefined;
  const created = call.createsPost && !why ? await bytesOf(answer) : undefined;
  if (why || created === null) {
    limit.breakOff();
    return call.unanswered(why ?? "large");
  }
  const headers = named(answer.headers, rules().passed);
  const told = Object.entries(headers).flat().join("\n");
  const own = await call.answered(status, told, created);
  if (typeof own !== "string") {
    limit.breakOff();
    return own;
  }
  const body = within(limit, answer, created, short);
  return new Response(body, { status, headers: Object.assign(headers, paired(own.split("\n"))) });
}

/** The body, which breaks off at its limit. A pipe tells the end of a long body; for a short one that would cost as much as the call. */
function within(limit, { headers, body }, read, short) {
  if (!body || read) {
    limit.end();
    return body && read;
  }
  const length = Number(headers.get("content-length") ?? NaN);
  if (length <= rules().short && !headers.has("content-encoding")) {
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

  #open() {
    const begun = (this.#begun = []);
    this.#until = Date.now() + 1000;
    setTimeout(() => begun.forEach((limit) => limit.breakOff()), rules().rest);
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

/** Null for an answer that is too long. */
async function bytesOf(answer) {
  if (!answer.body) return new Uint8Array();
  if (Number(answer.headers.get("content-length") ?? NaN) <= CREATED_BYTES) return new Uint8Array(await answer.arrayBuffer());
  let bytes = new Uint8Array();
  for await (const piece of answer.body) {
    const longer = new Uint8Array(bytes.length + piece.length);
    longer.set(bytes);
    longer.set(piece, bytes.length);
    if (longer.length > CREATED_BYTES) return null;
    bytes = longer;
  }
  return bytes;
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
