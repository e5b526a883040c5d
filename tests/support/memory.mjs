/** What workerd holds and uses: the Worker's wasm memory as V8's inspector knows it, and the process's own as Linux does. */

import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

const WORKER = "core:user:worker";
const KIB = 1024;

/**
 * V8's inspector of a Worker that was started with `inspect`
 * (https://chromedevtools.github.io/devtools-protocol/v8/Runtime/).
 */
export async function openInspector(worker) {
  const socket = new WebSocket(`ws://${worker.inspector()}/${WORKER}`);
  await once(socket, "open");
  const inspector = new Inspector(socket);
  const [created] = await Promise.all([inspector.event("Runtime.executionContextCreated"), inspector.call("Runtime.enable")]);
  return {
    wasmBytes: () => wasmBytes(inspector, created.context.id),
    /** The value of an expression in the isolate that Worker and objects share. */
    evaluate: (expression) => evaluate(inspector, created.context.id, expression),
    overAll: (prototype, functionDeclaration) => overAll(inspector, created.context.id, prototype, functionDeclaration),
    close: () => socket.close(),
  };
}

class Inspector {
  #socket;
  #calls = 0;
  /** By what is waited for: the id of a call, or the name of an event. */
  #waiting = new Map();

  constructor(socket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      const key = message.id ?? message.method;
      this.#waiting.get(key)?.(message);
      this.#waiting.delete(key);
    });
  }

  async call(method, params = {}) {
    const id = ++this.#calls;
    const answered = this.#message(id);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  event(method) {
    return this.#message(method).then(({ params }) => params);
  }

  #message(key) {
    return new Promise((resolve) => this.#waiting.set(key, resolve));
  }
}

async function evaluate(inspector, contextId, expression) {
  const { result, exceptionDetails } = await inspector.call("Runtime.evaluate", { contextId, expression, returnByValue: true });
  if (exceptionDetails) throw new Error(`${expression}: ${result.description}`);
  return result.value;
}

/** All memories of the isolate: Worker and objects share one. Memory of wasm never shrinks, so it is also its peak. */
const wasmBytes = (inspector, contextId) =>
  overAll(inspector, contextId, "WebAssembly.Memory.prototype", "function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }");

/** The value of a function, called in the isolate with all objects of a prototype as `this`. */
async function overAll(inspector, contextId, prototype, functionDeclaration) {
  const { result } = await inspector.call("Runtime.evaluate", { contextId, expression: prototype });
  const { objects } = await inspector.call("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const call = { objectId: objects.objectId, functionDeclaration, returnByValue: true };
  const { result: answer, exceptionDetails } = await inspector.call("Runtime.callFunctionOn", call);
  if (exceptionDetails) throw new Error(`${functionDeclaration}: ${answer.description}`);
  return answer.value;
}

/** `{now, peak}` in bytes of workerd, which also simulates R2 and KV here; null where there is no /proc. */
export function residentBytes(worker) {
  const status = processOf(worker)?.status;
  if (!status) return null;
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)[1]) * KIB;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

/** Milliseconds of the processor that workerd has used, in Linux's steps of 10 ms (proc_pid_stat(5): utime, stime). */
export function processorMillis(worker) {
  const stat = read(`/proc/${processOf(worker)?.pid}/stat`);
  if (!stat) return null;
  const [user, system] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13).map(Number);
  return (user + system) * 10;
}

const processOf = (worker) =>
  processes().find(({ command }) => command.includes(`--socket-addr=entry=127.0.0.1:${worker.port}`));

function processes() {
  const pids = listed("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => ({ pid, command: read(`/proc/${pid}/cmdline`) ?? "", status: read(`/proc/${pid}/status`) }));
}

function listed(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A process may end while it is looked at. */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
