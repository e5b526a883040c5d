/** A button of the package inside an element, which makes its sessions by the token of the page. */

import { make } from "./make.js";

export const ACCOUNTS = "/v1/social-accounts";

/** `attributes.id` is unique within the element. Another `tag` is what the page has registered the button as. */
export function connector({ host, session, language }, { id, ...attributes }, label, tag = "connect-x") {
  const names = { id: `${host.id || host.localName}-${id}`, part: "connect", exportparts: "button: connect-button, status: connect-status" };
  const made = make(tag, { ...names, lang: language, ...attributes, mode: host.getAttribute("mode") ?? "popup" }, label);
  made.fetchSession = async ({ signal, ...wishes }) => (await session.call("POST", "/v1/connect-sessions", { body: { network: "x", ...wishes }, signal })).data;
  // The element itself is ready when all of it is. A listener that captures would hear of the button before any that stops the event.
  made.dispatchEvent = (event) => event.type === "ready" || EventTarget.prototype.dispatchEvent.call(made, event);
  return made;
}
