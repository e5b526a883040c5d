/** The page itself goes to X, and comes back to the session's `redirect_uri`. */

import { ConnectError, leavingOpen } from "./connect-error.js";
import { keep } from "./keeping.js";
import { node } from "./node.js";
import { placeNow } from "./place.js";
import { submit } from "./submit.js";

export class Page {
  /** Nothing of X is in front while this page can be seen. */
  closed = true;
  #kept;

  constructor({ session, flow, elementId }) {
    this.#kept = { elementId, session, verifier: flow.verifier() };
  }

  /** From a frame, whose document can have a referrer policy of its own without touching the page's. */
  start(form, onRefused) {
    if (!keep({ ...this.#kept, ...placeNow() })) throw leavingOpen(new ConnectError("storage_blocked"));
    const frame = node("iframe", { hidden: "" });
    document.body.append(frame);
    submit(frame.contentDocument, form, onRefused, "_top");
    addEventListener("pageshow", () => frame.remove(), { once: true });
  }

  show(form, onRefused) {
    this.start(form, onRefused);
  }
}
