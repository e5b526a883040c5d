/** The browser is as Playwright wants it, and does nothing that only a person in front of it would see. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "./chromium.mjs";

let browser;
let session;
before(async () => {
  browser = await launchBrowser();
  session = await browser.newBrowserCDPSession();
});
after(() => browser?.close());

test("what Playwright switches off is off", async () => {
  const { commandLine } = await session.send("SystemInfo.getInfo");
  const lists = [...commandLine.matchAll(/--disable-features=(\S+)/g)].map(([, list]) => list.split(","));
  assert.ok(lists.length > 1, commandLine);
  // Chromium obeys the last one.
  const ours = lists.at(-1);
  assert.deepEqual(lists.flat().filter((feature) => !ours.includes(feature)), []);
});

test("a window loads its page, and none of the browser's own", async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  await context.newPage();
  const { targetInfos } = await session.send("Target.getTargets", { filter: [{}] });
  assert.deepEqual(targetInfos.map(({ url }) => url).filter((url) => url.startsWith("chrome:")), []);
});
