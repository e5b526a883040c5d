/** One attempt to connect: the window, the session and the decisions of the wasm module, in that order. */

import { ConnectError } from "./connect-error.js";
import { Popup } from "./popup.js";
import { SessionClient } from "./session-client.js";
import { loadWasm } from "./wasm.js";

/**
 * Begins an attempt. Call it inside the click. `outcome` always resolves, to the type and detail of the one event
 * that ends the attempt; `cancel(reason)` ends it from here.
 */
export function connect(source) {
  const popup = new Popup();
  if (!popup.open()) throw new ConnectError("popup_blocked", { retryable: true });
  const controller = new AbortController();
  return {
    outcome: run(popup, source, controller.signal).finally(() => popup.close()),
    showWindow: () => popup.show(),
    cancel: (reason) => controller.abort(reason),
  };
}

async function run(popup, source, signal) {
  let attempt;
  let client;
  try {
    const [session, { Attempt, Step }] = await Promise.all([source(signal), loadWasm()]);
    client = new SessionClient(session, signal);
    signal.throwIfAborted();
    attempt = new Attempt();
    if (!popup.start(startForm(session, attempt))) {
      client.cancel();
      return cancelled("window_closed");
    }
    return await follow({ session, client, attempt, Step, signal });
  } catch (error) {
    if (!signal.aborted) return failed(error);
    client?.cancel();
    return cancelled(signal.reason);
  } finally {
    // The verifier is gone with it.
    attempt?.free();
  }
}

/** RFC 7636 §4.3, posted rather than put in an address. */
function startForm({ token, connectUrl }, attempt) {
  const fields = { token, code_challenge: attempt.challenge(), code_challenge_method: "S256", display: "popup" };
  return { action: connectUrl, fields };
}

/** Asks until the module says that the attempt is over. */
async function follow({ session, client, attempt, Step, signal }) {
  let step = Step.Poll;
  let answer;
  while (step === Step.Poll || step === Step.Complete) {
    await pause(attempt.pause(), signal);
    answer = await (step === Step.Poll ? client.poll(attempt.since()) : client.complete(attempt.verifier()));
    step = answer ? attempt.answered(answer.http, answer.status, answer.code) : attempt.unreachable();
  }
  if (step === Step.Connected) {
    return { type: "connected", detail: { account: answer.account, connectId: session.id } };
  }
  if (step === Step.Cancelled) return cancelled(attempt.code());
  if (attempt.leavesSessionOpen()) client.cancel();
  return failed(new ConnectError(attempt.code(), { ...answer, retryable: attempt.retryable() }));
}

const cancelled = (reason) => ({ type: "cancelled", detail: { reason } });

/** What is not a ConnectError came from the network: the visitor is told that, the console what it was. */
export function failed(error) {
  if (!(error instanceof ConnectError)) {
    console.error(error);
    return failed(new ConnectError("unreachable", { retryable: true }));
  }
  const { code, message, retryable, hint } = error;
  return { type: "error", detail: { code, message, retryable, hint } };
}

/** A timer that fires after the end finds nobody waiting. */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    setTimeout(resolve, ms);
  });
}
