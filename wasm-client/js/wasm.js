/**
 * Loads the module that holds the verifier and the decisions, once for all buttons of a page.
 *
 * The build makes it with `wasm-bindgen --target web --out-name embed`: what visitors download has no product name.
 */

import init, { Attempt, Step } from "../pkg/wasm/embed.js";
import { inTime } from "./asking.js";
import { ConnectError } from "./connect-error.js";
import { forbidsAsking } from "./policy.js";
import { answered, redacted, unanswered } from "./seen.js";

const LOAD_MS = 15_000;
const LOOK_MS = 3000;

/** Resolves to the module's classes. What failed is fetched again by the next call. */
export async function loadWasm() {
  try {
    await inTime(init(), LOAD_MS, () => new DOMException(`no answer within ${LOAD_MS / 1000} s`, "TimeoutError"));
  } catch (error) {
    throw await why(error);
  }
  return { Attempt, Step };
}

/** Browsers tell of a refused compilation in words alone. */
const BY_POLICY = /Content Security|CSP|unsafe-eval/i;

async function why(error) {
  if (error instanceof WebAssembly.CompileError && BY_POLICY.test(error.message)) return new ConnectError("wasm_forbidden");
  const url = addressOfModule();
  // What the policy forbids is not among the resources: the module's own script tells its origin.
  if (!url && (await forbidsAsking(import.meta.url))) {
    return new ConnectError("connect_forbidden", { seen: unanswered("GET", import.meta.url, "was forbidden by the page's policy") });
  }
  if (error.name === "TimeoutError" || !url) {
    return new ConnectError("unreachable", { seen: `The module did not load: ${redacted(error.message)}.`, retryable: true });
  }
  const response = await fetch(url, { cache: "force-cache", signal: AbortSignal.timeout(LOOK_MS) }).catch(() => null);
  if (response) return new ConnectError("wasm_unavailable", { seen: answered("GET", url, response) });
  const isForbidden = await forbidsAsking(url);
  const seen = unanswered("GET", url, isForbidden ? "was forbidden by the page's policy" : "brought no answer");
  return new ConnectError(isForbidden ? "connect_forbidden" : "unreachable", { seen, retryable: !isForbidden });
}

/** As the module's own script has asked for it; a bundler may have given the file another name. */
function addressOfModule() {
  const asked = performance.getEntriesByType("resource").map(({ name }) => name);
  return asked.findLast((name) => new URL(name).pathname.endsWith(".wasm"));
}
