/** More than one of something: presses, popups, tabs, buttons, reloads. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newUser } from "../support/client.mjs";
import { buttonOf, keepOpen, startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const exchanges = (x) =>
  x.requests({ method: "POST", path: "/2/oauth2/token" }).filter(({ body }) => body.includes("authorization_code"));

test("a double click opens one window and one session", async (t) => {
  const visit = await stage.visit(t);
  const [popup] = await Promise.all([visit.page.waitForEvent("popup"), buttonOf(visit.page).dblclick()]);
  await popup.locator("button[value=authorize]").waitFor();
  assert.equal(visit.context.pages().length, 2);
  assert.equal(visit.traffic.to("/api/x/session").length, 1);
  await visit.answer(popup, "authorize");
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("a window that was closed at X is opened again by the button, with a new start for the same session", async (t) => {
  const visit = await stage.visit(t);
  await visit.page.clock.install();
  const closed = await visit.pressUntilX();
  await closed.close();
  // Presses that come this late are no double click.
  await visit.page.clock.fastForward(3500);
  const popup = await visit.pressUntilX();
  assert.equal(visit.traffic.to("/api/x/session").length, 1);
  assert.equal(visit.traffic.to("/connect/start").length, 2);
  await visit.answer(popup, "authorize");
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("two tabs of one browser connect two accounts, whichever is answered first", async (t) => {
  const visit = await stage.visit(t);
  const [first, second] = [visit.user, newUser(stage)];
  const other = await visit.open();
  const popup = await visit.pressUntilX();
  const otherPopup = await visit.pressUntilX(other);
  await visit.answer(otherPopup, "authorize", second);
  assert.equal((await visit.onlyEvent(other)).detail.account.username, second.username);
  await visit.answer(popup, "authorize", first);
  assert.equal((await visit.onlyEvent()).detail.account.username, first.username);
  assert.equal((await visit.accounts()).length, 2);
});

test("two buttons on one page are two attempts, and each hears of its own end only", async (t) => {
  const visit = await stage.visit(t);
  const { page, user } = visit;
  await page.locator("connect-x").evaluate((element) => {
    element.id = "first";
    const copy = element.cloneNode(true);
    copy.id = "second";
    element.after(copy);
  });
  const popup = await visit.pressUntilX(page, page.locator("#first [part=button]"));
  const secondPopup = await visit.pressUntilX(page, page.locator("#second [part=button]"));
  await visit.answer(popup, "cancel");
  await visit.events(1);
  await visit.answer(secondPopup, "authorize", user);
  const events = await visit.events(2);
  assert.deepEqual(
    events.map(({ id, type }) => [id, type]),
    [
      ["first", "cancelled"],
      ["second", "connected"],
    ],
  );
});

test("a reload of the callback or of its result shows the same and exchanges nothing twice", async (t) => {
  const visit = await stage.visit(t);
  const before = exchanges(stage.x).length;
  const popup = await visit.pressUntilX();
  await keepOpen(popup);
  const callback = visit.context.waitForEvent("request", (request) => request.url().includes("/connect/callback/x?"));
  await visit.answer(popup, "authorize");
  await visit.onlyEvent();
  // The window may be there before the first page has asked who the person is.
  await popup.getByRole("heading", { name: /^(Done|Connected)$/ }).waitFor();
  const connected = popup.getByRole("heading", { name: "Connected" });
  for (const url of [popup.url(), (await callback).url()]) {
    await popup.goto(url);
    await connected.waitFor();
  }
  assert.equal(exchanges(stage.x).length, before + 1);
  assert.equal((await visit.accounts()).length, 1);
  await visit.events(1);
});
