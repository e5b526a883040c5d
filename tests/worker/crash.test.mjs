/** docs/API.md, section 5, promises 1 to 3, while everything goes wrong. `cargo xtask bench crash` is a long one. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { crashStorm, startStormBench } from "../bench/crash-storm.mjs";
import { isClean, judge, settle } from "../bench/crash-verdict.mjs";
import { SEED } from "../fake-x/random.mjs";

const SETTLE_MS = 3000;
const STORM = { seed: SEED, publishes: 40, accounts: 8, settle_ms: SETTLE_MS };

let bench;
let accepted;

before(async () => {
  bench = await startStormBench(SETTLE_MS);
  ({ accepted } = await crashStorm(bench, STORM));
  await settle(bench, SETTLE_MS);
});
after(async () => {
  bench?.x.clearFaults();
  await bench?.stop();
});

test("through power cuts and lost answers every accepted post is on X once, and the workspace says so", async () => {
  const verdict = await judge(bench, accepted);
  assert.ok(isClean(verdict), JSON.stringify({ ...STORM, ...verdict }, null, 2));
});

test("a post that is missing and one that is there twice are seen", async () => {
  const [{ accounts, texts }] = accepted;
  const missing = { ...accepted[0], texts: ["never published"] };
  assert.equal((await judge(bench, [missing])).lost.length, accounts.length);
  const { duplicates } = await judge(bench, accepted);
  bench.x.post({ username: accounts[0].username, text: texts[0] });
  assert.equal((await judge(bench, accepted)).duplicates, duplicates + 1);
});
