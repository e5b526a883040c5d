/**
 * Where the person is. `closed` of a window is a hint at most, since X's pages make it true of an open one; what the
 * session says and that the person is back on this page is what counts.
 */

/** While X's pages are not there yet, `closed` is true: asked this often. */
const LOOK_EVERY_MS = 500;
/** The last answer of a window that has closed itself is on its way for so long. */
const GRACE_MS = 1500;

/** Whoever stays on this page for so long after X has left it. */
const STAYS_MS = 15_000;

/** Resolves once the window is closed, or looks it. */
export async function looksClosed(place, signal) {
  while (!place.closed) await pause(LOOK_EVERY_MS, signal);
}

/** Calls back each time that the person comes back to this page, a moment later, for as long as `signal` is not aborted. */
export function onReturn(callback, signal) {
  let timer;
  const arrived = () => {
    clearTimeout(timer);
    timer = setTimeout(() => signal.aborted || document.hidden || callback(), GRACE_MS);
  };
  for (const event of ["focus", "pageshow"]) addEventListener(event, arrived, { signal });
  document.addEventListener("visibilitychange", arrived, { signal });
}

/** Calls back once the person has stayed here without looking elsewhere. `signal` calls it off. */
export function onStay(callback, signal) {
  if (document.hidden || !document.hasFocus()) return;
  const timer = setTimeout(callback, STAYS_MS);
  const elsewhere = () => clearTimeout(timer);
  signal.addEventListener("abort", elsewhere);
  addEventListener("blur", elsewhere, { signal });
  document.addEventListener("visibilitychange", elsewhere, { signal });
}

/** Calls back with whether the page is away: hidden, left, loaded anew. */
export function onAway(callback, signal) {
  addEventListener("pagehide", () => callback(true), { signal });
  addEventListener("pageshow", () => callback(document.hidden), { signal });
  document.addEventListener("visibilitychange", () => callback(document.hidden), { signal });
}

/** A timer that fires after the end finds nobody waiting. */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    setTimeout(resolve, ms);
  });
}
