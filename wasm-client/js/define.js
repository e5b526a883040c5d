/** Registers the element, and cleans the address of a tab that is back from X. Harmless without a DOM, and when the page does it twice. */

import { loadAttempt } from "./begin.js";
import { ConnectXElement } from "./connect-x-element.js";

export function defineConnectX(name = "connect-x") {
  if (!globalThis.customElements || customElements.get(name)) return;
  // Also where the page has yet to make the element, by the fragment that X's way back has not.
  if (/connect_id/.test(location.search)) loadAttempt().then(({ comeBack }) => comeBack(), () => {});
  // A class has one name: whoever wants another one gets a class of its own.
  const isTaken = customElements.getName?.(ConnectXElement);
  customElements.define(name, isTaken ? class extends ConnectXElement {} : ConnectXElement);
}
