/** `latchkey dev`: the same servers as `cargo xtask dev`, from the built Worker of the package. */

import { join } from "node:path";
import { startDevelopment } from "../../tests/support/development.mjs";
import { PACKAGE_CONFIG } from "../package.mjs";
import { privateFolder } from "../folder.mjs";

export async function run(args) {
  const folder = await privateFolder("dev");
  await startDevelopment({ args, folder, secretsFile: join(folder, ".dev.vars"), config: PACKAGE_CONFIG });
}
