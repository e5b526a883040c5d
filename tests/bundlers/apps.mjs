/**
 * Sites that have installed the package: the examples, in a folder of a test file's own. The package is what npm packs, under
 * a name of the site's own, as a white label would publish the package.
 */

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const PACKAGE = here("../../wasm-client");
const EXAMPLES = join(PACKAGE, "examples");
const MODULES = here("node_modules");
const NODE = here("../../node_modules/.bin");
/** Below this folder, so that a site finds what set-up has installed. */
const APPS = here("apps");
const NAME = "@latchkey/connect-x";
export const OWN_NAME = "@acme/connect-x";
/** Of two packages that bring a program `vite`, npm links either. */
const VITE_7 = "preact";

const run = promisify(execFile);

/** `{folder, files, package, app(name), remove()}`: `files` are what the package holds, `package` where it is unpacked. */
export async function installApps() {
  await mkdir(APPS, { recursive: true });
  const folder = await mkdtemp(join(APPS, "app-"));
  const { tarball, files } = await pack(folder);
  const installed = join(folder, "node_modules", NAME);
  await unpack(tarball, installed);
  await cp(installed, join(folder, "node_modules", OWN_NAME), { recursive: true });
  await rename(join(folder, "node_modules", OWN_NAME, "package.json"));
  await link(join(folder, "node_modules"), "vite", "vite");
  return {
    ...{ folder, tarball, files, package: installed },
    app: (name) => install(folder, name),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function pack(folder) {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: PACKAGE });
  const [{ filename, files }] = JSON.parse(stdout);
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

async function unpack(tarball, target) {
  await mkdir(target, { recursive: true });
  await run("tar", ["--extract", "--gzip", "--file", tarball, "--strip-components=1", "--directory", target]);
}

async function rename(file) {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replaceAll(NAME, OWN_NAME));
}

/** As npm does for the one package that a site has under this name. */
async function link(modules, name, from) {
  await mkdir(join(modules, ".bin"), { recursive: true });
  await symlink(join(MODULES, from), join(modules, name));
  await symlink(join("..", name, "bin/vite.js"), join(modules, ".bin", name));
}

async function install(folder, name) {
  const app = join(folder, name);
  await rm(app, { recursive: true, force: true });
  await cp(join(EXAMPLES, name), app, { recursive: true });
  for (const { parentPath, name } of await entries(app)) await rename(join(parentPath, name));
  if (name === VITE_7) await link(join(app, "node_modules"), "vite", "vite-7");
  return {
    folder: app,
    script: (script) => runScript(app, script),
    write: (file, text) => writeFile(join(app, file), text.replaceAll(NAME, OWN_NAME)),
    /** What a site serves of a folder that a bundler has made, by path. */
    served: (made) => served(join(app, made)),
  };
}

/** Fails with all that the program has said. */
async function runScript(cwd, script) {
  const env = { ...process.env, PATH: [NODE, process.env.PATH].join(delimiter), CI: "true", NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1" };
  try {
    return await run("npm", ["run", "--silent", script], { cwd, env, maxBuffer: 2 ** 26 });
  } catch ({ stdout, stderr }) {
    throw new Error(`npm run ${script}: ${stdout}${stderr}`);
  }
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
};

async function served(folder) {
  const files = (await entries(folder)).map(({ parentPath, name }) => join(parentPath, name));
  const rows = files.map(async (file) => [`/${relative(folder, file)}`, [await readFile(file), TYPES[extname(file)]]]);
  const byPath = Object.fromEntries(await Promise.all(rows));
  return { "/": byPath["/index.html"], ...byPath };
}

const entries = async (folder) => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
