/** Whom a post is for: the tenant's accounts that can post. */

import { ACCOUNTS } from "./connector.js";
import { make } from "./make.js";
import { picture } from "./picture.js";

const MOST = 1000;
/** So many are found without a search. */
const FEW = 8;

export class Picker {
  node = make("fieldset", { part: "accounts", class: "row" });
  #draft;
  #texts;
  #accounts = [];
  #search;

  constructor(draft, texts) {
    this.#draft = draft;
    this.#texts = texts;
    const stay = (event) => event.key === "Enter" && event.preventDefault();
    this.#search = make("input", { type: "search", part: "search", "aria-label": texts.find, placeholder: texts.find, oninput: () => this.#sift(), onkeydown: stay });
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
    const found = [];
    for (let cursor = ""; cursor !== undefined && found.length < MOST; ) {
      const { data, pagination } = await session.call("GET", `${ACCOUNTS}?network=x&status=active&limit=100${cursor}`, { signal });
      found.push(...data);
      cursor = pagination.after ? `&after=${encodeURIComponent(pagination.after)}` : undefined;
    }
    this.#accounts = found;
    this.draw();
  }

  /** Of many, the chosen ones stand first. They change their places when the list is drawn anew, not under the pointer. */
  draw() {
    const chosen = new Set(this.chosen);
    const isMany = this.count > FEW;
    const accounts = isMany ? [...chosen, ...this.#accounts.filter((account) => !chosen.has(account))] : this.#accounts;
    const boxes = make("div", { class: isMany ? "row many" : "row" }, accounts.map((account) => this.#boxOf(account, chosen.has(account))));
    this.node.replaceChildren(make("legend", {}, this.#texts.accounts), ...(isMany ? [this.#search] : []), boxes);
    if (isMany) this.#sift();
  }

  /** An account that is not found is still chosen. */
  #sift() {
    const wanted = this.#search.value.trim().replace(/^@/, "").toLowerCase();
    for (const { username, nickname = "", id } of this.#accounts) {
      const box = this.node.querySelector(`input[value="${id}"]`);
      box.parentNode.hidden = !`${username} ${nickname}`.toLowerCase().includes(wanted);
    }
  }

  #boxOf(account, checked) {
    const box = make("input", { type: "checkbox", value: account.id, checked, onchange: () => this.#pick() });
    return make("label", { part: "account", class: "row" }, box, picture(account), make("span", { dir: "ltr" }, `@${account.username}`));
  }

  #pick() {
    this.#draft.changed({ accounts: [...this.node.querySelectorAll("input:checked")].map(({ value }) => value) });
  }
}
