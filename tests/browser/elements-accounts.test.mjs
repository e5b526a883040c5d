/** <x-accounts> (wasm-client/README.md, "The other elements"): the tenant's accounts, each with its state and what to do. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newAccount, publishPost } from "../support/client.mjs";
import { assertAccessible } from "./accessible.mjs";
import { elementOf, elementsPage, picture, told, toldOf } from "./elements.mjs";
import { startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const rowsOf = (page) => page.locator("x-accounts [part=account]");
const rowOf = (page, { username }) => rowsOf(page).filter({ hasText: `@${username}` });

/** A page with the element, for whom these accounts are connected. */
async function visitWith(t, { count = 0, attributes, ...options } = {}) {
  const accounts = [];
  const visit = await stage.visit(t, {
    files: elementsPage(elementOf("x-accounts", attributes)),
    shows: "x-accounts:state(ready)",
    prepare: async ({ tenant }) => {
      for (let at = 0; at < count; at += 1) accounts.push(await newAccount(stage, { tenant_id: tenant }));
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

test("an account is connected in place, by the token of the page", async (t) => {
  const { visit, page } = await visitWith(t);
  await page.getByText("No X account is connected yet.").waitFor();
  const popup = await visit.pressUntilX(page, page.locator("x-accounts [part=connect]").last().locator("[part=button]"));
  await visit.answer(popup, "authorize");
  await rowOf(page, visit.user).getByText("Connected").waitFor();
  const { detail, bubbles, composed, of } = await told(page, "connected");
  assert.deepEqual([detail.account.username, bubbles, composed, of], [visit.user.username, true, true, "x-accounts"]);
  const [row] = await visit.accounts();
  assert.equal(row.tenant_id, visit.tenant);
  assert.equal(visit.traffic.to("/api/x/page").length, 1, "one session for list, button and list");
  assert.equal((await toldOf(page, "ready")).length, 1, "the element's own, not the button's");
});

test("an account whose grant has ended says so, and is connected again in place", async (t) => {
  const { visit, page, accounts: [account] } = await visitWith(t, { count: 1 });
  await endGrant(account);
  await page.locator("x-accounts").evaluate((element) => element.refresh());
  const row = rowOf(page, account);
  await row.getByText("X has ended the connection.").waitFor();
  const popup = await visit.pressUntilX(page, row.locator("connect-x [part=button]"));
  await visit.answer(popup, "authorize", account);
  await row.getByText("Connected").waitFor();
  const [{ id, status }] = await visit.accounts();
  assert.deepEqual([id, status], [account.id, "active"]);
});

test("an account is disconnected after a question, by the keyboard alone", async (t) => {
  const { visit, page, accounts: [account, other] } = await visitWith(t, { count: 2 });
  const leave = rowOf(page, account).getByRole("button", { name: `Disconnect @${account.username}` });
  await leave.focus();
  await page.keyboard.press("Enter");
  await page.getByText(`Disconnect @${account.username}? Posts that are scheduled for it are cancelled.`).waitFor();
  await page.keyboard.press("Escape");
  assert.ok(await leave.evaluate((button) => button.getRootNode().activeElement === button), "the way back leads to the button");
  assert.equal((await visit.accounts()).length, 2);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  assert.equal((await told(page, "disconnected")).detail.account.id, account.id);
  await rowOf(page, account).waitFor({ state: "detached" });
  assert.deepEqual((await visit.accounts()).map(({ id }) => id), [other.id]);
});

test("a name cannot turn the direction of the page around it", async (t) => {
  const { page } = await visitWith(t, { count: 1, prepare: ({ tenant }) => newAccount(stage, { tenant_id: tenant, name: "\u202Eevil\u2066 name" }) });
  assert.equal(await rowsOf(page).locator("[part=name]").textContent(), "evil name");
});

test("accounts beyond the first hundred come page by page", async (t) => {
  const { page, accounts } = await visitWith(t, { count: 101 });
  assert.equal(await rowsOf(page).count(), 100);
  await stage.api.delete(`/v1/social-accounts/${accounts[50].id}`);
  await page.getByRole("button", { name: "Show more" }).click();
  await rowOf(page, accounts[0]).waitFor();
  assert.equal(await rowsOf(page).count(), 101, "an account that has gone meanwhile shifts no other");
  await page.locator("x-accounts").evaluate((element) => element.refresh());
  assert.equal(await rowsOf(page).count(), 100, "what was shown is read anew");
});

for (const [what, options, attributes] of [["light, dark", {}, ""], ["right to left, at 390 px", { viewport: { width: 390, height: 800 } }, 'dir="rtl" lang="de"']]) {
  test(`axe finds nothing, and everything is on the page: ${what}`, async (t) => {
    const { page, accounts: [account, gone] } = await visitWith(t, { count: 2, attributes, ...options });
    await endGrant(gone);
    await page.locator("x-accounts").evaluate((element) => element.refresh());
    await rowOf(page, account).locator("[part=disconnect]").click();
    await assertAccessible(page, what);
    await picture(page, `accounts-${options.viewport ? "rtl" : "wide"}`);
  });
}
