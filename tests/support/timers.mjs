/** The timers of the isolate under test: which are live, and a limit that comes sooner. */

import { eventually } from "./eventually.mjs";
import { openInspector } from "./memory.mjs";

/** Of a Worker that was started with `inspect`. Counts from here on: timers that have neither fired nor been cleared. */
export async function watchTimers(worker) {
  const inspector = await openInspector(worker);
  await inspector.evaluate(`(${watch})()`);
  return {
    /** Milliseconds of each live timer. */
    live: () => inspector.evaluate("[...globalThis.liveTimers.values()]"),
    /** Resolves when no timer of `least` milliseconds or more is live. */
    allGivenBack: (least) =>
      eventually(() => inspector.evaluate("[...globalThis.liveTimers.values()]"), (live) => live.every((ms) => ms < least)),
    /** How often a timer of so long was set. */
    set: (ms) => inspector.evaluate(`globalThis.setTimers.filter((other) => other === ${ms}).length`),
    /** Timers of `ms` milliseconds that are set from here on take `sooner`. */
    hurry: (ms, sooner) => inspector.evaluate(`void globalThis.hurried.set(${ms}, ${sooner})`),
    close: () => inspector.close(),
  };
}

/** Runs in the isolate. */
function watch() {
  const { setTimeout, clearTimeout, AbortSignal } = globalThis;
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const live = (globalThis.liveTimers = new Map());
  const set = (globalThis.setTimers = []);
  const hurried = (globalThis.hurried = new Map());
  const taken = (ms) => (set.push(ms), hurried.get(ms) ?? ms);
  globalThis.setTimeout = (callback, ms, ...rest) => {
    const fire = (...given) => (live.delete(Number(id)), callback(...given));
    const id = setTimeout(fire, taken(ms), ...rest);
    live.set(Number(id), ms);
    return id;
  };
  globalThis.clearTimeout = (id) => (live.delete(Number(id)), clearTimeout(id));
  AbortSignal.timeout = (ms) => {
    const signal = timeout(taken(ms));
    live.set(signal, ms);
    signal.addEventListener("abort", () => live.delete(signal));
    return signal;
  };
}
