/** The account beside the button (wasm-client/README.md, "With a page session"): by the token of a page alone. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSession, newAccount, publishPost } from "../support/client.mjs";
import { assertAccessible } from "./accessible.mjs";
import { elementOf, elementsPage, picture, told, toldOf } from "./elements.mjs";
import { startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const SCRIPT = '<script type="module" src="{{worker}}/embed.js"></script>';
const BOTH = '<script type="module" src="{{worker}}/elements.js"></script>';
const buttonWith = (attributes = "") => `<connect-x session-url="/api/x/session" page-session-url="/api/x/page" ${attributes}></connect-x>`;

const mainOf = (page) => page.locator("connect-x [part=button]").first();
const handleOf = (page) => page.locator("connect-x [part=handle]");
const leaveOf = (page) => page.locator("connect-x [part=disconnect]");
const readAnew = (page) => page.reload().then(() => page.locator("connect-x:defined").first().waitFor());

/** A page with a button, for whose visitor `count` accounts are connected. */
async function visitWith(t, { count = 0, attributes, body = buttonWith(attributes), script = SCRIPT, prepare, ...options } = {}) {
  const accounts = [];
  const visit = await stage.visit(t, {
    files: elementsPage(body, { script }),
    prepare: async (visit) => {
      for (let at = 0; at < count; at += 1) accounts.push(await newAccount(stage, { tenant_id: visit.tenant }));
      await prepare?.(visit, accounts);
    },
    ...options,
  });
  return { visit, page: visit.page, accounts };
}

/** X ends the grant of the account, and the Worker hears of it by a post. */
async function endGrant(account) {
  stage.x.revokeGrants({ username: account.username });
  await publishPost(stage, account, { content: "held until the account is connected again" });
}

/** What the site answers at /api/x/page. */
const answering = (visit, answer) => visit.context.route("**/api/x/page", async (route) => route.fulfill({ json: await answer() }));

const minted = async ({ acme, tenant }, fields) =>
  (await stage.api.post("/v1/page-sessions", { origin: acme.origin, tenant_id: tenant, scopes: ["accounts"], ...fields })).body.data;

async function assertShowsNothing(page, code) {
  const { detail, bubbles, composed, of } = await told(page, "error");
  assert.deepEqual([detail.code, bubbles, composed, of], [code, true, true, "connect-x"]);
  assert.doesNotMatch(JSON.stringify(detail), /[cp]st_\w/);
  await page.locator("connect-x [part=problem]").getByText(detail.message).waitFor();
  assert.deepEqual([await handleOf(page).count(), await leaveOf(page).count(), await mainOf(page).isVisible()], [0, 0, true]);
}

test("the button connects, says with whom, and disconnects after a question, by the keyboard alone", async (t) => {
  const { visit, page } = await visitWith(t);
  await visit.answer(await visit.pressUntilX(), "authorize");
  await handleOf(page).getByText(`@${visit.user.username}`).waitFor();
  assert.equal(await mainOf(page).isVisible(), false);
  await page.locator("connect-x").evaluate((button) => button.focus());
  await page.keyboard.press("Enter");
  await page.getByText(`Disconnect @${visit.user.username}? Posts that are scheduled for it are cancelled.`).waitFor();
  await page.keyboard.press("Escape");
  assert.equal((await visit.accounts()).length, 1);
  assert.ok(await leaveOf(page).evaluate((leave) => leave.getRootNode().activeElement === leave), "the way back leads to the button");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  const { detail, bubbles, composed } = await told(page, "disconnected");
  assert.deepEqual([detail.account.username, bubbles, composed], [visit.user.username, true, true]);
  await mainOf(page).waitFor();
  assert.ok(await mainOf(page).evaluate((button) => button.getRootNode().activeElement === button), "the button has the focus");
  assert.deepEqual(await visit.accounts(), []);
  assert.deepEqual(await toldOf(page, "error"), []);
});

test("an account whose grant has ended is connected again in place", async (t) => {
  const { visit, page, accounts: [account] } = await visitWith(t, { count: 1, prepare: (_, [account]) => endGrant(account) });
  await page.getByText("X has ended the connection.").waitFor();
  const popup = await visit.pressUntilX(page, page.locator("connect-x [part=connect] [part=button]"));
  await visit.answer(popup, "authorize", account);
  await page.locator("connect-x [part=state]").getByText("Connected", { exact: true }).waitFor();
  const [{ id, status }] = await visit.accounts();
  assert.deepEqual([id, status], [account.id, "active"]);
  assert.equal((await told(page, "connected")).of, "connect-x");
});

test("a page that goes to X itself shows the account once it is back", async (t) => {
  const { visit, page } = await visitWith(t, { attributes: 'mode="redirect"' });
  await visit.leaveForX();
  await visit.answer(page, "authorize");
  await page.waitForURL(`${visit.acme.origin}/**`);
  await handleOf(page).getByText(`@${visit.user.username}`).waitFor();
  assert.equal(await mainOf(page).isVisible(), false);
  await readAnew(page);
  await handleOf(page).getByText(`@${visit.user.username}`).waitFor();
});

