/** Loads the module that holds the verifier and the decisions, once for all buttons of a page. */

import init, { Attempt, Step } from "../pkg/wasm/embed.js";
import { ConnectError } from "./connect-error.js";

export { Attempt, Step };

let loading;

/** A failed load is forgotten, so that the next click asks the network again. */
export function loadWasm() {
  loading ??= init().catch((cause) => {
    loading = undefined;
    throw new ConnectError("unreachable", { retryable: true, cause });
  });
  return loading;
}
