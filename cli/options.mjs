/** The options of a command, and questions for what is missing. */

import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";

const COMMON = { env: { type: "string", default: "production" }, yes: { type: "boolean", default: false } };

export const options = (args, own = {}) => parseArgs({ args, options: { ...COMMON, ...own } }).values;

/** The answer of the person at the terminal. Without a person, the option has to be given. */
export async function ask(question, option) {
  if (!process.stdin.isTTY) throw new Error(`nobody is here to be asked: add ${option}`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${question} `)).trim();
  } finally {
    terminal.close();
  }
}

/** Goes on with a yes alone. */
export async function confirm(question, { yes }) {
  if (yes) return;
  const answer = await ask(`${question} [y/N]`, "--yes");
  if (!/^y(es)?$/i.test(answer)) throw new Error("nothing was changed");
}
