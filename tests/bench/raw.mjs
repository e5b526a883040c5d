/**
 * A Worker in workerd alone: no Miniflare, hence no Worker of Miniflare's in front and no simulator in the process. What a
 * call takes is the Worker's and workerd's own.
 *
 * The bindings are those of the Worker's wrangler.toml. KV is in memory and lives as long as workerd; R2 is empty, since no
 * call of these benches stores a file.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../support/ports.mjs";
import { CONFIG, developmentVars } from "../support/worker.mjs";

/** wrangler's own: package.json pins wrangler. The program itself, since the one on the path is a script that starts Node first. */
const { default: WORKERD } = createRequire(createRequire(import.meta.url).resolve("wrangler"))("workerd");
const ASSETS = fileURLToPath(new URL("../../build/assets", import.meta.url));

const STORES = fileURLToPath(new URL("stores.js", import.meta.url));

/** Answers and takes the same as `startWorker` of tests/support/worker.mjs, without the inspector and the log. */
export async function startRaw({ config = CONFIG, vars = {}, fakeX, persist, port } = {}) {
  port ??= await freePort();
  const origin = `http://connect.localhost:${port}`;
  const stateDir = persist ?? mkdtempSync(join(tmpdir(), "raw-"));
  mkdirSync(join(stateDir, "do"), { recursive: true });
  const file = join(stateDir, "workerd.capnp");
  writeFileSync(file, describe(config, stateDir, { ...developmentVars(origin, fakeX), ...vars }));
  let running = await launch(file, port);
  const kill = async () => {
    running.kill("SIGKILL");
    if (running.exitCode === null && running.signalCode === null) await once(running, "exit");
  };
  return {
    origin,
    api: `http://127.0.0.1:${port}`,
    port,
    stateDir,
    kill,
    async restart() {
      await kill();
      running = await launch(file, port);
    },
    async stop() {
      await kill();
      if (!persist) rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** Resolves as soon as workerd listens. */
async function launch(file, port) {
  const options = ["serve", "--import-path=/", "--control-fd=3", `--socket-addr=entry=127.0.0.1:${port}`, file];
  const log = `${file}.log`;
  const errors = openSync(log, "a");
  const workerd = spawn(WORKERD, options, { stdio: ["ignore", "ignore", errors, "pipe"] });
  closeSync(errors);
  const end = () => workerd.kill("SIGKILL");
  process.once("exit", end);
  workerd.once("exit", () => process.off("exit", end));
  const told = once(createInterface(workerd.stdio[3]), "line");
  const [line] = await Promise.race([told, once(workerd, "exit").then(() => [null])]);
  if (!line || JSON.parse(line).event !== "listen") throw new Error(`workerd did not start: ${readFileSync(log, "utf8")}`);
  return workerd;
}

/** The configuration in workerd's own language (https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp). */
function describe(config, stateDir, vars) {
  const text = readFileSync(config, "utf8").replace(/^\s*#.*$/gm, "");
  const one = (name) => new RegExp(`^${name} = "([^"]*)"`, "m").exec(text)?.[1];
  const list = (name) => [...(new RegExp(`^${name} = \\[([^\\]]*)\\]`, "m").exec(text)?.[1] ?? "").matchAll(/"([^"]*)"/g)].map(([, each]) => each);
  const objects = [...text.matchAll(/^name = "(\w+)"\s+class_name = "(\w+)"/gm)].map(([, binding, name]) => ({ binding, name }));
  const part = (heading) => new RegExp(`^\\[+${heading}\\]+\\s+(?:[^[]*\\n)?binding = "(\\w+)"`, "m").exec(text)?.[1];
  const preset = text.split(/^\[vars\]$/m)[1]?.split(/^\[/m)[0] ?? "";
  const configured = Object.fromEntries([...preset.matchAll(/^(\w+) = "([^"]*)"/gm)].map(([, name, value]) => [name, value]));
  const bindings = [
    ...Object.entries({ ...configured, ...vars }).map(([name, value]) => [name, `text = ${JSON.stringify(value)}`]),
    ...objects.map(({ binding, name }) => [binding, `durableObjectNamespace = "${name}"`]),
    [part("kv_namespaces"), `kvNamespace = "stores"`], [part("r2_buckets"), `r2Bucket = "stores"`], [part("assets"), `service = "assets"`],
  ].filter(([name]) => name);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "objects", disk = (path = ${JSON.stringify(join(stateDir, "do"))}, writable = true)),
    (name = "stores", worker = .stores),
    (name = "assets", disk = (path = ${JSON.stringify(ASSETS)})),
  ],
  sockets = [(name = "entry", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${modules(resolve(dirname(config), one("main"))).join(", ")}],
  compatibilityDate = "${one("compatibility_date")}",
  compatibilityFlags = ${JSON.stringify(list("compatibility_flags"))},
  bindings = [${bindings.map(([name, value]) => `(name = "${name}", ${value})`).join(",\n    ")}],
  durableObjectNamespaces = [${objects.map(({ name }) => `(className = "${name}", uniqueKey = "worker-${name}", enableSql = true)`).join(", ")}],
  durableObjectStorage = (localDisk = "objects"),
);
const stores :Workerd.Worker = (
  modules = [(name = "stores.js", esModule = embed "${STORES}")],
  compatibilityDate = "${one("compatibility_date")}",
);
`;
}

/** `main` first; paths from the root, which is what \`--import-path\` adds. */
function modules(main) {
  const folder = dirname(main);
  const wasm = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
  return [`(name = "worker.js", esModule = embed "${main}")`, ...wasm.map((name) => `(name = "${name}", wasm = embed "${join(folder, name)}")`)];
}
