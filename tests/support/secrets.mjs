/** The development secrets: made once, kept in the git-ignored .dev.vars, where `wrangler dev` looks for them too. */

import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";

const HEADER = "# Secrets of this machine's development Worker, made by `cargo xtask dev`. Not for anything that is deployed.";

/** @returns {{ADMIN_KEY: string, MASTER_KEYS: string}} */
export function developmentSecrets(file) {
  const kept = read(file);
  const secrets = {
    ADMIN_KEY: kept.ADMIN_KEY ?? `dev_${randomBytes(24).toString("base64url")}`,
    MASTER_KEYS: kept.MASTER_KEYS ?? `dev:${randomBytes(32).toString("base64")}`,
  };
  if (!kept.ADMIN_KEY || !kept.MASTER_KEYS) {
    const lines = Object.entries({ ...kept, ...secrets }).map(([name, value]) => `${name}="${value}"`);
    writeFileSync(file, [HEADER, ...lines, ""].join("\n"), { mode: 0o600 });
  }
  return secrets;
}

function read(file) {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}
