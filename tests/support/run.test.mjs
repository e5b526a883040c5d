import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const WITHIN_MS = 60_000;

function run(...files) {
  // node:test would report to the run that this test is in.
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  return new Promise((resolve) => {
    const given = [here("run.mjs"), "2", ...files.map(here)];
    execFile(process.execPath, given, { env, timeout: WITHIN_MS }, (error, stdout) =>
      resolve({ signal: error?.signal ?? null, code: error?.code ?? 0, stdout }),
    );
  });
}

test("a file that leaves a server open does not keep a run waiting, nor the one whose set-up failed", async () => {
  const { signal, code, stdout } = await run("fixture/left-open.mjs", "fixture/broken-set-up.mjs");
  assert.deepEqual([signal, code], [null, 1], stdout);
  assert.match(stdout, /^ok \d - opens a server$/m);
  assert.match(stdout, /^not ok \d - what needs the set-up$[^]*location: '.*broken-set-up\.mjs:/m);
  assert.match(stdout, /^# pass 1$[^]*^# fail 1$/m);
  assert.match(stdout, /^# slowest \S+ \d+\.\d s, \S+ \d+\.\d s$/m);
});

test("a run whose tests pass has succeeded", async () => {
  assert.deepEqual((await run("fixture/left-open.mjs")).code, 0);
});

test("the files that are begun first are there", async () => {
  const { LONG } = await import("./long.mjs");
  const files = new Set(["worker", "browser", "bundlers"].flatMap((folder) => readdirSync(here(`../${folder}`))));
  assert.deepEqual(LONG.filter((name) => !files.has(`${name}.test.mjs`)), []);
});
