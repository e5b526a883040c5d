/** A code verifier and its challenge (RFC 7636 §4.1, §4.2, S256), for pages that post the start themselves. */

import { loadAttempt } from "./begin.js";

export class Pkce {
  #attempt;

  /** 256 bits from the browser's generator. */
  static async create() {
    const { Attempt } = await (await loadAttempt()).loadWasm();
    const pkce = new Pkce();
    pkce.#attempt = new Attempt();
    return pkce;
  }

  get challenge() {
    return this.#attempt.challenge();
  }

  get verifier() {
    return this.#attempt.verifier();
  }

  /** Drops the verifier. */
  free() {
    this.#attempt.free();
  }
}
