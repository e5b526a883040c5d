/**
 * Runs test files as `node --test` does, with its options, around one process that keeps all their Workers:
 *
 *   node tests/support/run.mjs --test-concurrency=3 tests/worker/cors.test.mjs tests/worker/text.test.mjs
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { startHost, withHost } from "./host.mjs";

const runner = spawn(process.execPath, ["--test", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: withHost(await startHost()),
});
const [code] = await once(runner, "exit");
process.exitCode = code ?? 1;
