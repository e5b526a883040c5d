/** Package entry. Importing it registers nothing: import "…/define", or define the element under a name of your own. */

export { ConnectXElement } from "./connect-x-element.js";
