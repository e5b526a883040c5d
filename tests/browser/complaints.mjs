/** What a browser complains of: lines on its console, scripts that fail, and what a page's policy forbids. */

import assert from "node:assert/strict";

/** X's pictures cannot be reached in a test: the first letter of the name stands in the place of each. */
const PICTURE = /\/connect\/result\/[^/]+\/picture$/;

export class Complaints {
  #heard = [];
  #tolerated = [];

  /** Of every page of a context. `isReport(text)` takes the lines of the console that are no complaints. */
  static async of(context, isReport = () => false) {
    const complaints = new Complaints();
    const add = (line) => complaints.#heard.push(line);
    await context.exposeBinding("reportViolation", (_, violation) => add(`CSP: ${violation}`));
    await context.addInitScript(reportViolations);
    context.on("console", (message) => {
      const { url } = message.location();
      if (["error", "warning"].includes(message.type()) && !isReport(message.text()) && !PICTURE.test(url)) add(`${message.text()} ${url}`);
    });
    context.on("weberror", (event) => add(event.error().stack));
    return complaints;
  }

  /** Those that a test brings about, such as the console's line for each refused request. */
  tolerate(...patterns) {
    this.#tolerated.push(...patterns);
  }

  assertNone() {
    const complaints = this.#heard.filter((line) => !this.#tolerated.some((pattern) => pattern.test(line)));
    assert.deepEqual(complaints, [], "complaints of the browser");
  }
}

/** Runs in every page. */
function reportViolations() {
  addEventListener("securitypolicyviolation", (event) => {
    globalThis.reportViolation(`${event.violatedDirective} ${event.blockedURI} on ${event.documentURI}`);
  });
}
