/** For what the Worker does after its answer and tells nobody of: asked again until it is so. */

import { setTimeout as pause } from "node:timers/promises";

const BETWEEN_MS = 50;
/** Patience costs nothing where all is well, and a machine at work is slow. */
export const PATIENCE_MS = 30_000;

/** The first answer of `ask` that `is` takes; fails with the last one after `within` milliseconds. */
export async function eventually(ask, is, within = PATIENCE_MS) {
  const deadline = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (is(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not so within ${within} ms: ${JSON.stringify(answer)}`);
    await pause(BETWEEN_MS);
  }
}
