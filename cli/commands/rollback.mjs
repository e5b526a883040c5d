/** `latchkey rollback`: the version that was deployed before, unless the stored data is too new for that version. */

import { deployments } from "../cloudflare.mjs";
import { health } from "../diagnosis.mjs";
import { deployed } from "../folder.mjs";
import { confirm, options } from "../options.mjs";
import { requireReadable, targetOf } from "../versions.mjs";
import { mustWrangler, withConfiguration } from "../wrangler.mjs";

export async function run(args) {
  const values = options(args, { to: { type: "string" } });
  const { settings } = await deployed(values.env);
  const running = await health(settings.origin);
  if (!running.schema) throw new Error("the running version does not say which code may open its data: nothing was changed");
  const target = targetOf(await deployments(settings), running.version, values.to);
  requireReadable(target, running.schema, settings.backup);
  await confirm(`Go back from version ${running.version} to version ${target.version}?`, values);
  await withConfiguration(settings, (config) =>
    mustWrangler("the rollback", ["rollback", target.id, "--yes", "--message", `back to ${target.version}`, "--config", config], { show: true }),
  );
  console.log(`rolled back: ${settings.origin} runs version ${target.version}`);
}
