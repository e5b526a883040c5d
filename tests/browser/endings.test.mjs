/** However an attempt ends, the page hears of it exactly once, and the button can be pressed again. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { refusal } from "../support/contract.mjs";
import { eventually } from "../support/eventually.mjs";
import { file, startFileServer } from "../support/file-server.mjs";
import { PATIENCE_MS } from "./chromium.mjs";
import { blockWindows, buttonOf, cancelOf, keepOpen, startStage, statusOf } from "./stage.mjs";

let stage;
let site;
before(async () => ([stage, site] = [await startStage(), await startFileServer()]));
after(async () => {
  await site?.close();
  await stage?.stop();
});

/** The proof that an ended attempt leaves nothing behind: the next one connects. */
async function connectsNow(visit) {
  await visit.page.evaluate(() => (globalThis.ended.length = 0));
  await visit.connects();
}

const sessionStatus = async (visit) => {
  const { id } = await (await visit.session).json();
  return (await stage.api.get(`/v1/connect-sessions/${id}`)).body.data.status;
};

function watchSession(visit) {
  visit.session = visit.page.waitForResponse((response) => response.url().endsWith("/api/x/session"));
}

test("a refusal at X is one cancelled event, and connects nothing", async (t) => {
  const visit = await stage.visit(t);
  const popup = await visit.pressUntilX();
  await keepOpen(popup);
  await visit.answer(popup, "cancel");
  const { type, detail } = await visit.onlyEvent();
  assert.deepEqual({ type, detail }, { type: "cancelled", detail: { reason: "access_denied" } });
  await popup.getByRole("heading", { name: "Not connected" }).waitFor();
  assert.deepEqual(await visit.accounts(), []);
  await connectsNow(visit);
});

test("the popup closes itself, whatever was answered in it", async (t) => {
  const visit = await stage.visit(t);
  for (const decision of ["cancel", "authorize"]) {
    const popup = await visit.pressUntilX();
    const closed = popup.waitForEvent("close");
    await visit.answer(popup, decision);
    await closed;
  }
  await visit.events(2);
});

test("a window.open of somebody else's, which hands out no window, is a blocked popup", async (t) => {
  const visit = await stage.visit(t);
  const decoys = {
    "an empty object": () => ({}),
    "true": () => true,
    "nothing": () => undefined,
    "what looks like a window": () => ({ closed: false, close() {}, focus() {} }),
    "a failure": () => {
      throw new Error("no windows here");
    },
  };
  for (const [at, [name, decoy]] of Object.entries(decoys).entries()) {
    await visit.page.evaluate((source) => (globalThis.open = globalThis.eval(source)), `(${decoy})`);
    await buttonOf(visit.page).click();
    const { type, detail } = (await visit.events(at + 1)).at(-1);
    assert.deepEqual([type, detail.code, detail.retryable], ["error", "popup_blocked", true], name);
    assert.match(detail.hint, /mode="auto"/, name);
    assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "false", name);
  }
  assert.deepEqual(visit.traffic.to("/api/x/session"), []);
});

/** Acme's own pages are in no frame, so this is another site. */
async function inSandbox({ page, traffic }, rights) {
  traffic.allow(site.origin);
  traffic.tolerate(/favicon|sandbox/);
  const serve = (path, body) => site.serve(path, file({ bytes: Buffer.from(`<!doctype html><html lang="en"><title>Page</title>${body}`), type: "text/html" }));
  serve("/inside", `<script src="${stage.worker.origin}/embed.js" async></script><connect-x session-url="/api/x/session"></connect-x>`);
  await page.goto(serve("/outside", `<iframe title="Inside" sandbox="allow-scripts allow-forms ${rights}" src="/inside"></iframe>`));
  const inside = page.frame({ url: /inside/ });
  await inside.locator("connect-x:defined").waitFor();
  return inside;
}

for (const rights of ["allow-popups", "allow-popups allow-same-origin", "allow-same-origin"]) {
  test(`a press in a sandbox of ${rights} is an error that names what the sandbox lacks, and leaves no window open`, async (t) => {
    const visit = await stage.visit(t);
    const inside = await inSandbox(visit, rights);
    await buttonOf(inside).click();
    await inside.waitForFunction(() => globalThis.ended.length > 0);
    const [{ type, detail }] = await inside.evaluate(() => globalThis.ended);
    assert.deepEqual([type, detail.code], ["error", "popup_blocked"]);
    assert.match(detail.hint, /allow-popups-to-escape-sandbox/);
    await eventually(async () => visit.context.pages(), (pages) => pages.length === 1, PATIENCE_MS);
    assert.deepEqual(visit.traffic.to("/api/x/session"), []);
  });
}

test("a blocked popup is an error that says what to do, and asks the server for nothing", async (t) => {
  const visit = await stage.visit(t);
  await blockWindows(visit.page);
  await buttonOf(visit.page).click();
  const { type, detail } = await visit.onlyEvent();
  assert.deepEqual([type, detail.code, detail.retryable], ["error", "popup_blocked", true]);
  assert.equal(await statusOf(visit.page).textContent(), "Your browser blocked the window. Allow it and try again.");
  assert.ok(await statusOf(visit.page).isVisible());
  assert.deepEqual(visit.traffic.to("/api/x/session"), []);
});

