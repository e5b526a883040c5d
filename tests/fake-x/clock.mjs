// The stand-in's time. Codes, tokens, rate windows and listings follow it, so a test advances it and never sleeps.

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export class Clock {
  #offset = 0;
  #frozenAt = null;

  now() {
    return this.#frozenAt ?? Date.now() + this.#offset;
  }

  get frozen() {
    return this.#frozenAt !== null;
  }

  advance(ms) {
    if (this.frozen) this.#frozenAt += ms;
    else this.#offset += ms;
  }

  freeze() {
    this.#frozenAt = this.now();
  }

  thaw() {
    if (this.frozen) this.#offset = this.#frozenAt - Date.now();
    this.#frozenAt = null;
  }
}
