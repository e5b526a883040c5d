/** Every press ends, soon after what went wrong; and says what was seen and how to mend it, to developers alone. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { refusal } from "../support/contract.mjs";
import { createSession } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { buttonOf, inState, startStage, statusOf } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const HTML = { contentType: "text/html", body: "<!doctype html><title>Page</title>" };
const FAILED = "X could not be connected. Please tell the people of this site.";
const UNAVAILABLE = "This site could not reach X just now.";
const LOST = "The connection was lost. Please try again.";

/** What the site's endpoint answers, what the developers read of it, and what the visitor does. */
const ANSWERS = {
  "404 as a page": [{ status: 404, ...HTML }, /answered 404 with text\/html.*session-url/, UNAVAILABLE],
  "500": [{ status: 500, json: {} }, /answered 500 with application\/json.*back end's log/, UNAVAILABLE],
  "a page": [{ status: 200, ...HTML }, /answered 200 with text\/html.*login page/, UNAVAILABLE],
  "{}": [{ status: 200, json: {} }, /has no id, no token, no connect_url/, UNAVAILABLE],
  "a session without its address": [{ status: 200, json: { data: { id: "cs_1", token: "cst_1" } } }, /has no connect_url\./, UNAVAILABLE],
  "an address that is none": [{ status: 200, json: { id: "cs_1", token: "cst_1", connect_url: "javascript:alert()" } }, /connect_url that is no https address/, UNAVAILABLE],
  "the API's refusal of the key": [
    { status: 401, json: refusal("invalid_api_key", "The API key is unknown.", { hint: "Send it as Bearer." }) },
    /answered 401 .*invalid_api_key: The API key is unknown/,
    UNAVAILABLE,
  ],
  "nothing that is JSON": [{ status: 502, contentType: "application/json", body: "{" }, /answered 502/, UNAVAILABLE],
};

/** The error of the visit, told to the page, the console and the visitor. */
async function assertTold(visit, code, hint, sentence) {
  const { type, detail } = await visit.onlyEvent();
  assert.deepEqual([type, detail.code], ["error", code]);
  assert.match(detail.hint, hint);
  assert.deepEqual(visit.traffic.reports, [`connect-x: ${code}: ${detail.hint}`]);
  assert.equal(await statusOf(visit.page).textContent(), sentence);
  assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "false");
  return detail;
}

for (const [what, [answer, hint, sentence]] of Object.entries(ANSWERS)) {
  test(`session-url that answers ${what} is an error that says so, and how to mend it`, async (t) => {
    const visit = await stage.visit(t);
    visit.traffic.tolerate(/status of [45]/);
    await visit.page.route("**/api/x/session", (route) => route.fulfill(answer));
    await buttonOf(visit.page).click();
    await assertTold(visit, "session_unavailable", hint, sentence);
  });
}

test("a session-url of another origin that does not allow this one is told by that name", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/CORS policy/, /ERR_FAILED/, /status of 404/);
  await visit.configure({ "session-url": `${stage.worker.origin}/no/such/place?secret=cst_no` });
  await buttonOf(visit.page).click();
  const detail = await assertTold(visit, "session_unavailable", /CORS.*Access-Control-Allow-Origin: http:\/\/acme/, UNAVAILABLE);
  assert.ok(!detail.hint.includes("secret"));
});

test("a session-url without a server is told as the network", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/ERR_/);
  await visit.page.route("**/api/x/session", (route) => route.abort("connectionrefused"));
  await buttonOf(visit.page).click();
  const detail = await assertTold(visit, "unreachable", /POST .*\/api\/x\/session brought no answer/, LOST);
  assert.equal(detail.retryable, true);
});

test("a token of another session is refused with the remedy", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/status of 401/);
  const terms = { origin: visit.acme.origin, tenant_id: visit.tenant };
  const [one, other] = await Promise.all([createSession(stage, terms), createSession(stage, terms)]);
  await visit.configure({ "session-id": one.id, token: other.token, "connect-url": one.connect_url });
  await buttonOf(visit.page).click();
  await assertTold(visit, "invalid_session_token", /answered 401.*begins with cst_/, FAILED);
});

test("a session that cannot bring the page back is refused before the page leaves", async (t) => {
  const visit = await stage.visit(t);
  await visit.configure({ mode: "redirect" });
  await visit.page.locator("connect-x").evaluate((element) => {
    element.fetchSession = async () => (await fetch("/api/x/session", { method: "POST", body: "{}" })).json();
  });
  await buttonOf(visit.page).click();
  await assertTold(visit, "redirect_uri_missing", /redirect_uri/, FAILED);
  assert.equal(visit.page.url(), `${visit.acme.origin}/`);
});

test("a module that is not one is told with its address and type", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/WebAssembly/, /status of 404/, /MIME/);
  await visit.context.route("**/embed_bg.wasm?*", (route) => route.fulfill({ status: 200, ...HTML, headers: { "access-control-allow-origin": "*" } }));
  visit.page = await visit.open();
  await visit.press();
  await assertTold(visit, "wasm_unavailable", /embed_bg\.wasm answered 200 with text\/html/, FAILED);
});

test("a module of the wrong type connects all the same", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/MIME type/);
  const body = Buffer.from(await (await fetch(`${stage.worker.api}/embed_bg.wasm`)).arrayBuffer());
  const headers = { "access-control-allow-origin": "*" };
  await visit.context.route("**/embed_bg.wasm?*", (route) => route.fulfill({ body, contentType: "application/octet-stream", headers }));
  visit.page = await visit.open();
  await visit.answer(await visit.pressUntilX(), "authorize");
  assert.equal((await visit.onlyEvent()).type, "connected");
});

