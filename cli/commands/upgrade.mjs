/** `latchkey upgrade`: a backup, then this version of the package. Secrets, namespace and bucket stay as they are. */

import { backUp } from "../backup.mjs";
import { health } from "../diagnosis.mjs";
import { deployed } from "../folder.mjs";
import { confirm, options } from "../options.mjs";
import { VERSION, release } from "../package.mjs";
import { requireReadable } from "../versions.mjs";
import { run as deploy } from "./deploy.mjs";

export async function run(args) {
  const values = options(args, { "no-backup": { type: "boolean", default: false } });
  const deployment = await deployed(values.env);
  const { origin } = deployment.settings;
  const running = await health(origin);
  console.log(`${origin} runs version ${running.version}; this package is version ${VERSION}.`);
  requireReadable({ version: VERSION, schema: release().schema.version }, running.schema, deployment.settings.backup);
  await confirm("Upgrade?", values);
  if (!values["no-backup"]) {
    const file = await backUp(deployment);
    await deployment.save({ backup: file });
    console.log(`backup: ${file}`);
  }
  await deploy(["--env", values.env, "--yes"]);
}
