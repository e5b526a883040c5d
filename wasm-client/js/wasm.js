/**
 * Loads the module that holds the verifier and the decisions, once for all buttons of a page.
 *
 * The build makes it with `wasm-bindgen --target web --out-name embed`: what visitors download has no product name.
 */

import init, { Attempt, Step } from "../pkg/wasm/embed.js";
import { ConnectError } from "./connect-error.js";

/** Resolves to the module's classes. What failed is fetched again by the next call. */
export async function loadWasm() {
  try {
    await init();
  } catch (error) {
    // A page whose policy lacks 'wasm-unsafe-eval' may not compile.
    throw error instanceof WebAssembly.CompileError ? new ConnectError("wasm_forbidden") : error;
  }
  return { Attempt, Step };
}
