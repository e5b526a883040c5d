/** `cargo xtask bench refresh`: a thousand publishes and calls for X at once when a token ends. One refresh, no failure. */

import { startBench } from "../support/client.mjs";
import { liftLimits } from "./crowd.mjs";
import { round } from "./figures.mjs";
import { readOptions } from "./options.mjs";
import { ENDS, refreshStorm } from "./refresh-storm.mjs";

const { publishes, calls } = readOptions({ publishes: 500, calls: 500 });

const bench = await startBench();
liftLimits(bench);
try {
  for (const end of Object.keys(ENDS)) {
    const { refreshes, failures, seconds } = await refreshStorm(bench, end, { publishes, calls });
    for (const failure of failures) console.log(failure);
    console.log(
      `token ${end}: ${publishes} publishes and ${calls} calls for X at once: ` +
        `${refreshes} refreshes, ${failures.length} failures, ${round(seconds)} s`,
    );
    if (refreshes !== 1 || failures.length > 0) process.exitCode = 1;
  }
} finally {
  await bench.stop();
}
