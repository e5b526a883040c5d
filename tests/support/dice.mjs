/** Draws of one generated sequence. The bytes follow from the test's seed (tests/fake-x/random.mjs). */

import { seededBytes } from "../fake-x/random.mjs";

export function dice(size = 4096) {
  const bytes = seededBytes(size);
  let at = 0;
  const number = (below) => bytes.readUInt16BE((at = (at + 2) % (size - 2))) % below;
  return { number, one: (list) => list[number(list.length)], maybe: () => number(2) === 0 };
}
