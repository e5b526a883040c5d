/**
 * `cargo xtask bench`: runs the benches of the table of goals, and the others as far as the time allows, and writes
 * docs/BENCH.md with the files beside it. `--quick` runs the table alone, smaller; `--small` is for the tests.
 */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { documents } from "./report/document.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Each bench with its options: in the whole report, in `--quick`, and in the tests; null leaves it out. The short ones are
 * first: should the time be over on a slow machine, one bench is missing and not five.
 */
const BENCHES = [
  ["cost", ["--times 20 --statements 100", "--times 3 --statements 100", "--times 1 --statements 3"]],
  ["plans", ["", "", ""]],
  ["cold", ["--starts 25", "--starts 6", "--starts 1"]],
  ["rows", ["--posts 100000 --calls 25", "--posts 20000 --calls 7", "--posts 40 --calls 1"]],
  ["throughput", ["--rounds 10 --posts 300", "--rounds 2 --posts 100 --accounts 16", "--rounds 1 --posts 8 --width 4 --accounts 2"]],
  ["proxy", ["--rounds 12 --calls 800 --uploads 24", "--rounds 2 --calls 150 --uploads 4", "--rounds 1 --calls 16 --width 4 --uploads 1"]],
  ["widget", ["--connections 40", null, null]],
  ["strangers", ["", null, null]],
  ["timers", ["--calls 4000", null, null]],
  ["refresh", ["", null, null]],
  ["media", ["", null, null]],
  ["schedule", ["--posts 3000 --accounts 200", null, null]],
  ["crash", ["--runs 60", null, null]],
];
const SIZES = ["whole", "quick", "small"];
/** No bench begins later than this, so that the report is there in 25 minutes, and the quick one in three. */
const BEGINS_WITHIN_S = { whole: 20 * 60, quick: 150, small: 600 };

const { values } = parseArgs({
  options: { quick: { type: "boolean" }, small: { type: "boolean" }, into: { type: "string", default: here("../../docs") } },
});
const size = SIZES.find((name) => values[name]) ?? "whole";
const folder = mkdtempSync(join(tmpdir(), "report-"));
const began = performance.now();
/** Of the minute before: other work on the machine is in every figure. */
const [loadBefore] = loadavg();
const benches = {};
for (const [name, options] of BENCHES) {
  const chosen = options[SIZES.indexOf(size)];
  if (chosen !== null) benches[name] = await ran(name, chosen);
}
for (const [name, text] of Object.entries(documents({ about: about(), benches, bytes: bytes() }))) writeFileSync(join(values.into, name), text);
rmSync(folder, { recursive: true, force: true });
const problems = Object.entries(benches).filter(([, { problem }]) => problem);
for (const [name, { problem }] of problems) console.error(`${name}: ${problem}`);
console.log(`${join(values.into, "BENCH.md")} is written, after ${Math.round((performance.now() - began) / 1000)} s`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Runs one to its end, and answers its samples and its last lines. */
async function ran(name, options) {
  if (performance.now() - began > BEGINS_WITHIN_S[size] * 1000) return { lines: [], options, seconds: 0, problem: "the time was over" };
  const file = join(folder, name);
  writeFileSync(file, "");
  console.log(`${name} ${options}`);
  const started = performance.now();
  const child = spawn(process.execPath, [here(`${name}.mjs`), ...options.split(" ").filter(Boolean)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, MEASUREMENTS: file },
  });
  const text = child.stdout.setEncoding("utf8").toArray();
  const code = await new Promise((resolve) => child.on("close", resolve));
  const printed = (await text).join("");
  if (code !== 0) console.error(printed);
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const problem = code === 0 ? undefined : "the bench failed";
  return { lines, printed, options, seconds: (performance.now() - started) / 1000, problem };
}

/** Gzip, in KB, as the build prints it. */
function bytes() {
  const size = (...paths) => paths.reduce((sum, path) => sum + gzipSync(readFileSync(here(`../../build/${path}`)), { level: 9 }).length, 0) / 1000;
  return { upload: size("worker/index.js", "worker/index_bg.wasm"), composer: size("assets/composer_bg.wasm") };
}

function about() {
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout?.trim();
  const version = (name) => JSON.parse(readFileSync(here(`../../node_modules/${name}/package.json`), "utf8")).version;
  const [{ model }] = cpus();
  const hasty = ["worker", "peer/rust"].filter((part) => !existsSync(here(`../../build/${part}/.finished`)));
  const builds = hasty.length > 0 ? `, **build/${hasty.join(" and build/")} not as \`cargo xtask bench\` builds**` : "";
  const load = `load ${loadBefore.toFixed(1)} before the run`;
  const kind = { whole: "the whole report", quick: "`--quick`, a smaller run", small: "the tests' run, too small for figures" }[size];
  return `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, ${kind}, commit ${commit || "unknown"}${builds}: ${cpus().length} cores (${model.trim()}), Linux ${release()}, ` +
    `${loadBefore > 1 ? `**${load}: the times hold other work**` : load}, workerd ${version("workerd")}, Node ${process.versions.node}, ${Math.round((performance.now() - began) / 60_000)} minutes.`;
}
