/**
 * Loads the module that holds the verifier and the decisions, once for all buttons of a page.
 *
 * The build makes it with `wasm-bindgen --target web --out-name embed`: what visitors download has no product name.
 */

import init, { Attempt, Step } from "../pkg/wasm/embed.js";
import { ConnectError } from "./connect-error.js";

export { Attempt, Step };

/** `init` loads once, and after a failure anew, so that the next click asks the network again. */
export function loadWasm() {
  return init().catch((cause) => {
    throw new ConnectError("unreachable", { retryable: true, cause });
  });
}
