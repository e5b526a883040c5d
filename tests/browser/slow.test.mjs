/** Networks and browsers that are not what they should be: the press still opens a window, and the attempt still ends. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buttonOf, cancelOf, inState, startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

/** A visit whose page waits for what fits the pattern, until `letGo()`. */
async function visitHolding(t, pattern) {
  const { promise: until, resolve: letGo } = Promise.withResolvers();
  const letThrough = (route) => until.then(() => route.continue());
  return { visit: await stage.visit(t, { prepare: ({ context }) => context.route(pattern, letThrough) }), letGo };
}

for (const [what, pattern] of [["the module", "**/embed_bg.wasm?*"], ["all that follows the click", "**/embed_attempt.js?*"]]) {
  test(`a press while ${what} is on its way opens the window, and X follows`, async (t) => {
    const { visit, letGo } = await visitHolding(t, pattern);
    const popup = await visit.press();
    await popup.getByText("Waiting for X…").waitFor();
    letGo();
    await popup.locator("button[value=authorize]").waitFor();
    await visit.answer(popup, "authorize");
    assert.equal((await visit.onlyEvent()).type, "connected");
  });
}

test("an attempt can be cancelled before anything of it is loaded", async (t) => {
  const { visit, letGo } = await visitHolding(t, "**/embed_attempt.js?*");
  await visit.press();
  await cancelOf(visit.page).click();
  assert.deepEqual((await visit.onlyEvent()).detail, { reason: "dismissed" });
  letGo();
  await inState(visit.page, "cancelled");
  assert.equal(visit.context.pages().length, 1);
  assert.deepEqual(visit.traffic.to("/api/x/session"), []);
});

test("a part that cannot be loaded is an error in the page's language, and asks for nothing", async (t) => {
  const visit = await stage.visit(t, { prepare: ({ context }) => context.route("**/embed_attempt.js?*", (route) => route.abort()) });
  visit.traffic.tolerate(/ERR_FAILED/, /Failed to fetch dynamically/);
  await visit.press();
  const { detail } = await visit.onlyEvent();
  assert.deepEqual([detail.code, detail.message], ["unreachable", "The connection was lost. Please try again."]);
  assert.deepEqual(visit.traffic.to("/api/x/session"), []);
});

test("a browser that keeps no cookies of other sites connects: X comes back at the top of its window", async (t) => {
  const visit = await stage.visit(t);
  const session = await visit.context.newCDPSession(visit.page);
  await session.send("Network.setCookieControls", {
    enableThirdPartyCookieRestriction: true,
    disableThirdPartyCookieMetadata: false,
    disableThirdPartyCookieHeuristics: true,
  });
  await visit.page.reload();
  await visit.connects();
  assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "false");
});
