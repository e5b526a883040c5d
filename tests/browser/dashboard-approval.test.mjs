/** Approval at the dashboard: the queue of those who may publish, and what whoever only drafts is offered. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, postIn, readPost, textsAt } from "../support/client.mjs";
import { PNG } from "../support/files.mjs";
import { newKey } from "../support/keys.mjs";
import { uploadMedia } from "../support/publish-media.mjs";
import { PHONE, startOffice } from "./desk.mjs";

let office;
let bot;
before(async () => {
  office = await startOffice({ register: true });
  bot = await newKey(office, { name: "Drafting assistant", scopes: ["draft"] });
});
after(() => office?.stop());

/** A post for which the assistant asks. */
const asked = (account, fields) => createPost({ api: bot.api }, account, fields);
const approvalOf = async (post) => (await readPost(office, post)).approval;
const card = ({ page }, { username }) => page.locator(".queue-post", { hasText: `@${username}` });

async function atQueue(t, options) {
  const desk = await office.sit(t, options);
  await desk.open("posts?approval=pending", "Posts");
  await desk.isLoaded();
  return desk;
}

test("a post is approved from the queue, and goes to X", async (t) => {
  const account = await newAccount(office);
  const post = await asked(account, { content: "seen and approved" });
  const desk = await atQueue(t);
  await desk.page.getByRole("link", { name: /^Posts \d+ waiting for approval$/ }).waitFor();
  await card(desk, account).getByText("Drafting assistant").waitFor();
  assert.deepEqual(textsAt(office, account), []);
  await desk.press(card(desk, account).getByRole("button", { name: "Approve" }));
  await desk.hears("Approved");
  await card(desk, account).waitFor({ state: "detached" });
  await desk.open(`posts/${post.id}`, "Post");
  await desk.page.getByRole("link", { name: "See it on X" }).waitFor();
  assert.deepEqual(textsAt(office, account), ["seen and approved"]);
});

test("Home counts as held what the list behind its line shows, and says which of them wait for an approval", async (t) => {
  const [stopped, waiting] = [await newAccount(office), await newAccount(office)];
  office.x.revokeGrants({ username: stopped.username });
  await postIn(office, (await createPost(office, stopped, { content: "held" })).id, "held");
  await asked(waiting, { content: "waits" });
  const { held, awaiting_approval } = (await office.api.get("/v1/summary")).body.data;
  assert.ok(awaiting_approval >= 1 && held > awaiting_approval);
  const desk = await office.sit(t);
  await desk.press(desk.button("Go to the overview"));
  const line = desk.page.getByRole("link", { name: `${held} posts are held: ${awaiting_approval} until somebody approves them, the others` });
  const listed = new URLSearchParams((await line.getAttribute("href")).split("?")[1]);
  assert.equal((await office.api.get(`/v1/posts?${listed}`)).body.count, held);
});

test("a post is rejected with a note, and is a draft again that says why", async (t) => {
  const account = await newAccount(office);
  const post = await asked(account, { content: "not yet" });
  const desk = await atQueue(t);
  await desk.press(card(desk, account).getByRole("button", { name: "Reject" }));
  const dialog = desk.page.getByRole("dialog");
  await dialog.getByLabel("Note").fill("Wait for the launch.");
  await desk.press(dialog.getByRole("button", { name: "Reject" }));
  await desk.hears("Rejected");
  await desk.open(`posts/${post.id}`, "Post");
  await desk.page.getByText("Wait for the launch.").waitFor();
  const { isDraft, approval } = await readPost(office, post);
  assert.deepEqual([isDraft, approval.status, approval.note], [true, "rejected", "Wait for the launch."]);
  assert.deepEqual(textsAt(office, account), []);
});

test("what was not seen is not approved: a change says so before anything is decided", async (t) => {
  const account = await newAccount(office);
  const post = await asked(account, { content: "first words" });
  const desk = await atQueue(t);
  desk.tolerate(/status of 410/);
  await card(desk, account).getByText("first words").waitFor();
  // A page that is not in front asks nothing by itself: this one hears of the change by its press.
  await desk.page.evaluate(() => Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true }));
  const changed = await bot.api.patch(`/v1/posts/${post.id}`, { content: "other words" });
  assert.equal(changed.status, 200, changed.text);
  await desk.press(card(desk, account).getByRole("button", { name: "Approve" }));
  await card(desk, account).getByText("The post has changed since you looked at it").waitFor();
  await card(desk, account).getByText("other words").waitFor();
  assert.equal((await approvalOf(post)).status, "pending");
  await desk.page.evaluate(() => delete document.visibilityState);
  await desk.press(card(desk, account).getByRole("button", { name: "I have read it again" }));
  await desk.press(card(desk, account).getByRole("button", { name: "Approve" }));
  await desk.hears("Approved");
  await desk.open(`posts/${post.id}`, "Post");
  await desk.page.getByRole("link", { name: "See it on X" }).waitFor();
  assert.deepEqual(textsAt(office, account), ["other words"]);
});

