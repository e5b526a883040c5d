/** No page that a customer sees moves while it arrives, nor while its logo and its picture are on their way. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { askingPost } from "../support/approval.mjs";
import { browse, complete, consent, cookieOf, createSession, newAccount, newVerifier } from "../support/client.mjs";
import { uploadMedia } from "../support/publish-media.mjs";
import { authorized, createLink, declined, inOtherBrowser, leftForX, newPerson, openLink } from "../support/sign-in.mjs";
import { startSite } from "../support/site.mjs";
import { PHONE, WIDE } from "./desk.mjs";
import { postHiddenStart, startStage, withoutRefresh } from "./stage.mjs";

/** By Chromium's measure (https://web.dev/articles/cls): a line that is wrapped anew as its end arrives. A card that moves is a hundred times as much. */
const REWRAPPED = 0.0005;
const SLOW = /\/connect\/logo\/|\/picture$|\/approval\/.*\/media\//;

let stage;
let site;
before(async () => {
  stage = await startStage();
  const body = await readFile(new URL("../../docs/images/demo.png", import.meta.url));
  site = await startSite({ "/logo.png": { body }, "/me.png": { body: await readFile(new URL("../../docs/images/button.png", import.meta.url)) } });
  await stage.api.patch("/v1/settings", { brand: { name: "Acme Social", color: "#ffe600", logo_url: `${site.origin}/logo.png` } });
});
after(() => Promise.all([stage?.stop(), site?.stop()]));

const person = () => newPerson(stage, { profile_image_url: `${site.origin}/me.png` });
const at = ({ headers }, cookie) => ({ path: headers.get("location"), cookie });

async function throughLink() {
  const { location, cookie } = await openLink(stage, await createLink(stage, { label: "Acme" }));
  return { cookie, callback: consent(stage, location, person()) };
}

/** Where each page is, by its heading, and how many pictures it has. */
const PAGES = {
  "Your code will appear here": [1, async () => inOtherBrowser(stage, { label: "Robin" }).then(({ arrived, other }) => at(arrived, other))],
  "Confirm that this is you": [2, async () => {
    const attempt = await inOtherBrowser(stage, { username: person() });
    await complete(stage, attempt.session, attempt.verifier);
    return at(attempt.arrived, attempt.other);
  }],
  "Connect this account?": [2, async () => {
    const arrived = await browse(stage, (await throughLink()).callback);
    return at(arrived, cookieOf(arrived));
  }],
  Connected: [2, async () => {
    const { session, verifier, arrived, cookie } = await authorized(stage, { username: person() });
    await complete(stage, session, verifier);
    return at(arrived, cookie);
  }],
  Done: [1, async () => authorized(stage).then(({ arrived, cookie }) => at(arrived, cookie))],
  "Not connected": [1, async () => {
    const { location, cookie } = await leftForX(stage);
    return at(await browse(stage, declined(location), cookie), cookie);
  }],
  "Continue where you started": [1, async () => {
    const { callback } = await throughLink();
    await browse(stage, callback);
    return at(await browse(stage, callback), undefined);
  }],
  "Approve this post?": [1, async () => {
    const account = await newAccount(stage);
    return { path: (await askingPost(stage, account)).approval.url };
  }],
};

for (const [size, options] of [["wide", WIDE], ["on a phone", PHONE]]) {
  for (const [heading, [pictures, arrange]] of Object.entries(PAGES)) {
    test(`"${heading}" stands still while its pictures come, ${size}`, async (t) => {
      const { page, letGo } = await held(t, options);
      const { path, cookie } = await arrange();
      await wear(page, cookie);
      await page.goto(new URL(path, stage.worker.origin).href, { waitUntil: "domcontentloaded" });
      await assertStill(page, { heading, pictures, letGo });
    });
  }

  test(`the page before X stands still while its logo comes, ${size}`, async (t) => {
    const { page, letGo } = await held(t, options);
    const { token } = await createSession(stage, { label: "Donaudampfschifffahrtsgesellschaftskapitaen".repeat(2).slice(0, 80) });
    await page.goto("about:blank");
    await page.evaluate(postHiddenStart, { action: `${stage.worker.origin}/connect/start`, token, code_challenge: newVerifier().challenge });
    await assertStill(page, { heading: "Connect your X account", pictures: 1, letGo });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "a label without a space fits");
  });
}

/** A page whose pictures nobody answers until `letGo()`, and which writes down what moves. */
async function held(t, options) {
  const context = await stage.browser.newContext(options);
  t.after(() => context.close());
  const { promise: until, resolve: letGo } = Promise.withResolvers();
  await context.route(SLOW, (route) => until.then(() => route.continue()));
  await context.route(/\/connect\/result\/[^/]+$/, withoutRefresh);
  await context.addInitScript(watchShifts);
  const page = await context.newPage();
  // As a slow phone draws: the beginning is seen before the end is there.
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 10 });
  return { page, letGo };
}

/** Runs in the page. It stays open for whoever looks at it. */
function watchShifts() {
  globalThis.close = () => {};
  const shifts = [];
  const keep = (entries) => shifts.push(...entries.map(({ value, hadRecentInput, sources }) => ({ value, hadRecentInput, of: sources.map(({ node }) => node?.className ?? node?.nodeName) })));
  const observer = new PerformanceObserver((list) => keep(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  globalThis.shiftsSoFar = () => {
    keep(observer.takeRecords());
    return shifts.filter(({ hadRecentInput }) => !hadRecentInput);
  };
}

async function wear(page, cookie) {
  if (!cookie) return;
  const [name, value] = cookie.split("=");
  await page.context().addCookies([{ name, value, url: stage.worker.origin }]);
}

/** Drawn without its pictures, then with them. */
async function assertStill(page, { heading, pictures, letGo }) {
  await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  await drawn(page);
  assert.deepEqual(await widths(page), Array(pictures).fill(0), "none is there yet");
  letGo();
  await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
  await drawn(page);
  const moved = (await page.evaluate(() => globalThis.shiftsSoFar())).filter(({ value }) => value > REWRAPPED);
  assert.deepEqual(moved, []);
}

const widths = (page) => page.evaluate(() => [...document.images].map(({ naturalWidth }) => naturalWidth));
/** Two frames on, what has moved has been written down. */
const drawn = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
