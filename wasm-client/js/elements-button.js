/** The account of a button with a page session. Loaded by the button's second part where the page has one. */

export { manage } from "./elements/button.js";