test("of several accounts the button says how many, and disconnects none; the one that an attribute names it shows", async (t) => {
  const { page, accounts: [account] } = await visitWith(t, { count: 2 });
  await page.getByText("2 X accounts are connected.").waitFor();
  assert.deepEqual([await leaveOf(page).count(), await mainOf(page).isVisible()], [0, true]);
  await page.locator("connect-x").evaluate((button, id) => button.setAttribute("reconnect-account-id", id), account.id);
  await handleOf(page).getByText(`@${account.username}`).waitFor();
  await page.locator("connect-x").evaluate((button) => button.setAttribute("tenant-id", "somebody-else"));
  await assertShowsNothing(page, "tenant_mismatch");
});

test("button and list share a session, and each shows what the other has done", async (t) => {
  const body = buttonWith() + elementOf("x-accounts");
  const { visit, page, accounts: [account] } = await visitWith(t, { count: 1, body, script: SCRIPT + BOTH });
  await handleOf(page).getByText(`@${account.username}`).waitFor();
  await page.locator("x-accounts [part=disconnect]").click();
  await page.locator("x-accounts [part=confirm]").click();
  await mainOf(page).waitFor();
  assert.equal(await handleOf(page).count(), 0);
  assert.equal(visit.traffic.to("/api/x/page").length, 1);
});

test("a token that has ended shows nothing and says so; trying again works once the site has another", async (t) => {
  let given;
  const { visit, page } = await visitWith(t, {
    count: 1,
    prepare: async (visit) => {
      visit.traffic.tolerate(/status of 401/);
      given = await minted(visit);
      await stage.api.delete(`/v1/page-sessions/${given.id}`);
      await answering(visit, () => given);
    },
  });
  await assertShowsNothing(page, "page_session_ended");
  await assertAccessible(page, "ended");
  given = await minted(visit);
  await page.locator("connect-x [part=retry]").click();
  await handleOf(page).waitFor();
  assert.equal(await page.locator("connect-x [part=problem]").count(), 0);
});

for (const [what, code, fields, attributes] of [
  ["of another tenant than the page's", "tenant_mismatch", { tenant_id: "theirs" }, 'tenant-id="ours"'],
  ["for pages of another origin", "origin_not_allowed", { origin: "https://elsewhere.example" }],
  ["without the scope for accounts", "insufficient_key_scope", { scopes: ["publish"] }],
]) {
  test(`a token ${what} shows nothing and says so`, async (t) => {
    const { visit, page } = await visitWith(t, { count: 1, attributes, prepare: (visit) => answering(visit, () => minted(visit, fields)) });
    await assertShowsNothing(page, code);
    assert.deepEqual(visit.traffic.to("/v1/"), [], "nothing was asked with it");
  });
}

test("a connect session's token shows no account: neither as a page's, nor by itself", async (t) => {
  const session = (visit) => createSession(stage, { origin: visit.acme.origin, tenant_id: visit.tenant });
  const { page } = await visitWith(t, { count: 1, prepare: (visit) => answering(visit, () => session(visit)) });
  await assertShowsNothing(page, "invalid_page_token");
  const own = await session({ acme: new URL(page.url()), tenant: "alone" });
  await page.evaluate(({ id, token, connect_url }) => {
    const button = document.createElement("connect-x");
    for (const [name, value] of Object.entries({ "session-id": id, token, "connect-url": connect_url, id: "alone" })) button.setAttribute(name, value);
    document.querySelector("connect-x").replaceWith(button);
  }, own);
  await page.locator("connect-x#alone:state(ready)").waitFor();
  assert.deepEqual([await handleOf(page).count(), await leaveOf(page).count()], [0, 0]);
});

test("a function gives the session as well, and the words are the site's", async (t) => {
  const { page, accounts: [account] } = await visitWith(t, { count: 1, body: '<connect-x session-url="/api/x/session"></connect-x>' });
  await page.evaluate(() => {
    const button = document.createElement("connect-x");
    button.fetchPageSession = async () => (await fetch("/api/x/page", { method: "POST" })).json();
    button.labels = { disconnect: "Take off" };
    document.querySelector("connect-x").replaceWith(button);
  });
  await page.getByRole("button", { name: `Take off @${account.username}` }).waitFor();
});

test("the account does not wait for the module", async (t) => {
  const { page } = await visitWith(t, {
    count: 1,
    prepare: ({ context, traffic }) => {
      traffic.tolerate(/ERR_FAILED/);
      return context.route("**/embed_bg.wasm*", (route) => route.abort());
    },
  });
  await handleOf(page).waitFor();
});

for (const [what, options, attributes] of [["light, dark", {}, ""], ["right to left, at 390 px", { viewport: { width: 390, height: 800 } }, 'dir="rtl" lang="de"']]) {
  test(`axe finds nothing, and everything is on the page: ${what}`, async (t) => {
    const { page, accounts: [account] } = await visitWith(t, { count: 1, attributes, ...options });
    await leaveOf(page).waitFor();
    await assertAccessible(page, what);
    await picture(page, `button-${options.viewport ? "rtl" : "wide"}`);
    await endGrant(account);
    await readAnew(page);
    await page.locator("connect-x [part=connect]").waitFor();
    await leaveOf(page).click();
    await assertAccessible(page, `${what}: ended, asked`);
    await picture(page, `button-ended-${options.viewport ? "rtl" : "wide"}`);
  });
}
