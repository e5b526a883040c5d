/**
 * Where the person is. `closed` of a window is a hint at most, since X's pages make it true of an open one; what the
 * session says and that the person is back on this page is what counts.
 */

/** While X's pages are not there yet, `closed` is true: asked this often. */
const LOOK_EVERY_MS = 500;
/** The last answer of a window that has closed itself is on its way for so long. */
const GRACE_MS = 1500;

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

/** A timer that fires after the end finds nobody waiting. */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    setTimeout(resolve, ms);
  });
}
