/** The npm package as somebody gets it: packed, installed into an empty folder, and run where there is no Rust. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
/** Of npm and of the shell that runs its programs. */
const PROGRAMS = ["npm", "npx", "sh", "env"];

/** Packs what was built, and installs the file. */
export async function installPackage() {
  const folder = await mkdtemp(join(tmpdir(), "package-"));
  const [dist, home, bin, operator] = ["dist", "home", "bin", "operator"].map((name) => join(folder, name));
  for (const path of [home, bin, operator]) await mkdir(path);
  execFileSync(process.execPath, [join(REPOSITORY, "cli/pack/pack.mjs"), dist], { stdio: ["ignore", "ignore", "inherit"] });
  for (const name of PROGRAMS) await symlink(await programOnPath(name), join(bin, name));
  await symlink(process.execPath, join(bin, "node"));
  // The packages come from npm's cache where they can.
  const cache = execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim();
  const env = { PATH: bin, HOME: home, CI: "true", NO_COLOR: "1", npm_config_cache: cache, ...registry() };
  const installed = { folder, dist, home, operator, env, stop: () => rm(folder, { recursive: true, force: true }) };
  await install(installed, tarballOf(installed));
  return installed;
}

/** Where this machine's npm gets packages; the empty home has no settings of it. */
function registry() {
  const ask = (name) => execFileSync("npm", ["config", "get", name], { encoding: "utf8" }).trim();
  return { npm_config_registry: ask("registry"), ...(process.env.NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS }) };
}

async function programOnPath(name) {
  for (const folder of process.env.PATH.split(delimiter)) {
    const path = join(folder, name);
    if (await access(path).then(() => true, () => false)) return realpath(path);
  }
  throw new Error(`${name} is not on PATH`);
}

/** The installed package as an earlier release: the same files under another version and another schema. Answers its file. */
export async function packEarlier(installed, { version, schema }) {
  const { folder } = installed;
  const stage = join(folder, "earlier");
  await mkdir(stage);
  execFileSync("tar", ["--extract", "--gzip", "--file", tarballOf(installed), "--directory", stage]);
  for (const [file, changes] of [["package.json", { version }], ["npm-shrinkwrap.json", { version }], ["release.json", { version, schema }]]) {
    const path = join(stage, "package", file);
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, "utf8")), ...changes }));
  }
  execFileSync("npm", ["pack", join(stage, "package"), "--pack-destination", folder, "--silent", "--ignore-scripts"], { stdio: "ignore" });
  return join(folder, readdirSync(folder).find((name) => name.endsWith(`${version}.tgz`)));
}

export const tarballOf = ({ dist }) => join(dist, readdirSync(dist).find((name) => name.endsWith(".tgz")));

/** `npm install` of a file of the package into the operator's folder. */
export async function install(installed, file) {
  const { code, stderr } = await run(installed, "npm", ["install", file, "--prefer-offline", "--no-audit", "--no-fund"]);
  assert.equal(code, 0, stderr);
}

/** `npx --no-install latchkey …` in the operator's folder. */
export const latchkey = (installed, args, env) => run(installed, "npx", ["--no-install", "latchkey", ...args], env);

async function run(installed, program, args, env) {
  const child = start(installed, program, args, env);
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) child[stream].setEncoding("utf8").on("data", (text) => (said[stream] += text));
  const [code] = await once(child, "close");
  return { code, ...said };
}

export function start({ operator, env }, program, args, more) {
  return spawn(join(env.PATH, program), args, { cwd: operator, env: { ...env, ...more }, stdio: ["ignore", "pipe", "pipe"] });
}
