/** The beginning of an attempt: all of it that a page loads before a click, and synchronous as far as the open window. */

import { Popup } from "./popup.js";

/** A phone or tablet: X's own app may take over there, and a second window is a second tab at best. */
const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

/** Whether the page itself goes to X. */
const leaves = (mode) => mode === "redirect" || (mode === "auto" && isTouch());

/** The part that makes sessions, asks the server and speaks. Browsers fetch again what failed. */
export const loadAttempt = () => import("./attempt.js");

/**
 * Call it inside the click, before anything is awaited: browsers allow a window only there. `outcome` always resolves,
 * to the type and detail of the one event that ends the attempt; `show()` brings X to the front, `cancel(reason)` ends
 * the attempt from here.
 *
 * @param {object} options those of `run` in attempt.js, less what is made here
 */
export function begin(options) {
  const { mode, labels, refusal, kept } = options;
  const { signal, abort } = calledOff();
  const popup = refusal || kept || leaves(mode) ? undefined : Popup.open(labels);
  const attempt = { show: () => popup?.show(), cancel: abort };
  const parts = { popup, attempt, signal, isTouch: isTouch() };
  attempt.outcome = Promise.race([loadAttempt(), rejected(signal)])
    .then(({ run }) => run({ ...options, ...parts }))
    .catch((error) => ended(error, signal, labels))
    .finally(() => popup?.close());
  return attempt;
}

function calledOff() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}

const rejected = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** Called off; or the part that would say more could not be loaded. */
function ended(error, signal, { unreachable }) {
  if (signal.aborted) return { type: "cancelled", detail: { reason: signal.reason } };
  console.error(error);
  return { type: "error", detail: { code: "unreachable", message: unreachable, retryable: true } };
}
