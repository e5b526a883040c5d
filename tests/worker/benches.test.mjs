/** docs/BENCH.md: each bench runs to its end, small, so that none is found broken on the day when it is needed. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { documents } from "../bench/report/document.mjs";
import { goalsTable } from "../bench/report/goals.mjs";

const FOLDER = new URL("../bench/", import.meta.url);

/** The options that make it small, and the last line of its results. */
const SMALL = {
  schedule: ["--posts 20 --accounts 2 --window 1", /20 on X, 0 twice, 0 early/],
  timers: ["--calls 40 --width 8", /^40 calls in .* no timer is left$/],
  strangers: ["--seconds 1 --width 2", /^a key that nobody has( +[\d.,]+){4}$/],
};
/** The report runs these small. */
const REPORTED = ["throughput", "proxy", "cold", "cost", "rows", "plans"];
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

test("the report runs its benches to their ends, and has every figure of the table of goals", async () => {
  const into = await mkdtemp(join(tmpdir(), "report-"));
  try {
    await printed("report", `--small --into ${into}`);
    const [page, plot, statements] = ["BENCH.md", "bench-rows.svg", "bench-statements.md"].map((name) => readFileSync(join(into, name), "utf8"));
    const goals = page.split("## Goals")[1].split("\n## ")[0];
    assert.equal(goals.match(/ (≤|≥|flat) ?/g)?.length > 20, true, goals);
    assert.doesNotMatch(goals, /not measured/);
    for (const name of REPORTED) assert.match(page, new RegExp(`^\\| \`${name}\\b.*ran to its end \\|$`, "m"));
    for (const side of ["this Worker", "Hono", "plain Rust", "bare"]) assert.ok(page.includes(`| ${side} |`), side);
    assert.equal(plot.match(/<polyline /g).length, 5);
    assert.doesNotMatch(plot, /NaN|undefined/);
    assert.match(plot, /prefers-color-scheme: dark/);
    for (const heading of ["## A post, accepted", "## A post, published", "## Plans"]) assert.ok(statements.includes(heading), heading);
    assert.ok(statements.match(/`(SEARCH|SCAN) /g).length > 100);
  } finally {
    await rm(into, { recursive: true, force: true });
  }
});

test("a bench that failed stands in the report without figures", () => {
  const goals = goalsTable([], { upload: 1, composer: 1 });
  assert.equal(goals.filter((row) => row.at(-2).includes("not measured")).length, goals.length - 3);
  const page = documents({ about: "", bytes: {}, benches: { rows: { lines: [], options: "", seconds: 1, problem: "the bench failed" } } })["BENCH.md"];
  assert.ok(page.includes("**Not measured in this run: the bench failed.**"));
});

test("every bench is run by a test, or said to install what it compares with", () => {
  const isBench = (file) => readFileSync(new URL(file, FOLDER), "utf8").includes('from "./options.mjs"');
  const benches = readdirSync(FOLDER).filter((file) => file.endsWith(".mjs") && isBench(file)).map((file) => file.slice(0, -4));
  assert.deepEqual(benches.toSorted(), [...Object.keys(SMALL), ...REPORTED, ...ELSEWHERE, ...INSTALLING].toSorted());
});
