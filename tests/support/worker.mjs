/**
 * The one owner of the Worker under test: the exact build output, in real workerd, with KV, R2 and SQLite objects on disk.
 *
 * Each Worker has a workerd of its own, which worker-host.mjs starts, so that `kill()` is what a power cut is:
 * everything gone at once, nothing brought back until `restart()`.
 */

import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { hostSocket } from "./host.mjs";
import { freePort } from "./ports.mjs";

export const CONFIG = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

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
  const forget = () => (persist ? undefined : rm(stateDir, { recursive: true, force: true }));
  let running = await launch(options, journal).catch(async (error) => {
    await forget();
    throw error;
  });

  return {
    origin,
    api: `http://127.0.0.1:${port}`,
    port,
    stateDir,
    /** Host and port of V8's inspector, if it is open. */
    inspector: () => running.inspector,
    /** What the Worker and workerd have written so far, across restarts, oldest first. */
    logs: () => [...journal.lines],
    /**
     * The first line, past or to come within 5 s, that has all of these texts. A line may arrive after the answer that
     * it is about, and what goes to stdout and what goes to stderr come in any order.
     */
    logged: (...texts) => journal.lineWith(texts),
    /** A new workerd on the same port and state; the old one is killed if it still runs. */
    async restart() {
      await running.kill();
      running = await launch(options, journal);
    },
    /** SIGKILL to workerd. Resolves when it is gone. */
    kill: () => running.kill(),
    async stop() {
      await running.kill();
      await forget();
    },
  };
}

/** The stand-in is called as X's API by the Worker and as X's site by browsers, which see it as a site of its own. */
export function developmentVars(origin, fakeX) {
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

/** One workerd: a connection to the host, which ends it with the connection. */
async function launch(options, journal) {
  const connection = connect(await hostSocket());
  const closed = once(connection, "close");
  const host = new EventEmitter();
  createInterface(connection).on("line", (line) => {
    const { log, ...told } = JSON.parse(line);
    if (log === undefined) host.emit("told", told);
    else log.split("\n").forEach((each) => journal.add(each));
  });
  connection.write(`${JSON.stringify(options)}\n`);
  const [told] = await Promise.race([once(host, "told"), closed]);
  if (!told?.ready) throw new Error(["the Worker did not start", ...journal.lines, told?.failed].join("\n"));
  return {
    ...told.ready,
    async kill() {
      connection.end();
      await closed;
    },
  };
}
