/** docs/API.md, section 5, promise 7: publishes and calls for X at once. `cargo xtask bench refresh` is a large one. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { liftLimits } from "../bench/crowd.mjs";
import { ENDS, refreshStorm } from "../bench/refresh-storm.mjs";
import { startBench } from "../support/client.mjs";

let bench;
before(async () => {
  bench = await startBench();
  liftLimits(bench);
});
after(() => bench?.stop());

for (const end of Object.keys(ENDS)) {
  test(`two hundred publishes and two hundred calls for X with a token ${end} make one refresh and no failure`, async () => {
    const { refreshes, failures } = await refreshStorm(bench, end, { publishes: 200, calls: 200 });
    assert.deepEqual(failures, []);
    assert.equal(refreshes, 1);
  });
}
