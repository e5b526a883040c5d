/** A press whose module, site, network or start form never answers ends all the same, within 20 s of the page's clock. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.mjs";
import { PATIENCE_MS } from "./chromium.mjs";
import { buttonOf, inState, lookAtX, startStage } from "./stage.mjs";

/** For what a press does at the end of its own patience. */
const LONG = { timeout: 20_000 + PATIENCE_MS };

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

/**
 * Runs in the page, before its own scripts: `pace = 5` makes its clock run five times as fast, also for what is waited
 * for already. That the limits add up to 20 s, the module's own tests say.
 */
function setPace() {
  const { now } = performance;
  const waiting = new Map();
  let [told, looked, last] = [0, 0, 0];
  globalThis.pace = 1;
  performance.now = () => {
    const real = now.call(performance);
    told += (real - looked) * globalThis.pace;
    looked = real;
    return told;
  };
  globalThis.setTimeout = (act, ms = 0, ...given) => {
    waiting.set(++last, { due: performance.now() + ms, act: () => act(...given) });
    return last;
  };
  globalThis.clearTimeout = (id) => waiting.delete(id);
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new DOMException("signal timed out", "TimeoutError")), ms);
    return controller.signal;
  };
  setInterval(() => {
    const time = performance.now();
    for (const [id, { due, act }] of waiting) {
      if (due > time || !waiting.delete(id)) continue;
      act();
    }
  }, 20);
}

const hurry = (page) => page.evaluate(() => (globalThis.pace = 5));

/** A page whose clock can run faster, and that asks in vain for what fits the pattern. */
const pacedVisit = (t, pattern, answer = never) =>
  stage.visit(t, {
    async prepare({ context }) {
      await context.addInitScript(setPace);
      if (pattern) await context.route(pattern, answer);
    },
  });

const never = () => {};

const HANGING = {
  "the script's other part": ["**/embed_attempt.js?*", "unreachable", /other part did not load/],
  "the module": ["**/embed_bg.wasm?*", "unreachable", /answer within 15 s/],
  "session-url": ["**/api/x/session", "session_unavailable", /did not answer within 15 s/],
};

for (const [what, [pattern, code, hint]] of Object.entries(HANGING)) {
  test(`${what} that hangs ends the press`, async (t) => {
    const visit = await pacedVisit(t, pattern);
    await hurry(visit.page);
    await buttonOf(visit.page).click();
    const { detail } = await visit.onlyEvent(visit.page);
    assert.equal(detail.code, code);
    assert.match(detail.hint, hint);
  });
}

test("a function that hangs ends the press as well", async (t) => {
  const visit = await pacedVisit(t);
  await visit.page.locator("connect-x").evaluate((element) => (element.fetchSession = () => new Promise(() => {})));
  await inState(visit.page, "ready");
  await hurry(visit.page);
  await buttonOf(visit.page).click();
  const { detail } = await visit.onlyEvent(visit.page);
  assert.deepEqual([detail.code, detail.retryable], ["session_unavailable", true]);
});

for (const [how, lose] of [["is refused", (route) => route.abort("internetdisconnected")], ["is silent", never]]) {
  test(`a network that ${how} while the person is at X ends the press`, async (t) => {
    const visit = await pacedVisit(t);
    visit.traffic.tolerate(/ERR_/);
    await visit.pressUntilX(visit.page);
    await inState(visit.page, "authorizing");
    await visit.context.route(/\/v1\/connect-sessions\/|\/healthz/, lose);
    await lookAtX(visit.page);
    await hurry(visit.page);
    const { detail } = await visit.onlyEvent(visit.page);
    assert.deepEqual([detail.code, detail.retryable], ["unreachable", true]);
    assert.match(detail.hint, /GET .*\/v1\/connect-sessions\/…/);
  });
}

/** Runs in the page: its clock is fast from the first question to the session on. */
function hurryOnceAsked() {
  const { fetch } = globalThis;
  globalThis.fetch = (...asked) => {
    if (String(asked[0]).includes("/v1/connect-sessions/")) globalThis.pace = 5;
    return fetch(...asked);
  };
}

const SESSION = /\/v1\/connect-sessions\/(cs_[\w-]+)/;

/** What becomes of a start form that nobody answers. */
const STUCK = {
  "that never arrives": never,
  "that arrives, and is answered to nobody": (request) => arrive(request),
};

/** The form reaches the Worker, and the browser hears nothing of it. */
async function arrive(request) {
  const { host, ...headers } = await request.allHeaders();
  const body = request.postData();
  const url = new URL(new URL(request.url()).pathname, stage.worker.api);
  const { status } = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
  assert.equal(status, 303);
}

for (const mode of ["popup", "redirect"]) {
  for (const [how, meanwhile] of Object.entries(STUCK)) {
    test(`a start form ${how} ends the press, and the session with it: ${mode}`, async (t) => {
      const held = Promise.withResolvers();
      const visit = await pacedVisit(t, "**/connect/start", (route) => {
        held.resolve(route);
        return meanwhile(route.request());
      });
      await visit.configure({ mode });
      await inState(visit.page, "ready");
      await visit.page.evaluate(hurryOnceAsked);
      // A page that is on its way to another one is heard, and asked nothing: its browser would not answer.
      const asked = visit.page.waitForRequest(SESSION);
      const told = visit.page.waitForEvent("console", { predicate: (message) => message.text().startsWith("connect-x: "), ...LONG });
      await buttonOf(visit.page).click({ noWaitAfter: true });
      const [, id] = SESSION.exec((await asked).url());
      await told;
      await (await held.promise).abort("aborted").catch(() => {});
      const { detail } = await visit.onlyEvent(visit.page);
      assert.deepEqual([detail.code, detail.retryable], ["start_failed", true]);
      // Of the session, and not of the button's own DELETE: nobody reads its answer, and so it never ends in Chromium.
      const read = async () => (await stage.api.get(`/v1/connect-sessions/${id}`)).body.data.status;
      await eventually(read, (status) => status === "cancelled", PATIENCE_MS);
      assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "false");
    });
  }
}

test("a window that stays about:blank, since its form goes nowhere, ends the press", async (t) => {
  // As a sandbox and some extensions have it: no request, and nothing that tells the page.
  const stuck = () => (HTMLFormElement.prototype.submit = () => {});
  const visit = await stage.visit(t, {
    async prepare({ context }) {
      await context.addInitScript(stuck);
      await context.addInitScript(setPace);
    },
  });
  await inState(visit.page, "ready");
  const popup = await visit.press(visit.page);
  await hurry(visit.page);
  const closed = popup.waitForEvent("close", LONG);
  assert.equal((await visit.onlyEvent(visit.page)).detail.code, "start_failed");
  await closed;
});

test("a page that is loaded anew while its form is under way ends the press", async (t) => {
  const held = Promise.withResolvers();
  const visit = await pacedVisit(t, "**/connect/start", held.resolve);
  await visit.press(visit.page);
  const route = await held.promise;
  await visit.page.reload();
  await hurry(visit.page);
  await visit.events(1, visit.page);
  await route.abort("aborted");
});
