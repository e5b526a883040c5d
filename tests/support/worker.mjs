/**
 * The one owner of the Worker under test: the exact build output, in real workerd, with KV, R2 and SQLite objects on disk.
 *
 * Each Worker has a process of its own (worker-host.mjs) and thereby a process group, so that `kill()` is what a power
 * cut is: everything gone at once, nothing brought back until `restart()`.
 */

import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "./ports.mjs";

const HOST = fileURLToPath(new URL("worker-host.mjs", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

/** Long enough for the Worker, and plainly for tests. */
export const ADMIN_KEY = "test-admin-key-0123456789abcdef0123456789abcdef";
export const MASTER_KEYS = `test:${Buffer.alloc(32, 7).toString("base64")}`;

/**
 * @param {object} [options]
 * @param {Record<string, string | null>} [options.vars] over those of wrangler.toml; secrets too; null is "not set"
 * @param {{origin: string, site: string}} [options.fakeX] the stand-in that takes the place of X
 * @param {string} [options.persist] a folder that outlives the Worker; without it, one that `stop()` removes
 * @param {number} [options.port] any free one, if not given
 * @param {string} [options.config] another wrangler.toml
 * @param {boolean} [options.inspect] whether V8's inspector is open: `memory.mjs` asks it
 */
export async function startWorker({ vars = {}, fakeX, persist, port, config = CONFIG, inspect = false } = {}) {
  port ??= await freePort();
  const stateDir = persist ?? (await mkdtemp(join(tmpdir(), "worker-state-")));
  // Browsers resolve *.localhost to loopback and see three sites there; Node does not, and asks `api`.
  const origin = `http://connect.localhost:${port}`;
  const options = { config, port, stateDir, inspect, vars: { ...developmentVars(origin, fakeX), ...vars } };
  const journal = new Journal();
  let host = await launch(options, journal);

  return {
    origin,
    api: `http://127.0.0.1:${port}`,
    port,
    stateDir,
    /** Of the process group that workerd and its keeper are in. */
    group: () => host.pid,
    /** Host and port of V8's inspector, if it is open. */
    inspector: () => host.inspector,
    /** What the Worker and workerd have written so far, across restarts, oldest first. */
    logs: () => [...journal.lines],
    /** The first line, past or to come within 5 s, that contains `text`. A line may arrive after the answer it is about. */
    /** The first line that has all of these texts, awaited. What goes to stdout and what goes to stderr come in any order. */
    logged: (...texts) => journal.lineWith(texts),
    /** A new process on the same port and state, after a clean end of the old one if it still runs. */
    async restart() {
      await end(host);
      host = await launch(options, journal);
    },
    /** SIGKILL to workerd and its keeper. Resolves when both are gone. */
    async kill() {
      await signal(host, "SIGKILL");
    },
    async stop() {
      await end(host);
      if (!persist) await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** The stand-in is called as X's API by the Worker and as X's site by browsers, which see it as a site of its own. */
function developmentVars(origin, fakeX) {
  const vars = { PUBLIC_ORIGIN: origin, ALLOW_LOOPBACK: "true", ADMIN_KEY, MASTER_KEYS };
  if (!fakeX) return vars;
  return { ...vars, X_API_ORIGIN: fakeX.origin, X_AUTHORIZE_URL: `${fakeX.site}/i/oauth2/authorize` };
}

class Journal extends EventEmitter {
  lines = [];

  add(line) {
    this.lines.push(line);
    this.emit("line");
  }

  async lineWith(texts) {
    const signal = AbortSignal.timeout(5000);
    const find = () => this.lines.find((line) => texts.every((text) => line.includes(text)));
    while (!find()) {
      await once(this, "line", { signal }).catch(() => {
        throw new Error([`no line with "${texts.join('" and "')}" among`, ...this.lines].join("\n"));
      });
    }
    return find();
  }
}

/** By path: what a first Worker's process has read of a wrangler.toml, for those that this process starts after it. */
const parsed = new Map();

async function launch(options, journal) {
  const host = spawn(process.execPath, [HOST], { stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true });
  for (const stream of [host.stdout, host.stderr]) createInterface(stream).on("line", (line) => journal.add(line));
  host.exited = once(host, "exit");
  host.send({ ...options, parsed: parsed.get(options.config) });
  const [outcome] = await Promise.race([once(host, "message"), host.exited]);
  if (outcome?.isReady) {
    parsed.set(options.config, outcome.parsed);
    host.inspector = outcome.inspector;
    return host;
  }
  throw new Error(["the Worker did not start", ...journal.lines].join("\n"));
}

async function end(host) {
  if (host.connected) host.disconnect();
  await host.exited;
}

async function signal(host, name) {
  if (host.exitCode === null && host.signalCode === null) process.kill(-host.pid, name);
  await host.exited;
}