test("the post's page has the request, the link and the answer, and asks for drafts", async (t) => {
  const account = await newAccount(office);
  const { id } = await createPost(office, account, { content: "a draft", isDraft: true, scheduledAt: fromNow(86_400_000) });
  const desk = await office.sit(t);
  await desk.open(`posts/${id}`, "Post");
  await desk.press(desk.button("Ask for approval"));
  await desk.hears("Waits for approval");
  await desk.page.getByRole("heading", { name: "Approval", exact: true }).waitFor();
  const { url } = await approvalOf({ id });
  assert.equal(await desk.page.getByLabel("link to the approval page", { exact: true }).textContent(), url);
  await desk.press(desk.button("Approve", true));
  await desk.page.getByText("Scheduled", { exact: true }).first().waitFor();
  assert.equal((await approvalOf({ id })).status, "approved");
});

test("an answer names its key: as the admin calls it, and as one's own", async (t) => {
  const account = await newAccount(office);
  const { api, key } = await newKey(office, { name: "The editor", scopes: ["read", "publish"] });
  const { id } = await asked(account, { content: "answered by the editor", scheduledAt: fromNow(86_400_000) });
  await api.post(`/v1/posts/${id}/approve`);
  for (const [who, words] of [[undefined, "with The editor."], [key, "with your key."]]) {
    const desk = await office.sit(t, who ? { key: who } : {});
    await desk.open(`posts/${id}`, "Post");
    await desk.page.getByText(words).waitFor();
  }
});

test("whoever only drafts can ask and is offered nothing that publishes", async (t) => {
  const account = await newAccount(office);
  const desk = await office.sit(t, { key: bot.key });
  const { page } = desk;
  await desk.open("posts/new", "New post");
  await page.getByRole("checkbox", { name: `@${account.username}` }).check();
  await page.getByLabel("Text", { exact: true }).fill("please look at this");
  assert.equal(await desk.button("Publish").count(), 0);
  await desk.press(desk.button("Ask for approval"));
  await page.waitForURL(/#\/posts\/post_[^/]+$/);
  await page.getByText("Somebody with a key that may publish has to approve it.").waitFor();
  for (const name of ["Approve", "Reject", "Publish now", "Retry"]) assert.equal(await desk.button(name, true).count(), 0, name);
  const id = page.url().split("/").at(-1);
  assert.equal((await approvalOf({ id })).status, "pending");
  assert.equal(await page.getByLabel("link to the approval page").count(), 0);
  await desk.press(page.getByRole("link", { name: "Edit" }));
  await page.getByLabel("Text", { exact: true }).fill("please look at this instead");
  await desk.press(desk.button("Ask for approval"));
  await page.waitForURL(new RegExp(`#/posts/${id}$`));
  assert.equal((await approvalOf({ id })).number, 2);
  assert.deepEqual(textsAt(office, account), []);
});

test("whoever may publish can ask in the composer as well", async (t) => {
  const account = await newAccount(office);
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("posts/new", "New post");
  await page.getByRole("checkbox", { name: `@${account.username}` }).check();
  await page.getByLabel("Text", { exact: true }).fill("a second pair of eyes");
  await desk.press(desk.button("Ask for approval"));
  await page.getByRole("heading", { name: "Approval", exact: true }).waitFor();
  assert.deepEqual(textsAt(office, account), []);
});

test("a key that only drafts is made on the page of keys", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("settings/keys", "API keys");
  await desk.press(desk.button("Create key"));
  await page.getByLabel("Name").fill("An assistant");
  for (const name of ["Connect", "Publish", "Read"]) await page.getByRole("checkbox", { name, exact: true }).uncheck();
  await page.getByRole("checkbox", { name: "Draft", exact: true }).check();
  await desk.press(page.getByRole("dialog").getByRole("button", { name: "Create key" }));
  await page.getByText("Copy this key now").waitFor();
  const keys = (await office.api.get("/v1/api-keys")).body.data;
  assert.deepEqual(keys.find(({ name }) => name === "An assistant").scopes, ["draft"]);
});

test("the queue shows all of a post, marks what nobody would see, and is accessible wide and narrow", async (t) => {
  const account = await newAccount(office);
  const { id } = await uploadMedia(office, PNG);
  const post = await asked(account, {
    containers: [{ content: "\u202Emoc.live\u202C 👩\u200D💻 ok", media: [{ id, altText: "A harbour" }] }],
    x: { reply_settings: "verified", paid_partnership: true },
  });
  for (const options of [{}, PHONE]) {
    const desk = await atQueue(t, options);
    const text = await card(desk, account).textContent();
    for (const words of ["U+202E", "U+202C", "👩\u200D💻", "A harbour", "Only verified accounts", "paid partnership"]) assert.ok(text.includes(words), words);
    await desk.assertAccessible("the queue");
    await desk.open(`posts/${post.id}`, "Post");
    await desk.isLoaded();
    await desk.assertAccessible("a post that waits");
  }
});
