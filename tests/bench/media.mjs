/**
 * `cargo xtask bench media`: videos of hundreds of megabytes, uploaded in parts and published. They arrive whole, and
 * the Worker holds no more of them than a bounded piece.
 */

import { round, table } from "./figures.mjs";
import { growth, GROWTH_LIMIT, MIB, pass, startPassageBench } from "./media-passage.mjs";
import { readOptions } from "./options.mjs";

const { small, large } = readOptions({ small: 300, large: 512 });

const mib = (bytes) => (bytes === undefined ? "unknown" : round(bytes / MIB));
const resident = (memory) => mib(memory.resident?.now);

const bench = await startPassageBench();
try {
  const rows = [];
  for (const megabytes of [small, large]) rows.push(await pass(bench, megabytes * MIB));
  report(rows);
} finally {
  await bench.stop();
}

function report(rows) {
  const cells = rows.map(({ bytes, upload, publish, before, uploaded, published }) => [
    `${bytes / MIB} MiB`,
    `${round(upload)} s, ${round(bytes / MIB / upload)} MiB/s`,
    `${round(publish)} s, ${round(bytes / MIB / publish)} MiB/s`,
    `${mib(before.wasm)} → ${mib(uploaded.wasm)} → ${mib(published.wasm)}`,
    `${resident(before)} → ${resident(uploaded)} → ${resident(published)}, peak ${mib(published.resident?.peak)}`,
  ]);
  console.log(table([["video", "uploaded in", "published in", "wasm memory, MiB", "workerd, MiB"], ...cells]));
  const grown = Math.max(...rows.map(growth));
  console.log(`wasm memory grew by ${mib(grown)} MiB at most`);
  if (grown > GROWTH_LIMIT) process.exitCode = 1;
}
