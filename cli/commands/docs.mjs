/** `latchkey docs`: the guide and the reference of this version, on this machine alone. */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPages } from "../pages.mjs";
import { ROOT } from "../package.mjs";

export async function run(args) {
  const { port } = parseArgs({ args, options: { port: { type: "string", default: "8790" } } }).values;
  const pages = await startPages(join(ROOT, "docs"), port);
  console.log(`the documents of this version: ${pages.origin}\nEnd with Ctrl-C.`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => pages.close());
}
