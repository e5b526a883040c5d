/** `latchkey upgrade`: a backup, then this version of the package. Secrets, namespace and bucket stay as they are. */

import { backUp } from "../backup.mjs";
import { deployed } from "../folder.mjs";
import { confirm, options } from "../options.mjs";
import { VERSION } from "../package.mjs";
import { run as deploy } from "./deploy.mjs";

export async function run(args) {
  const values = options(args, { "no-backup": { type: "boolean", default: false } });
  const deployment = await deployed(values.env);
  const { origin } = deployment.settings;
  const running = await (await fetch(`${origin}/healthz`)).json();
  console.log(`${origin} runs version ${running.version}; this package is version ${VERSION}.`);
  await confirm("Upgrade?", values);
  if (!values["no-backup"]) {
    const file = await backUp(deployment);
    await deployment.save({ backup: file });
    console.log(`backup: ${file}`);
  }
  await deploy(["--env", values.env, "--yes"]);
}
