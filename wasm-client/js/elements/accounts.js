/** <x-accounts>: the tenant's accounts, each with its state and what to do; and the button that connects one more. */

import { ACCOUNTS_WORDS } from "./accounts-words.js";
import { confirmed } from "./confirm.js";
import { ACCOUNTS, connector } from "./connector.js";
import { button, make } from "./make.js";
import { picture } from "./picture.js";

export const css = `
li[data-state=reconnect_required] { border-color: var(--_problem) }
connect-x { --connect-x-font: inherit }
`;

/** As many as one answer has. */
const PAGE = 100;

export async function show(given) {
  const { view, emit, session } = given;
  const texts = given.textsOf(ACCOUNTS_WORDS);
  const { scopes = ["accounts"] } = await session.current();
  const mayConnect = scopes.includes("accounts");
  const list = make("ul", { part: "list", "aria-label": texts.accounts });
  const empty = make("p", { part: "empty", class: "muted" }, make("slot", { name: "empty" }, texts.empty));
  const more = button("more", texts.more, () => load(rows.size).catch(tell));
  const status = make("p", { part: "status", role: "status", class: "unseen" });
  const rows = new Map();
  const tell = async (error) => {
    const { message } = await given.explain(error);
    Object.assign(status, { className: "problem", textContent: message });
  };
  const say = (text) => Object.assign(status, { className: "unseen", textContent: text });
  view.append(make("slot", { name: "heading" }), list, empty, more, status, mayConnect && connector(given, { id: "connect" }, make("slot", { name: "connect" }, texts.connect)));
  view.addEventListener("connected", () => load().then(() => session.changed("accounts"), tell));

  const disconnect = async (account) => {
    try {
      await session.call("DELETE", `${ACCOUNTS}/${account.id}`);
      say(texts.gone.replace("{}", account.username));
      emit("disconnected", { account });
      await load();
      session.changed("accounts");
      (list.querySelector("button") ?? view.querySelector("connect-x"))?.focus();
    } catch (error) {
      await tell(error);
    }
  };

  /** The page after `skipped` rows; without, all rows that are shown are read anew. */
  async function load(skipped) {
    let wanted = skipped === undefined ? Math.max(rows.size, 1) : PAGE;
    let found = [];
    let total;
    for (let offset = skipped ?? 0; wanted > 0; offset += PAGE, wanted -= PAGE) {
      const { data, count } = await session.call("GET", `${ACCOUNTS}?network=x&limit=${PAGE}&offset=${offset}`);
      [found, total] = [[...found, ...data], count];
    }
    draw(skipped === undefined ? found : [...[...rows.values()].map(({ account }) => account), ...found]);
    more.hidden = rows.size >= total;
  }

  /** A row that has not changed stays as it is: a window may be open for it, or a question. */
  function draw(accounts) {
    const kept = new Map(accounts.map((account) => [account.id, rowOf(account)]));
    for (const [id, { row }] of rows) if (kept.get(id)?.row !== row) row.remove();
    rows.clear();
    for (const [id, made] of kept) rows.set(id, made);
    [...rows.values()].forEach(({ row }, at) => list.children[at] !== row && list.insertBefore(row, list.children[at] ?? null));
    empty.hidden = rows.size > 0;
    list.hidden = rows.size === 0;
  }

  function rowOf(account) {
    const looks = JSON.stringify([account.username, account.nickname, account.profile_picture_url, account.status]);
    const before = rows.get(account.id);
    if (before?.looks === looks) return { ...before, account };
    return { account, looks, row: drawn(account) };
  }

  function drawn(account) {
    const { id, username, nickname, status: state } = account;
    const name = make("div", { class: "grow" }, make("b", { part: "name" }, nickname), " ", make("span", { part: "handle", class: "muted", dir: "ltr" }, `@${username}`));
    name.append(make("p", { part: "state", class: state === "active" ? "muted" : "problem" }, texts[state] ?? state));
    const row = make("li", { part: "account", class: "card", "data-state": state }, make("div", { class: "row" }, picture(account), name));
    if (!mayConnect) return row;
    const actions = row.firstChild;
    if (state !== "active") actions.append(connector(given, { id: `reconnect-${id}`, "reconnect-account-id": id, size: "small" }, texts.reconnect));
    const leave = button("disconnect", texts.disconnect, () =>
      confirmed({ pressed: leave, question: texts.sure.replace("{}", username), yes: texts.disconnect, no: texts.keep, act: () => disconnect(account) }),
      { "aria-label": `${texts.disconnect} @${username}` });
    if (state !== "disconnected") actions.append(leave);
    return row;
  }

  await load();
  return () => load().catch(tell);
}
