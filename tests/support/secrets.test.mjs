import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { developmentSecrets } from "./secrets.mjs";

function inFolder(check) {
  const folder = mkdtempSync(join(tmpdir(), "dev-vars-"));
  try {
    check(join(folder, ".dev.vars"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("secrets are made once, and readable by their owner only", () =>
  inFolder((file) => {
    const made = developmentSecrets(file);
    assert.ok(made.ADMIN_KEY.length >= 32);
    assert.match(made.MASTER_KEYS, /^dev:[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(developmentSecrets(file), made);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  }));

test("what the developer has set is kept", () =>
  inFolder((file) => {
    const own = "my-own-development-key-0123456789ab";
    writeFileSync(file, `ADMIN_KEY=${own}\n`);
    assert.equal(developmentSecrets(file).ADMIN_KEY, own);
    assert.equal(developmentSecrets(file).ADMIN_KEY, own);
  }));
