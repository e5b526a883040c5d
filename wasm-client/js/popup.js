/** The window in which X asks. It starts as a blank document of the page's own origin, and is left alone after that. */

import { node } from "./node.js";

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
  #window;
  #openedAt;
  #form;

  /** Call inside the click, before anything is awaited: browsers allow a window only there. */
  open() {
    const opened = window.open("", this.#name, features());
    if (!opened || opened.closed) return false;
    this.#window = opened;
    this.#openedAt = performance.now();
    showWaiting(opened.document);
    if (this.#form) submit(opened.document, this.#form);
    return true;
  }

  /** A closed window is opened again, with the form it had: a new start replaces the old one. */
  show() {
    if (!this.#window.closed) this.#window.focus();
    else if (performance.now() - this.#openedAt > REOPEN_AFTER_MS) this.open();
  }

  /** False when the person has closed the window: here, before X's pages, `closed` still says so. */
  start(form) {
    if (this.#window.closed) return false;
    this.#form = form;
    submit(this.#window.document, form);
    return true;
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
function showWaiting(page) {
  const style = new page.defaultView.CSSStyleSheet();
  style.replaceSync(WAITING_STYLE);
  page.adoptedStyleSheets = [style];
  page.documentElement.lang = "en";
  page.title = "X";
  page.body.replaceChildren(node("main", {}, node("h1", {}, "Opening X…")));
}

/**
 * Posts the start from the window's own document. The referrer policy makes the browser name the page's origin in the
 * `Origin` header, without which the server refuses; a page that sends no referrer would send `Origin: null`.
 */
function submit(page, { action, fields }) {
  const inputs = Object.entries(fields).map(([name, value]) => node("input", { type: "hidden", name, value }));
  const form = node("form", { method: "post", action }, ...inputs);
  page.head.append(node("meta", { name: "referrer", content: "origin" }));
  page.body.append(form);
  form.submit();
}
