/** X answered in another browser: its code is typed into the button where the person began (docs/API.md, section 3b, 6). */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/client.mjs";
import { assertAccessible } from "./accessible.mjs";
import { buttonOf, inState, startStage, statusOf } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const codeField = (page) => page.getByLabel("6-digit code");

/** The visit's start, answered in a browser of its own; resolves to the code that this one shows. */
async function answeredElsewhere(t, visit) {
  const popup = await visit.pressUntilX();
  const context = await stage.browser.newContext();
  t.after(() => context.close());
  const elsewhere = await context.newPage();
  await elsewhere.goto(popup.url());
  await visit.answer(elsewhere, "authorize");
  await codeField(visit.page).waitFor();
  return (await elsewhere.locator(".code").textContent()).trim();
}

async function type(page, code) {
  await codeField(page).fill(code);
  await page.getByRole("button", { name: "Confirm" }).click();
}

/** A code that is not this one. */
const another = (code) => String((Number(code.replace(/\D/g, "")) + 1) % 1_000_000).padStart(6, "0");

test("the code that the other browser shows connects, typed as it is shown", async (t) => {
  const visit = await stage.visit(t);
  const code = await answeredElsewhere(t, visit);
  assert.match(code, /^\d{3} \d{3}$/);
  await inState(visit.page, "confirming");
  await type(visit.page, code);
  const { type: kind, detail } = await visit.onlyEvent();
  assert.deepEqual([kind, detail.account.username], ["connected", visit.user.username]);
  assert.equal(await codeField(visit.page).count(), 0);
});

test("a wrong code may be typed again, and the right one still connects", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/status of 403/);
  const code = await answeredElsewhere(t, visit);
  await type(visit.page, another(code));
  await statusOf(visit.page).getByText("That is not the code").waitFor();
  assert.equal(await codeField(visit.page).getAttribute("aria-invalid"), "true");
  await visit.events(0);
  await type(visit.page, code);
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("three wrong codes end the attempt, connect nothing and leave X no token", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/status of 403/);
  const code = await answeredElsewhere(t, visit);
  for (let n = 0; n < 3; n++) {
    const answered = visit.page.waitForResponse((response) => response.url().endsWith("/confirm"));
    await type(visit.page, another(code));
    await answered;
  }
  const { type: kind, detail } = await visit.onlyEvent();
  assert.deepEqual([kind, detail.code, detail.retryable], ["error", "confirmation_failed", true]);
  assert.deepEqual(await visit.accounts(), []);
  await visit.answer(await visit.pressUntilX(), "authorize");
  assert.equal((await visit.events(2))[1].type, "connected");
});

test("a stranger who brings a code of their own making ends nothing: the person at X still connects", async (t) => {
  const visit = await stage.visit(t);
  const popup = await visit.pressUntilX();
  const asked = new URL(popup.url()).searchParams;
  const completed = visit.page.waitForResponse((response) => response.url().endsWith("/complete"));
  const query = new URLSearchParams({ state: asked.get("state"), code: "made-up" });
  await browse(stage, `${asked.get("redirect_uri")}?${query}`);
  assert.equal((await completed).status(), 202);
  await inState(visit.page, "authorizing");
  await visit.events(0);
  await visit.answer(popup, "authorize");
  const { type: kind, detail } = await visit.onlyEvent();
  assert.deepEqual([kind, detail.account.username], ["connected", visit.user.username]);
});

test("what is not six digits is not sent", async (t) => {
  const visit = await stage.visit(t);
  await answeredElsewhere(t, visit);
  await type(visit.page, "12345");
  assert.ok(await codeField(visit.page).evaluate((input) => !input.validity.valid));
  assert.deepEqual(visit.traffic.to("/confirm"), []);
});

test("the code's panel is accessible, and the keyboard is enough", async (t) => {
  const visit = await stage.visit(t, { viewport: { width: 390, height: 800 } });
  const code = await answeredElsewhere(t, visit);
  await assertAccessible(visit.page, "the code's panel");
  await codeField(visit.page).focus();
  await visit.page.keyboard.type(code);
  await visit.page.keyboard.press("Enter");
  assert.equal((await visit.onlyEvent()).type, "connected");
  assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "false");
});
