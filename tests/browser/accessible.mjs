/** What axe-core finds in a page as it is. */

import assert from "node:assert/strict";
import axe from "axe-core";

/** A page that customers see, or its frame before it is there: pages.test.mjs opens each as a page of its own. */
const SAMPLE = /^$|\/v1\/dashboard\/pages\//;

/** axe has nothing to say of the page, in light and in dark. `what` is the page's name in a failure. */
export async function assertAccessible(page, what) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    assert.deepEqual(await violationsIn(page), [], `${what}, ${colorScheme}`);
  }
}

/**
 * Of a page that is shown as it is. axe reads one document: a page with frames would need axe in each of them. It stays
 * in the document for the next time, since reading its half a megabyte takes longer than what it does.
 */
async function violationsIn(page) {
  const others = page.frames().slice(1).filter((frame) => !SAMPLE.test(frame.url()));
  assert.deepEqual(others.map((frame) => frame.url()), [], "frames are not looked into");
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { iframes: false, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
  });
}
