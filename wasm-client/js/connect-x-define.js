/** Registers <connect-x>. Harmless without a DOM, and when the page loads it twice. */

import { ConnectXElement } from "./connect-x-element.js";

if (globalThis.customElements && !customElements.get("connect-x")) {
  customElements.define("connect-x", ConnectXElement);
}
