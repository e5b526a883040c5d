/** What the package holds. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The Worker's bindings and variables, without a build step. */
export const PACKAGE_CONFIG = join(ROOT, "wrangler.jsonc");
export const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
/** `{schema: {version, oldest}}` of this version: which stored data it writes, and the oldest code that may open the data. */
export const release = () => JSON.parse(readFileSync(join(ROOT, "release.json"), "utf8"));

/** The program of the wrangler that the package depends on. */
export function wranglerProgram() {
  const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.wrangler);
}
