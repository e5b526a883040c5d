/** The window in which X asks. It starts as a blank document of the page's own origin, and is left alone after that. */

import { node } from "./node.js";
import { submit } from "./submit.js";

const SIZE = { width: 600, height: 720 };
/**
 * X's pages cut the tie between windows (COOP), and then `closed` is true of an open one. So it is never taken for an
 * answer: it only lets a click open another window, and only after this long, so that a double click opens one.
 */
const REOPEN_AFTER_MS = 3000;

const WAITING_STYLE = `
  html { color-scheme: light dark; }
  body { display: grid; place-items: center; height: 90vh; }
  h1 { font: 16px system-ui; }
`;

export class Popup {
  // Not to be guessed: a name that another frame knows lets it steer the window.
  #name = `connect-x-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  #labels;
  #window;
  #openedAt;
  #form;

  /** Undefined when the browser blocks it. */
  static open(labels) {
    const popup = new Popup();
    popup.#labels = labels;
    return popup.#open() ? popup : undefined;
  }

  #open() {
    const opened = window.open("", this.#name, features());
    if (!opened || opened.closed) return false;
    this.#window = opened;
    this.#openedAt = performance.now();
    showWaiting(opened.document, this.#labels);
    if (this.#form) submit(opened.document, this.#form);
    return true;
  }

  /** A closed window is opened again, with the form it had: a new start replaces the old one. */
  show() {
    if (!this.#window.closed) this.#window.focus();
    else if (performance.now() - this.#openedAt > REOPEN_AFTER_MS) this.#open();
  }

  /** True too once X's pages have cut the tie. */
  get closed() {
    return this.#window.closed;
  }

  /** The window belongs to the person: here, before X's pages, `closed` still says what they did with it. */
  start(form) {
    this.#form = form;
    submit(this.#window.document, form);
  }

  close() {
    this.#window.close();
  }
}

function features() {
  const left = Math.round(screenX + (outerWidth - SIZE.width) / 2);
  const top = Math.round(screenY + (outerHeight - SIZE.height) / 2);
  return `popup,width=${SIZE.width},height=${SIZE.height},left=${left},top=${top}`;
}

/** A constructed style sheet, because the blank document inherits the page's CSP. Nodes of ours become its own. */
function showWaiting(page, { language, busy }) {
  const style = new page.defaultView.CSSStyleSheet();
  style.replaceSync(WAITING_STYLE);
  page.adoptedStyleSheets = [style];
  page.documentElement.lang = language;
  page.title = "X";
  page.body.replaceChildren(node("main", {}, node("h1", {}, busy)));
}
