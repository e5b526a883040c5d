/** Tests that mostly wait, each for accounts, apps or Workers of its own: several at a time, so that their waits overlap. */

import { describe } from "node:test";

const AT_ONCE = 4;

export const sideBySide = (name, tests) => describe(name, { concurrency: AT_ONCE }, tests);
