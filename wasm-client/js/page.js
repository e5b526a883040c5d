/** The page itself goes to X, and comes back to the session's `redirect_uri`. */

import { ConnectError, leavingOpen } from "./connect-error.js";
import { keep } from "./keeping.js";
import { node } from "./node.js";
import { placeNow } from "./place.js";
import { submit } from "./submit.js";

export class Page {
  /** Nothing of X is in front while this page can be seen. */
  closed = true;
  /** When the form was posted, on the page's clock. */
  postedAt;
  /** Whether the page is still here: nothing has come of the form. */
  isBlank;
  #kept;

  constructor({ session, flow, elementId }) {
    this.#kept = { elementId, session, verifier: flow.verifier() };
  }

  /** From a frame, whose document can have a referrer policy of its own without touching the page's. */
  start(form, onRefused) {
    if (!keep({ ...this.#kept, ...placeNow() })) throw leavingOpen(new ConnectError("storage_blocked"));
    const frame = node("iframe", { hidden: "" });
    document.body.append(frame);
    Object.assign(this, { postedAt: performance.now(), isBlank: true });
    submit(frame.contentDocument, form, onRefused, "_top");
    addEventListener("pagehide", () => (this.isBlank = false), { once: true });
    addEventListener("pageshow", () => frame.remove(), { once: true });
  }

  show(form, onRefused) {
    this.start(form, onRefused);
  }
}
