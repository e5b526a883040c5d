/** The composer under the hands of whoever writes all day: the focus, the keys, and what it says while something is typed. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, textsAt, thread } from "../support/client.mjs";
import { PNG } from "../support/files.mjs";
import { newKey } from "../support/keys.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { PHONE, startOffice } from "./desk.mjs";

/** What the form reads as long as it is shown. */
const READ = /\/v1\/social-accounts\?/;

let office;
let account;
before(async () => {
  office = await startOffice({ register: true });
  account = await newAccount(office);
  await newAccount(office, { tenant_id: "customer-42" });
});
after(() => office?.stop());

async function atComposer(t, options) {
  const desk = await office.sit(t, options);
  await desk.open("posts/new", "New post");
  await desk.page.locator(".pick-one").first().waitFor();
  return desk;
}
const text = ({ page }, name = "Text") => page.getByLabel(name, { exact: true });
/** The label of what has the focus, once it is this one. */
const isAt = ({ page }, label) =>
  page.waitForFunction((wanted) => [...(document.activeElement?.labels ?? [])].some(({ textContent }) => textContent === wanted), label);
const texts = ({ page }) => page.locator(".part textarea").evaluateAll((all) => all.map(({ value }) => value));

test("the focus goes to a part, a poll or a file that was added, and to the part before one that was removed", async (t) => {
  const desk = await atComposer(t);
  await desk.press(desk.button("Add to the thread"));
  await isAt(desk, "Part 2");
  await desk.press(desk.button("Add to the thread"));
  await isAt(desk, "Part 3");
  await desk.press(desk.button("Remove Part 3"));
  await isAt(desk, "Part 2");
  await desk.press(desk.button("Move Part 2 up"));
  await isAt(desk, "Part 1");
  await desk.press(desk.button("Add a poll"));
  await isAt(desk, "Choice 1");
  await desk.page.getByLabel("Media of Part 1").setInputFiles({ name: PNG.filename, mimeType: PNG.type, buffer: PNG.bytes });
  await isAt(desk, "What it shows");
});

test("what is too long is marked where it stands, and no longer when it fits", async (t) => {
  const desk = await atComposer(t);
  const mark = desk.page.locator(".marks mark");
  await text(desk).fill(`${"a".repeat(270)} 👩🏽‍🚀 ${"b".repeat(20)}`);
  await desk.page.getByText("14 too long").waitFor();
  assert.equal(await mark.textContent(), "b".repeat(14));
  await text(desk).fill(`${"a".repeat(279)}👩🏽‍🚀`);
  await desk.page.getByText("1 too long").waitFor();
  assert.equal(await mark.textContent(), "👩🏽‍🚀");
  await text(desk).fill("a".repeat(280));
  await desk.page.getByText("0 left").waitFor();
  assert.equal(await mark.count(), 0);
});

test("a file that X does not take is named, and others beside it are sent", async (t) => {
  const desk = await atComposer(t);
  await desk.page.getByLabel("Media of Text").setInputFiles([
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") },
    { name: PNG.filename, mimeType: PNG.type, buffer: PNG.bytes },
  ]);
  await desk.page.getByRole("alert").getByText("notes.txt was left out").waitFor();
  await desk.page.locator(".file", { hasText: PNG.filename }).waitFor();
  assert.equal(await desk.page.locator(".file").count(), 1);
});

test("the keys add a part, choose a time, publish, and show their list", async (t) => {
  const own = await newAccount(office);
  const desk = await atComposer(t);
  const { page } = desk;
  await desk.press(desk.button("Shortcuts"));
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await desk.assertAccessible("shortcuts");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("checkbox", { name: `@${own.username}` }).check();
  await text(desk).fill("by keyboard?");
  await page.keyboard.press("?");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.keyboard.press("Control+Shift+Enter");
  await isAt(desk, "Part 2");
  await page.keyboard.type("all of it");
  await page.keyboard.press("Control+Shift+L");
  await isAt(desk, "Time");
  await page.getByLabel("When").selectOption("now");
  await text(desk, "Part 2").focus();
  await page.keyboard.press("Control+Enter");
  await page.getByRole("link", { name: "See it on X" }).waitFor();
  assert.deepEqual(textsAt(office, own), ["by keyboard??", "all of it"]);
});

