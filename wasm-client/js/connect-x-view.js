/** The button's shadow tree. Built by hand: under Trusted Types a page may forbid markup from strings. */

import { connectXStyle } from "./connect-x-style.js";

const X_GLYPH =
  "M18.244 2.25h3.308l-7.227 8.26 8.502 11.24H16.17l-5.214-6.817L4.99 21.75H1.68l7.73-8.835L1.254 2.25H8.08l4.713 6.231zm-1.161 17.52h1.833L7.084 4.126H5.117z";

export class ConnectXView {
  #button;
  #cancel;
  #status;

  /** `onPress` and `onCancel` are the two things that a person can do. */
  constructor(host, { onPress, onCancel }) {
    const root = host.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [connectXStyle()];
    this.#button = node("button", { type: "button", part: "button" }, glyph(), labels());
    this.#cancel = node("button", { type: "button", part: "cancel", "aria-label": "Cancel", hidden: "" }, "×");
    this.#status = node("p", { part: "status", role: "status", class: "quiet" });
    this.#button.addEventListener("click", onPress);
    this.#cancel.addEventListener("click", onCancel);
    root.append(node("div", { class: "row" }, this.#button, this.#cancel), this.#status);
  }

  waiting() {
    this.#become(true, "A window with X is open. Press the button to see it again.");
  }

  idle(said = "") {
    this.#become(false, said);
  }

  /** The one state that shows its sentence to everybody. */
  failed(sentence) {
    this.#become(false, sentence);
    this.#status.classList.remove("quiet");
  }

  #become(busy, said) {
    const cancelHadFocus = this.#cancel.matches(":focus");
    this.#button.setAttribute("aria-busy", busy);
    this.#cancel.hidden = !busy;
    if (cancelHadFocus) this.#button.focus();
    this.#status.classList.add("quiet");
    this.#status.textContent = said;
  }
}

function labels() {
  const idle = node("span", { class: "idle" }, node("slot", {}, "Connect X"));
  return node("span", { class: "labels" }, idle, node("span", { class: "busy" }, "Waiting for X…"));
}

function glyph() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", X_GLYPH);
  svg.append(path);
  return svg;
}

function node(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
