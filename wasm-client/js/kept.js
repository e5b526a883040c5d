/**
 * What a tab needs when it is back from X, or loaded anew while X's window is open: the session and the verifier, in its
 * sessionStorage alone, while the page is away. One for each element's id; elements without one share one.
 */

export const keyOf = (elementId) => `connect-x ${elementId}`.trim();

/** Storage may be forbidden altogether: in some frames, by some settings. */
export function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

/** The attempt that the element of this id left with. */
export const keptFor = (elementId) => read(keyOf(elementId));