test("paragraphs that are pasted can become a thread, and need not", async (t) => {
  const desk = await atComposer(t, { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = desk;
  const paste = async (words) => {
    await page.evaluate((words) => navigator.clipboard.writeText(words), words);
    await page.keyboard.press("Control+V");
  };
  await text(desk).focus();
  await paste("one\nline");
  assert.deepEqual(await texts(desk), ["one\nline"]);
  await text(desk).fill("");
  await paste("First.\n\nSecond,\nwith two lines.\n\n\nThird.");
  await page.getByText("You pasted 3 paragraphs.").waitFor();
  await desk.press(desk.button("Keep as one"));
  assert.equal((await texts(desk)).length, 1);
  await text(desk).fill("");
  await paste("First.\n\nSecond,\nwith two lines.\n\n\nThird.");
  await desk.press(desk.button("Make a thread"));
  await isAt(desk, "Part 3");
  assert.deepEqual(await texts(desk), ["First.", "Second,\nwith two lines.", "Third."]);
});

test("the preview folds a long post as X does, and each account has its price", async (t) => {
  const desk = await atComposer(t);
  const { page } = desk;
  const words = `${"word ".repeat(80)}end`;
  await text(desk).fill(words);
  await page.locator(".shown").getByRole("button", { name: "Show more" }).waitFor();
  assert.ok((await page.locator(".shown-text").textContent()).length <= 282);
  await desk.press(page.locator(".shown").getByRole("button", { name: "Show more" }));
  assert.equal(await page.locator(".shown-text").textContent(), words);
  for (const box of (await page.locator(".pick-one input").all()).slice(0, 2)) await box.check();
  await page.getByText("$0.015 for each of 2 accounts").click();
  await page.locator(".price-each li").nth(1).waitFor();
  assert.equal(await page.locator(".price-each li").count(), 2);
});

test("the composer is accessible with all of it on the screen, wide and on a phone", async (t) => {
  for (const options of [{}, PHONE]) {
    const desk = await atComposer(t, options);
    await desk.page.getByRole("checkbox", { name: `@${account.username}` }).check();
    await text(desk).fill("x".repeat(300));
    await desk.page.locator(".marks mark").waitFor();
    await desk.press(desk.button("Add a poll"));
    await desk.press(desk.button("Add to the thread"));
    await desk.assertAccessible("the composer");
    const [inner, content] = await desk.page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    assert.ok(content <= inner, `${content} px in ${inner}`);
  }
});

/** A post's page of one key of one tenant: its accounts are all that there are. */
async function ofTenant(t, tenant_id) {
  const { key } = await newKey(office, { tenant_id, scopes: ["read", "publish"] });
  const desk = await office.sit(t, { key });
  await desk.open("posts/new", "New post");
  return desk;
}
const disconnect = ({ id }) => office.api.delete(`/v1/social-accounts/${id}`);
const pick = ({ page }, { username }) => page.getByRole("checkbox", { name: `@${username}` });

test("an account that was chosen and is disconnected leaves the choice, by name, at once and after a reload", async (t) => {
  const [own, gone, later] = [await newAccount(office, { tenant_id: "leaves" }), await newAccount(office, { tenant_id: "leaves" }), await newAccount(office, { tenant_id: "leaves" })];
  const desk = await ofTenant(t, "leaves");
  const { page } = desk;
  for (const account of [own, gone, later]) await pick(desk, account).check();
  await disconnect(gone);
  await page.getByText(`@${gone.username} cannot post any more`).waitFor();
  await page.getByText("2 chosen").waitFor();
  assert.equal(await pick(desk, gone).count(), 0);
  await desk.open("posts", "Posts");
  await disconnect(later);
  await desk.open("posts/new", "New post");
  await page.getByText(`@${later.username} cannot post any more`).waitFor();
  await page.reload();
  await page.getByText("1 chosen").waitFor();
  assert.ok(await pick(desk, own).isChecked());
});

test("the one account is chosen by itself, and stays chosen when a second is connected", async (t) => {
  const own = await newAccount(office, { tenant_id: "grows" });
  const desk = await ofTenant(t, "grows");
  await desk.page.getByText("1 chosen").waitFor();
  const second = await newAccount(office, { tenant_id: "grows" });
  await pick(desk, second).waitFor();
  assert.deepEqual([await pick(desk, own).isChecked(), await pick(desk, second).isChecked()], [true, false]);
});

test("a picture is seen after a reload as before, in the form and in the preview", async (t) => {
  const desk = await atComposer(t);
  const { page } = desk;
  await page.getByLabel("Media of Text").setInputFiles({ name: PNG.filename, mimeType: PNG.type, buffer: PNG.bytes });
  await page.locator(".compose-end .muted").waitFor({ state: "detached" });
  await page.reload();
  for (const place of [".file-picture img", ".shown-media img"]) {
    await page.locator(place).waitFor({ state: "attached" });
    await page.waitForFunction((selector) => document.querySelector(selector).naturalWidth > 0, place);
  }
});

test("no part of a draft is queued", async (t) => {
  const { id } = await createPost(office, account, { ...thread("one of two", "two of two"), scheduledAt: fromNow(86_400_000) });
  const desk = await office.sit(t);
  await desk.open(`posts/${id}`, "Post");
  await desk.press(desk.button("Cancel", true));
  await desk.page.locator(".delivery", { hasText: "Draft" }).waitFor();
  assert.doesNotMatch(await desk.page.locator(".delivery").textContent(), /Queued/);
});

test("that a session had ended is no problem of the form any more after signing in again", async (t) => {
  const { key } = await newKey(office);
  const desk = await office.sit(t, { key });
  desk.tolerate(/status of 401/);
  const { page } = desk;
  await desk.open("posts/new", "New post");
  await page.locator(".pick-one").first().click();
  await text(desk).fill("kept");
  await desk.context.clearCookies();
  await desk.press(desk.button("Publish"));
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  const problem = page.locator(".compose .notice-bad");
  await problem.waitFor({ state: "attached" });
  await dialog.getByLabel("API key").fill(key);
  await desk.press(dialog.getByRole("button", { name: "Sign in" }));
  await dialog.waitFor({ state: "detached" });
  await problem.waitFor({ state: "detached" });
  assert.equal(await text(desk).inputValue(), "kept");
});

test("a late answer to the sign-in before does not ask for the key again", async (t) => {
  const { key } = await newKey(office);
  const desk = await office.sit(t, { key });
  desk.tolerate(/status of 401/);
  const { page, context } = desk;
  await desk.open("posts/new", "New post");
  await page.locator(".pick-one").first().click();
  await text(desk).fill("kept");
  const { promise: until, resolve: letGo } = Promise.withResolvers();
  const held = page.waitForRequest(READ);
  await page.route(READ, (route) => until.then(() => route.continue()), { times: 1 });
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await held;
  await context.clearCookies();
  await desk.press(desk.button("Publish"));
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await dialog.getByLabel("API key").fill(key);
  await desk.press(dialog.getByRole("button", { name: "Sign in" }));
  await dialog.waitFor({ state: "detached" });
  const [late, again] = [answered(page, 401), answered(page, 200)];
  letGo();
  await Promise.all([late, again]);
  await desk.isLoaded();
  assert.equal(await dialog.count(), 0);
  await desk.press(desk.button("Publish"));
  await desk.shows("Post");
});

test("a post whose answer never came is not repeated under the key that signs in next", async (t) => {
  const { key } = await newKey(office);
  const desk = await office.sit(t, { key });
  desk.tolerate(/status of 401/, /ERR_/);
  const { page } = desk;
  await desk.open("posts/new", "New post");
  await page.locator(".pick-one").first().click();
  await text(desk).fill("never under another key");
  const { promise: sent, resolve: hold } = Promise.withResolvers();
  await page.route("**/v1/posts", hold, { times: 1 });
  await desk.press(desk.button("Publish"));
  const held = await sent;
  // As another tab does that signs out.
  await page.evaluate(() => fetch("/v1/dashboard/session", { method: "DELETE" }));
  await page.evaluate(() => new BroadcastChannel("signed-out").postMessage("signed-out"));
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  await desk.signIn(ADMIN_KEY);
  await held.abort("connectionreset").catch(() => {});
  await desk.open("posts", "Posts");
  await desk.isLoaded();
  assert.equal((await office.api.get("/v1/posts?q=never%20under%20another")).body.count, 0);
});

const answered = (page, status) => page.waitForResponse((response) => READ.test(response.url()) && response.status() === status);
