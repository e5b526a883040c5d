/** The events of webhooks, `[name, words]`, and the actions of the audit. The build writes the file, of core's tables. */
export { actions as ACTIONS, events as EVENTS } from "../../../build/lists.json";
