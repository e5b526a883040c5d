/** Registers <x-accounts> and <x-posts>. Harmless without a DOM, and when the page does it twice. */

import { parts } from "../element-parts.js";
import { XElement } from "./element.js";

export class XAccountsElement extends XElement {
  load() {
    return parts.accounts();
  }
}

export class XPostsElement extends XElement {
  load() {
    return parts.posts();
  }
}

const ELEMENTS = { "x-accounts": XAccountsElement, "x-posts": XPostsElement };

export function defineElements() {
  if (!globalThis.customElements) return;
  for (const [name, element] of Object.entries(ELEMENTS)) customElements.get(name) ?? customElements.define(name, element);
}
