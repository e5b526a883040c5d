/** The benches' options: all of them are whole numbers. */

import { parseArgs } from "node:util";

/** `defaults` names every option there is; null is "absent unless given". */
export function readOptions(defaults) {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" }]));
  const { values } = parseArgs({ options });
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, number(name, values[name], value)]));
}

function number(name, text, absent) {
  if (text === undefined) return absent;
  if (!/^[1-9]\d*$/.test(text)) throw new TypeError(`--${name} takes a whole number above 0, not ${text}`);
  return Number(text);
}
