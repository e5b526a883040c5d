/** What is written to the tab's storage (kept.js), and the way back to the page. */

import { keptFor, keyOf, read } from "./kept.js";

/** False when the tab could not come back to it. */
export function keep(kept) {
  try {
    sessionStorage.setItem(keyOf(kept.elementId), JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function forget({ elementId, session }) {
  if (keptFor(elementId)?.session.id === session.id) sessionStorage.removeItem(keyOf(elementId));
}

/** The page's address without the fragment and without what X's way back adds. */
export const pageOf = (href) =>
  href.split("#")[0].replace(/[?&]connect_(id|status)=[^&]*/g, "").replace(/^([^?&]*)&/, "$1?");

/**
 * X's way back has no fragment: on the page that was left it is put back. The address is cleaned, and nothing more of it
 * believed than that X has sent the tab back.
 */
export function comeBack() {
  const { href, hash, search } = location;
  const kept = keptAs(new URLSearchParams(search).get("connect_id"));
  if (!kept) return;
  const { state } = history;
  const page = pageOf(href);
  const isSame = page === kept.page;
  history.replaceState(state, "", page + hash);
  // Unlike the line before, this one scrolls, marks the target and is heard by the page.
  if (isSame && kept.hash && !hash) location.replace(kept.hash);
  history.replaceState(state, "");
  keep({ ...kept, isBack: true, scroll: isSame && kept.scroll });
}

function keptAs(id) {
  if (!id) return undefined;
  try {
    const all = Object.keys(sessionStorage).filter((key) => key.startsWith(keyOf("")));
    return all.map(read).find((kept) => kept?.session?.id === id);
  } catch {
    return undefined;
  }
}
