/** What the button tells the page and the person on the way: events, states, words. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { refusal } from "../support/contract.mjs";
import { blockWindows, buttonOf, cancelOf, comeBack, inState, startStage, statusOf } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const heard = (page) => page.evaluate(() => globalThis.heard.map(({ type }) => type));

test("an attempt is told as ready, open, authorizing and one end, each bubbling and composed", async (t) => {
  const visit = await stage.visit(t);
  await inState(visit.page, "ready");
  await visit.answer(await visit.pressUntilX(), "authorize");
  await visit.onlyEvent();
  assert.deepEqual(await heard(visit.page), ["ready", "open", "authorizing", "connected"]);
  const events = await visit.page.evaluate(() => globalThis.heard);
  assert.ok(events.every(({ bubbles, composed }) => bubbles && composed));
  const [, open, authorizing, connected] = events;
  assert.deepEqual(open.detail, { mode: "popup" });
  assert.equal(authorizing.detail.connectId, connected.detail.connectId);
});

test("a style sheet can tell each state from the others", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await inState(page, "ready");
  const held = visit.hold("**/api/x/session");
  const popup = await visit.press();
  await inState(page, "open");
  await (await held).continue();
  await inState(page, "authorizing");
  await visit.answer(popup, "cancel");
  await inState(page, "cancelled");
  await visit.answer(await visit.pressUntilX(), "authorize");
  await inState(page, "connected");
  await blockWindows(page);
  await buttonOf(page).click();
  await inState(page, "error");
  assert.equal(await page.locator("connect-x:state(connected)").count(), 0);
});

test("a person who comes back to the page is offered X again, and the answer counts all the same", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  const popup = await visit.pressUntilX();
  await inState(page, "authorizing");
  await comeBack(page);
  await inState(page, "left");
  assert.equal(await buttonOf(page).getAttribute("aria-busy"), "false");
  assert.ok(await statusOf(page).isVisible());
  assert.ok(await cancelOf(page).isVisible());
  await visit.events(0);
  await visit.answer(popup, "authorize");
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("a window that was closed at X is offered again, and the attempt goes on in the new one", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await page.clock.install();
  const closed = await visit.pressUntilX();
  await closed.close();
  await comeBack(page);
  await page.clock.fastForward(3500);
  await inState(page, "left");
  const popup = await visit.pressUntilX();
  assert.equal(visit.traffic.to("/api/x/session").length, 1);
  await visit.answer(popup, "authorize");
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("a session that runs out after its window was left is a cancellation, not a fault", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  visit.traffic.tolerate(/status of 410/);
  const held = visit.hold("**/*since=authorizing");
  await visit.pressUntilX();
  const poll = await held;
  await comeBack(page);
  await inState(page, "left");
  const headers = { "access-control-allow-origin": visit.acme.origin };
  await poll.fulfill({ status: 410, headers, json: refusal("session_expired", "Expired.") });
  assert.deepEqual((await visit.onlyEvent()).detail, { reason: "window_closed" });
});

const LABELS = {
  en: ["Connect X", "Waiting for X…", "Cancel"],
  es: ["Conectar X", "Esperando a X…", "Cancelar"],
  pt: ["Conectar X", "Aguardando o X…", "Cancelar"],
  fr: ["Connecter X", "En attente de X…", "Annuler"],
  de: ["X verbinden", "Warten auf X …", "Abbrechen"],
  ja: ["X と連携", "X の応答待ち…", "キャンセル"],
};

/** Puts an empty button into an element of this language. */
async function speak(page, lang) {
  await page.locator("connect-x").evaluate((element, given) => {
    element.textContent = "";
    const around = Object.assign(document.createElement("div"), { lang: given });
    element.replaceWith(around);
    around.append(element);
  }, lang);
}

test("the button speaks the language around it, in each of the product's", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  for (const [lang, [idle, busy, cancel]] of Object.entries(LABELS)) {
    await speak(page, `${lang}-XX`);
    const root = page.locator("connect-x [part=button]");
    assert.equal(await root.locator(".idle slot").textContent(), idle);
    assert.equal(await root.locator(".busy slot").textContent(), busy);
    assert.equal(await cancelOf(page).getAttribute("aria-label"), cancel);
  }
});

test("a sentence for people is in their language, and the site's own words go before ours", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await speak(page, "de");
  await blockWindows(page);
  await buttonOf(page).click();
  await statusOf(page).getByText("Ihr Browser hat das Fenster blockiert").waitFor();
  await page.locator("connect-x").evaluate((element) => (element.labels = { popup_blocked: "Fenster erlauben!" }));
  await buttonOf(page).click();
  await statusOf(page).getByText("Fenster erlauben!").waitFor();
  const [, { detail }] = await visit.events(2);
  assert.deepEqual([detail.code, detail.message], ["popup_blocked", "Fenster erlauben!"]);
});

test("nothing moves when the button changes its state", async (t) => {
  const visit = await stage.visit(t);
  // Acme's own words above the button come when it knows the accounts.
  await visit.page.locator("#none").waitFor();
  const box = () => buttonOf(visit.page).boundingBox();
  const before = await box();
  const popup = await visit.pressUntilX();
  assert.deepEqual(await box(), before);
  await visit.answer(popup, "authorize");
  await inState(visit.page, "connected");
  const { width, height } = await box();
  assert.deepEqual({ width, height }, { width: before.width, height: before.height });
});

test("where one reads from the right, the glyph is on the right of the label", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  const left = async (part) => (await buttonOf(page).locator(part).first().boundingBox()).x;
  const isGlyphFirst = async () => (await left("svg")) < (await left(".idle"));
  assert.equal(await isGlyphFirst(), true);
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  assert.equal(await isGlyphFirst(), false);
});
