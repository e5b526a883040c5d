/**
 * The two secrets of a deployment. A secret that Cloudflare has is never replaced: a second `MASTER_KEYS` opens no stored
 * token. A new secret is written to a file of mode 0600 before it leaves this machine, and travels by stdin.
 */

import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { privateFolder } from "./folder.mjs";

export const NAMES = ["ADMIN_KEY", "MASTER_KEYS"];

const MAKE = {
  ADMIN_KEY: () => randomBytes(32).toString("hex"),
  MASTER_KEYS: () => `k1:${randomBytes(32).toString("base64")}`,
};
/** As `latchkey dev` and the tests make them. */
const OF_DEVELOPMENT = /^(dev|test)[_:-]/;

/**
 * Which secrets a deployment still needs, with their values: `{}` if Cloudflare has both.
 *
 * @param {string} env
 * @param {Set<string> | null} existing the names that Cloudflare has; null: the Worker is new
 * @param {boolean} allowNew for a Worker that exists without `MASTER_KEYS`, and has never had one
 */
export async function missingSecrets(env, existing, allowNew) {
  const missing = NAMES.filter((name) => !existing?.has(name));
  const kept = await Promise.all(missing.map(async (name) => [name, await keptSecret(env, name)]));
  const unknown = kept.filter(([, value]) => value === undefined).map(([name]) => name);
  if (existing && unknown.includes("MASTER_KEYS") && !allowNew) {
    throw new Error(
      "the Worker exists and has no MASTER_KEYS, and this folder has no copy. If the Worker ever had accounts, only the old value opens " +
        "them: set it by `wrangler secret put MASTER_KEYS`. If the Worker never had accounts, add --new-secrets",
    );
  }
  return Object.fromEntries(await Promise.all(kept.map(async ([name, value]) => [name, value ?? (await newSecret(env, name))])));
}

/** The copy in this folder, if there is one. */
export async function keptSecret(env, name) {
  const file = await fileOf(env, name);
  const value = (await readFile(file, "utf8").catch((error) => error.code === "ENOENT" ? undefined : Promise.reject(error)))?.trim();
  if (value !== undefined && (OF_DEVELOPMENT.test(value) || !value)) {
    throw new Error(`${file} holds a key of development: a deployment has secrets of its own. Remove the file`);
  }
  return value;
}

/** `wx`: never over a file that is there. */
async function newSecret(env, name) {
  const value = MAKE[name]();
  await writeFile(await fileOf(env, name), `${value}\n`, { mode: 0o600, flag: "wx" });
  return value;
}

export const fileOf = async (env, name) => join(await privateFolder(`secrets-${env}`), name);
