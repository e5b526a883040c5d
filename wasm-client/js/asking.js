/** A request that has an end, and whose failure is told apart: the page's policy, CORS, silence, the network. */

import { ConnectError } from "./connect-error.js";
import { forbidsAsking } from "./policy.js";
import { unanswered } from "./seen.js";

/** What a site's own back end may take. */
export const SITE_MS = 15_000;
const LOOK_MS = 3000;

/** `signal`, or the end of `ms`. */
export const within = (ms, signal) => AbortSignal.any([signal, AbortSignal.timeout(ms)]);

/** A promise that hangs has an end too. */
export function inTime(promise, ms, late) {
  let timer;
  const end = new Promise((_, reject) => (timer = setTimeout(() => reject(late()), ms)));
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
}

/** Why asking the site's `url` brought no answer. */
export async function whyUnanswered(url, error) {
  const seen = (what) => ({ seen: unanswered("POST", url, what) });
  if (error.name === "TimeoutError") {
    return new ConnectError("session_unavailable", { ...seen(`did not answer within ${SITE_MS / 1000} s`), retryable: true });
  }
  if (!URL.canParse(url, location.href)) return new ConnectError("session_unavailable", seen("cannot be asked"));
  if (await forbidsAsking(url)) return new ConnectError("connect_forbidden", seen("was forbidden by the page's policy"));
  if (await isKeptFromUs(url)) {
    const cors = `may not be read by this page (CORS): answer it and its preflight with Access-Control-Allow-Origin: ${location.origin}`;
    return new ConnectError("session_unavailable", seen(cors));
  }
  return new ConnectError("unreachable", { ...seen("brought no answer"), retryable: true });
}

/** Whether a server is there that only keeps its answers from this page (Fetch standard, CORS). */
export async function isKeptFromUs(url) {
  if (new URL(url, location.href).origin === location.origin) return false;
  try {
    await fetch(url, { method: "HEAD", mode: "no-cors", signal: AbortSignal.timeout(LOOK_MS) });
    return true;
  } catch {
    return false;
  }
}
