/** axe finds nothing to complain about, on any page and in any state that a visitor meets, in light and in dark. */

import { after, before, test } from "node:test";
import { createSession, newVerifier } from "../support/client.mjs";
import { assertAccessible } from "./accessible.mjs";
import { blockWindows, buttonOf, keepOpen, postHiddenStart, startStage, statusOf } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

test("Acme's page with the button is accessible in every state", async (t) => {
  const visit = await stage.visit(t, { viewport: { width: 390, height: 800 } });
  const { page } = visit;
  await page.locator("#none").waitFor();
  await assertAccessible(page, "idle");
  const popup = await visit.pressUntilX();
  await assertAccessible(page, "waiting for X");
  await visit.answer(popup, "authorize");
  await page.locator("#composer").waitFor();
  await assertAccessible(page, "connected");
  await page.locator("#content").fill("for everybody");
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByText("See it on X").waitFor();
  await assertAccessible(page, "published");
  await blockWindows(page);
  await buttonOf(page).click();
  await statusOf(page).waitFor();
  await assertAccessible(page, "error");
});

test("every page on the way to X and back is accessible", async (t) => {
  const visit = await stage.visit(t);
  const held = visit.hold("**/api/x/session");
  const popup = await visit.press();
  await assertAccessible(popup, "opening X");
  await keepOpen(popup);
  await (await held).continue();
  await popup.locator("button[value=authorize]").waitFor();
  await visit.answer(popup, "cancel");
  await popup.waitForURL(/\/connect\/result\//);
  await assertAccessible(popup, "denied");
  const again = await visit.pressUntilX();
  await keepOpen(again);
  await visit.answer(again, "authorize");
  await again.getByRole("heading", { name: "Done" }).waitFor();
  await assertAccessible(again, "done");
});

test("the pages of refusal, of another browser and of a start that has to be confirmed are accessible", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/status of 400/);
  const page = await visit.context.newPage();
  await page.goto(`${stage.worker.origin}/connect/callback/x?state=unknown&code=none`);
  await assertAccessible(page, "refused");
  const popup = await visit.pressUntilX();
  const stranger = await stage.visit(t);
  await stranger.page.goto(popup.url());
  await visit.answer(stranger.page, "authorize", stranger.user);
  await stranger.page.getByRole("heading", { name: "Confirm that this is you" }).waitFor();
  await assertAccessible(stranger.page, "another browser");
  const { token } = await createSession(stage, { origin: visit.acme.origin, label: "Acme Social" });
  await page.goto(visit.acme.origin);
  const action = `${stage.worker.origin}/connect/start`;
  await page.evaluate(postHiddenStart, { action, token, code_challenge: newVerifier().challenge });
  await page.getByRole("button", { name: "Continue to X" }).waitFor();
  await assertAccessible(page, "start");
});
