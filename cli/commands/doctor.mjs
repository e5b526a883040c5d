/** `latchkey doctor`: what is wrong with a deployment, in words. Exit code 1 if anything is. */

import { deployed } from "../folder.mjs";
import { diagnose } from "../diagnosis.mjs";
import { options } from "../options.mjs";

export async function run(args) {
  const deployment = await deployed(options(args).env);
  const problems = await diagnose(deployment);
  console.log(`callback URL   ${deployment.settings.origin}/connect/callback/x`);
  if (problems.length === 0) return console.log("nothing is wrong");
  for (const problem of problems) console.log(`- ${problem}`);
  process.exitCode = 1;
}
