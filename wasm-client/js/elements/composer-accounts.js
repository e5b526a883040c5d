/** Whom a post is for: the tenant's accounts that can post. */

import { ACCOUNTS } from "./connector.js";
import { make } from "./make.js";
import { picture } from "./picture.js";

const MOST = 1000;

export class Picker {
  node = make("fieldset", { part: "accounts", class: "row" });
  #draft;
  #texts;
  #accounts = [];

  constructor(draft, texts) {
    this.#draft = draft;
    this.#texts = texts;
  }

  get count() {
    return this.#accounts.length;
  }

  /** As they were chosen, else the one that there is. */
  get chosen() {
    const only = this.count === 1 ? this.#accounts.map(({ id }) => id) : [];
    const ids = this.#draft.accounts ?? only;
    return this.#accounts.filter(({ id }) => ids.includes(id));
  }

  async load({ session, signal }) {
    let found = [];
    for (let offset = 0, total = 1; offset < Math.min(total, MOST); offset += 100) {
      const { data, count } = await session.call("GET", `${ACCOUNTS}?network=x&status=active&limit=100&offset=${offset}`, { signal });
      [found, total] = [[...found, ...data], count];
    }
    this.#accounts = found;
    this.draw();
  }

  draw() {
    const { chosen } = this;
    this.node.replaceChildren(make("legend", {}, this.#texts.accounts), ...this.#accounts.map((account) => this.#boxOf(account, chosen.includes(account))));
  }

  #boxOf(account, checked) {
    const box = make("input", { type: "checkbox", value: account.id, checked, onchange: () => this.#pick() });
    return make("label", { part: "account", class: "row" }, box, picture(account), make("span", { dir: "ltr" }, `@${account.username}`));
  }

  #pick() {
    this.#draft.changed({ accounts: [...this.node.querySelectorAll("input:checked")].map(({ value }) => value) });
  }
}
