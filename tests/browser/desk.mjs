/**
 * The operator at the dashboard, in a browser of its own. A desk counts the presses that a test makes with it, and ends
 * with the test: then the browser must have had nothing to complain of, and must have asked nobody but the three sites.
 */

import assert from "node:assert/strict";
import { api, cookieOf, startBench } from "../support/client.mjs";
import { holdToDescription } from "../support/contract.mjs";
import { setUp } from "../support/set-up.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { assertAccessible } from "./accessible.mjs";
import { launchBrowser, PATIENCE_MS } from "./chromium.mjs";
import { Complaints } from "./complaints.mjs";

export const PHONE = { viewport: { width: 390, height: 844 } };
export const WIDE = { viewport: { width: 1440, height: 900 } };

/** A Worker and the stand-in, without an X app unless `register` says so. */
export const startOffice = (options) => setUp((opened) => openOffice(options, opened));

async function openOffice({ register = false } = {}, opened) {
  const bench = opened(await startBench({ register }), "stop");
  const browser = opened(await launchBrowser(), "close");
  return {
    ...bench,
    browser,
    /** At the dashboard, signed in unless `key` is null. */
    async sit(t, { key = ADMIN_KEY, ...options } = {}) {
      const desk = await Desk.begin({ ...bench, browser }, { ...WIDE, ...options });
      t.after(() => desk.end());
      if (key !== null) await desk.remember(key);
      await desk.page.goto(bench.worker.origin);
      if (key !== null) await desk.isIn();
      return desk;
    },
    async stop() {
      await browser.close();
      await bench.stop();
    },
  };
}

export class Desk {
  presses = 0;
  #complaints;
  #foreign = [];
  #described;

  static async begin({ worker, x, browser }, options) {
    const context = await browser.newContext({ reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const desk = Object.assign(new Desk(), { worker, x, context });
    await desk.#watch();
    desk.page = await context.newPage();
    return desk;
  }

  /** The cookie of whoever signed in before the page is there. */
  async remember(key) {
    const page = { "sec-fetch-site": "same-origin" };
    const answer = await api(this.worker, { key: null }).post("/v1/dashboard/session", { key }, page);
    assert.equal(answer.status, 201, answer.text);
    const [name, value] = cookieOf(answer).split("=");
    await this.context.addCookies([{ name, value, url: this.worker.origin, httpOnly: true, sameSite: "Strict" }]);
  }

  /** The dashboard is there, for whoever is signed in. */
  isIn() {
    return this.page.locator(".shell main h1").waitFor();
  }

  async signIn(key) {
    await this.page.getByLabel("API key").fill(key);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.isIn();
  }

  /** Goes where an address leads, as a bookmark does. */
  async open(place, heading) {
    await this.page.goto(`${this.worker.origin}/#/${place}`);
    if (heading) await this.shows(heading);
  }

  /** The page is drawn, by its whole heading: the address changes before, while the page of the last one is still there. */
  async shows(heading) {
    await this.page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  }

  /** Nothing of the page is on its way any more. */
  isLoaded() {
    return this.page.waitForFunction(() => !document.querySelector(".loading"));
  }

  /** One press with the mouse, counted. */
  async press(locator, options) {
    this.presses += 1;
    await locator.click(options);
  }

  /** How many presses `work` takes. */
  async pressesOf(work) {
    const before = this.presses;
    await work();
    return this.presses - before;
  }

  button(name, exact = false) {
    return this.page.getByRole("button", { name, exact });
  }

  /** What the page says of what has just been done. */
  async hears(text) {
    await this.page.locator(".toast", { hasText: text }).waitFor();
  }

  /** Presses <connect-x>, and answers X's question as `username`. */
  async connect(button, username) {
    const [popup] = await Promise.all([this.page.waitForEvent("popup"), this.press(button)]);
    await popup.locator(`input[name=user][value="${username}"]`).check();
    await this.press(popup.locator("button[value=authorize]"), { noWaitAfter: true });
  }

  /** axe has nothing to say of the page as it is, in light and in dark. */
  assertAccessible(what) {
    return assertAccessible(this.page, what);
  }

  /** Complaints that a test brings about, such as the console's line for each refused request. */
  tolerate(...patterns) {
    this.#complaints.tolerate(...patterns);
  }

  async end() {
    await this.context.close();
    await this.#described();
    assert.deepEqual(this.#foreign, [], "asked for by the dashboard");
    this.#complaints.assertNone();
  }

  async #watch() {
    this.#described = holdToDescription(this.context, this.worker.origin);
    const sites = [this.worker.origin, this.x.site];
    this.#complaints = await Complaints.of(this.context);
    this.context.on("request", (request) => {
      const url = request.url();
      if (url.startsWith("http") && !sites.includes(new URL(url).origin)) this.#foreign.push(url);
    });
  }
}

/** The button that connects. */
export const connectX = (page, id) => page.locator(`connect-x#${id} [part=button]`);
