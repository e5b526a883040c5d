/**
 * <connect-x>: a button that connects the visitor's X account (docs/API.md, section 3b).
 *
 * Attributes: `session-url`, or `session-id`, `token` and `connect-url`. Events, exactly one per attempt, bubbling and
 * composed: `connected` {account, connectId}, `error` {code, message, retryable, hint}, `cancelled` {reason}.
 * Importing this file registers nothing and touches no DOM.
 */

import { connect, failed } from "./flow.js";
import { ConnectXView } from "./connect-x-view.js";
import { sessionSource } from "./session.js";

// A server that renders the page has no HTMLElement, and only needs the name.
const Base = globalThis.HTMLElement ?? class {};

export class ConnectXElement extends Base {
  #view;
  #attempt;

  constructor() {
    super();
    const onPress = () => (this.#attempt ? this.#attempt.showWindow() : this.#begin());
    const onCancel = () => this.#attempt?.cancel("dismissed");
    this.#view = new ConnectXView(this, { onPress, onCancel });
  }

  disconnectedCallback() {
    this.#attempt?.cancel("removed");
  }

  /** Synchronous up to the open window, since browsers allow one only inside the click. */
  #begin() {
    try {
      this.#attempt = connect(sessionSource(this));
    } catch (error) {
      this.#end(failed(error));
      return;
    }
    this.#view.waiting();
    this.#attempt.outcome.then((outcome) => this.#end(outcome));
  }

  /** The button is ready for the next press before the page hears of this one. */
  #end({ type, detail }) {
    this.#attempt = undefined;
    if (type === "error") this.#view.failed(detail.message);
    else this.#view.idle(type === "connected" ? `Connected as @${detail.account.username}.` : "");
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
