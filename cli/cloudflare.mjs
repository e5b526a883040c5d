/** What Cloudflare has of a deployment, by wrangler: namespace, bucket, secrets, versions. */

import { jsonIn, mustWrangler, withConfiguration, wrangler } from "./wrangler.mjs";

/** As wrangler says it, and Cloudflare's own number for it. */
const NO_SUCH_WORKER = /Worker "[^"]*" not found|\bcode: 10007\b/;

/** The id of the KV namespace with this title: made if it is missing. */
export async function ensureNamespace(config, title) {
  const listed = jsonIn(await mustWrangler("listing the KV namespaces", ["kv", "namespace", "list", "--config", config]));
  const found = listed.find((namespace) => namespace.title === title);
  if (found) return found.id;
  const made = await mustWrangler("making the KV namespace", ["kv", "namespace", "create", title, "--config", config, "--no-update-config"]);
  const id = made.match(/[0-9a-f]{32}/)?.[0];
  if (!id) throw new Error(`wrangler made the KV namespace ${title} and did not name its id:\n${made}`);
  return id;
}

export async function ensureBucket(config, name) {
  const { code, stdout, stderr } = await wrangler(["r2", "bucket", "info", name, "--config", config, "--json"]);
  if (code === 0) return;
  if (!/10006|does not exist|not found/i.test(stdout + stderr)) throw new Error(`looking for the R2 bucket failed:\n${(stderr + stdout).trim()}`);
  await mustWrangler("making the R2 bucket", ["r2", "bucket", "create", name, "--config", config, "--no-update-config"]);
}

/** The names of the Worker's secrets; null if there is no such Worker. Any other failure ends the command: it proves nothing. */
export async function secretNames(config) {
  const { code, stdout, stderr } = await wrangler(["secret", "list", "--config", config, "--format", "json"]);
  if (code === 0) return new Set(jsonIn(stdout).map(({ name }) => name));
  if (NO_SUCH_WORKER.test(stdout + stderr)) return null;
  throw new Error(`listing the Worker's secrets failed, so nothing was changed:\n${(stderr + stdout).trim()}`);
}

/** By stdin, in one call. */
export const putSecrets = (config, values) =>
  mustWrangler("setting the secrets", ["secret", "bulk", "--config", config], { input: JSON.stringify(values) });

/** The deployments as wrangler lists them. */
export const deployments = (settings) =>
  withConfiguration(settings, async (config) =>
    jsonIn(await mustWrangler("listing the deployments", ["deployments", "list", "--config", config, "--json"])),
  );

/** What an upload says of itself, for a later rollback (versions.mjs). */
export const messageOf = (version, { schema }) => `latchkey ${version}, schema ${schema.version}`;
