/**
 * Packs the package of the elements under a name and with the addresses of whoever publishes it:
 *
 *   node wasm-client/pack.mjs --name @acme/connect-x --repository https://github.com/acme/site.git --homepage https://acme.example --to dist
 *
 * npm proves (`publishConfig.provenance`) that a package was built from a commit of its `repository`, so the package of this
 * repository names none: only who publishes knows. Needs `cargo xtask build` before.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const PACKAGE = fileURLToPath(new URL(".", import.meta.url));
const NAME = "@latchkey/connect-x";
/** The files that say the package's name. Scripts and types do not. */
const NAMED = ["README.md", "package.json"];

/** Answers the path of the tarball. */
export function packAs({ name, repository, homepage, to }) {
  const folder = mkdtempSync(join(tmpdir(), "pack-"));
  try {
    const copy = copied(folder);
    for (const file of NAMED) rewrite(join(copy, file), (text) => text.replaceAll(NAME, name));
    rewrite(join(copy, "package.json"), (text) => JSON.stringify({ ...JSON.parse(text), homepage, repository: { type: "git", url: gitUrl(repository) } }, null, 2));
    mkdirSync(to, { recursive: true });
    return join(resolve(to), packed(copy, resolve(to)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The package as npm packs it, unpacked. */
function copied(folder) {
  const tarball = packed(PACKAGE, folder);
  execFileSync("tar", ["--extract", "--gzip", "--file", join(folder, tarball), "--directory", folder]);
  return join(folder, "package");
}

function packed(cwd, to) {
  const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", to], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  return filename;
}

function rewrite(file, change) {
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

/** As npm writes the address of a repository. */
const gitUrl = (url) => (url.startsWith("git+") || url.startsWith("git:") ? url : `git+${url}`);

const OPTIONS = ["name", "repository", "homepage", "to"];

function main() {
  const { values } = parseArgs({ options: Object.fromEntries(OPTIONS.map((option) => [option, { type: "string" }])) });
  const missing = OPTIONS.filter((option) => !values[option]);
  if (missing.length > 0) {
    console.error(`Missing: ${missing.map((option) => `--${option}`).join(", ")}.`);
    process.exitCode = 2;
  } else console.log(packAs(values));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main();
