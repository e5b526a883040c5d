/** Why an attempt failed: a stable code for programs; for the site's developers what was seen, and the remedy. */

import { remedyOf } from "./remedies.js";

export class ConnectError extends Error {
  name = "ConnectError";

  /**
   * `quote` is a sentence of the site's own for the visitor; without it one of texts.js is said. `seen` is a sentence of
   * seen.js, and stands before the remedy.
   */
  constructor(code, { message, quote, seen, hint = [seen, remedyOf(code)].filter(Boolean).join(" "), retryable = false } = {}) {
    super(quote ?? message ?? hint);
    Object.assign(this, { code, quote, hint, retryable });
  }
}

/** Its session is still good, and nobody will go on with it. */
export const leavingOpen = (error) => Object.assign(error, { leavesSessionOpen: true });
