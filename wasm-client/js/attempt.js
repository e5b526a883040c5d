/** One attempt to connect, once its window is open: the session, X, and what the wasm module makes of the answers. */

import { ConnectError } from "./connect-error.js";
import { follow } from "./follow.js";
import { comeBack, forget } from "./keeping.js";
import { keptFor } from "./kept.js";
import { Page } from "./page.js";
import { panelIn } from "./panel.js";
import { redacted } from "./seen.js";
import { SessionClient } from "./session-client.js";
import { obtainSession } from "./session.js";
import { sentenceFor, textsOf } from "./texts.js";
import { loadWasm } from "./wasm.js";
import { Window } from "./window.js";

export { comeBack, loadWasm };

/** What the button needs once the page is idle: the module, and the account beside the button where the page has a page session. */
export function prepare(host, root) {
  if (host.hasAttribute("page-session-url") || host.fetchPageSession) showAccount(host, root);
  return loadWasm();
}

async function showAccount(host, root) {
  try {
    (await import("./elements-button.js")).manage(host, root);
  } catch (error) {
    failed(error, textsOf({ language: "en" }));
  }
}

/**
 * Resolves to the type and detail of the one event that ends the attempt; rejects when it was called off.
 *
 * @param {object} options
 * @param {"popup" | "redirect" | "auto"} options.mode
 * @param {object} options.source what `obtainSession` takes
 * @param {string} [options.refusal] the code of what is wrong with it
 * @param {Popup} [options.popup] the open window
 * @param {object} [options.kept] what this tab has left for X with
 * @param {string} [options.elementId] by which it is found again
 * @param {object} options.labels
 * @param {(state: string, text: string, detail?: object) => void} options.tell hears of each state on the way
 * @param {ShadowRoot} [options.root] where the other browser's code is asked for, unless `askCode` does it
 * @param {(question: {text: string, isWrong: boolean}) => Promise<string>} [options.askCode]
 * @param {{show: () => void, cancel: (reason: string) => void}} options.attempt whose `show` learns more here
 * @param {boolean} options.isTouch
 * @param {AbortSignal} options.signal
 */
export async function run(options) {
  const texts = textsOf(options.labels);
  const over = new AbortController();
  try {
    const kept = options.kept && (comeBack(), keptFor(options.elementId));
    return await outcome({ ...options, kept, texts, signal: AbortSignal.any([options.signal, over.signal]) });
  } catch (error) {
    options.signal.throwIfAborted();
    return failed(error, texts);
  } finally {
    over.abort();
  }
}

async function outcome(options) {
  const { kept, popup, source, signal } = options;
  refuse(options);
  // A page that goes away before it has a session leaves no window behind.
  const waiting = new AbortController();
  addEventListener("pagehide", () => popup?.window.close(), { signal: AbortSignal.any([signal, waiting.signal]) });
  const [session, { Attempt, Step }] = await Promise.all([kept?.session ?? obtainSession(source, signal), loadWasm()]);
  signal.throwIfAborted();
  waiting.abort();
  const client = new SessionClient(session, signal);
  const flow = kept ? Attempt.resume(kept.verifier) : new Attempt();
  try {
    return await atX({ ...options, session, client, flow, Step });
  } catch (error) {
    if (signal.aborted || error.leavesSessionOpen) client.cancel();
    throw error;
  } finally {
    // The verifier is gone with them.
    flow?.free();
    forget({ elementId: options.elementId, session });
  }
}

function refuse({ refusal, popup, kept, mode }) {
  if (refusal) throw new ConnectError(refusal);
  const mayLeave = kept || mode === "auto" || mode === "redirect";
  if (popup ? staysInSandbox() : !mayLeave) throw new ConnectError("popup_blocked", { retryable: true });
}

/**
 * Whether the frame's sandbox is the window's too. X's pages cut the tie between windows (COOP), and browsers show none of
 * them in a sandbox (HTML standard, "cross-origin opener policies"). Pages of another origin do not tell their frames.
 */
function staysInSandbox() {
  const rights = globalThis.frameElement?.sandbox;
  return rights?.length > 0 && !rights.contains("allow-popups-to-escape-sandbox");
}

async function atX(options) {
  const { popup, kept, labels, client, root, texts, signal } = options;
  const leaves = !popup && !kept?.isPopup;
  const place = leaves ? new Page(options) : new Window(popup, labels);
  if (popup && !place.isBlank) {
    client.cancel();
    return { type: "cancelled", detail: { reason: "window_closed" } };
  }
  const askCode = options.askCode ?? (root && panelIn(root, texts, signal));
  return follow({ ...options, place, leaves, askCode }).finally(() => leaves || place.close());
}

/** The visitor reads a sentence; the console, and whoever listens, what was seen and what to do about it. */
function failed(error, texts) {
  if (!(error instanceof ConnectError)) {
    return failed(new ConnectError("unreachable", { seen: `${redacted(error.message ?? error)}.`, retryable: true }), texts);
  }
  const { code, quote, retryable, hint } = error;
  console.error(`connect-x: ${code}:`, hint);
  return { type: "error", detail: { code, message: quote ?? sentenceFor(code, texts), retryable, hint } };
}
