/** docs/API.md, section 6: bytes stream through the Worker. `cargo xtask bench media` passes on far larger videos. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { growth, GROWTH_LIMIT, MIB, pass, startPassageBench } from "../bench/media-passage.mjs";

test("a video larger than the Worker's memory may grow arrives whole, and the memory does not hold it", async (t) => {
  const bench = await startPassageBench();
  t.after(() => bench.stop());
  const passage = await pass(bench, 80 * MIB);
  assert.ok(growth(passage) < GROWTH_LIMIT, `${growth(passage) / MIB} MiB`);
});
