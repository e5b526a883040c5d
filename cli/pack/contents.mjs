/** What goes into the package, from the build and from this repository. Each file keeps its path, and so its imports. */

import { cp, mkdir, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** Tests, and files of the build that say where they come from. */
const LEFT_OUT = [/\.test\.mjs$/, /^\.finished$/, /^\.gitignore$/, /^node_modules$/, /^pack$/, /^manifest\.json$/];
const FOLDERS = ["build/worker", "build/assets", "cli", "docs/guide", "tests/fake-x", "tests/acme"];
const FILES = [
  "LICENSE-APACHE",
  "LICENSE-MIT",
  // Documents, and what leads assistants to them.
  "build/llms.txt",
  "build/llms-full.txt",
  ...["API", "ARCHITECTURE", "BUILD", "SCALE", "SECURITY", "STORAGE", "TEXT"].map((name) => `docs/${name}.md`),
  ...["development", "folder-lock", "host", "ports", "secrets", "set-up", "worker", "worker-host"].map((name) => `tests/support/${name}.mjs`),
];

export async function copyContents(folder) {
  const filter = (path) => !LEFT_OUT.some((pattern) => pattern.test(basename(path)));
  for (const path of [...FOLDERS, ...FILES]) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(REPOSITORY, path), target, { recursive: true, filter });
  }
}

/** Every file below a folder, sorted, relative to the folder. */
export async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => path.slice(folder.length + 1)).sort();
}
