/** The window in which X asks. It starts as a blank document of the page's own origin, and is left alone after that. */

import { node } from "./node.js";

const SIZE = { width: 600, height: 720 };
/**
 * X's pages cut the tie between windows (COOP), and then `closed` is true of an open one. So it is never taken for an
 * answer: it only lets a click open another window, and only after this long, so that a double click opens one.
 */
const REOPEN_AFTER_MS = 3000;

const WAITING_STYLE = `
html { color-scheme: light dark }
body { display: grid; place-items: center; height: 90vh }
h1 { font: 16px system-ui }
`;

export class Popup {
  // Not to be guessed: a name that another frame knows lets it steer the window.
  #name = `connect-x-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  #labels;
  window;
  openedAt;
  /** Is given each blank document. */
  onBlank;

  constructor(labels) {
    this.#labels = labels;
  }

  /** Itself, or undefined: the browser blocks the window, an extension hands out another thing, a sandbox keeps it from the page. */
  open() {
    let opened;
    try {
      opened = window.open("", this.#name, features());
      showWaiting(opened.document, this.#labels);
    } catch {
      opened?.close?.();
      return undefined;
    }
    this.window = opened;
    this.openedAt = Date.now();
    this.onBlank?.(opened.document);
    return opened.closed ? undefined : this;
  }

  /** A closed window is opened again. */
  show() {
    if (!this.window.closed) this.window.focus();
    else if (Date.now() - this.openedAt > REOPEN_AFTER_MS) this.open();
  }
}

/** Browsers read whole numbers, and leave what follows. */
function features() {
  const left = screenX + (outerWidth - SIZE.width) / 2;
  const top = screenY + (outerHeight - SIZE.height) / 2;
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
