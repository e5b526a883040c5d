/** Connecting without the element: the page brings its own button. */

import { begin } from "./begin.js";
import { ConnectError } from "./connect-error.js";
import { keptFor } from "./kept.js";
import { labelsOf, languageOf } from "./labels.js";

/** What this tab keeps it as, beside those of elements. */
const KEPT_AS = "connect()";

/**
 * Call it inside a click. Resolves to `{account, connectId}`; rejects with a ConnectError, of code `cancelled` when the
 * person or `signal` ended it. Options: index.d.ts.
 */
export function connect(options) {
  return settled(options);
}

/** When the page is back from X, or was loaded anew: the same for the attempt that it left with, else undefined. */
export function resume(options) {
  const kept = keptFor(KEPT_AS);
  return kept ? settled({ ...options, kept }) : undefined;
}

async function settled({ mode = "popup", kept, lang, labels, onState, askCode, signal, ...source }) {
  signal?.throwIfAborted();
  const attempt = begin({
    mode,
    kept,
    askCode,
    elementId: KEPT_AS,
    source: sourceOf(source),
    labels: labelsOf(lang ?? languageOf(document.documentElement), labels),
    tell: (state) => onState?.(state),
  });
  signal?.addEventListener("abort", () => attempt.cancel("dismissed"), { once: true });
  const { type, detail } = await attempt.outcome;
  if (type === "connected") return detail;
  const { code = "cancelled", message, ...rest } = detail;
  throw Object.assign(new ConnectError(code, { quote: message }), rest);
}

function sourceOf({ session, fetchSession, expectedUsername, reconnectAccountId }) {
  const wishes = { expected_username: expectedUsername, reconnect_account_id: reconnectAccountId };
  return { ...(session?.data ?? session), fetchSession, wishes };
}
