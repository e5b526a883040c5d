/** `latchkey backup`: the deployment is frozen for seconds to minutes, and copied. */

import { backUp } from "../backup.mjs";
import { deployed } from "../folder.mjs";
import { options } from "../options.mjs";

export async function run(args) {
  const file = await backUp(await deployed(options(args).env));
  console.log(`backup: ${file}\nMedia files are not in it: R2 keeps them.`);
}
