/** <x-composer> (wasm-client/README.md, "The other elements"): a post, written as X counts it, and sent once. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { newAccount, readPost, textsAt } from "../support/client.mjs";
import { assertAccessible } from "./accessible.mjs";
import { elementOf, elementsPage, picture, scopedPage, told, toldOf } from "./elements.mjs";
import { startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const countOf = (page, at = 0) => page.locator("x-composer [part=count]").nth(at);
const submitOf = (page) => page.locator("x-composer [part=submit]");
const textOf = (page, name = "Text") => page.getByRole("textbox", { name, exact: true });

/** A page with the element, of a visitor with accounts, whose composer's module is there. */
async function visitWith(t, { count = 1, attributes = "", scopes, ...options } = {}) {
  const accounts = [];
  const visit = await stage.visit(t, {
    files: elementsPage(elementOf("x-composer", attributes)),
    shows: "x-composer [part=count]:not(:empty), x-composer [part=empty]:not([hidden])",
    prepare: async (visit) => {
      for (let at = 0; at < count; at += 1) accounts.push(await newAccount(stage, { tenant_id: visit.tenant }));
      if (scopes) await scopedPage(visit, scopes);
    },
    ...options,
  });
  return { visit, page: visit.page, accounts };
}

const postsOf = async ({ tenant }) => (await stage.api.get(`/v1/posts?tenant_id=${tenant}`)).body.posts;
const isPublished = async (page, account, count = 1) => {
  for (;;) {
    const texts = textsAt(stage, account);
    if (texts.length >= count) return texts;
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
};

test("a post is counted as X counts it while it is written, and published", async (t) => {
  const { visit, page, accounts: [account] } = await visitWith(t, { attributes: "price" });
  await textOf(page).fill("See https://example.com/a/very/long/path");
  await countOf(page).getByText("253 left").waitFor();
  await page.getByText("X charges $0.20 for this.").waitFor();
  await submitOf(page).click();
  const { detail, bubbles, composed } = await told(page, "post-created");
  assert.ok(bubbles && composed);
  assert.equal(detail.post.tenant_id, visit.tenant);
  await page.getByText("The post is on its way to X.").waitFor();
  assert.equal(await textOf(page).inputValue(), "");
  assert.equal((await isPublished(page, account)).length, 1);
});

test("what X would refuse is said before it is sent, and cannot be sent", async (t) => {
  const { page } = await visitWith(t);
  await textOf(page).fill("a".repeat(281));
  await countOf(page).getByText("1 too many").waitFor();
  assert.ok(await submitOf(page).isDisabled());
  await textOf(page).fill("$AAPL and $MSFT");
  await page.locator("x-composer [part=verdict]:not(:empty)").waitFor();
  assert.ok(await submitOf(page).isDisabled());
  await textOf(page).fill("fine");
  assert.ok(await submitOf(page).isEnabled());
});

test("a thread with a picture, its alt text and reply settings arrives as it was written", async (t) => {
  const { page, accounts: [account] } = await visitWith(t);
  await textOf(page).fill("one");
  await page.getByRole("button", { name: "Add to the thread" }).click();
  await textOf(page, "Part 2").fill("two");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Add media" }).nth(1).click()]);
  await chooser.setFiles({ name: "sea.png", mimeType: "image/png", buffer: png() });
  await page.getByLabel("What it shows").fill("the sea");
  await page.getByLabel("Who may reply").selectOption("following");
  await submitOf(page).click();
  const { detail: { post } } = await told(page, "post-created");
  const { containers, x } = await readPost(stage, post);
  assert.deepEqual(containers.map(({ content }) => content), ["one", "two"]);
  assert.deepEqual([containers[1].media[0].altText, x.reply_settings], ["the sea", "following"]);
  assert.equal((await isPublished(page, account, 2)).length, 2);
});

test("the parts of a thread change their places, by the keyboard, with their files, and the focus goes with the part", async (t) => {
  const { page, accounts: [account] } = await visitWith(t);
  assert.ok(await page.getByRole("button", { name: "Move up" }).isHidden(), "a single post has no order");
  await textOf(page).fill("first, at the end");
  await page.locator("x-composer input[type=file]").setInputFiles({ name: "sea.png", mimeType: "image/png", buffer: png() });
  for (const [name, text] of [["Part 2", "in the middle"], ["Part 3", "last, at the beginning"]]) {
    await page.getByRole("button", { name: "Add to the thread" }).click();
    await textOf(page, name).fill(text);
  }
  await page.getByRole("button", { name: "Move up: Part 3" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  assert.equal(await textOf(page, "Part 1").inputValue(), "last, at the beginning");
  const focused = page.getByRole("button", { name: "Move down: Part 1" });
  assert.ok(await focused.evaluate((button) => button.getRootNode().activeElement === button), "at the top the way down is left");
  await page.getByRole("button", { name: "Move down: Part 2" }).click();
  await submitOf(page).click();
  const { detail: { post } } = await told(page, "post-created");
  const { containers } = await readPost(stage, post);
  assert.deepEqual(containers.map(({ content, media }) => [content, media.length]), [["last, at the beginning", 0], ["in the middle", 0], ["first, at the end", 1]]);
  await isPublished(page, account, 3);
});

test("a file that is none of X's is refused with the reason, and can be removed", async (t) => {
  const { visit, page } = await visitWith(t);
  visit.traffic.tolerate(/status of 422/);
  await textOf(page).fill("with a file");
  await page.locator("x-composer input[type=file]").setInputFiles({ name: "cat.png", mimeType: "image/png", buffer: Buffer.from("no picture at all, but text") });
  await page.locator("x-composer [part=file] .problem:not(:empty)").waitFor();
  assert.ok(await submitOf(page).isDisabled());
  await page.getByRole("button", { name: "Remove: cat.png" }).click();
  assert.ok(await submitOf(page).isEnabled());
});

test("a poll is made by X's rules, for a time in the future", async (t) => {
  const { page } = await visitWith(t);
  await textOf(page).fill("Tea or coffee?");
  await page.getByRole("button", { name: "Add a poll" }).click();
  assert.ok(await submitOf(page).isDisabled());
  await page.getByLabel("Choice 1").fill("Tea");
  await page.getByLabel("Choice 2").fill("Coffee");
  await page.getByRole("button", { name: "Add a choice" }).click();
  await page.getByLabel("Choice 3").fill("Water");
  await page.getByLabel("Runs for").selectOption("60");
  await page.getByLabel("When").selectOption("later");
  await page.getByLabel("Time", { exact: true }).fill("2020-01-01T09:00");
  await page.getByText("This time has passed.").waitFor();
  const at = await page.evaluate(() => {
    const time = new Date(Date.now() + 86_400_000);
    return new Date(time - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  });
  await page.getByLabel("Time", { exact: true }).fill(at);
  await page.getByRole("button", { name: "Schedule" }).click();
  const { detail: { post } } = await told(page, "post-created");
  const { scheduled, scheduledAt, x } = await readPost(stage, post);
  assert.ok(scheduled && Math.abs(Date.parse(scheduledAt) - Date.now() - 86_400_000) < 120_000, scheduledAt);
  assert.deepEqual(x.poll, { options: ["Tea", "Coffee", "Water"], duration_minutes: 60 });
});

test("a page whose posts need an approval asks for it", async (t) => {
  const { page } = await visitWith(t, { scopes: ["draft"] });
  await textOf(page).fill("may I?");
  await page.getByRole("button", { name: "Ask for approval" }).click();
  const { detail: { post } } = await told(page, "post-created");
  assert.equal(post.approval.status, "pending");
  await page.getByText("The post waits for approval.").waitFor();
});

test("of several accounts the person picks, and a draft is kept for them", async (t) => {
  const { page, accounts: [one, two] } = await visitWith(t, { count: 2 });
  await textOf(page).fill("for one of them");
  await page.getByLabel("When").selectOption("draft");
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByText("Choose an account.").waitFor();
  await page.getByRole("checkbox", { name: `@${two.username}` }).check();
  await page.getByRole("button", { name: "Save the draft" }).click();
  const { detail: { post } } = await told(page, "post-created");
  assert.deepEqual([post.isDraft, post.socialAccounts.map(({ id }) => id)], [true, [two.id]]);
  assert.deepEqual(textsAt(stage, one), []);
});

test("what is being written is there again after a reload, for its tenant alone", async (t) => {
  const { visit, page } = await visitWith(t);
  await textOf(page).fill("half a thought");
  await page.getByLabel("Who may reply").selectOption("verified");
  await page.reload();
  await countOf(page).getByText("266 left").waitFor();
  assert.deepEqual([await textOf(page).inputValue(), await page.getByLabel("Who may reply").inputValue()], ["half a thought", "verified"]);
  await newAccount(stage, { tenant_id: "another" });
  const { data } = (await stage.api.post("/v1/page-sessions", { origin: visit.acme.origin, tenant_id: "another", scopes: ["publish"] })).body;
  await visit.context.route("**/api/x/page", (route) => route.fulfill({ json: data }));
  await page.reload();
  await countOf(page).getByText("280 left").waitFor();
  assert.equal(await textOf(page).inputValue(), "");
});

test("after a lost answer, and a reload, the same press posts once", async (t) => {
  const { visit, page, accounts: [account] } = await visitWith(t);
  visit.traffic.tolerate(/ERR_FAILED/);
  await textOf(page).fill("only once");
  await page.route("**/v1/posts", async (route) => {
    await route.fetch({ url: `${stage.worker.api}/v1/posts` });
    await route.abort();
  }, { times: 1 });
  await submitOf(page).click();
  await page.getByText("The connection was lost. Please try again.").waitFor();
  await page.reload();
  await countOf(page).getByText("271 left").waitFor();
  await submitOf(page).click();
  const { detail: { post } } = await told(page, "post-created");
  assert.deepEqual((await postsOf(visit)).map(({ id }) => id), [post.id]);
  assert.deepEqual(await isPublished(page, account), ["only once"]);
});

test("an account that is connected beside the composer counts by its own limit at once", async (t) => {
  const { visit, page } = await visitWith(t, { count: 0 });
  await newAccount(stage, { tenant_id: visit.tenant, subscription_type: "Premium" });
  await page.locator("x-composer").evaluate((element) => element.refresh());
  await countOf(page).getByText("25000 left").waitFor();
});

test("among many accounts one is found by its name, the chosen ones stand first, and the text stays near", async (t) => {
  const { page, accounts } = await visitWith(t, { count: 12, viewport: { width: 390, height: 800 }, attributes: 'lang="de"' });
  const { username } = accounts[0];
  const boxes = page.locator("x-composer [part=account]");
  await page.getByRole("searchbox", { name: "Konto suchen" }).fill(`@${username.toUpperCase()}`);
  await page.keyboard.press("Enter");
  await boxes.nth(0).waitFor({ state: "hidden" });
  assert.equal(await boxes.filter({ visible: true }).count(), 1);
  await page.getByRole("checkbox", { name: `@${username}` }).check();
  await page.reload();
  await boxes.first().getByText(`@${username}`).waitFor();
  assert.ok(await boxes.first().getByRole("checkbox").isChecked());
  const { y } = await page.locator("x-composer [part=text]").boundingBox();
  assert.ok(y < 600, `${y} px down`);
  await assertAccessible(page, "many accounts");
  await picture(page, "composer-many");
});

test("without an account there is nothing to write with", async (t) => {
  const { page } = await visitWith(t, { count: 0 });
  await page.getByText("Connect an X account first.").waitFor();
  assert.equal(await submitOf(page).isVisible(), false);
});

test("a post is written and sent by the keyboard alone", async (t) => {
  const { page } = await visitWith(t);
  await textOf(page).focus();
  await page.keyboard.type("typed");
  await countOf(page).getByText("275 left").waitFor();
  while (!(await submitOf(page).evaluate((button) => button.getRootNode().activeElement === button))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await told(page, "post-created");
  assert.deepEqual(await toldOf(page, "error"), []);
});

for (const [what, options] of [["wide", {}], ["right to left, at 390 px", { viewport: { width: 390, height: 800 }, attributes: 'dir="rtl" lang="ja" price' }]]) {
  test(`axe finds nothing, and nothing is cut off: ${what}`, async (t) => {
    const { page } = await visitWith(t, { count: 2, ...options });
    await page.locator("x-composer [part=text]").fill("A text with https://example.com in it");
    await page.locator("x-composer [part=add-part]").click();
    await page.locator("x-composer [part=text]").nth(1).fill("a".repeat(290));
    await page.locator("x-composer [part=add-poll]").click();
    await page.locator("x-composer input[type=file]").first().setInputFiles({ name: "sea.png", mimeType: "image/png", buffer: png() });
    await page.locator("x-composer [part=progress]").waitFor({ state: "hidden" });
    await assertAccessible(page, what);
    await picture(page, `composer-${what.slice(0, 5)}`);
  });
}
