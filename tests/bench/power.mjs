/** The power supply of a Worker under test: SIGKILL to workerd, and a new start on what the disk has. */

export class Power {
  cuts = 0;
  #worker;
  #on = Promise.resolve();

  constructor(worker) {
    this.#worker = worker;
  }

  cut() {
    this.cuts += 1;
    this.#on = this.#worker.kill().then(() => this.#worker.restart());
    return this.#on;
  }

  /** Repeats a call for as long as it fails by a cut. What fails by itself has failed. */
  async through(call) {
    for (;;) {
      await this.#on;
      const { cuts } = this;
      try {
        return await call();
      } catch (error) {
        if (this.cuts === cuts) throw error;
      }
    }
  }
}
