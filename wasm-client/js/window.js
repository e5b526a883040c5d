/** A window goes to X, while the page stays. */

import { Popup } from "./popup.js";
import { submit } from "./submit.js";

export class Window {
  #popup;
  /** When the last form was posted, on the page's clock. */
  postedAt;

  /** Without a popup: of an attempt whose page was loaded anew, so that its window is out of reach, like one at X. */
  constructor(popup, labels) {
    this.#popup = popup ?? Object.assign(new Popup(labels), { window: { closed: true, close() {} }, openedAt: -Infinity });
  }

  /** True too once X's pages have cut the tie. */
  get closed() {
    return this.#popup.window.closed;
  }

  /**
   * Whether it is still the blank document: not closed, not gone elsewhere, and nothing has come of a form that was posted
   * in it. A page that answers takes its place.
   */
  get isBlank() {
    try {
      return !this.closed && this.#popup.window.location.href === "about:blank";
    } catch {
      return false;
    }
  }

  /** The window belongs to the person: here, before X's pages, `closed` still says what they did with it. */
  start(form, onRefused) {
    this.#post(form, onRefused);
    this.#popup.onBlank(this.#popup.window.document);
  }

  /** A new start replaces the old one. */
  show(form, onRefused) {
    this.#post(form, onRefused);
    this.#popup.show();
  }

  /** Where the browser lets it. */
  close() {
    this.#popup.window.close();
  }

  #post(form, onRefused) {
    this.#popup.onBlank = (blank) => {
      this.postedAt = performance.now();
      submit(blank, form, onRefused);
    };
  }
}
