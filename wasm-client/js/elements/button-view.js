/** What stands in the place of the button, or below the button, where a page session says more. */

import { connector } from "./connector.js";
import { leaveButton } from "./leave.js";
import { button, make } from "./make.js";
import { sheetOf } from "./style.js";

// Beside the button's own sheet, whose row and labels are the button's.
const CSS = `
[hidden] { display: none !important }
.account, .account div { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; font-weight: 400; color: inherit }
.account button { min-height: 36px; padding: 4px 14px; border: 1px solid; background: none }
.account .main { background: var(--_ground); color: var(--_ink) }
.account span { unicode-bidi: plaintext; text-align: -webkit-match-parent; text-align: match-parent }
[part=handle] { font-weight: 600 }
.problem { color: var(--_problem) }
.unseen, .row[hidden] ~ .connected { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
`;

export const buttonSheet = () => sheetOf(CSS);

/** The button that reconnects is one of ours, named and looking as the page's. */
const PARTS = ["button", "cancel", "status", "confirm", "code", "confirm-button"].join();

export function accountRow(given, account, disconnect) {
  const { language, texts } = given;
  const { username, status } = account;
  const isActive = status === "active";
  return make("div", { part: "account", lang: language, "data-state": status },
    make("span", { part: "handle", dir: "ltr" }, `@${username}`),
    make("span", { part: "state", class: isActive ? undefined : "problem" }, texts[status] ?? status),
    !isActive && reconnector(given, account), leaveButton(account, texts, disconnect));
}

function reconnector(given, { id }) {
  const { host, texts } = given;
  const size = host.getAttribute("size") ?? undefined;
  return connector(given, { id: `reconnect-${id}`, "reconnect-account-id": id, size, exportparts: PARTS }, texts.reconnect, host.localName);
}

export const severalRow = ({ language, texts }, count) => make("div", { part: "account", lang: language }, texts.several.replace("{}", count));

export const troubleRow = (texts, message, again) =>
  make("div", {}, make("span", { part: "problem", class: "problem", role: "alert" }, message), button("retry", texts.again, again));
