/** Registers the element. Harmless without a DOM, and when the page does it twice. */

import { ConnectXElement } from "./connect-x-element.js";

export function defineConnectX(name = "connect-x") {
  if (!globalThis.customElements || customElements.get(name)) return;
  // A class has one name: whoever wants another one gets a class of its own.
  const isTaken = customElements.getName?.(ConnectXElement);
  customElements.define(name, isTaken ? class extends ConnectXElement {} : ConnectXElement);
}
