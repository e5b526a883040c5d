/** The beginning of an attempt: all of it that a page loads before a click, and synchronous as far as the open window. */

import { Popup } from "./popup.js";

/** A phone or tablet: X's own app may take over there, and a second window is a second tab at best. */
const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

/** Whether the page itself goes to X. */
const leaves = (mode) => mode === "redirect" || (mode === "auto" && isTouch());

/** The part that makes sessions, asks the server and speaks. Browsers fetch again what failed. */
export const parts = { load: () => import("./packed.js") };
export const loadAttempt = () => parts.load();
const LOAD_MS = 15e3;

/**
 * Call it inside the click, before anything is awaited: browsers allow a window only there. `outcome` always resolves,
 * to the type and detail of the one event that ends the attempt; `show()` brings X to the front, `cancel(reason)` ends
 * the attempt from here.
 *
 * @param {object} options those of `run` in attempt.js, less what is made here
 */
export function begin(options) {
  const { mode, labels, refusal, kept } = options;
  const off = new AbortController();
  const popup = refusal || kept || leaves(mode) ? undefined : new Popup(labels).open();
  const attempt = { show: () => popup?.show(), cancel: (reason) => off.abort(reason) };
  const made = { popup, attempt, signal: off.signal, isTouch: isTouch() };
  attempt.outcome = Promise.race([loadAttempt(), halted(off.signal)])
    .then(({ run }) => run({ ...options, ...made }))
    .catch((error) => ended(error, off.signal, labels))
    .finally(() => popup?.window.close());
  return attempt;
}

/** Rejects when the attempt was called off, or has waited for its second part long enough. */
const halted = (signal) =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", reject);
    setTimeout(reject, LOAD_MS, Error());
  });

/** Called off; or the part that would say more could not be loaded. */
function ended(error, signal, { unreachable }) {
  if (signal.aborted) return { type: "cancelled", detail: { reason: signal.reason } };
  const hint = `Its other part did not load: allow the origin in script-src. ${error.message}`;
  console.error("connect-x: unreachable:", hint);
  return { type: "error", detail: { code: "unreachable", message: unreachable, retryable: true, hint } };
}