/**
 * Runs in the page, before its own scripts: `pace = 5` makes its clock run five times as fast. That the limits add up to
 * 20 s, `flow.rs` tests.
 */
function setPace() {
  const [timeout, later, now] = [AbortSignal.timeout, setTimeout, performance.now];
  let [told, looked] = [0, 0];
  globalThis.pace = 1;
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / globalThis.pace);
  globalThis.setTimeout = (act, ms, ...given) => later(act, ms / globalThis.pace, ...given);
  performance.now = () => {
    const real = now.call(performance);
    told += (real - looked) * globalThis.pace;
    looked = real;
    return told;
  };
}

const hurry = (page) => page.evaluate(() => (globalThis.pace = 5));

/** A page whose clock can run faster, and that asks in vain for what fits the pattern. */
async function pacedVisit(t, pattern, answer = never) {
  const visit = await stage.visit(t);
  await visit.context.addInitScript(setPace);
  if (pattern) await visit.context.route(pattern, answer);
  visit.page = await visit.open();
  return visit;
}

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
    await visit.page.evaluate(() => dispatchEvent(new Event("blur")));
    await hurry(visit.page);
    const { detail } = await visit.onlyEvent(visit.page);
    assert.deepEqual([detail.code, detail.retryable], ["unreachable", true]);
    assert.match(detail.hint, /GET .*\/v1\/connect-sessions\/…/);
  });
}

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
      const made = visit.page.waitForResponse("**/api/x/session");
      await buttonOf(visit.page).click({ noWaitAfter: true });
      const session = await (await made).json();
      await hurry(visit.page);
      await visit.page.waitForFunction(() => globalThis.ended.length > 0, null, { timeout: 40_000 });
      // Nothing more is read of a page that is on its way to another one.
      await (await held.promise).abort("aborted").catch(() => {});
      const { detail } = await visit.onlyEvent(visit.page);
      assert.deepEqual([detail.code, detail.retryable], ["start_failed", true]);
      // Of the session, and not of the button's own DELETE: nobody reads its answer, and so it never ends in Chromium.
      const read = async () => (await stage.api.get(`/v1/connect-sessions/${session.id}`)).body.data.status;
      await eventually(read, (status) => status === "cancelled");
      assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "false");
    });
  }
}

test("a window that stays about:blank, since its form goes nowhere, ends the press", async (t) => {
  const visit = await stage.visit(t);
  // As a sandbox and some extensions have it: no request, and nothing that tells the page.
  await visit.context.addInitScript(() => (HTMLFormElement.prototype.submit = () => {}));
  await visit.context.addInitScript(setPace);
  visit.page = await visit.open();
  await inState(visit.page, "ready");
  const popup = await visit.press(visit.page);
  await hurry(visit.page);
  const closed = popup.waitForEvent("close", { timeout: 40_000 });
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

test("a window that the person takes elsewhere before X was asked is a cancellation", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/favicon/);
  const held = new Promise((resolve) => visit.page.route("**/api/x/session", resolve, { times: 1 }));
  const popup = await visit.press();
  await popup.goto(`${stage.worker.origin}/healthz`);
  await (await held).continue();
  assert.deepEqual((await visit.onlyEvent()).detail, { reason: "window_closed" });
});

test("whoever closed X's window and stays on the page has given up, within 20 s", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await page.clock.install();
  const popup = await visit.pressUntilX();
  await popup.close();
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await page.clock.fastForward(2000);
  await inState(page, "left");
  await visit.events(0);
  await page.clock.fastForward(16_000);
  assert.deepEqual((await visit.onlyEvent()).detail, { reason: "window_closed" });
});

test("whoever looks at the page and goes back to X has not given up", async (t) => {
  const visit = await stage.visit(t);
  const { page } = visit;
  await page.clock.install();
  const popup = await visit.pressUntilX();
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await page.clock.fastForward(2000);
  await inState(page, "left");
  await page.evaluate(() => dispatchEvent(new Event("blur")));
  await page.clock.fastForward(60_000);
  await visit.answer(popup, "authorize");
  assert.equal((await visit.onlyEvent()).type, "connected");
});

const FOLDER = new URL("../../wasm-client/", import.meta.url);
const source = (path) => readFile(new URL(path, FOLDER), "utf8");

test("the README has every code with its remedy, as the button says them", async () => {
  const { remedies } = await import(fileURLToPath(new URL("js/remedies.js", FOLDER)));
  const rows = [...(await source("README.md")).matchAll(/^\| `([a-z_0-9]+)` \| ([^|]+) \| ([^|]+) \|$/gm)];
  assert.deepEqual(Object.fromEntries(rows.map(([, code, , remedy]) => [code, remedy])), remedies);
});

test("every code that the sources name has a remedy", async () => {
  const { remedies } = await import(fileURLToPath(new URL("js/remedies.js", FOLDER)));
  const parts = ["asking", "attempt", "begin", "connect", "follow", "page", "refusal", "session", "session-client", "wasm"];
  const texts = await Promise.all(parts.map((part) => source(`js/${part}.js`)));
  const named = texts.join("\n").matchAll(/(?:ConnectError\(|return |\? |: )"([a-z]+_[a-z_]+|unreachable)"/g);
  const codes = new Set([...named].map(([, code]) => code));
  const flow = (await source("src/flow.rs")).split("#[cfg(test)]")[0];
  for (const [, code] of flow.matchAll(/"([a-z]+_[a-z_]+)"/g)) codes.add(code);
  for (const status of ["needs_confirmation", "access_denied", "window_closed"]) codes.delete(status);
  codes.add("needs_confirmation");
  assert.deepEqual([...codes].filter((code) => !Object.hasOwn(remedies, code)), []);
});
