/**
 * What a tab that leaves for X needs when it is back: the session and the verifier, in its sessionStorage alone, until the
 * attempt ends. One attempt a tab: whoever leaves last is the one who comes back.
 */

const KEY = "connect-x";

/** Storage may be forbidden altogether: in some frames, by some settings. */
function attempting(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

/** The attempt that the element of this id left with. */
export function keptFor(elementId) {
  const kept = attempting(() => JSON.parse(sessionStorage.getItem(KEY)));
  return kept?.elementId === elementId ? kept : undefined;
}

/** False when the tab could not come back to it. */
export function keep(kept) {
  return attempting(() => (sessionStorage.setItem(KEY, JSON.stringify(kept)), true)) ?? false;
}

export function forget(sessionId) {
  attempting(() => {
    if (JSON.parse(sessionStorage.getItem(KEY))?.session.id === sessionId) sessionStorage.removeItem(KEY);
  });
}
