/** The button's shadow tree. */

import { connectXStyle } from "./connect-x-style.js";
import { node } from "./node.js";

const X_GLYPH =
  "M12.6.75h2.45l-5.36 6.14L16 15.25h-4.94L7.2 10.18l-4.43 5.07H.32l5.73-6.57L0 .75h5.06l3.5 4.63zm-.86 13.03h1.36L4.32 2.15H2.87z";

export class ConnectXView {
  #button;
  #cancel;
  #status;

  /** `onPress` and `onCancel` are the two things that a person can do. */
  constructor(host, { onPress, onCancel }) {
    const root = host.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [connectXStyle()];
    this.#button = node("button", { type: "button", part: "button", "aria-busy": false }, glyph(), labels());
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
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", X_GLYPH);
  svg.append(path);
  return svg;
}
