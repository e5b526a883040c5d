/** <x-posts> (wasm-client/README.md, "The other elements"): what is scheduled, what became of what was sent, and what to do. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, faultAtX, fromNow, newAccount, publishPost, readPost, textsAt } from "../support/client.mjs";
import { assertAccessible } from "./accessible.mjs";
import { elementOf, elementsPage, picture, scopedPage, told } from "./elements.mjs";
import { startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const DAY_MS = 86_400_000;
const postOf = (page, text) => page.locator("x-posts [part=post]").filter({ hasText: text });

/** A page with the element, of a visitor with one account, for which `work` has been done. */
async function visitAfter(t, work, { scopes, attributes, clock, ...options } = {}) {
  let account;
  const visit = await stage.visit(t, {
    files: elementsPage(elementOf("x-posts", attributes)),
    shows: "x-posts:state(ready)",
    prepare: async (visit) => {
      if (clock) await visit.context.clock.install();
      account = await newAccount(stage, { tenant_id: visit.tenant });
      await work(account);
      if (scopes) await scopedPage(visit, scopes);
    },
    ...options,
  });
  return { visit, page: visit.page, account };
}

const planned = (account, content = "tomorrow") => createPost(stage, account, { content, scheduledAt: fromNow(DAY_MS) });

async function refused(account, content = "refused by X") {
  faultAtX(stage, { kind: "answer", preset: "not-permitted", username: account.username });
  return publishPost(stage, account, { content });
}

test("what was published, what is scheduled and what X refused are there, and each can be asked for alone", async (t) => {
  const { page, account } = await visitAfter(t, async (account) => {
    await publishPost(stage, account, { content: "on X" });
    await planned(account);
    await refused(account);
  });
  const link = postOf(page, "on X").getByRole("link", { name: `@${account.username}` });
  assert.match(await link.getAttribute("href"), new RegExp(`/${account.username}/status/\\d+$`));
  await postOf(page, "on X").getByText("Published").waitFor();
  await postOf(page, "tomorrow").getByText("Scheduled").waitFor();
  await postOf(page, "refused by X").getByText("Failed").waitFor();
  assert.notEqual(await postOf(page, "refused by X").locator("[part=reason]").textContent(), "");
  for (const [name, text] of [["Scheduled", "tomorrow"], ["Failed", "refused by X"]]) {
    await page.getByRole("button", { name, exact: true }).click();
    await page.locator("x-posts [part=post]").nth(1).waitFor({ state: "detached" });
    await postOf(page, text).waitFor();
  }
});

test("a scheduled post is deleted after a question, by the keyboard alone", async (t) => {
  let post;
  const { page } = await visitAfter(t, async (account) => (post = await planned(account)));
  await postOf(page, "tomorrow").getByRole("button", { name: "Delete" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Delete this post?").waitFor();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  assert.equal((await told(page, "post-cancelled")).detail.post.id, post.id);
  const { socialAccounts: [{ state }] } = await readPost(stage, post);
  assert.equal(state, "cancelled");
  await postOf(page, "tomorrow").getByText("Cancelled").waitFor();
});

test("what X has refused is sent again, once", async (t) => {
  const { page, account } = await visitAfter(t, (account) => refused(account));
  await postOf(page, "refused by X").getByRole("button", { name: "Send again" }).click();
  await told(page, "post-retried");
  await postOf(page, "refused by X").getByText("Published").waitFor();
  assert.deepEqual(textsAt(stage, account), ["refused by X"]);
});

test("a page whose posts need an approval deletes its drafts and sends nothing", async (t) => {
  const { page } = await visitAfter(t, async (account) => {
    await createPost(stage, account, { content: "a draft", isDraft: true });
    await planned(account);
    await refused(account);
  }, { scopes: ["draft"] });
  await postOf(page, "a draft").getByRole("button", { name: "Delete" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Send again" }).count(), 0);
  assert.equal(await postOf(page, "tomorrow").getByRole("button").count(), 0);
});

test("a post that waits for approval shows what became of it, and why it was rejected", async (t) => {
  let post;
  const { page } = await visitAfter(t, async (account) => (post = await createPost(stage, account, { content: "may I?", approval: true })), {
    scopes: ["draft"], attributes: 'lang="de"', clock: true,
  });
  await postOf(page, "may I?").getByText("Wartet auf Freigabe").waitFor();
  assert.equal(await page.locator("x-posts [part=reason]").count(), 0, "the state says all");
  await stage.api.post(`/v1/posts/${post.id}/reject`, { note: "The price is wrong." });
  await page.clock.runFor(20_000);
  await postOf(page, "may I?").getByText("Abgelehnt").waitFor();
  assert.deepEqual(await page.locator("x-posts [part=reason]").allTextContents(), ["The price is wrong."]);
});

test("a reason is in the visitor's language, and one that is the operator's is not told", async (t) => {
  const { page } = await visitAfter(t, (account) => refused(account), { attributes: 'lang="fr"' });
  const reason = await postOf(page, "refused by X").locator("[part=reason]").textContent();
  assert.equal(reason, "X n’a pas accepté le post. Le responsable de ce site sait pourquoi.");
});

test("after a deletion a long list has all of its rows, and the focus stays in its place", async (t) => {
  const { page } = await visitAfter(t, async (account) => {
    for (let at = 0; at < 122; at += 1) await createPost(stage, account, { content: `draft ${at}.`, isDraft: true });
  });
  const rows = page.locator("x-posts [part=post]");
  for (let shown = 20; shown < 120; shown += 20) {
    await page.getByRole("button", { name: "Show more" }).click();
    await rows.nth(shown).waitFor();
  }
  await rows.nth(110).getByRole("button", { name: "Delete" }).click();
  await rows.nth(110).locator("[part=confirm]").click();
  await told(page, "post-cancelled");
  await postOf(page, "draft 11.").waitFor({ state: "detached" });
  await rows.nth(119).waitFor();
  assert.ok(await postOf(page, "draft 10.").evaluate((row) => row.getRootNode().activeElement === row));
});

test("posts beyond the first page come page by page", async (t) => {
  const { page } = await visitAfter(t, async (account) => {
    for (let at = 0; at < 21; at += 1) await createPost(stage, account, { content: `draft ${at}.`, isDraft: true });
  });
  assert.equal(await page.locator("x-posts [part=post]").count(), 20);
  await page.getByRole("button", { name: "Show more" }).click();
  await postOf(page, "draft 0.").waitFor();
  assert.equal(await page.locator("x-posts [part=post]").count(), 21);
});

for (const [what, options] of [["wide", {}], ["right to left, at 390 px", { viewport: { width: 390, height: 800 }, attributes: 'dir="rtl" lang="fr"' }]]) {
  test(`axe finds nothing, and nothing is cut off: ${what}`, async (t) => {
    const { page } = await visitAfter(t, async (account) => {
      await publishPost(stage, account, { content: "A text that was published, and that is long enough for more than one line on a telephone." });
      await planned(account);
      await refused(account);
    }, options);
    await postOf(page, "tomorrow").locator("[part=cancel]").click();
    await assertAccessible(page, what);
    await picture(page, `posts-${what.slice(0, 5)}`);
  });
}
