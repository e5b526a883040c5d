/** `cargo xtask bench crash`: a long crash run. Fails on any duplicate or loss. */

import { anySeed } from "./random.mjs";
import { crashStorm, startStormBench } from "./crash-storm.mjs";
import { isClean, judge, settle } from "./crash-verdict.mjs";
import { readOptions } from "./options.mjs";

const { runs, seed, accounts, "settle-ms": settle_ms } = readOptions({
  runs: 300,
  seed: anySeed(),
  accounts: 12,
  "settle-ms": 3000,
});

console.log(`seed ${seed}: ${runs} publishes to ${accounts} accounts`);
const bench = await startStormBench(settle_ms);
try {
  const { accepted, cuts } = await crashStorm(bench, { seed, publishes: runs, accounts, settle_ms, say: console.log });
  const byHand = await settle(bench, settle_ms);
  const verdict = await judge(bench, accepted);
  report({ ...verdict, cuts, byHand });
  if (!isClean(verdict)) process.exitCode = 1;
} finally {
  bench.x.clearFaults();
  await bench.stop();
}

function report({ publishes, cuts, duplicates, lost, unsettled, misplaced, strangers, byHand }) {
  for (const [what, list] of Object.entries({ lost, unsettled, misplaced })) {
    for (const segment of list) console.log(`${what}: ${segment}`);
  }
  const withoutAnswer = bench.x.requests({ method: "POST", path: "/2/tweets", status: "closed" }).length;
  console.log(
    `${publishes} publishes, ${cuts} power cuts, ${withoutAnswer} answers cut by X: ${duplicates} duplicates, ` +
      `${lost.length} lost, ${unsettled.length} unsettled, ${misplaced.length} misplaced, ${strangers} strangers; ` +
      `${byHand} settled by hand; seed ${seed}`,
  );
}
