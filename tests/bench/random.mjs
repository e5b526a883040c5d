/** Numbers that look random and follow from a seed: a plan can be made again, the timing of processes cannot. */

import { randomInt } from "node:crypto";

export const anySeed = () => randomInt(2 ** 31);

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1: mulberry32, whose author gave it to the public domain. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability) {
    return this.next() < probability;
  }

  of(list) {
    return list[this.between(0, list.length - 1)];
  }
}
