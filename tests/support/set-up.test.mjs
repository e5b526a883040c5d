import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { setUp } from "./set-up.mjs";

const BROKEN = fileURLToPath(new URL("fixture/broken-set-up.mjs", import.meta.url));
const TESTS = fileURLToPath(new URL("..", import.meta.url));
/** Loading wrangler on a busy machine is most of it. */
const WITHIN_MS = 60_000;

/** `node --test` of a file, without anything that would end it by force. */
function run(file) {
  // Inside another test run, node:test would report to that one.
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, ["--test", "--test-reporter=tap", file], { env, timeout: WITHIN_MS }, (error, stdout) =>
      resolve({ signal: error?.signal ?? null, code: error?.code ?? 0, stdout }),
    );
  });
}

test("a file whose set-up fails ends by itself, and says why and nothing else", async () => {
  const { signal, code, stdout } = await run(BROKEN);
  assert.deepEqual([signal, code], [null, 1], stdout);
  assert.match(stdout, /failureType: 'hookFailed'[^]*the Worker did not start[^]*no-such-file/);
  assert.doesNotMatch(stdout, /TypeError/);
});

test("what a set-up has opened is closed when a later part fails, and that failure is told", async () => {
  const closed = [];
  const server = (name, close) => ({ async end() { closed.push(name); await close?.(); } });
  const starting = setUp(async (opened) => {
    opened(server("first"), "end");
    opened(server("second", () => Promise.reject(new Error("cannot be closed"))), "end");
    throw new Error("the third did not start");
  });
  await assert.rejects(starting, /the third did not start/);
  assert.deepEqual(closed.sort(), ["first", "second"]);
});

test("what a set-up has opened stays open when nothing fails", async () => {
  const opened = await setUp(async (open) => open({ end: () => assert.fail("closed") }, "end"));
  assert.ok(opened.end);
});

/** A set-up that failed leaves a variable undefined, and those after it: the others are to be closed nevertheless. */
test("every `after` of a file copes with a set-up that failed", () => {
  const files = readdirSync(TESTS, { recursive: true }).filter((file) => file.endsWith(".test.mjs"));
  assert.ok(files.length > 100, `${files.length} files`);
  for (const file of files) {
    const text = readFileSync(join(TESTS, file), "utf8");
    const hooks = text.match(/^after\((?:.*\);$|[^]*?^\}\);$)/gm) ?? [];
    for (const hook of hooks) assert.doesNotMatch(hook, /(?<![.?])\b\w+\.(stop|close|remove)\(/, `${file}: write ?.stop()`);
  }
});
