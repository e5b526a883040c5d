/** <x-accounts>: the tenant's accounts, each with its state and what to do; and the button that connects one more. */

import { accountRow } from "./account-row.js";
import { ACCOUNTS_WORDS } from "./accounts-words.js";
import { ACCOUNTS, connector } from "./connector.js";
import { button, make, place } from "./make.js";
import { pictureCss } from "./picture.js";

export const css = `${pictureCss}
li[data-state=reconnect_required] { border-color: var(--_problem) }
connect-x { --connect-x-font: inherit }
`;

/** As many as one answer has. */
const PAGE = 100;

export async function show(given) {
  const { scopes = ["accounts"] } = await given.session.current();
  const accounts = new Accounts(given, scopes.includes("accounts"));
  await accounts.load();
  return () => accounts.load().catch(accounts.tell);
}

class Accounts {
  #given;
  #texts;
  #mayConnect;
  #rows = new Map();
  /** Where the next page begins. */
  #after;
  #list;
  #empty;
  #more;
  #status = make("p", { part: "status", role: "status", class: "unseen" });

  constructor(given, mayConnect) {
    this.#given = given;
    this.#mayConnect = mayConnect;
    const texts = (this.#texts = given.textsOf(ACCOUNTS_WORDS));
    this.#list = make("ul", { part: "list", "aria-label": texts.accounts });
    this.#empty = make("p", { part: "empty", class: "muted" }, make("slot", { name: "empty" }, texts.empty));
    this.#more = button("more", texts.more, () => this.load(true).catch(this.tell));
    const connect = mayConnect && connector(given, { id: "connect" }, make("slot", { name: "connect" }, texts.connect));
    given.view.append(make("slot", { name: "heading" }), this.#list, this.#empty, this.#more, this.#status, connect);
    given.view.addEventListener("connected", () => this.load().then(() => given.session.changed("accounts"), this.tell));
  }

  tell = async (error) => {
    const { message } = await this.#given.explain(error);
    this.#say(message, "problem");
  };

  #say(textContent, className) {
    Object.assign(this.#status, { className, textContent });
  }

  /** The next page; without, all rows that are shown are read anew. */
  async load(isNext) {
    const [found, after] = await this.#read(isNext ? PAGE : this.#rows.size, isNext && this.#after);
    this.#draw(isNext ? [...[...this.#rows.values()].map(({ account }) => account), ...found] : found);
    this.#after = after;
    this.#more.hidden = !after;
  }

  /** Behind the account that `after` names: rows that come or go shift nothing. */
  async #read(wanted, after) {
    const cursor = after ? `&after=${encodeURIComponent(after)}` : "";
    const { data, pagination } = await this.#given.session.call("GET", `${ACCOUNTS}?network=x&limit=${PAGE}${cursor}`);
    if (wanted <= PAGE || !pagination.after) return [data, pagination.after];
    const [others, last] = await this.#read(wanted - PAGE, pagination.after);
    return [[...data, ...others], last];
  }

  /** A row that has not changed stays as it is: a window may be open for it, or a question. */
  #draw(accounts) {
    const rows = new Map(accounts.map((account) => [account.id, this.#rowOf(account)]));
    this.#rows = rows;
    place(this.#list, [...rows.values()].map(({ row }) => row));
    this.#empty.hidden = rows.size > 0;
  }

  #rowOf(account) {
    const looks = JSON.stringify([account.username, account.nickname, account.profile_picture_url, account.status]);
    const before = this.#rows.get(account.id);
    if (before?.looks === looks) return { ...before, account };
    return { account, looks, row: accountRow(this.#given, this.#texts, account, this.#mayConnect && (() => this.#disconnect(account))) };
  }

  async #disconnect(account) {
    const { session, view, emit } = this.#given;
    try {
      await session.call("DELETE", `${ACCOUNTS}/${account.id}`);
      this.#say(this.#texts.gone.replace("{}", account.username), "unseen");
      emit("disconnected", { account });
      await this.load();
      session.changed("accounts");
      (this.#list.querySelector("button") ?? view.querySelector("connect-x"))?.focus();
    } catch (error) {
      await this.tell(error);
    }
  }
}
