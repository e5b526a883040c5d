/**
 * A backup: the deployment is frozen, copied into one sealed file, and goes on. Media files are not in it: R2 keeps them.
 * The passphrase is made here and kept in a file of its own.
 */

import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
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
  await requireRunning(call);
  return whileFrozen(call, async () => {
    const file = join(await privateFolder(`backups-${env}`), `${new Date().toISOString().replaceAll(":", "-")}.ndjson`);
    const { body } = await call("GET", "/v1/export", { "x-passphrase": await passphrase(env) });
    // A file that is not whole is no backup, and does not have the name of one.
    const partial = `${file}.partial`;
    await pipeline(Readable.fromWeb(body), createWriteStream(partial, { mode: 0o600, flags: "wx" }));
    await rename(partial, file);
    return file;
  });
}

const statusOf = async (call) => (await (await call("GET", "/v1/freeze")).json()).data.status;

/** Somebody else has frozen the deployment, for a move perhaps: to let it go on could bring two copies to life. */
async function requireRunning(call) {
  const status = await statusOf(call);
  if (status === "running" || status === "resuming") return;
  throw new Error(`the deployment is frozen already (\`${status}\`), perhaps for a move: nothing was changed (docs/guide/production.md)`);
}

/** The deployment goes on however `work` ends, also by Ctrl-C. */
async function whileFrozen(call, work) {
  const goOn = () => call("DELETE", "/v1/freeze").catch((error) => {
    throw new Error(`the deployment is still frozen, and sends nothing: call DELETE /v1/freeze with an admin key. ${error.message}`);
  });
  const interrupted = (signal) => goOn().then(
    () => console.error(`${signal}: there is no backup, and the deployment goes on`),
    (error) => console.error(`error: ${error.message}`),
  ).finally(() => process.exit(1));
  const signals = ["SIGINT", "SIGTERM"];
  for (const signal of signals) process.once(signal, interrupted);
  try {
    await call("POST", "/v1/freeze");
    await frozen(call);
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    await goOn();
  }
}

async function frozen(call) {
  const until = Date.now() + PATIENCE_MS;
  while ((await statusOf(call)) !== "handed_over") {
    if (Date.now() > until) throw new Error("the deployment did not come to rest, and goes on as before: try again later");
    await wait(POLL_MS);
  }
}

async function answer(url, init) {
  const response = await fetch(url, init).catch((error) => {
    throw new Error(`${url} does not answer: ${error.cause?.code ?? error.message}`);
  });
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
