/**
 * Runs test files around one process that keeps all their Workers, as `cargo xtask test` does:
 *
 *   node tests/support/run.mjs 3 tests/worker/cors.test.mjs tests/worker/text.test.mjs     # three files at a time
 *
 * A run cannot hang: a test or a file that takes too long has failed, and what a file has left open is no reason to
 * wait for it.
 */

import { basename } from "node:path";
import { run } from "node:test";
import { tap } from "node:test/reporters";
import { shareHost } from "./host.mjs";
import { LONG } from "./long.mjs";

/** Of a test, and of a whole file: the longest takes a minute, and ten times as long on a machine that is busy. */
const TIMEOUT_MS = 600_000;
/** How many of the slowest files are named at the end. */
const NAMED = 12;

const [concurrency, ...files] = process.argv.slice(2);
const rank = (file) => {
  const place = LONG.indexOf(basename(file, ".test.mjs"));
  return place < 0 ? LONG.length : place;
};

await shareHost();
const tests = run({
  files: files.toSorted((one, other) => rank(one) - rank(other)),
  concurrency: Number(concurrency),
  timeout: TIMEOUT_MS,
  forceExit: true,
});
tests.once("test:fail", () => (process.exitCode = 1));
/** Seconds of each file, its set-up and end too. */
const took = [];
tests.on("test:summary", ({ file, duration_ms }) => file && took.push([basename(file, ".test.mjs"), duration_ms / 1000]));
tests.once("end", () => {
  const slowest = took.toSorted(([, one], [, other]) => other - one).slice(0, NAMED);
  console.log(`# slowest ${slowest.map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`).join(", ")}`);
});
tests.compose(tap).pipe(process.stdout);
