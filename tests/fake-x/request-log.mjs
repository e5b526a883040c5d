// What arrived, in order: a test counts effects and reads credentials here, so headers are kept as they came.
import { EventEmitter, on } from "node:events";

export class RequestLog {
  #entries = [];
  #events = new EventEmitter();
  #clock;

  constructor(clock) {
    this.#clock = clock;
  }

  /**
   * `route` is null for a request that matches nothing here; `status` stays null until the effect is known. `body` is
   * its text, and null for an upload: of those only `size` is kept. `username` is whose token the request carries.
   */
  add(request, route, username) {
    const entry = {
      time: this.#clock.now(),
      method: request.method,
      path: request.path,
      username,
      query: Object.fromEntries(request.query),
      headers: request.headers,
      body: request.body,
      size: request.size,
      route: route?.name ?? null,
      fault: null,
      status: null,
    };
    this.#entries.push(entry);
    return entry;
  }

  /** `status` is what was answered, or "closed" where the connection was cut instead. */
  settle(entry, status) {
    entry.status = status;
    this.#events.emit("settled", entry);
  }

  list(filter = {}) {
    return this.#entries.filter((entry) => fits(entry, filter));
  }

  /** Resolves once `count` matching requests have had their effect; rejects with what did arrive. */
  async received(filter, count, waitMs) {
    const settled = this.list(filter).filter((entry) => entry.status !== null);
    const arrivals = on(this.#events, "settled", { signal: AbortSignal.timeout(waitMs) });
    try {
      while (settled.length < count) {
        const [entry] = (await arrivals.next()).value;
        if (fits(entry, filter)) settled.push(entry);
      }
    } catch {
      throw new Error(`waited ${waitMs} ms for ${count} of ${JSON.stringify(filter)}; arrived: ${this.#summary()}`);
    } finally {
      await arrivals.return();
    }
    return settled;
  }

  clear() {
    this.#entries = [];
  }

  #summary() {
    const lines = this.#entries.map(({ method, path, status }) => `${method} ${path} ${status}`);
    return lines.join(", ") || "nothing";
  }
}

/** `path` is compared with the path and with the route's pattern; `unmatched` keeps what no route took. */
const fits = (entry, { method, path, username, status, unmatched }) =>
  (method === undefined || entry.method === method) &&
  (username === undefined || entry.username === username) &&
  (path === undefined || entry.path === path || entry.route?.endsWith(` ${path}`)) &&
  (status === undefined || String(entry.status) === String(status)) &&
  (!unmatched || entry.route === null);
