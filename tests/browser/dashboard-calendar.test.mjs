/** The calendar for whoever has no mouse, and of a day with more posts than the API shows at once. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, newAccount, readPost } from "../support/client.mjs";
import { PHONE, startOffice } from "./desk.mjs";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Two of the calendar's pages, and a bit of a third. */
const MANY = 230;

let office;
let account;
before(async () => {
  office = await startOffice({ register: true });
  account = await newAccount(office);
});
after(() => office?.stop());

const patches = ({ page }) => {
  const sent = [];
  page.on("request", (request) => request.method() === "PATCH" && sent.push(request.url()));
  return sent;
};

test("in the month a post is moved by the keyboard alone, and not into the past", async (t) => {
  const at = new Date(new Date().getFullYear(), new Date().getMonth() + 1, 10, 9, 30);
  const { id } = await createPost(office, account, { content: "by keyboard", scheduledAt: at.toISOString() });
  const key = (day) => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${day}`;
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open(`calendar?month=${key("01").slice(0, 7)}`, "Calendar");
  const on = (day) => page.locator(`[data-day="${key(day)}"] .day-post a[href$="${id}"]`);
  await on("10").focus();
  await desk.button("Move by keyboard").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Move to another time" });
  await page.waitForFunction(() => document.activeElement.type === "datetime-local");
  const sent = patches(desk);
  await dialog.getByLabel("Time").fill("2020-01-01T09:30");
  await dialog.getByLabel("Time").press("Enter");
  await dialog.getByRole("alert").getByText("has passed. Nothing was changed.").waitFor();
  assert.deepEqual(sent, []);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  // Escape leads back to the post.
  await page.waitForFunction(() => document.activeElement.getAttribute("aria-label") === "Move by keyboard");
  await desk.assertAccessible("a post of the month that can be moved");
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Time").fill(`${key("12")}T10:00`);
  await dialog.getByLabel("Time").press("Enter");
  await desk.hears("Moved to");
  await on("12").waitFor();
  assert.equal(sent.length, 1);
  // The focus has gone along with the post.
  const isAt = (selector) => page.waitForFunction((wanted) => document.activeElement.matches(wanted), selector);
  await isAt(`[data-day="${key("12")}"] a[href$="${id}"]`);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const elsewhere = new Date(at.getFullYear(), at.getMonth() + 3, 12, 10);
  await dialog.getByLabel("Time").fill(`${elsewhere.getFullYear()}-${String(elsewhere.getMonth() + 1).padStart(2, "0")}-12T10:00`);
  await dialog.getByLabel("Time").press("Enter");
  await isAt("main h1");
});

test("the zone is named with the offset of the time or of the days that it is about", async (t) => {
  const desk = await office.sit(t, { timezoneId: "America/New_York" });
  const { page } = desk;
  const year = new Date().getFullYear() + 1;
  await desk.open("posts/new", "New post");
  await page.getByLabel("When").selectOption("later");
  for (const [month, offset] of [["07", "GMT-4"], ["01", "GMT-5"]]) {
    await page.getByLabel("Time").fill(`${year}-${month}-10T10:00`);
    await page.getByText(`In America/New_York, ${offset}`, { exact: true }).waitFor();
  }
  for (const [query, offset] of [[`month=${year}-07`, "GMT-4"], [`month=${year}-01`, "GMT-5"], [`month=${year}-03`, "GMT-5 and GMT-4"], [`day=${year}-07-10`, "GMT-4"]]) {
    await desk.open(`calendar?${query}`, "Calendar");
    await page.getByRole("button", { name: `Time zone: America/New_York, ${offset}`, exact: true }).waitFor();
  }
});

/** A post of next month that was dragged from the 10th to the 12th, and the sentence with *Undo*. */
async function dragged(t, content, options) {
  const at = new Date(new Date().getFullYear(), new Date().getMonth() + 1, 10, 9, 30);
  const key = (day) => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${day}`;
  const { id } = await createPost(office, account, { content, scheduledAt: at.toISOString() });
  const desk = await office.sit(t, options);
  await desk.open(`calendar?month=${key("01").slice(0, 7)}`, "Calendar");
  await desk.page.locator(`.day-post a[href$="${id}"]`).dragTo(desk.page.locator(`[data-day="${key("12")}"]`));
  // Whoever is at the button has all the time.
  await desk.button("Undo").focus();
  const moved = await readPost(office, { id });
  assert.equal(new Date(moved.scheduledAt).getDate(), 12);
  return { desk, id, at, moved, sent: patches(desk) };
}

test("an Undo sends nothing once the old time is over: the post would be published at once", async (t) => {
  const { desk, id, at, moved, sent } = await dragged(t, "stays on the 12th");
  await desk.page.clock.setFixedTime(at.getTime() + 1000);
  await desk.press(desk.button("Undo"));
  await desk.hears(/cannot be undone any more: .* has passed. The post stays at/);
  assert.deepEqual(sent, []);
  assert.equal((await readPost(office, { id })).scheduledAt, moved.scheduledAt);
});

test("an Undo leaves a time that somebody else has set meanwhile", async (t) => {
  const { desk, id, moved, sent } = await dragged(t, "moved by two");
  const theirs = new Date(Date.parse(moved.scheduledAt) + DAY_MS).toISOString();
  await office.api.patch(`/v1/posts/${id}`, { scheduledAt: theirs });
  await desk.press(desk.button("Undo"));
  await desk.hears("The post has been changed since");
  assert.deepEqual(sent, []);
  assert.equal((await readPost(office, { id })).scheduledAt, theirs);
});

test("an Undo stays for another week, is above what a phone's page is there to do, and ends with the page", async (t) => {
  const { desk } = await dragged(t, "undone on a phone", PHONE);
  const { page } = desk;
  const undo = desk.button("Undo");
  const [toast, action] = await Promise.all([page.locator(".toast").boundingBox(), page.locator(".page-actions > .button-primary").boundingBox()]);
  assert.ok(toast.y + toast.height <= action.y, `${JSON.stringify(toast)} over ${JSON.stringify(action)}`);
  await desk.open("calendar?month=2099-01", "Calendar");
  await page.getByRole("heading", { level: 2, name: "January 2099" }).waitFor();
  assert.equal(await undo.count(), 1);
  await desk.open("posts", "Posts");
  await undo.waitFor({ state: "detached" });
});

test("a day with more posts than are shown at once is turned page by page, and no post is missing", async (t) => {
  const date = new Date(Date.now() + 60 * DAY_MS).toISOString().slice(0, 10);
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const scheduledAt = (nth) => new Date(midnight + nth * 60_000).toISOString();
  // Accounts have a limit for each minute, so that one post follows another.
  const ids = [];
  for (let nth = 0; nth < MANY; nth++) ids.push((await createPost(office, account, { content: `post ${nth} of the day`, scheduledAt: scheduledAt(nth) })).id);
  const desk = await office.sit(t, { timezoneId: "UTC" });
  const { page } = desk;
  const shown = () => page.locator(".day-post a").evaluateAll((links) => links.map(({ hash }) => hash.split("/").at(-1)));
  const seen = [];
  await desk.open(`calendar?day=${date}`, "Calendar");
  for (const [range, hasMore] of [["1 to 100", true], ["101 to 200", true], [`201 to ${MANY}`, false]]) {
    await page.getByText(`${range} of ${MANY}`).waitFor();
    seen.push(...(await shown()));
    const later = page.getByRole("link", { name: "Later", exact: true });
    assert.equal(await later.count(), hasMore ? 1 : 0);
    if (hasMore) await desk.press(later);
  }
  assert.deepEqual(seen, ids);
  await page.reload();
  await page.getByText(`201 to ${MANY} of ${MANY}`).waitFor();
  assert.deepEqual(await shown(), ids.slice(200));
});
