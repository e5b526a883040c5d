/** Every press ends, and says what was seen and how to mend it, to developers alone. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { refusal } from "../support/contract.mjs";
import { createSession } from "../support/client.mjs";
import { buttonOf, comeBack, inState, lookAtX, startStage, statusOf } from "./stage.mjs";

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
  const answer = { status: 200, ...HTML, headers: { "access-control-allow-origin": "*" } };
  const visit = await stage.visit(t, { prepare: ({ context }) => context.route("**/embed_bg.wasm?*", (route) => route.fulfill(answer)) });
  visit.traffic.tolerate(/WebAssembly/, /status of 404/, /MIME/);
  await visit.press();
  await assertTold(visit, "wasm_unavailable", /embed_bg\.wasm answered 200 with text\/html/, FAILED);
});

test("a module of the wrong type connects all the same", async (t) => {
  const body = Buffer.from(await (await fetch(`${stage.worker.api}/embed_bg.wasm`)).arrayBuffer());
  const headers = { "access-control-allow-origin": "*" };
  const answer = { body, contentType: "application/octet-stream", headers };
  const visit = await stage.visit(t, { prepare: ({ context }) => context.route("**/embed_bg.wasm?*", (route) => route.fulfill(answer)) });
  visit.traffic.tolerate(/MIME type/);
  await visit.connects();
});

test("a window that the person takes elsewhere before X was asked is a cancellation", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/favicon/);
  const held = visit.hold("**/api/x/session");
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
  await comeBack(page);
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
  await comeBack(page);
  await page.clock.fastForward(2000);
  await inState(page, "left");
  await lookAtX(page);
  await page.clock.fastForward(60_000);
  await visit.answer(popup, "authorize");
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("a press without anywhere to get a session from is an error that names the three ways", async (t) => {
  const visit = await stage.visit(t);
  await visit.configure({ "session-url": null });
  await buttonOf(visit.page).click();
  await assertTold(visit, "session_missing", /`session-url`, `fetchSession`, or, of a button, all of/, FAILED);
});

test("a status that the button does not know ends the press, and names the script as too old", async (t) => {
  const visit = await stage.visit(t);
  await visit.page.evaluate(renameStatuses);
  await visit.press();
  await assertTold(visit, "unexpected_answer", /Load embed\.js from the Worker/, FAILED);
});

/** Runs in the page: what it reads of a session has a status that no version knows yet. */
function renameStatuses() {
  const { fetch } = globalThis;
  globalThis.fetch = async (...asked) => {
    const response = await fetch(...asked);
    if (!response.url.includes("/v1/connect-sessions/")) return response;
    const body = await response.json();
    body.data.status = "of another version";
    return Response.json(body);
  };
}
