/** Who may begin, and in whose browser it may end (docs/API.md, section 3b). */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSession, newVerifier } from "../support/client.mjs";
import { buttonOf, cancelOf, startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const HOSTILE = "http://hostile.localhost:9";

/** What the button submits. */
const startForm = ({ token }) => ({
  token,
  code_challenge: newVerifier().challenge,
  code_challenge_method: "S256",
  display: "popup",
});

/** A page of any origin that posts a start of its own, under a referrer policy of its own. */
async function postStart(visit, origin, session, policy) {
  const inputs = Object.entries(startForm(session)).map(([name, value]) => `<input name="${name}" value="${value}">`);
  const html = `<!doctype html><meta name="referrer" content="${policy}"><link rel="icon" href="data:,">
    <form method="post" action="${stage.worker.origin}/connect/start">${inputs.join("")}<button>Go</button></form>`;
  await visit.context.route(`${origin}/start.html`, (route) => route.fulfill({ contentType: "text/html", body: html }));
  const page = await visit.context.newPage();
  await page.goto(`${origin}/start.html`);
  await page.getByRole("button", { name: "Go" }).click();
  return page;
}

const cookies = (visit) => visit.context.cookies(stage.worker.origin);

test("a hostile site cannot put its own session into a visitor's browser", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.allow(HOSTILE);
  visit.traffic.tolerate(/status of 403/);
  const session = await createSession(stage, { origin: visit.acme.origin, tenant_id: "the-attacker" });
  const page = await postStart(visit, HOSTILE, session, "unsafe-url");
  await page.getByText("origin_not_allowed").waitFor();
  assert.deepEqual(await cookies(visit), []);
  assert.equal((await stage.api.get(`/v1/connect-sessions/${session.id}`)).body.data.status, "pending");
});

test("who knows a session's public id alone cannot connect an account to its tenant, and its page goes on", async (t) => {
  const visit = await stage.visit(t);
  const stranger = await stage.visit(t);
  stranger.traffic.tolerate(/status of 404/);
  const made = visit.page.waitForResponse((response) => response.url().endsWith("/api/x/session"));
  const popup = await visit.pressUntilX();
  const { id } = await (await made).json();
  const page = await stranger.context.newPage();
  await page.goto(`${stage.worker.origin}/connect/link/${id}`);
  await page.getByText("not_found").waitFor();
  assert.deepEqual(await cookies(stranger), []);
  assert.deepEqual(await visit.accounts(), []);
  await visit.answer(popup, "authorize");
  assert.equal((await visit.onlyEvent()).detail.account.username, visit.user.username);
});

test("a cross-site link to an attacker's session does not send a visitor to X", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.allow(HOSTILE);
  visit.traffic.tolerate(/status of 404/);
  const session = await createSession(stage, {
    origin: visit.acme.origin,
    redirect_uri: `${visit.acme.origin}/`,
    tenant_id: "the-attacker",
  });
  const html = `<!doctype html><link rel="icon" href="data:,"><a href="${stage.worker.origin}/connect/link/${session.id}">Win</a>`;
  await visit.context.route(`${HOSTILE}/win.html`, (route) => route.fulfill({ contentType: "text/html", body: html }));
  const page = await visit.context.newPage();
  await page.goto(`${HOSTILE}/win.html`);
  await page.getByRole("link", { name: "Win" }).click();
  await page.getByText("not_found").waitFor();
  assert.deepEqual(await cookies(visit), []);
  assert.equal((await stage.api.get(`/v1/connect-sessions/${session.id}`)).body.data.status, "pending");
});

test("a site that hides where it comes from gets a page that names the session's site, and no cookie", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.allow(HOSTILE);
  const label = "Acme Social: publish for Robin";
  const session = await createSession(stage, { origin: visit.acme.origin, tenant_id: visit.tenant, label });
  const page = await postStart(visit, HOSTILE, session, "no-referrer");
  await page.getByText(visit.acme.origin).waitFor();
  await page.getByText(label).waitFor();
  assert.deepEqual(await cookies(visit), []);
});

test("the start page's one button leads to X", async (t) => {
  const visit = await stage.visit(t);
  const session = await createSession(stage, { origin: visit.acme.origin, tenant_id: visit.tenant });
  const page = await postStart(visit, visit.acme.origin, session, "no-referrer");
  await page.getByRole("button", { name: "Continue to X" }).click();
  await page.locator("button[value=authorize]").waitFor();
  assert.equal(new URL(page.url()).origin, stage.x.site);
  assert.equal((await cookies(visit)).length, 1);
});

for (const mode of ["popup", "redirect"]) test(`a session made for another origin is an error that names the remedy: ${mode}`, async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/status of 403/, /CORS policy/, /ERR_FAILED/);
  const { page } = visit;
  const { id, token, connect_url } = await createSession(stage, { origin: "https://elsewhere.example" });
  await visit.configure({ "session-url": null, "session-id": id, token, "connect-url": connect_url, mode });
  await buttonOf(page).click();
  const { type, detail } = await visit.onlyEvent();
  assert.deepEqual([type, detail.code, detail.retryable], ["error", "origin_not_allowed", false]);
  assert.match(detail.hint, /of http:\/\/acme.*CORS.*`origin` set to the origin of this page/);
  assert.deepEqual(await cookies(visit), []);
  assert.equal(page.url(), `${visit.acme.origin}/`);
  assert.equal(await buttonOf(page).getAttribute("aria-busy"), "false");
});

test("a callback in another browser names the site, connects nothing, and the page asks for its code", async (t) => {
  const visit = await stage.visit(t);
  const stranger = await stage.visit(t);
  const popup = await visit.pressUntilX();
  const elsewhere = await stranger.context.newPage();
  await elsewhere.goto(popup.url());
  await visit.answer(elsewhere, "authorize", stranger.user);
  await elsewhere.getByRole("heading", { name: "Confirm that this is you" }).waitFor();
  await elsewhere.getByText(`Type it only at ${visit.acme.origin}`).waitFor();
  await visit.page.getByLabel("6-digit code").waitFor();
  await cancelOf(visit.page).click();
  assert.deepEqual((await visit.onlyEvent()).detail, { reason: "dismissed" });
  assert.deepEqual(await visit.accounts(), []);
});
