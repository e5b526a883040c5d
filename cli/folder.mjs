/**
 * The operator's folder: `latchkey.json` has the settings of a deployment and belongs in a repository; `.latchkey` has
 * secrets and backups, and git ignores it.
 */

import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const PRIVATE = ".latchkey";
const NAME_OF_ENVIRONMENT = /^[a-z][a-z0-9-]{0,30}$/;

/** A folder below `.latchkey` that nobody else on this machine can read. */
export async function privateFolder(name) {
  const folder = join(process.cwd(), PRIVATE, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(process.cwd(), PRIVATE, ".gitignore"), "*\n");
  return folder;
}

/** The deployment that `--env` names. `settings` is `{}` before the first deployment. */
export async function openDeployment(env = "production") {
  if (!NAME_OF_ENVIRONMENT.test(env)) throw new Error(`\`${env}\` is no name of an environment: small letters, digits and hyphens`);
  const file = join(process.cwd(), env === "production" ? "latchkey.json" : `latchkey.${env}.json`);
  const settings = await readJson(file);
  return {
    env,
    file,
    settings,
    async save(changes) {
      Object.assign(settings, changes);
      await writeFile(file, `${JSON.stringify(settings, null, 2)}\n`);
    },
  };
}

/** The settings of the folder's other deployments, by the names of their files. */
export async function otherDeployments(file) {
  const names = (await readdir(process.cwd())).filter((name) => /^latchkey(\.[a-z0-9-]+)?\.json$/.test(name) && join(process.cwd(), name) !== file);
  return Promise.all(names.map(async (name) => [name, await readJson(join(process.cwd(), name))]));
}

/** A deployment that exists. */
export async function deployed(env) {
  const deployment = await openDeployment(env);
  const { file, settings } = deployment;
  const absent = ["name", "origin"].filter((field) => typeof settings[field] !== "string");
  if (Object.keys(settings).length === 0) throw new Error(`${file} is missing: run \`npx --no-install latchkey deploy\` first, in this folder`);
  if (absent.length > 0) throw new Error(`${file} has no \`${absent[0]}\`, which \`deploy\` writes there`);
  return deployment;
}

async function readJson(file) {
  try {
    const settings = JSON.parse(await readFile(file, "utf8"));
    if (settings === null || typeof settings !== "object" || Array.isArray(settings)) throw new Error("expected an object, as `deploy` writes it");
    return settings;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw new Error(`${file} cannot be read: ${error.message}`);
  }
}
