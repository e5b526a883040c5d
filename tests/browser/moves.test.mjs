/** What happens to the page while X is open: the button is moved, the page is loaded anew, the tab itself was at X. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inState, lookAtX, onePage, startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const stored = (page) => page.evaluate(() => JSON.stringify({ ...sessionStorage }));

const buttonNamed = (id) => `<p><connect-x id="${id}" session-url="/api/x/session"></connect-x></p>`;

/** Ways of a page to put the element elsewhere. */
const MOVES = {
  "in one step": (element) => document.body.prepend(element),
  "out and back in": (element) => {
    element.remove();
    document.body.append(element);
  },
  "out, and back in a later task": async (element) => {
    const place = element.parentNode;
    element.remove();
    await new Promise((resolve) => setTimeout(resolve, 100));
    place.append(element);
  },
  "into another shadow tree": (element) => {
    const host = document.body.appendChild(document.createElement("div"));
    host.attachShadow({ mode: "open" }).append(element);
  },
};

for (const [how, move] of Object.entries(MOVES)) {
  test(`a button that is moved ${how} while X is open goes on, and connects`, async (t) => {
    const visit = await stage.visit(t);
    const popup = await visit.pressUntilX();
    await visit.page.locator("connect-x").evaluate(move);
    await inState(visit.page, "authorizing");
    await visit.answer(popup, "authorize");
    assert.equal((await visit.onlyEvent()).type, "connected");
    assert.equal(visit.traffic.to("/api/x/session").length, 1);
  });
}

test("a page that is loaded anew while X's window is open finds its session, and connects", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  const popup = await visit.pressUntilX();
  assert.equal(await stored(page), "{}");
  await page.reload();
  await inState(page, "left");
  await lookAtX(page);
  assert.equal(await stored(page), "{}");
  await visit.answer(popup, "authorize");
  const { type, detail } = await visit.onlyEvent();
  assert.deepEqual([type, detail.account.username], ["connected", visit.user.username]);
  assert.equal(visit.traffic.to("/api/x/session").length, 1);
  assert.equal(await stored(page), "{}");
});

test("two buttons of a page that is loaded anew find a session each", async (t) => {
  const visit = await stage.visit(t, { files: onePage(["first", "second"].map(buttonNamed).join("")) });
  const { page } = visit;
  const [first, second] = ["#first", "#second"].map((id) => page.locator(`${id} [part=button]`));
  await visit.pressUntilX(page, first);
  const popup = await visit.pressUntilX(page, second);
  await page.reload();
  await page.locator("#first:state(left)").waitFor();
  await page.locator("#second:state(left)").waitFor();
  await lookAtX(page);
  await visit.answer(popup, "authorize");
  const { type, id } = await visit.onlyEvent();
  assert.deepEqual([type, id], ["connected", "second"]);
});

test("after a reload the button opens X again, for the same session", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await visit.pressUntilX();
  await page.reload();
  await inState(page, "left");
  await lookAtX(page);
  await visit.connects();
  assert.equal(visit.traffic.to("/api/x/session").length, 1);
});

test("a session that ended while the page was loaded anew is told as its end", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  const popup = await visit.pressUntilX();
  // Gone from the page, and not yet back at it.
  await page.goto("about:blank");
  const closed = popup.waitForEvent("close");
  await visit.answer(popup, "cancel");
  await closed;
  await page.goto(visit.acme.origin);
  assert.deepEqual((await visit.onlyEvent()).detail, { reason: "access_denied" });
});

/** The page's own script comes before the button's. */
const withScript = (body, script) => ({
  ...onePage(body, { head: '<script type="module" src="/page.js"></script>' }),
  "/page.js": [script, "text/javascript; charset=utf-8"],
});

/** Higher than the window. */
const LONG = `<svg width="10" height="3000"></svg><h2 id="accounts">Accounts</h2>
  <connect-x mode="redirect" session-url="/api/x/session"></connect-x><svg width="10" height="3000"></svg>`;

test("the page that comes back has its fragment and its scroll", async (t) => {
  const visit = await stage.visit(t, { files: onePage(LONG) });
  const { page } = visit;
  await page.goto(`${visit.acme.origin}/?tab=a%20b#accounts`);
  // The test's own mouse would scroll.
  await page.evaluate(() => {
    scrollTo(0, 2900);
    document.querySelector("connect-x").shadowRoot.querySelector("button").click();
  });
  await page.locator("button[value=authorize]").waitFor();
  const back = page.waitForURL(`${visit.acme.origin}/**`);
  await visit.answer(page, "authorize");
  await back;
  assert.equal((await visit.onlyEvent()).type, "connected");
  assert.equal(page.url(), `${visit.acme.origin}/?tab=a%20b#accounts`);
  await page.waitForFunction(() => scrollY === 2900);
  assert.equal(await page.locator("h2:target").count(), 1);
});

test("a page that routes by its fragment is told of it, and the button that it makes then goes on", async (t) => {
  const router = `
    const show = () => {
      globalThis.shown = location.hash;
      document.querySelector("connect-x[mode]")?.remove();
      if (location.hash !== "#/accounts") return;
      const button = document.createElement("connect-x");
      button.setAttribute("mode", "redirect");
      button.setAttribute("session-url", "/api/x/session");
      document.body.prepend(button);
    };
    addEventListener("hashchange", show);
    show();`;
  const visit = await stage.visit(t, { files: withScript(`<connect-x id="other" session-url="/"></connect-x>`, router) });
  const { page } = visit;
  await page.evaluate(() => (location.hash = "#/accounts"));
  await page.locator("connect-x[mode]").waitFor();
  await visit.leaveForX();
  await visit.answer(page, "authorize");
  await page.waitForURL(`${visit.acme.origin}/#/accounts`);
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("another page of the site than the one that was left keeps its own place", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await page.goto(`${visit.acme.origin}/?step=1#top`);
  await visit.configure({ mode: "redirect", "session-url": null });
  await page.locator("connect-x").evaluate((element) => {
    element.fetchSession = async () =>
      (await fetch("/api/x/session", { method: "POST", body: JSON.stringify({ redirect_uri: `${location.origin}/?step=2` }) })).json();
  });
  await visit.leaveForX();
  await visit.answer(page, "authorize");
  await page.waitForURL(`${visit.acme.origin}/?step=2`);
  assert.equal((await visit.onlyEvent()).type, "connected");
  assert.equal(page.url(), `${visit.acme.origin}/?step=2`);
});

