/** Registers <x-accounts>, <x-posts> and <x-composer>. Harmless without a DOM, and when the page does it twice. */

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

export class XComposerElement extends XElement {
  keepsView = true;

  load() {
    return parts.composer();
  }
}

const ELEMENTS = { "x-accounts": XAccountsElement, "x-posts": XPostsElement, "x-composer": XComposerElement };

export function defineElements() {
  if (!globalThis.customElements) return;
  for (const [name, element] of Object.entries(ELEMENTS)) customElements.get(name) ?? customElements.define(name, element);
}
