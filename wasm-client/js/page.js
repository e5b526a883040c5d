/** The page itself goes to X, and comes back to the session's `redirect_uri`. */

import { ConnectError } from "./connect-error.js";
import { keep } from "./kept.js";
import { node } from "./node.js";
import { submit } from "./submit.js";

export class Page {
  /** Nothing of X is in front while this page can be seen. */
  closed = true;
  #kept;

  constructor({ session, flow, elementId }) {
    this.#kept = { elementId, session, verifier: flow.verifier() };
  }

  /** From a frame, whose document can have a referrer policy of its own without touching the page's. */
  start(form) {
    if (!keep(this.#kept)) throw new ConnectError("storage_blocked");
    const frame = node("iframe", { hidden: "" });
    document.body.append(frame);
    submit(frame.contentDocument, form, "_top");
    addEventListener("pageshow", () => frame.remove(), { once: true });
  }

  show(form) {
    this.start(form);
  }
}
