/**
 * Loads the module that holds the verifier and the decisions, once for all buttons of a page.
 *
 * The build makes the module with `wasm-bindgen --target web --out-name embed`: what visitors download has no product name.
 */

import init, { Attempt, Step } from "../pkg/wasm/embed.js";
import { inTime } from "./asking.js";
import { ConnectError } from "./connect-error.js";
import { forbidsAsking } from "./policy.js";
import { answered, redacted, unanswered } from "./seen.js";
import { loaderOf, sources } from "./sources.js";

const LOAD_MS = 15_000;
const LOOK_MS = 3000;

const load = loaderOf("connect", init);

/** Resolves to the module's classes. */
export async function loadWasm() {
  try {
    await inTime(load(), LOAD_MS, () => new DOMException(`no answer within ${LOAD_MS / 1000} s`, "TimeoutError"));
  } catch (error) {
    throw await why(error);
  }
  return { Attempt, Step };
}

/** Browsers tell of a refused compilation in words alone. */
const BY_POLICY = /Content Security|CSP|unsafe-eval/i;

async function why(error) {
  if (error instanceof WebAssembly.CompileError && BY_POLICY.test(error.message)) return new ConnectError("wasm_forbidden");
  const url = sources.connect;
  if (error.name === "TimeoutError" || !(url instanceof URL)) {
    return new ConnectError("unreachable", { seen: `The module did not load: ${redacted(error.message)}.`, retryable: true });
  }
  const response = await fetch(url, { cache: "force-cache", signal: AbortSignal.timeout(LOOK_MS) }).catch(() => null);
  if (response) return new ConnectError("wasm_unavailable", { seen: answered("GET", url, response) });
  const isForbidden = await forbidsAsking(url);
  const seen = unanswered("GET", url, isForbidden ? "was forbidden by the page's policy" : "brought no answer");
  return new ConnectError(isForbidden ? "connect_forbidden" : "unreachable", { seen, retryable: !isForbidden });
}
