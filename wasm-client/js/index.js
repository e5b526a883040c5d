/** Package entry. Importing it registers nothing and is safe on a server. */

export { connect, resume } from "./connect.js";
export { ConnectError } from "./connect-error.js";
export { ConnectXElement } from "./connect-x-element.js";
export { defineConnectX } from "./define.js";
export { Pkce } from "./pkce.js";
export { defineElements, XAccountsElement, XComposerElement, XPostsElement } from "./elements/define.js";
export { XElement } from "./elements/element.js";
export { setWasmUrl } from "./sources.js";
