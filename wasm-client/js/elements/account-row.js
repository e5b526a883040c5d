/** One account of <x-accounts>: its picture, name and state, and what to do. */

import { connector } from "./connector.js";
import { leaveButton } from "./leave.js";
import { make } from "./make.js";
import { picture } from "./picture.js";
import { shown } from "./shown.js";

/** `disconnect` is there where the page may. */
export function accountRow(given, texts, account, disconnect) {
  const { id, status } = account;
  const actions = make("div", { class: "row" }, picture(account), nameOf(account, texts));
  if (disconnect && status !== "active") actions.append(connector(given, { id: `reconnect-${id}`, "reconnect-account-id": id, size: "small" }, texts.reconnect));
  if (disconnect && status !== "disconnected") actions.append(leaveButton(account, texts, disconnect));
  return make("li", { part: "account", class: "card", "data-state": status }, actions);
}

function nameOf({ username, nickname, status }, texts) {
  const handle = make("span", { part: "handle", class: "muted", dir: "ltr" }, `@${username}`);
  const state = make("p", { part: "state", class: status === "active" ? "muted" : "problem" }, texts[status] ?? status);
  return make("div", { class: "grow" }, make("b", { part: "name" }, shown(nickname)), " ", handle, state);
}
