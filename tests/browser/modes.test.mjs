/** The page itself goes to X and comes back: by choice, on a phone, or because the window was blocked. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { blockWindows, buttonOf, inState, startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const PHONE = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } };

/** What the tab remembers of an attempt. */
const kept = (page) => page.evaluate(() => sessionStorage.getItem("connect-x"));
const starts = (visit) => visit.traffic.to("/connect/start").map((request) => request.postData());
const verifierSent = (visit) => visit.traffic.to("/complete").length;

/** Back from X, in the same tab. */
async function backFromX(visit, decision = "authorize") {
  const back = visit.page.waitForURL(`${visit.acme.origin}/**`);
  await visit.answer(visit.page, decision);
  await back;
}

/** As a page does whose site hides where its visitors come from. */
const sendNoReferrer = (page) =>
  page.evaluate(() => {
    const policy = Object.assign(document.createElement("meta"), { name: "referrer", content: "no-referrer" });
    document.head.append(policy);
  });

test("the page leaves for X, comes back and connects, and nothing stays in the tab or in its address", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await page.goto(`${visit.acme.origin}/?tab=accounts`);
  await visit.configure({ mode: "redirect" });
  await visit.leaveForX();
  assert.equal(visit.context.pages().length, 1);
  await backFromX(visit);
  const { type, detail } = await visit.onlyEvent();
  assert.deepEqual([type, detail.account.username], ["connected", visit.user.username]);
  assert.equal(page.url(), `${visit.acme.origin}/?tab=accounts`);
  assert.equal(await kept(page), null);
  assert.match(starts(visit)[0], /display=page/);
  assert.doesNotMatch(starts(visit)[0], /code_verifier/);
  assert.equal(verifierSent(visit), 1);
});

test("a refusal at X comes back as one cancelled event", async (t) => {
  const visit = await stage.visit(t);
  await visit.configure({ mode: "redirect" });
  await visit.leaveForX();
  await backFromX(visit, "cancel");
  assert.deepEqual((await visit.onlyEvent()).detail, { reason: "access_denied" });
  assert.equal(await kept(visit.page), null);
});

test("a reload in the middle of coming back connects all the same, once", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await visit.configure({ mode: "redirect" });
  await visit.leaveForX();
  const held = visit.hold("**/complete");
  await backFromX(visit);
  await held;
  await page.reload();
  assert.equal((await visit.onlyEvent()).type, "connected");
  assert.equal((await visit.accounts()).length, 1);
});

test("the back button leads to a button that can be pressed again", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await visit.configure({ mode: "redirect" });
  await visit.leaveForX();
  await page.goBack();
  await inState(page, "left");
  assert.equal(await buttonOf(page).getAttribute("aria-busy"), "false");
  await visit.configure({ mode: "redirect" });
  await visit.leaveForX();
  await backFromX(visit);
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("on a phone `auto` leaves in the same tab, and X's answer connects even if that tab never runs again", async (t) => {
  const visit = await stage.visit(t, PHONE);
  const { page } = visit;
  await visit.configure({ mode: "auto" });
  await visit.leaveForX();
  assert.equal(visit.context.pages().length, 1);
  assert.match(starts(visit)[0], /code_verifier/);
  visit.traffic.tolerate(/ERR_FAILED/);
  await page.route("**/embed.js", (route) => route.abort());
  await backFromX(visit);
  assert.equal((await visit.accounts()).length, 1);
  await page.unroute("**/embed.js");
  await page.reload();
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("on a desk `auto` opens a window", async (t) => {
  const visit = await stage.visit(t);
  await visit.configure({ mode: "auto" });
  await visit.connects();
});

test("where windows are blocked `auto` leaves in the same tab", async (t) => {
  const visit = await stage.visit(t);
  await visit.configure({ mode: "auto" });
  await blockWindows(visit.page);
  await visit.leaveForX();
  await backFromX(visit);
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("a page that sends no referrer leaves with its true origin, and sends no referrer afterwards either", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await sendNoReferrer(page);
  await visit.configure({ mode: "redirect" });
  await visit.leaveForX();
  const [start] = visit.traffic.to("/connect/start");
  assert.equal((await start.allHeaders()).origin, visit.acme.origin);
  await backFromX(visit);
  await visit.onlyEvent();
  assert.equal(await page.locator("iframe").count(), 0);
});

test("a page that sends no referrer connects by a window too", async (t) => {
  const visit = await stage.visit(t);
  await sendNoReferrer(visit.page);
  await visit.configure({ mode: "popup" });
  await visit.connects();
});

test("the tab that comes back is the one that left, whichever tab was opened since", async (t) => {
  const visit = await stage.visit(t);
  await visit.configure({ mode: "redirect" });
  await visit.leaveForX();
  const other = await visit.open();
  assert.equal(await kept(other), null);
  await backFromX(visit);
  assert.equal((await visit.onlyEvent()).type, "connected");
  await visit.events(0, other);
});

test("storage that the page may not use is an error before anything leaves", async (t) => {
  const visit = await stage.visit(t);
  await visit.configure({ mode: "redirect" });
  await visit.page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("forbidden", "SecurityError");
    };
  });
  await buttonOf(visit.page).click();
  const { detail } = await visit.onlyEvent();
  assert.deepEqual([detail.code, detail.retryable], ["storage_blocked", false]);
  assert.deepEqual(starts(visit), []);
});
