/** From the button to a published post, across three sites. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { buttonOf, keepOpen, startStage, statusOf } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

async function publish(page, text) {
  await page.locator("#content").fill(text);
  await page.getByRole("button", { name: "Publish" }).click();
  return page.locator("#result a");
}

test("one click connects an account, and the next publishes a post that X shows", async (t) => {
  const visit = await stage.visit(t);
  const { page, user } = visit;
  await page.locator("#none").waitFor();
  const popup = await visit.pressUntilX();
  const closed = once(popup, "close");
  await visit.answer(popup, "authorize");
  await page.locator(".account small", { hasText: `@${user.username}` }).waitFor();
  await closed;

  const link = await publish(page, `hello from ${user.username}`);
  const [shown] = await Promise.all([page.waitForEvent("popup"), link.click()]);
  await shown.getByText(`hello from ${user.username}`).waitFor();
  assert.equal(new URL(shown.url()).origin, stage.x.site);
  assert.equal(stage.x.posts({ username: user.username }).length, 1);
});

test("a connection is one connected event with the account and the session, bubbling and composed", async (t) => {
  const visit = await stage.visit(t);
  await visit.answer(await visit.pressUntilX(), "authorize");
  const event = await visit.onlyEvent();
  const [account] = await visit.accounts();
  assert.deepEqual(event.detail.account, account);
  assert.equal(account.username, visit.user.username);
  assert.match(event.detail.connectId, /^cs_/);
  assert.deepEqual(
    { ...event, detail: null },
    { type: "connected", detail: null, bubbles: true, composed: true, target: "connect-x", id: "" },
  );
  assert.equal(await statusOf(visit.page).textContent(), `Connected as @${account.username}.`);
  assert.ok(await statusOf(visit.page).isVisible());
  const { width } = await statusOf(visit.page).boundingBox();
  assert.ok(width > 100, "for everybody to read, and not to screen readers alone");
  // The wish to see more than one must have had its chance: Acme has asked its back end again after the event.
  await visit.page.locator("#composer").waitFor();
  await visit.events(1);
});

test("X cuts the popup off from the page that opened it, and the flow does not need the tie", async (t) => {
  const visit = await stage.visit(t);
  const popup = await visit.pressUntilX();
  await keepOpen(popup);
  const atX = await popup.evaluate(() => globalThis.opener);
  await visit.answer(popup, "authorize");
  await popup.waitForURL(/\/connect\/result\//);
  assert.deepEqual([atX, await popup.evaluate(() => globalThis.opener)], [null, null]);
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("no URL of ours carries a secret, and what X adds is gone from the address at once", async (t) => {
  const visit = await stage.visit(t);
  const popup = await visit.pressUntilX();
  await keepOpen(popup);
  await visit.answer(popup, "authorize");
  // The page may hear of the end before the window has come back from X.
  await popup.waitForURL(/\/connect\/result\//);
  await visit.onlyEvent();
  const urls = visit.traffic.to(stage.worker.origin).map((request) => new URL(request.url()));
  for (const url of urls.filter(({ pathname }) => pathname !== "/connect/callback/x")) {
    assert.doesNotMatch(url.href, /cst_|code=|state=|verifier|challenge/);
  }
  const { pathname, search } = new URL(popup.url());
  assert.match(pathname, /^\/connect\/result\/cs_/);
  assert.equal(search, "");
});

test("neither page nor popup, cookie nor header ever names the product", async (t) => {
  const visit = await stage.visit(t);
  const popup = await visit.pressUntilX();
  await keepOpen(popup);
  await visit.answer(popup, "authorize");
  await popup.getByRole("heading", { name: "Done" }).waitFor();
  await visit.onlyEvent();
  const cookies = await visit.context.cookies(stage.worker.origin);
  assert.equal(cookies.length, 1);
  const [{ name, httpOnly, sameSite }] = cookies;
  assert.match(name, /^c-[A-Za-z0-9_-]{12}$/);
  assert.deepEqual([httpOnly, sameSite], [true, "Lax"]);
  // The end of the visit looks through all of it (traffic.mjs); here the windows are still open.
  await visit.traffic.assertClean();
});

test("the keyboard is enough", async (t) => {
  const visit = await stage.visit(t);
  const { page, user } = visit;
  await page.locator("#none").waitFor();
  await page.keyboard.press("Tab");
  assert.ok(await buttonOf(page).evaluate((button) => button.matches(":focus-visible")));
  const [popup] = await Promise.all([page.waitForEvent("popup"), page.keyboard.press("Enter")]);
  await popup.locator("button[value=authorize]").waitFor();
  // The stand-in lists newcomers last: from the first of the radio buttons, one step back is the last.
  await popup.keyboard.press("Tab");
  await popup.keyboard.press("Tab");
  await popup.keyboard.press("ArrowUp");
  assert.equal(await popup.evaluate(() => document.activeElement.value), user.username);
  await popup.keyboard.press("Tab");
  await popup.keyboard.press("Enter");
  await visit.onlyEvent();
  await page.locator("#composer").waitFor();
  assert.ok(await buttonOf(page).evaluate((button) => button.matches(":focus")));
  await page.keyboard.press("Tab");
  await page.keyboard.type("typed, not clicked");
  // Past the choice of a file.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("See it on X").waitFor();
  assert.equal(stage.x.posts({ username: user.username, text: "typed, not clicked" }).length, 1);
});
