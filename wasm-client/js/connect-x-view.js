/** The button's shadow tree. */

import { connectXStyle } from "./connect-x-style.js";
import { node } from "./node.js";

const X_GLYPH =
  "M12.6.75h2.45l-5.36 6.14L16 15.25h-4.94L7.2 10.18l-4.43 5.07H.32l5.73-6.57L0 .75h5.06l3.5 4.63zm-.86 13.03h1.36L4.32 2.15H2.87z";

/** While one of these lasts, a press brings X to the front. What everybody is to read, the style knows by the state. */
const BUSY = ["open", "authorizing", "confirming"];

export class ConnectXView {
  #button = node("button", { type: "button", part: "button", "aria-busy": false });
  #cancel = node("button", { type: "button", part: "cancel", hidden: "" }, "×");
  #status = node("p", { part: "status", role: "status", id: "status" });
  #idle = node("slot");
  #busy = node("slot", { name: "busy" });

  /** `onPress` and `onCancel` are the two things that a person can do. */
  constructor(root, { onPress, onCancel }) {
    root.adoptedStyleSheets = [connectXStyle()];
    const labels = node("span", { class: "labels" }, span("idle", this.#idle), span("busy", this.#busy));
    this.#button.append(node("slot", { name: "icon" }, glyph()), labels);
    this.#button.addEventListener("click", onPress);
    this.#cancel.addEventListener("click", onCancel);
    root.append(node("div", { class: "row" }, this.#button, this.#cancel), this.#status);
  }

  /** What the page itself does not say. */
  label({ idle, busy, cancel }) {
    this.#idle.textContent = idle;
    this.#busy.textContent = busy;
    this.#cancel.setAttribute("aria-label", cancel);
  }

  show(state, said = "") {
    const isBusy = BUSY.includes(state);
    const cancelHadFocus = this.#cancel.matches(":focus");
    this.#button.setAttribute("aria-busy", isBusy);
    this.#cancel.hidden = !isBusy && state !== "left";
    if (cancelHadFocus && this.#cancel.hidden) this.#button.focus();
    this.#status.className = state;
    this.#status.textContent = said;
  }
}

const span = (name, child) => node("span", { class: name }, child);

function glyph() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", X_GLYPH);
  svg.append(path);
  return svg;
}
