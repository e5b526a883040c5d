/**
 * `cargo xtask dev`: what development.mjs runs, from the sources of this repository, with the Worker built anew when a source
 * changes.
 */

import { fileURLToPath } from "node:url";
import { startDevelopment } from "./development.mjs";
import { rebuildOnChange } from "./rebuild.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Of the build that `cargo xtask dev` makes. */
const config = `${ROOT}build/quick/wrangler.toml`;

await startDevelopment({
  args: process.argv.slice(2),
  folder: `${ROOT}.wrangler`,
  secretsFile: `${ROOT}.dev.vars`,
  config,
  follow: (worker) => rebuildOnChange(ROOT, worker),
}).catch((error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});
