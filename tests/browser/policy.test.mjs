/** The package's README, "A page with a Content Security Policy": each line is needed, and together they are enough. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BUTTON, buttonOf, onePage, startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

/** The lines of the README, and what happens without each. */
const lines = () => ({
  "script-src": { worker: stage.worker.origin, wasm: "'wasm-unsafe-eval'" },
  "connect-src": { worker: stage.worker.origin, self: "'self'" },
  "form-action": { worker: stage.worker.origin, x: stage.x.site },
});

function policy(without) {
  const directives = Object.entries(lines()).map(([name, sources]) => {
    const kept = Object.entries(sources).filter(([of]) => `${name} ${of}` !== without);
    return `${name} ${kept.map(([, source]) => source).join(" ") || "'none'"}`;
  });
  return ["default-src 'none'", ...directives, "require-trusted-types-for 'script'", "trusted-types 'none'"].join("; ");
}

/** A page with nothing but the button, under this policy. */
const bare = (without) => onePage(BUTTON, { head: `<meta http-equiv="Content-Security-Policy" content="${policy(without)}">` });

const visitUnder = (t, without) => stage.visit(t, { files: bare(without) });

test("the lines together are enough, in a window and in the same tab", async (t) => {
  const visit = await visitUnder(t);
  await visit.answer(await visit.pressUntilX(), "authorize");
  await visit.events(1);
  await visit.configure({ mode: "redirect" });
  await visit.leaveForX();
});

test("without 'wasm-unsafe-eval' every press is an error that says what to allow", async (t) => {
  const visit = await visitUnder(t, "script-src wasm");
  visit.traffic.tolerate(/script-src wasm-eval/, /WebAssembly/);
  await visit.press();
  const { type, detail } = await visit.onlyEvent();
  assert.deepEqual([type, detail.code, detail.retryable], ["error", "wasm_forbidden", false]);
  assert.match(detail.hint, /'wasm-unsafe-eval'/);
});

for (const [without, origin] of [["connect-src worker", () => stage.worker.origin], ["connect-src self", (visit) => visit.acme.origin]]) {
  test(`without ${without} a press is an error that names what to allow, and the button can be pressed again`, async (t) => {
    const visit = await visitUnder(t, without);
    visit.traffic.tolerate(/connect-src/, /Failed to fetch/, /violates/);
    await visit.press();
    const { detail } = await visit.onlyEvent();
    assert.deepEqual([detail.code, detail.retryable], ["connect_forbidden", false]);
    assert.ok(detail.hint.includes(origin(visit)) && detail.hint.includes("connect-src"), detail.hint);
    assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "false");
  });
}

for (const mode of ["popup", "redirect"]) {
  for (const without of ["form-action worker", "form-action x"]) {
    test(`without ${without} a press is an error at once, and X is never reached: ${mode}`, async (t) => {
      const visit = await visitUnder(t, without);
      visit.traffic.tolerate(/form-action/, /form data/);
      await visit.configure({ mode });
      await buttonOf(visit.page).click();
      const { type, detail } = await visit.onlyEvent();
      assert.deepEqual([type, detail.code, detail.retryable], ["error", "form_forbidden", false]);
      assert.match(detail.hint, /form-action/);
      assert.deepEqual(visit.traffic.to("/i/oauth2/authorize"), []);
      assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "false");
      // Chromium never ends the navigation that it has refused; another one does.
      await visit.page.goto("about:blank");
    });
  }
}
