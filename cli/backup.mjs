/**
 * A backup: the deployment is frozen, copied into one sealed file, and goes on. Media files are not in it: R2 keeps them.
 * The passphrase is made here and kept in a file of its own.
 */

import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { apiKey, authorized } from "./diagnosis.mjs";
import { privateFolder } from "./folder.mjs";
import { fileOf } from "./secrets.mjs";

const POLL_MS = 1_000;
/** A freeze waits for calls that are at X. */
const PATIENCE_MS = 10 * 60_000;

/** @returns {Promise<string>} the file */
export async function backUp({ env, settings: { origin } }) {
  const key = await apiKey(env);
  if (!key) throw new Error("a backup needs an admin key: set LATCHKEY_KEY");
  const call = (method, path, headers) => answer(`${origin}${path}`, { method, headers: authorized(key, headers) });
  await call("POST", "/v1/freeze");
  try {
    await frozen(call);
    const file = join(await privateFolder(`backups-${env}`), `${new Date().toISOString().replaceAll(":", "-")}.ndjson`);
    const { body } = await call("GET", "/v1/export", { "x-passphrase": await passphrase(env) });
    await pipeline(Readable.fromWeb(body), createWriteStream(file, { mode: 0o600, flags: "wx" }));
    return file;
  } finally {
    await call("DELETE", "/v1/freeze");
  }
}

async function frozen(call) {
  const until = Date.now() + PATIENCE_MS;
  while ((await (await call("GET", "/v1/freeze")).json()).data.status !== "handed_over") {
    if (Date.now() > until) throw new Error("the deployment did not come to rest, and goes on as before: try again later");
    await wait(POLL_MS);
  }
}

async function answer(url, init) {
  const response = await fetch(url, init);
  if (response.ok) return response;
  const { message, hint } = await response.json().catch(() => ({}));
  throw new Error(`${init.method} ${url}: ${response.status} ${message ?? ""} ${hint ?? ""}`.trim());
}

/** One for all backups of a deployment. */
async function passphrase(env) {
  const file = await fileOf(env, "BACKUP_PASSPHRASE");
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept.trim()) return kept.trim();
  const made = randomBytes(24).toString("base64url");
  await writeFile(file, `${made}\n`, { mode: 0o600, flag: "wx" });
  console.log(`BACKUP_PASSPHRASE: new, in ${file}. Keep a copy elsewhere: without it no backup can be read`);
  return made;
}
