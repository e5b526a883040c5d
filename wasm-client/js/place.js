/** Where on the page the person was. */

import { pageOf } from "./keeping.js";

/** What cannot be reached by then is gone. */
const GROWS_MS = 3000;
const SETTLES_MS = 300;

export const placeNow = () => ({ page: pageOf(location.href), hash: location.hash, scroll: [scrollX, scrollY] });

/** The page grows while it loads, and the browser looks for the fragment meanwhile: held a little longer than both. */
export function scrollBack([left, top]) {
  const theirs = new AbortController();
  const { signal } = theirs;
  const letGo = () => theirs.abort();
  for (const event of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(event, letGo, { signal });
  setTimeout(letGo, GROWS_MS);
  const hold = () => {
    if (signal.aborted) return;
    scrollTo({ left, top, behavior: "instant" });
    requestAnimationFrame(hold);
  };
  hold();
  const settle = () => setTimeout(letGo, SETTLES_MS);
  if (document.readyState === "complete") settle();
  else addEventListener("load", settle, { signal });
}
