/** Calls of the wrangler that the package depends on. A secret goes by stdin, never by an argument. */

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE_CONFIG, ROOT, wranglerProgram } from "./package.mjs";
import { readFileSync } from "node:fs";

/** The package's configuration with the operator's settings, as wrangler reads it. Paths lead into the package. */
export function configuration({ name, origin, kv, bucket, account_id, vars }) {
  const config = JSON.parse(readFileSync(PACKAGE_CONFIG, "utf8"));
  const { host, hostname } = new URL(origin);
  const isWorkersDev = hostname.endsWith(".workers.dev");
  return {
    ...config,
    name,
    ...(account_id && { account_id }),
    main: join(ROOT, config.main),
    assets: { ...config.assets, directory: join(ROOT, config.assets.directory) },
    workers_dev: isWorkersDev,
    preview_urls: false,
    ...(!isWorkersDev && { routes: [{ pattern: host, custom_domain: true }] }),
    kv_namespaces: config.kv_namespaces.map((namespace) => ({ ...namespace, ...(kv && { id: kv }) })),
    r2_buckets: config.r2_buckets.map((entry) => ({ ...entry, bucket_name: bucket })),
    vars: { ...config.vars, ...vars, PUBLIC_ORIGIN: origin },
  };
}

/** Calls `work` with a file of the configuration, which is removed afterwards. */
export async function withConfiguration(settings, work) {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-"));
  try {
    const file = join(folder, "wrangler.json");
    await writeFile(file, JSON.stringify(configuration(settings), null, 2));
    return await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @param {{input?: string, show?: boolean}} [options] `show`: what wrangler writes is for the operator to read
 * @returns {Promise<{code: number, stdout: string, stderr: string}>}
 */
export function wrangler(args, { input, show = false } = {}) {
  // The name of an environment in the operator's shell would make wrangler speak of another Worker.
  const { CLOUDFLARE_ENV: _, ...inherited } = process.env;
  const env = { ...inherited, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
  // At a terminal wrangler itself asks, about a domain that another Worker has for instance.
  const isForPerson = show && process.stdin.isTTY && process.stdout.isTTY;
  const child = spawn(process.execPath, [wranglerProgram(), ...args], { env, stdio: isForPerson ? "inherit" : "pipe" });
  if (isForPerson) return ended(child, { stdout: "", stderr: "" });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) {
    child[stream].setEncoding("utf8").on("data", (text) => {
      said[stream] += text;
      if (show) process[stream].write(text);
    });
  }
  child.stdin.on("error", () => {}).end(input ?? "");
  return ended(child, said);
}

const ended = (child, said) =>
  new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, ...said }));
  });

/** The same, where anything but success ends the command. */
export async function mustWrangler(what, args, options) {
  const answer = await wrangler(args, options);
  if (answer.code !== 0) throw new Error(`${what} failed:\n${(answer.stderr + answer.stdout).trim()}`);
  return answer.stdout;
}

/** JSON that wrangler prints, whatever it prints around it. */
export function jsonIn(text) {
  const start = text.search(/[[{]/);
  return JSON.parse(text.slice(start, Math.max(text.lastIndexOf("]"), text.lastIndexOf("}")) + 1));
}
