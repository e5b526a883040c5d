/**
 * Loads the module that holds the verifier and the decisions, once for all buttons of a page.
 *
 * The build makes it with `wasm-bindgen --target web --out-name embed`: what visitors download has no product name.
 * Imported on demand, its bindings are no part of what a page loads before the button can be seen.
 */

/** Resolves to the bindings. Browsers fetch again what failed, so the next click asks the network again. */
export async function loadWasm() {
  const bindings = await import("../pkg/wasm/embed.js");
  await bindings.default();
  return bindings;
}
