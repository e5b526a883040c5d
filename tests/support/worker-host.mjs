/**
 * The process that keeps Workers: reads wrangler.toml as wrangler does, once, and runs what `main` and the folder beside
 * it hold, each Worker in a workerd of its own. Loading wrangler and Miniflare takes three CPU seconds, starting one more
 * Worker 0.03 and what workerd takes, so that one host serves a whole run (run.mjs), else one test file.
 *
 * A connection to its socket is one Worker. The first line says what to run; lines of JSON come back: `{ready}` or
 * `{failed}`, and `{log}` for each line that the Worker writes. When the caller ends the connection, workerd is killed
 * (SIGKILL: Miniflare knows no other end), and then the host ends it too. The host itself ends with its parent.
 *
 * Miniflare and not `wrangler dev`: no proxy in front (Host and Origin arrive as sent), no bundling of the bundle, and
 * no local trace store, which would keep request URLs, X's `?code=` among them, in plain text on disk.
 */

import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

// wrangler's own Miniflare: package.json pins wrangler, and wrangler pins this.
const require = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const { Log, LogLevel, Miniflare, convertV4MiniflareOptions } = require("miniflare");

/** What is running, or about to. */
const workers = new Set();
/** By path: what wrangler has read of a wrangler.toml. */
const parsed = new Map();

const folder = mkdtempSync(join(tmpdir(), "worker-host-"));
process.once("disconnect", async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.allSettled([...workers].map((worker) => worker.dispose()));
  process.exit();
});
const server = createServer({ allowHalfOpen: true }, serve).listen(join(folder, "socket"));
await once(server, "listening");
process.send({ socket: server.address() });

async function serve(connection) {
  // `end` is a caller that asks for the end, `close` one that has died.
  const ended = new Promise((resolve) => connection.on("error", resolve).once("end", resolve).once("close", resolve));
  const tell = (message) => connection.writable && connection.write(`${JSON.stringify(message)}\n`);
  const asked = once(createInterface(connection), "line");
  const [line] = (await Promise.race([asked, ended])) ?? [];
  try {
    if (line) await keep(JSON.parse(line), tell, ended);
  } catch (error) {
    tell({ failed: error.stack });
  }
  connection.end();
}

/** Runs a Worker until `ended`. */
async function keep(options, tell, ended) {
  const configured = await parse(options.config);
  const worker = new Miniflare(convertV4MiniflareOptions(miniflareOptions(configured, options, tell)));
  workers.add(worker);
  try {
    await Promise.race([worker.ready, ended]);
    tell({ ready: { inspector: options.inspect ? (await worker.getInspectorURL()).host : null } });
    await ended;
  } finally {
    await worker.dispose().catch(() => {});
    workers.delete(worker);
  }
}

function parse(config) {
  if (!parsed.has(config)) parsed.set(config, read(config));
  return parsed.get(config);
}

async function read(config) {
  const wrangler = await import("wrangler");
  return wrangler.unstable_getMiniflareWorkerOptions(config);
}

function miniflareOptions({ workerOptions, main }, { port, stateDir, vars, inspect }, tell) {
  return {
    ...workerOptions,
    name: "worker",
    modules: modules(main),
    modulesRoot: dirname(main),
    bindings: bindings(workerOptions.bindings, vars),
    host: "127.0.0.1",
    port,
    ...(inspect && { inspectorPort: 0 }),
    resourcePersistencePath: stateDir,
    unsafeObservability: false,
    telemetry: { enabled: false },
    // Otherwise Miniflare asks the network where it is.
    cf: false,
    log: new Said(tell),
    handleStructuredLogs: ({ level, message }) => tell({ log: `${level}: ${message}` }),
  };
}

/** What Miniflare itself has to say of a Worker. */
class Said extends Log {
  constructor(tell) {
    super(LogLevel.WARN);
    this.tell = tell;
  }

  log(message) {
    this.tell({ log: message });
  }
}

/** A var that is null is not bound at all, whatever wrangler.toml or .dev.vars say of it. */
function bindings(configured, vars) {
  return Object.fromEntries(Object.entries({ ...configured, ...vars }).filter(([, value]) => value !== null));
}

function modules(main) {
  const folder = dirname(main);
  const wasm = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
  return [
    { type: "ESModule", path: main },
    ...wasm.map((name) => ({ type: "CompiledWasm", path: join(folder, name) })),
  ];
}
