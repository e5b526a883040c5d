/** The watch over each visit sees what it is there to see. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

/** A visit that is not ended by the test, because it could not be clean any more. */
async function misbehave(act) {
  let end;
  const visit = await stage.visit({ after: (hook) => (end = hook) });
  await act(visit);
  return end();
}

test("a request to a fourth site fails the visit", () =>
  assert.rejects(
    misbehave(async ({ context }) => {
      const page = await context.newPage();
      await context.route("http://elsewhere.example/", (route) => route.fulfill({ body: "" }));
      await page.goto("http://elsewhere.example/");
    }),
    /asked for by a page[^]*elsewhere\.example/,
  ));

test("a violation of the site's policy fails the visit", () =>
  assert.rejects(
    misbehave(async ({ page }) => {
      await page.evaluate(() => {
        const violated = new Promise((resolve) => addEventListener("securitypolicyviolation", resolve, { once: true }));
        document.body.setAttribute("style", "color: red");
        return violated.then(() => {});
      });
    }),
    /CSP: style-src-attr inline/,
  ));

test("the product's name in a page fails the visit", () =>
  assert.rejects(
    misbehave(({ page }) => page.evaluate(() => document.body.append("made with LatchKey"))),
    /the product's name/,
  ));

test("the product's name in a cookie fails the visit", () =>
  assert.rejects(
    misbehave(({ context, acme }) => context.addCookies([{ name: "latchkey", value: "1", url: acme.origin }])),
    /the product's name/,
  ));

test("a line on the browser's console fails the visit", () =>
  assert.rejects(
    misbehave(({ page }) => page.evaluate(() => console.error("something is wrong"))),
    /something is wrong/,
  ));
