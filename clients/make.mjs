/**
 * Makes the clients from the build: `clients/typescript/dist`, typed by openapi.json. With a folder, packs both there:
 *
 *   node clients/make.mjs dist
 */

import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TYPESCRIPT = join(ROOT, "clients/typescript");
const PYTHON = join(ROOT, "clients/python");
/** What set-up has installed for the tests of generators. */
const TOOLS = join(ROOT, "tests/generators/node_modules");

const tool = (name, ...args) => execFileSync(join(TOOLS, ".bin", name), args, { cwd: TYPESCRIPT, stdio: ["ignore", "ignore", "inherit"] });

await rm(join(TYPESCRIPT, "dist"), { recursive: true, force: true });
await rm(join(TYPESCRIPT, "node_modules"), { recursive: true, force: true });
await symlink(TOOLS, join(TYPESCRIPT, "node_modules"));
tool("openapi-typescript", join(ROOT, "build/assets/openapi.json"), "--output", "src/description.ts");
tool("tsc", "--project", ".");

const [folder] = process.argv.slice(2);
if (folder) await pack(resolve(folder));

async function pack(target) {
  const stage = await mkdtemp(join(tmpdir(), "clients-"));
  try {
    for (const file of ["dist", "package.json", "README.md"]) await cp(join(TYPESCRIPT, file), join(stage, file), { recursive: true });
    execFileSync("npm", ["pack", stage, "--pack-destination", target, "--silent", "--ignore-scripts"], { stdio: ["ignore", "ignore", "inherit"] });
    const { version } = JSON.parse(await readFile(join(TYPESCRIPT, "package.json"), "utf8"));
    const name = `latchkey_client-${version}`;
    const leftOut = ["__pycache__", "build", "*.egg-info"].map((pattern) => `--exclude=${pattern}`);
    // A source package: `pip install ./latchkey_client-0.1.0.tar.gz`.
    const tar = ["--create", "--gzip", "--file", join(target, `${name}.tar.gz`), ...leftOut, "--transform", `s,^\\.,${name},`, "--directory", PYTHON, "."];
    execFileSync("tar", tar);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}
