/** Our Worker and the plain ones, side by side: each in a workerd of its own, at the same stand-in. */

import { processorMillis } from "../../support/memory.mjs";
import { setTimeout as pause } from "node:timers/promises";

/** Another one is first in each turn, so that a machine that slows down slows all of them. */
export function turned(list, turn) {
  const at = turn % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** A step of Linux's counter is 10 ms. */
const CALM_MS = 60;

/** Our Worker stores acknowledgements with the next write, or by the alarm that stands, five seconds after the post. */
export const ALARMS_MS = 6000;

/** Milliseconds of the processor that workerd takes for `work`, and for all that the work leaves behind and for `later` milliseconds. */
export async function processorOf(worker, work, later = 0) {
  const before = processorMillis(worker);
  await work();
  await pause(later);
  let [last, next] = [undefined, processorMillis(worker)];
  while (last !== next) {
    await pause(CALM_MS);
    [last, next] = [next, processorMillis(worker)];
  }
  return next - before;
}
