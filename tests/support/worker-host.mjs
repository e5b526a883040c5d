/**
 * The process around one workerd: reads wrangler.toml as wrangler does, and runs what `main` and the folder beside it
 * hold. Its first message is what to run; it answers that it is ready, with what it read, and ends when its parent lets
 * go of the channel.
 *
 * Miniflare and not `wrangler dev`: no proxy in front (Host and Origin arrive as sent), no bundling of the bundle, and
 * no local trace store, which would keep request URLs, X's `?code=` among them, in plain text on disk.
 */

import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// wrangler's own Miniflare: package.json pins wrangler, and wrangler pins this.
const require = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const { Log, LogLevel, Miniflare, convertV4MiniflareOptions } = require("miniflare");

process.once("message", async ({ parsed, ...options }) => {
  parsed ??= await parse(options.config);
  const miniflare = new Miniflare(convertV4MiniflareOptions(miniflareOptions(parsed, options)));
  process.once("disconnect", async () => {
    await miniflare.dispose();
    process.exit();
  });
  await miniflare.ready;
  const inspector = options.inspect ? (await miniflare.getInspectorURL()).host : null;
  process.send({ isReady: true, parsed, inspector });
});

/** Loading wrangler takes longer than everything else here, so whoever has its answer already hands it in. */
async function parse(config) {
  const wrangler = await import("wrangler");
  const { workerOptions, main } = wrangler.unstable_getMiniflareWorkerOptions(config);
  return { workerOptions, main };
}

function miniflareOptions({ workerOptions, main }, { port, stateDir, vars, inspect }) {
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
    log: new Log(LogLevel.WARN),
    handleStructuredLogs: ({ level, message }) => console.log(`${level}: ${message}`),
  };
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
