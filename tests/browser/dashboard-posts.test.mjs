/** Posts at the dashboard, as a person does them: written, scheduled, moved, seen through, and taken back. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL, createPost, faultAtX, fromNow, newAccount, postIn, publishPost, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { PNG } from "../support/files.mjs";
import { sha256 } from "../support/media.mjs";
import { APPEND, mediaAtX } from "../support/publish-media.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { PATIENCE_MS } from "./chromium.mjs";
import { PHONE, startOffice } from "./desk.mjs";

let office;
let account;
before(async () => {
  office = await startOffice({ register: true });
  account = await newAccount(office);
  // Nobody is chosen by itself.
  await newAccount(office);
});
after(() => office?.stop());

const listed = async (query = "") => (await office.api.get(`/v1/posts${query}`)).body.posts;
const write = ({ page }, text, name = "Text") => page.getByLabel(name, { exact: true }).fill(text);
/** The page shows the post that was saved. */
async function saved(desk) {
  await desk.page.waitForURL(/#\/posts\/post_[^/]+$/);
  await desk.shows("Post");
}
async function newPost(t, options) {
  const desk = await office.sit(t, options);
  await desk.open("posts/new", "New post");
  await desk.page.locator(".pick-one").first().waitFor();
  return desk;
}
const pick = ({ page }, { username }) => page.getByRole("checkbox", { name: `@${username}` }).check();
/** Does what the page asked for; names below localhost are the browser's alone. */
const reach = async (request) =>
  request.frame().page().request.fetch(request.url().replace(office.worker.origin, office.worker.api), {
    method: request.method(),
    headers: { ...(await request.allHeaders()), host: new URL(office.worker.origin).host },
    data: request.postDataBuffer(),
  });
const inHours = (hours) => {
  const date = new Date(Date.now() + hours * 3_600_000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

test("a post is scheduled in five presses from anywhere", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  const presses = await desk.pressesOf(async () => {
    await desk.press(page.getByRole("link", { name: "Posts" }));
    await desk.press(page.getByRole("link", { name: "New post" }).first());
    await page.locator(".pick-one").first().waitFor();
    await pick(desk, account);
    await desk.press(page.getByLabel("Text", { exact: true }));
    await page.keyboard.type("in two hours, see rust-lang.org");
    await page.getByText("1 link").waitFor();
    await page.getByLabel("When").selectOption("later");
    await page.getByLabel("Time").fill(inHours(2));
    await desk.press(desk.button("Schedule"));
    await desk.hears("Scheduled");
  });
  assert.ok(presses <= 5, `a post takes ${presses} presses`);
  const [post] = await listed("?status=pending");
  assert.deepEqual([post.scheduled, post.containers[0].content], [true, "in two hours, see rust-lang.org"]);
});

test("a text is counted, linked and priced as it is typed, and one that is too long is refused beside it", async (t) => {
  const desk = await newPost(t);
  desk.tolerate(/status of 400/);
  const { page } = desk;
  await pick(desk, account);
  await write(desk, "see rust-lang.org");
  await page.getByText("253 left, 1 link").waitFor();
  await page.getByText("$0.200", { exact: true }).waitFor();
  assert.equal(await page.locator(".shown-link").textContent(), "rust-lang.org");
  await write(desk, "x".repeat(281));
  await page.getByText("1 too long").waitFor();
  await desk.press(desk.button("Publish"));
  await page.locator(".field-problem").first().waitFor();
  assert.equal(await page.getByLabel("Text", { exact: true }).inputValue(), "x".repeat(281));
});

test("a thread is put in order by keyboard and published in it", async (t) => {
  const desk = await newPost(t);
  const { page } = desk;
  const own = await newAccount(office);
  await page.reload();
  await pick(desk, own);
  await write(desk, "second");
  await desk.press(desk.button("Add to the thread"));
  await write(desk, "first", "Part 2");
  await desk.button("Move Part 2 up").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.getByLabel("Part 1", { exact: true }).inputValue(), "first");
  await desk.press(desk.button("Publish"));
  await page.getByRole("link", { name: "See it on X" }).waitFor();
  assert.deepEqual(textsAt(office, own), ["first", "second"]);
});

test("a thread is put in order by dragging a part to another's place", async (t) => {
  const desk = await newPost(t);
  const { page } = desk;
  await page.reload();
  await write(desk, "second");
  await desk.press(desk.button("Add to the thread"));
  await write(desk, "first", "Part 2");
  await page.locator(".part-grip").nth(1).dragTo(page.locator(".part").first());
  const texts = () => page.locator(".part textarea").evaluateAll((parts) => parts.map(({ value }) => value));
  assert.deepEqual(await texts(), ["first", "second"]);
  await page.locator(".part-grip").first().dragTo(page.locator(".part").nth(1));
  assert.deepEqual(await texts(), ["second", "first"]);
});

test("the preview links what X links, and nothing else", async (t) => {
  const desk = await newPost(t);
  const { page } = desk;
  await page.reload();
  await write(desk, "@ada, see rust-lang.org/#top #Rust2026 #2026 $XYZ a@b.example mail@me C#sharp $100 (@grace_h)");
  await page.getByText("1 link", { exact: false }).first().waitFor();
  assert.deepEqual(await page.locator(".shown-link").allTextContents(), ["@ada", "rust-lang.org/#top", "#Rust2026", "$XYZ", "@grace_h"]);
});

test("a picture is dropped in, described and published; how far it is can be seen", async (t) => {
  const desk = await newPost(t);
  const { page } = desk;
  const own = await newAccount(office);
  await page.reload();
  await pick(desk, own);
  office.x.fault({ ...APPEND, kind: "hold" });
  await page.getByLabel("Media of Text").setInputFiles({ name: PNG.filename, mimeType: PNG.type, buffer: PNG.bytes });
  await page.getByLabel("What it shows").fill("a square");
  await write(desk, "look");
  await desk.press(desk.button("Publish"));
  await page.getByRole("progressbar", { name: "A file goes to X" }).waitFor();
  // What the page shows may be known before X has the part that it holds.
  await eventually(async () => office.x.release(), ({ released }) => released, PATIENCE_MS);
  await page.getByRole("link", { name: "See it on X" }).waitFor();
  const [[photo]] = mediaAtX(office, own);
  assert.deepEqual([photo.sha256, photo.alt_text], [sha256(PNG.bytes), "a square"]);
});

test("what was typed survives a reload and an answer that was lost, and is posted once", async (t) => {
  const desk = await newPost(t);
  desk.tolerate(/Failed to load resource/, /ERR_/);
  const { page } = desk;
  const own = await newAccount(office);
  await page.reload();
  await pick(desk, own);
  await write(desk, "not lost");
  await page.reload();
  assert.equal(await page.getByLabel("Text", { exact: true }).inputValue(), "not lost");
  // The post is made, and its answer never comes: for this press and what it tries by itself.
  let cuts = 3;
  await page.route("**/v1/posts", async (route) => {
    if (route.request().method() !== "POST" || cuts-- <= 0) return route.continue();
    await reach(route.request());
    return route.abort();
  });
  await desk.press(desk.button("Publish"));
  await page.getByText("The server cannot be reached.").waitFor();
  assert.equal(await page.getByLabel("Text", { exact: true }).inputValue(), "not lost");
  await desk.press(desk.button("Publish"));
  await saved(desk);
  await page.getByRole("link", { name: "See it on X" }).waitFor();
  assert.deepEqual(textsAt(office, own), ["not lost"]);
});

test("a draft is edited and published", async (t) => {
  const own = await newAccount(office);
  const draft = await createPost(office, own, { content: "rough", isDraft: true });
  const desk = await office.sit(t);
  await desk.open(`posts/${draft.id}`, "Post");
  await desk.press(desk.page.getByRole("link", { name: "Edit" }));
  await write(desk, "polished");
  await desk.press(desk.button("Save draft"));
  await saved(desk);
  await desk.page.getByText("polished").first().waitFor();
  await desk.press(desk.button("Publish now"));
  await desk.page.getByRole("link", { name: "See it on X" }).waitFor();
  assert.deepEqual(textsAt(office, own), ["polished"]);
});

test("a scheduled post is moved by dragging it to another day, and by typing another time", async (t) => {
  const own = await newAccount(office);
  const month = new Date(new Date().getFullYear(), new Date().getMonth() + 1, 10, 9, 30);
  const { id } = await createPost(office, own, { content: "to be moved", scheduledAt: month.toISOString() });
  const desk = await office.sit(t);
  const { page } = desk;
  const key = (day) => `${month.getFullYear()}-${String(month.getMonth() + 1).padStart(2, "0")}-${day}`;
  await desk.open(`calendar?month=${key("01").slice(0, 7)}`, "Calendar");
  await page.locator(`.day-post a[href$="${id}"]`).dragTo(page.locator(`[data-day="${key("12")}"]`));
  await desk.hears("Moved to");
  const at = async () => new Date((await office.api.get(`/v1/posts/${id}`)).body.post.scheduledAt);
  assert.deepEqual([(await at()).getDate(), (await at()).getHours(), (await at()).getMinutes()], [12, 9, 30]);
  await desk.press(desk.button("Undo"));
  await desk.hears("Undone");
  assert.equal((await at()).getDate(), 10);
  await page.locator(`[data-day="${key("10")}"] .day-post a[href$="${id}"]`).dragTo(page.locator(`[data-day="${key("12")}"]`));
  await page.locator(`[data-day="${key("12")}"] .day-post a[href$="${id}"]`).waitFor();
  await desk.open(`calendar?day=${key("12")}`, "Calendar");
  await desk.press(desk.button("Move to be moved"));
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Time").fill(`${key("13")}T10:00`);
  await desk.press(dialog.getByRole("button", { name: "Move", exact: true }));
  await dialog.waitFor({ state: "detached" });
  await desk.open(`calendar?week=${key("13")}`, "Calendar");
  await page.locator(`[data-day="${key("13")}"] .day-post`).waitFor();
  assert.equal((await at()).getDate(), 13);
});

const asked = ({ page }, method) => {
  const requests = [];
  page.on("request", (request) => {
    if (request.method() === method && request.url().includes("/v1/posts")) requests.push(request.postData());
  });
  return requests;
};

test("the composer takes no time that has passed, and sends nothing until it is a later one", async (t) => {
  const own = await newAccount(office);
  const desk = await newPost(t);
  const { page } = desk;
  await page.reload();
  await pick(desk, own);
  await write(desk, "not by a slip of the year");
  await page.getByLabel("When").selectOption("later");
  const posts = asked(desk, "POST");
  for (const hours of [-2, -24 * 365, -0.1]) {
    await page.getByLabel("Time").fill(inHours(hours));
    await page.getByText("This time has passed.").waitFor();
    await desk.press(desk.button("Schedule"));
    await page.getByRole("alert").getByText("has passed. Nothing was changed.").waitFor();
  }
  assert.deepEqual(posts, []);
  assert.deepEqual(textsAt(office, own), []);
  await page.getByLabel("Time").fill(inHours(2));
  await desk.press(desk.button("Schedule"));
  await desk.hears("Scheduled");
});

test("a draft whose time has passed is saved without one", async (t) => {
  const own = await newAccount(office);
  const draft = await createPost(office, own, { content: "kept", isDraft: true, scheduledAt: fromNow(60_000 * 3) });
  const desk = await office.sit(t);
  await desk.page.clock.setFixedTime(Date.now() + 3_600_000);
  await desk.open(`posts/${draft.id}/edit`, "Edit post");
  await write(desk, "kept on");
  await desk.press(desk.button("Save draft"));
  await desk.hears("Saved as a draft");
  const { post } = (await office.api.get(`/v1/posts/${draft.id}`)).body;
  assert.deepEqual([post.isDraft, post.scheduledAt, post.containers[0].content], [true, null, "kept on"]);
});

test("the calendar moves nothing into the past, and begins no post there", async (t) => {
  const own = await newAccount(office);
  // The browser's day is the 15th of a month to come: its past is the server's future, where nothing else would refuse.
  const today = new Date(new Date().getFullYear(), new Date().getMonth() + 2, 15, 12);
  const on = (day, hour) => new Date(today.getFullYear(), today.getMonth(), day, hour);
  const key = (day) => `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  const { id } = await createPost(office, own, { content: "stays", scheduledAt: on(20, 9).toISOString() });
  const desk = await office.sit(t);
  const { page } = desk;
  await page.clock.setFixedTime(today);
  await desk.open(`calendar?month=${key(1).slice(0, 7)}`, "Calendar");
  const changes = asked(desk, "PATCH");
  const drag = (day) => page.locator(`.day-post a[href$="${id}"]`).dragTo(page.locator(`[data-day="${key(day)}"]`));
  // A past day takes no drop. That of today behind it says that its hour has passed: by then the others would have said so.
  for (const day of [2, 14]) {
    await drag(day);
    assert.equal(await page.getByRole("alert").getByText("has passed").count(), 0);
  }
  await drag(15);
  await page.getByRole("alert").getByText("has passed. Nothing was changed.").waitFor();
  assert.equal(await page.locator(`[data-day="${key(14)}"] .day-new`).count(), 0);
  await desk.open(`calendar?day=${key(20)}`, "Calendar");
  await desk.press(desk.button("Move stays"));
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Time").fill(`${key(15)}T11:59`);
  await dialog.getByText("This time has passed.").waitFor();
  await desk.press(dialog.getByRole("button", { name: "Move", exact: true }));
  await dialog.getByRole("alert").getByText("11:59").waitFor();
  await page.keyboard.press("Escape");
  assert.deepEqual(changes, []);
  await desk.open(`calendar?month=${key(1).slice(0, 7)}`, "Calendar");
  await desk.press(page.locator(`[data-day="${key(15)}"] .day-new`));
  await desk.shows("New post");
  assert.equal(await page.getByLabel("Time").inputValue(), `${key(15)}T13:00`);
});

test("what was not sent leaves the browser with whoever signs out, and is nobody else's", async (t) => {
  const desk = await newPost(t);
  const { page } = desk;
  const text = page.getByLabel("Text", { exact: true });
  const arrive = () => desk.open("posts/new", "New post").then(() => text.waitFor());
  const kept = () => page.evaluate(() => JSON.stringify(localStorage));
  await write(desk, "between us");
  await desk.press(desk.button("Sign out"));
  await desk.press(desk.button("Sign out here"));
  await page.getByLabel("API key").waitFor();
  assert.doesNotMatch(await kept(), /between us/);
  await desk.signIn(ADMIN_KEY);
  await arrive();
  assert.equal(await text.inputValue(), "");
  // A session that ends by itself: the next person has another key.
  await write(desk, "mine alone");
  await desk.context.clearCookies();
  await page.reload();
  await desk.signIn((await office.api.post("/v1/api-keys", { name: "colleague", scopes: ["read", "publish"] })).body.data.key);
  await arrive();
  assert.equal(await text.inputValue(), "");
  assert.doesNotMatch(await kept(), /mine alone/);
});

test("whoever signs out in one tab leaves nothing in the composer of another, and nothing is kept from it after that", async (t) => {
  const desk = await newPost(t);
  // The other tab may ask before it hears of the end.
  desk.tolerate(/status of 401/);
  const [other, elsewhere] = [await desk.context.newPage(), await desk.context.newPage()];
  await other.goto(`${office.worker.origin}/#/posts/new`);
  await elsewhere.goto(`${office.worker.origin}/#/settings/budget`);
  const text = other.getByLabel("Text", { exact: true });
  await text.fill("in the other tab");
  const kept = () => desk.page.evaluate(() => JSON.stringify(localStorage));
  // What a tab keeps reaches the other tabs in its own time.
  await desk.page.waitForFunction(() => JSON.stringify(localStorage).includes("in the other tab"));
  await desk.press(desk.button("Sign out"));
  await desk.press(desk.button("Sign out here"));
  for (const page of [desk.page, other, elsewhere]) await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  assert.equal(await text.count(), 0);
  await other.keyboard.type("more of it");
  assert.equal(await kept(), "{}");
  await desk.signIn(ADMIN_KEY);
  await other.reload();
  await text.waitFor();
  assert.equal(await text.inputValue(), "");
});

test("a refusal is told in X's words and sent again; what is published is taken off X", async (t) => {
  const own = await newAccount(office);
  faultAtX(office, { ...CREATE_CALL, kind: "answer", preset: "duplicate" });
  const { id } = await createPost(office, own, { content: "twice" });
  await postIn(office, id, "failed");
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open(`posts/${id}`, "Post");
  await page.getByText(/duplicate content/i).first().waitFor();
  await desk.press(desk.button("Retry"));
  await page.getByRole("link", { name: "See it on X" }).waitFor();
  await page.getByRole("heading", { name: "How it did" }).waitFor();
  await desk.press(desk.button("Ask X for the figures"));
  await page.locator(".rank-row", { hasText: "Likes" }).waitFor();
  await desk.press(desk.button("Delete on X"));
  await desk.press(page.getByRole("dialog").getByRole("button", { name: "Delete on X" }));
  await desk.hears("Deleted on X");
  assert.deepEqual(textsAt(office, own), []);
});

test("a published post asks X nothing that X bills before somebody presses for it", async (t) => {
  const own = await newAccount(office);
  const { id } = await publishPost(office, own, { content: "looked at" });
  const reads = () => office.x.requests({ method: "GET" }).length;
  const before = reads();
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open(`posts/${id}`, "Post");
  const ask = page.getByRole("button", { name: "Ask X for the figures" });
  await ask.waitFor();
  // A change of any post has the page ask the API again, and so does a tab that is seen again.
  const again = page.waitForResponse((answer) => answer.url().endsWith(`/v1/posts/${id}`));
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await again;
  assert.equal(reads(), before);
  await ask.click();
  await page.locator(".rank-row", { hasText: "Likes" }).waitFor();
  assert.equal(reads(), before + 1);
  const asked = page.waitForResponse((answer) => answer.url().endsWith("/analytics"));
  await page.getByRole("button", { name: "Ask X again" }).click();
  await asked;
  assert.equal(reads(), before + 2);
});

test("the pages of posts are accessible, wide and narrow", async (t) => {
  const own = await newAccount(office);
  const { id } = await publishPost(office, own, { content: "seen, at rust-lang.org" });
  await createPost(office, own, { content: "soon", scheduledAt: fromNow(3_600_000) });
  for (const options of [{}, PHONE]) {
    const desk = await office.sit(t, options);
    for (const [place, heading] of [["posts", "Posts"], ["posts/new", "New post"], [`posts/${id}`, "Post"], ["calendar", "Calendar"]]) {
      await desk.open(place, heading);
      await desk.page.locator(".loading").first().waitFor({ state: "detached" });
      await desk.assertAccessible(place);
    }
  }
});