test("the button's own cancel ends the attempt and the session", async (t) => {
  const visit = await stage.visit(t);
  watchSession(visit);
  await visit.pressUntilX();
  const told = visit.page.waitForResponse((response) => response.request().method() === "DELETE");
  await cancelOf(visit.page).click();
  assert.deepEqual((await visit.onlyEvent()).detail, { reason: "dismissed" });
  await told;
  assert.equal(await sessionStatus(visit), "cancelled");
  await connectsNow(visit);
});

test("a window that is closed before X was asked is a cancellation", async (t) => {
  const visit = await stage.visit(t);
  const held = visit.hold("**/api/x/session");
  const popup = await visit.press();
  await popup.close();
  await (await held).continue();
  assert.deepEqual((await visit.onlyEvent()).detail, { reason: "window_closed" });
  await connectsNow(visit);
});

test("a button that is removed stops asking and ends its session", async (t) => {
  const visit = await stage.visit(t);
  watchSession(visit);
  const { page, context } = visit;
  await visit.pressUntilX();
  const element = await page.locator("connect-x").elementHandle();
  const polled = once(context, "requestfailed", { signal: AbortSignal.timeout(PATIENCE_MS) });
  const told = page.waitForResponse((response) => response.request().method() === "DELETE");
  const heard = element.evaluate((button) => {
    const event = new Promise((resolve) => button.addEventListener("cancelled", ({ detail }) => resolve(detail)));
    button.remove();
    return event;
  });
  assert.deepEqual(await heard, { reason: "removed" });
  const [poll] = await polled;
  assert.match(poll.url(), /\/v1\/connect-sessions\/cs_.*\?wait=/);
  await told;
  assert.equal(visit.traffic.requests.at(-1).method(), "DELETE");
  assert.equal(await sessionStatus(visit), "cancelled");
});

test("a session that has expired is an error worth another press", async (t) => {
  const visit = await stage.visit(t);
  const expired = refusal("session_expired", "The session has expired.");
  const headers = { "access-control-allow-origin": visit.acme.origin };
  visit.traffic.tolerate(/status of 410/);
  // A real session lives a minute at least.
  const late = (route) => route.fulfill({ status: 410, headers, json: expired });
  await visit.page.route("**/v1/connect-sessions/*?wait=*", late, { times: 1 });
  await visit.press();
  const { type, detail } = await visit.onlyEvent();
  assert.deepEqual([type, detail.code, detail.retryable], ["error", "session_expired", true]);
  assert.equal(await statusOf(visit.page).textContent(), "This took too long. Please try again.");
  await connectsNow(visit);
});

test("a site that refuses to make a session is quoted to the visitor", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/status of 503/);
  const busy = (route) => route.fulfill({ status: 503, json: { error: "Acme is busy. Please come back at noon." } });
  await visit.page.route("**/api/x/session", busy, { times: 1 });
  const popup = await visit.press();
  if (!popup.isClosed()) await once(popup, "close");
  const { detail } = await visit.onlyEvent();
  assert.deepEqual([detail.code, detail.retryable], ["session_unavailable", true]);
  assert.equal(await statusOf(visit.page).textContent(), "Acme is busy. Please come back at noon.");
  await connectsNow(visit);
});

test("an API key in the page is refused before anything is opened or asked", async (t) => {
  const visit = await stage.visit(t);
  await visit.configure({ "api-key": "sk" });
  await buttonOf(visit.page).click();
  const { detail } = await visit.onlyEvent();
  assert.deepEqual([detail.code, detail.retryable], ["api_key_in_page", false]);
  assert.equal(visit.context.pages().length, 1);
  assert.deepEqual(visit.traffic.to("/api/x/session"), []);
});

test("an API key in place of the session token is refused too", async (t) => {
  const visit = await stage.visit(t);
  const url = `${stage.worker.origin}/connect/start`;
  await visit.configure({ "session-url": null, "session-id": "cs_1", token: "a-key", "connect-url": url });
  await buttonOf(visit.page).click();
  assert.equal((await visit.onlyEvent()).detail.code, "invalid_session_token");
  assert.equal(visit.context.pages().length, 1);
});

test("a module that did not load is asked for again by the next press", async (t) => {
  const visit = await stage.visit(t, { prepare: ({ context }) => context.route("**/embed_bg.wasm?*", (route) => route.abort()) });
  visit.traffic.tolerate(/ERR_FAILED/, /Failed to fetch/);
  await visit.press();
  const { detail } = await visit.onlyEvent(visit.page);
  assert.deepEqual([detail.code, detail.retryable], ["unreachable", true]);
  await visit.context.unroute("**/embed_bg.wasm?*");
  await connectsNow(visit);
});
