/** docs/BENCH.md: each bench runs to its end, small, so that none is found broken on the day when it is needed. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("../bench/", import.meta.url);

/** The options that make it small, and the last line of its results. */
const SMALL = {
  throughput: ["--rounds 1 --posts 8 --width 4 --accounts 2", /^published .*per second +[\d.]+ +[\d.]+ +[\d.]+×$/],
  proxy: ["--rounds 1 --calls 16 --width 4", /^workerd's processor, ms a call( +\S+){5}$/],
  schedule: ["--posts 20 --accounts 2 --window 1", /20 on X, 0 twice, 0 early/],
  timers: ["--calls 40 --width 8", /^40 calls in .* no timer is left$/],
  cost: ["--times 2 --statements 3", /^GET \/2\/users\/me, passed through( +[\d.]+){6}$/],
  rows: ["--posts 40 --calls 1", /deliveries[?]status=delivered +[\d.]+ +[\d.]+$/],
  strangers: ["--seconds 1 --width 2", /^a key that nobody has( +[\d.,]+){4}$/],
};
/** Other tests run these small: crash.test.mjs, refresh-storm.test.mjs, publish-media-memory.test.mjs. */
const ELSEWHERE = ["crash", "refresh", "media"];
/** They install the packages that they compare with, from npm and PyPI. */
const INSTALLING = ["widget", "schemathesis"];

/** Answers what it printed; fails with it. */
async function printed(name, options) {
  const bench = spawn(process.execPath, [fileURLToPath(new URL(`${name}.mjs`, FOLDER)), ...options.split(" ")]);
  const texts = [bench.stdout, bench.stderr].map((stream) => stream.setEncoding("utf8").toArray());
  const code = await new Promise((resolve) => bench.on("close", resolve));
  const [out, errors] = (await Promise.all(texts)).map((chunks) => chunks.join(""));
  assert.equal(code, 0, out + errors);
  return out;
}

for (const [name, [options, last]] of Object.entries(SMALL)) {
  test(`the bench ${name} runs to its end`, async () => {
    const lines = (await printed(name, options)).trimEnd().split("\n");
    assert.match(lines.at(-1), last, lines.join("\n"));
  });
}

test("every bench is run by a test, or said to install what it compares with", () => {
  const isBench = (file) => readFileSync(new URL(file, FOLDER), "utf8").includes('from "./options.mjs"');
  const benches = readdirSync(FOLDER).filter((file) => file.endsWith(".mjs") && isBench(file)).map((file) => file.slice(0, -4));
  assert.deepEqual(benches.toSorted(), [...Object.keys(SMALL), ...ELSEWHERE, ...INSTALLING].toSorted());
});
