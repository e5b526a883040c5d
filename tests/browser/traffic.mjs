/** What a visit asked for, was told, and complained about: and what none of it may ever be. */

import assert from "node:assert/strict";
import { remedies } from "../../wasm-client/js/remedies.js";
import { holdToDescription } from "../support/contract.mjs";
import { Complaints } from "./complaints.mjs";

/** An end user never meets the product's name. */
export const OUR_NAME = /latchkey/i;

const REPORT = /^(connect-x|x-accounts|x-posts|x-composer): (?<code>\w+): /;
const SECRET = /[cp]st_\w|test-admin-key/;

export class Traffic {
  requests = [];
  /** What the button has told the site's developers, line by line. */
  reports = [];
  #sites;
  #described;
  #complaints;
  #named = [];

  static async of(context, sites, worker) {
    const traffic = new Traffic();
    traffic.#sites = sites;
    traffic.#described = holdToDescription(context, worker);
    traffic.context = context;
    traffic.#complaints = await Complaints.of(context, (line) => REPORT.test(line) && traffic.#report(line));
    context.on("request", (request) => traffic.#see(request));
    context.on("response", (response) => traffic.#read("response", response.url(), response.headers()));
    return traffic;
  }

  /** Complaints that a test brings about, such as the console's line for each refused request. */
  tolerate(...patterns) {
    this.#complaints.tolerate(...patterns);
  }

  /** A fourth site that a test brings along. */
  allow(origin) {
    this.#sites.push(origin);
  }

  /** Requests whose URL has `part`. */
  to(part) {
    return this.requests.filter((request) => request.url().includes(part));
  }

  /** What the API said is as openapi.json says. Once the browser has ended, so that no answer is still to come. */
  assertDescribed() {
    return this.#described();
  }

  async assertClean() {
    // The elements pass on the API's own hint.
    const mute = this.reports.filter((line) => !Object.hasOwn(remedies, REPORT.exec(line).groups.code) && /: $|Look up the code/.test(line));
    assert.deepEqual(mute, [], "an error without a remedy");
    const foreign = this.requests.map((request) => request.url()).filter((url) => !this.#isOfTheStage(url));
    assert.deepEqual(foreign, [], "asked for by a page");
    for (const page of this.context.pages()) this.#read("page", page.url(), await textOf(page));
    for (const cookie of await this.context.cookies()) this.#read("cookie", cookie.domain, cookie);
    assert.deepEqual(this.#named, [], "the product's name, where an end user can find it");
    this.#complaints.assertNone();
  }

  #see(request) {
    this.requests.push(request);
    this.#read("request", request.url(), [request.headers(), request.postData()]);
  }

  #isOfTheStage(url) {
    return !url.startsWith("http") || this.#sites.includes(new URL(url).origin);
  }

  #read(what, where, content) {
    const text = `${where} ${JSON.stringify(content)}`;
    if (OUR_NAME.test(text)) this.#named.push(`${what}: ${text}`);
  }

  /** Of the button's own making: tests hear of it by the event that goes with it. */
  #report(line) {
    assert.doesNotMatch(line, SECRET, "a secret in the console");
    return this.reports.push(line);
  }
}

/**
 * Everything that is in a page: its markup, the button's own tree, and what was said by events. Nothing of a popup that
 * closes while it is read: closing itself is what it is for, and nobody can look at it any more.
 */
async function textOf(page) {
  // By a locator, whose patience is limited: a page that is stuck fails its test, and does not hold up the others.
  const reading = page.locator(":root").evaluate((root) => {
    const trees = [...document.querySelectorAll("connect-x, x-accounts, x-posts, x-composer")].map((element) => element.shadowRoot?.innerHTML ?? "");
    return [root.outerHTML, trees, globalThis.ended ?? []];
  });
  return reading.catch((error) => {
    if (!page.isClosed()) throw error;
  });
}
