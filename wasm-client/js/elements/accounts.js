/** <x-accounts>: the tenant's accounts, each with its state and what to do; and the button that connects one more. */

import { accountRow } from "./account-row.js";
import { ACCOUNTS_WORDS } from "./accounts-words.js";
import { ACCOUNTS, connector } from "./connector.js";
import { button, make } from "./make.js";
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
    this.#more = button("more", texts.more, () => this.load(this.#rows.size).catch(this.tell));
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

  /** The page after `skipped` rows; without, all rows that are shown are read anew. */
  async load(skipped) {
    const isAnew = skipped === undefined;
    const { found, total } = await this.#read(skipped ?? 0, isAnew ? Math.max(this.#rows.size, 1) : PAGE);
    this.#draw(isAnew ? found : [...[...this.#rows.values()].map(({ account }) => account), ...found]);
    this.#more.hidden = this.#rows.size >= total;
  }

  async #read(offset, wanted) {
    const { data, count } = await this.#given.session.call("GET", `${ACCOUNTS}?network=x&limit=${PAGE}&offset=${offset}`);
    if (wanted <= PAGE) return { found: data, total: count };
    const { found, total } = await this.#read(offset + PAGE, wanted - PAGE);
    return { found: [...data, ...found], total };
  }

  /** A row that has not changed stays as it is: a window may be open for it, or a question. */
  #draw(accounts) {
    const rows = new Map(accounts.map((account) => [account.id, this.#rowOf(account)]));
    for (const [id, { row }] of this.#rows) if (rows.get(id)?.row !== row) row.remove();
    this.#rows = rows;
    const children = this.#list.children;
    [...rows.values()].forEach(({ row }, at) => children[at] !== row && this.#list.insertBefore(row, children[at] ?? null));
    this.#empty.hidden = rows.size > 0;
    this.#list.hidden = rows.size === 0;
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
