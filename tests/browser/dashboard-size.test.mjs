/** The dashboard over 300 accounts and 2,000 posts: what it shows is true, and everything is found. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, readPost } from "../support/client.mjs";
import { fill } from "../support/full-workspace.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { PHONE, startOffice, WIDE } from "./desk.mjs";

const DAY_MS = 86_400_000;

let office;
/** Two real accounts, without and with a tenant, and how many rows there are. */
let account;
let other;
let facts;
before(async () => {
  office = await startOffice({ register: true });
  ({ account, other, facts } = await fill(office, { accounts: 300, posts: 2000 }));
  await newKey(office, { name: "Back end" });
});
after(() => office?.stop());

const count = async (query) => (await office.api.get(`/v1/posts?limit=1&${query}`)).body.count;
const whole = new Intl.NumberFormat("en");
const view = ({ page }, name) => page.getByRole("navigation", { name: "Posts by state" }).getByRole("link", { name });
const rows = ({ page }) => page.locator("tbody tr");
/** The list says how many there are. */
const total = ({ page }, number) => page.getByText(`of ${whole.format(number)}`, { exact: false }).waitFor();

async function at(t, place, heading, options) {
  const desk = await office.sit(t, options);
  await desk.open(place, heading);
  await desk.isLoaded();
  return desk;
}

test("Home counts what the server counts, and shows what leaves next and which accounts are lost", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  // The set-up is left by its last step.
  await page.locator(".figures, .checklist").first().waitFor();
  if ((await desk.button("Copy page snippet").count()) > 0) {
    await desk.button("Copy page snippet").click();
    await desk.press(desk.button("Finish"));
  }
  const { data } = (await office.api.get("/v1/summary")).body;
  await page.getByText(`${whole.format(data.scheduled)} posts are scheduled`).waitFor();
  assert.equal(data.scheduled, facts.scheduled);
  const next = page.locator("section", { has: page.getByRole("heading", { name: "Next to leave" }) }).locator(".lines a");
  assert.deepEqual(await next.evaluateAll((links) => links.map(({ hash }) => hash)), data.next.map(({ id }) => `#/posts/${id}`));
  assert.equal(await page.getByText("has to be connected again").count(), facts.lost);
  await page.getByText(`${facts.failed} posts that X refused`).waitFor();
  assert.equal(await page.locator(".figure", { hasText: "Accounts connected" }).locator("dd").textContent(), whole.format(facts.accounts - facts.lost));
});

test("each view of the posts has the rows of the server, in its order, page by page, and its address says it", async (t) => {
  const desk = await at(t, "posts", "Posts");
  const { page } = desk;
  await view(desk, `Scheduled ${facts.scheduled}`).waitFor();
  await desk.press(view(desk, "Scheduled"));
  await total(desk, facts.scheduled);
  const [first] = (await office.api.get("/v1/posts?stage=scheduled&sort=scheduledAt&order=asc&limit=1")).body.posts;
  assert.equal(await rows(desk).first().locator("a").getAttribute("href"), `#/posts/${first.id}`);
  await desk.press(page.getByRole("link", { name: "Next", exact: true }));
  await page.getByText(`31 to 60 of ${facts.scheduled}`).waitFor();
  await page.reload();
  await page.getByText(`31 to 60 of ${facts.scheduled}`).waitFor();
  await page.getByLabel("Order").selectOption("scheduledAt.desc");
  await page.getByText(`1 to 30 of ${facts.scheduled}`).waitFor();
  const [last] = (await office.api.get("/v1/posts?stage=scheduled&sort=scheduledAt&order=desc&limit=1")).body.posts;
  await page.locator(`tbody tr:first-child a[href="#/posts/${last.id}"]`).waitFor();
  await desk.press(view(desk, "Drafts"));
  await total(desk, facts.draft);
});

test("no list counts the rows before a page: each goes on by its cursor, and back the way it came", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).searchParams));
  const firstRow = () => rows(desk).first().locator("a").first().getAttribute("href");
  let deep;
  const turn = (name) => desk.press(page.getByRole("link", { name, exact: true }));
  for (const [place, heading, size, forth, back] of [["posts", "Posts", 30, "Next", "Previous"], ["accounts", "Accounts", 50, "Next", "Previous"]]) {
    await desk.open(place, heading);
    const first = await firstRow();
    for (const from of [0, size, 2 * size]) {
      await page.getByText(`${from + 1} to ${from + size} of`).waitFor();
      deep = page.url();
      await turn(forth);
    }
    for (const from of [3 * size, 2 * size, size]) {
      await page.getByText(`${from + 1} to ${from + size} of`).waitFor();
      await turn(back);
    }
    await page.getByText(`1 to ${size} of`).waitFor();
    assert.equal(await firstRow(), first);
    // By its address alone a page knows no page before it but the first.
    await page.goto(deep);
    await page.reload();
    await page.getByText(`${2 * size + 1} to ${3 * size} of`).waitFor();
    await turn("First page");
    await page.getByText(`1 to ${size} of`).waitFor();
  }
  assert.deepEqual(asked.filter((query) => Number(query.get("offset")) > 0), []);
});

test("keys and deeds have 50 rows to a page, the newest first", async (t) => {
  for (let made = 0; made < 60; made++) await newKey(office, { name: `key ${made}` });
  const desk = await office.sit(t);
  const { page } = desk;
  const turn = (name) => desk.press(page.getByRole("link", { name, exact: true }));
  for (const [place, heading] of [["settings/keys", "API keys"], ["settings/audit", "Audit"]]) {
    await desk.open(place, heading);
    await page.getByText("1 to 50 of").waitFor();
    assert.equal(await rows(desk).count(), 50, place);
    const first = await rows(desk).first().textContent();
    await turn("Older");
    await page.getByText("51 to ").waitFor();
    await turn("Newer");
    await page.getByText("1 to 50 of").waitFor();
    assert.equal(await rows(desk).first().textContent(), first, place);
  }
  await desk.open("settings/keys", "API keys");
  await turn("Older");
  await page.getByText("key 0", { exact: true }).waitFor();
  await page.getByText("51 to 61 of 61").waitFor();
  for (const key of (await office.api.get("/v1/api-keys?limit=100")).body.data.slice(50)) await office.api.delete(`/v1/api-keys/${key.id}`);
  await page.getByText("None here of 50").waitFor();
  await turn("Newer");
  await rows(desk).first().waitFor();
});

test("posts are found by words, by tenant and by account, together", async (t) => {
  const { id } = await createPost(office, other, { content: "the only zeppelin of them all", scheduledAt: fromNow(200 * DAY_MS) });
  const desk = await at(t, "posts", "Posts");
  const { page } = desk;
  await page.getByRole("search").getByLabel("Text").fill("zeppelin");
  await page.locator(`tbody tr:only-child a[href="#/posts/${id}"]`).waitFor();
  await page.getByRole("search").getByLabel("Text").fill("");
  await page.getByRole("search").getByLabel("Tenant").fill("tenant-7");
  const ofTenant = await count("tenant_id=tenant-7");
  await total(desk, ofTenant);
  await page.getByRole("search").getByLabel("Account", { exact: true }).fill("brand_066");
  await page.locator('datalist option[value="@brand_066 · tenant-7"]').waitFor({ state: "attached" });
  await page.getByRole("search").getByLabel("Account", { exact: true }).fill("@brand_066 · tenant-7");
  await desk.button("Any account").waitFor();
  await desk.isLoaded();
  const { posts } = (await office.api.get("/v1/posts?tenant_id=tenant-7&limit=100")).body;
  const own = posts.filter(({ socialAccounts: [{ username }] }) => username === "brand_066").map((post) => `#/posts/${post.id}`);
  assert.deepEqual(await rows(desk).locator("a").evaluateAll((links) => links.map(({ hash }) => hash)), own);
  assert.match(page.url(), /tenant_id=tenant-7.*account=acc_/);
  await desk.press(desk.button("Any account"));
  await total(desk, ofTenant);
});

test("the times of a list stand on one line, and say their zone", async (t) => {
  const desk = await at(t, "posts?stage=scheduled", "Posts", { timezoneId: "Europe/Berlin" });
  const times = desk.page.locator("tbody time");
  assert.ok((await times.count()) > 0);
  for (const time of await times.all()) assert.match(await time.getAttribute("title"), /, Europe\/Berlin$/);
  const heights = await times.evaluateAll((all) => all.map((time) => time.getClientRects().length));
  assert.deepEqual([...new Set(heights)], [1]);
});

test("accounts are found by name and tenant together, and a long id is cut in its middle and copied whole", async (t) => {
  const desk = await at(t, "accounts", "Accounts", { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = desk;
  await page.getByText(`1 to 50 of ${facts.accounts}`).waitFor();
  const search = page.getByRole("search");
  await search.getByLabel("Username").fill("shared_handle");
  await page.locator("tbody tr:nth-child(6):last-child").waitFor();
  await search.getByLabel("Tenant").fill("tenant-2");
  await page.locator("tbody tr:only-child").waitFor();
  await search.getByLabel("Username").fill("");
  const long = "tenant-with-a-very-long-id-3f2504e0-4f89-11d3-9a0c-0305e82c3301";
  await search.getByLabel("Tenant").fill(long);
  await page.locator("tbody tr:nth-child(5):last-child").waitFor();
  const id = page.getByRole("button", { name: `Copy tenant ${long}` }).first();
  assert.match(await id.innerText(), /tenant-with-…e82c3301$/);
  assert.equal(await id.getAttribute("title"), long);
  await id.click();
  await desk.hears("Copied");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), long);
});

test("accounts are disconnected many at once, after their number was typed", async (t) => {
  const desk = await at(t, "accounts?tenant_id=tenant-9", "Accounts");
  const { page } = desk;
  await page.getByLabel("All on this page").check();
  await page.getByText("5 accounts chosen").waitFor();
  await page.getByLabel("Choose @brand_008").uncheck();
  await desk.press(desk.button("Disconnect …"));
  const dialog = page.getByRole("dialog", { name: "Disconnect 4 accounts?" });
  const act = dialog.getByRole("button", { name: "Disconnect 4 accounts" });
  await dialog.getByLabel("Type 4 to confirm").fill("5");
  await dialog.getByLabel("Type 4 to confirm").press("Enter");
  await dialog.getByText("Type 4, then press the button.").waitFor();
  await dialog.getByLabel("Type 4 to confirm").fill("4");
  await desk.press(act);
  await desk.hears("4 accounts disconnected");
  const left = (await office.api.get("/v1/social-accounts?tenant_id=tenant-9&status=active")).body.data;
  assert.deepEqual(left.map(({ username }) => username), ["brand_008"]);
});

test("what a page has under way ends with its sign-in: another key disconnects nothing that was chosen before it", async (t) => {
  const { key, id } = await newKey(office, { tenant_id: "tenant-8" });
  const desk = await office.sit(t, { key });
  desk.tolerate(/status of 40[14]/);
  const { page } = desk;
  const live = async () => (await office.api.get("/v1/social-accounts?tenant_id=tenant-8&status=active")).body.count;
  await desk.open("accounts", "Accounts");
  await page.getByLabel("All on this page").check();
  const before = await live();
  const held = [];
  await page.route("**/v1/social-accounts/*", (route) => (route.request().method() === "DELETE" ? void held.push(route) : route.continue()));
  const first = page.waitForRequest((request) => request.method() === "DELETE");
  await desk.press(desk.button("Disconnect …"));
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill(String(before));
  await desk.press(dialog.getByRole("button", { name: /^Disconnect / }));
  await first;
  // The sign-out of another tab, and another key after it.
  await page.evaluate(() => fetch("/v1/dashboard/session", { method: "DELETE" }));
  await page.evaluate(() => new BroadcastChannel("signed-out").postMessage("signed-out"));
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  await desk.signIn(ADMIN_KEY);
  // An account that is gone is passed over, and the next one is asked for.
  const asked = [...held];
  for (const route of asked) await route.fulfill({ status: 404, json: { code: "not_found", message: "Gone." } }).catch(() => {});
  await desk.open("posts", "Posts");
  await desk.isLoaded();
  assert.equal(held.length, asked.length, "nothing more is asked for");
  assert.equal(await live(), before);
  const { data } = (await office.api.get("/v1/audit?action=account.disconnected&limit=100")).body;
  assert.deepEqual(data.filter(({ tenant_id, key_id }) => tenant_id === "tenant-8" && key_id !== id), []);
});

test("whoever stops is told how many were disconnected, what was on its way too", async (t) => {
  const desk = await at(t, "accounts?tenant_id=tenant-6", "Accounts");
  const { page } = desk;
  await page.getByLabel("All on this page").check();
  const total = await rows(desk).count();
  assert.ok(total > 4, `${total}`);
  const held = [];
  await page.route("**/v1/social-accounts/*", (route) => (route.request().method() === "DELETE" ? void held.push(route) : route.continue()));
  await desk.press(desk.button("Disconnect …"));
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill(String(total));
  await desk.press(dialog.getByRole("button", { name: /^Disconnect / }));
  await eventually(async () => held.length, (count) => count === 4);
  await desk.press(dialog.getByRole("button", { name: "Cancel" }));
  for (const route of held) await route.continue();
  await desk.hears("4 accounts disconnected");
  assert.equal((await office.api.get("/v1/social-accounts?tenant_id=tenant-6&status=active")).body.count, total - 4);
});

test("two tabs of one key follow each other's sign-in, and none throws the other out", async (t) => {
  const { key } = await newKey(office);
  const desk = await office.sit(t, { key });
  desk.tolerate(/status of 401/);
  const { page, context } = desk;
  const other = await context.newPage();
  await other.goto(`${office.worker.origin}/#/settings/keys`);
  await other.getByRole("heading", { level: 1, name: "API keys" }).waitFor();
  await desk.open("settings/keys", "API keys");
  await context.clearCookies();
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await dialog.getByLabel("API key").fill(key);
  const followed = other.waitForResponse((answer) => answer.url().endsWith("/v1/dashboard/session") && answer.status() === 200);
  await desk.press(dialog.getByRole("button", { name: "Sign in" }));
  await dialog.waitFor({ state: "detached" });
  await followed;
  for (const tab of [other, page, other]) {
    const read = tab.waitForResponse((answer) => answer.url().includes("/v1/api-keys?") && answer.status() === 200);
    await tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await read;
    assert.equal(await tab.getByRole("dialog").count(), 0);
  }
});

const days = ({ page }) => page.locator(".day[data-day]");
const dateIn = (zone, time = Date.now()) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(time);

test("the calendar opens at this week, with what was published, and says how many more each day has", async (t) => {
  const desk = await at(t, "calendar", "Calendar", { timezoneId: "Europe/Berlin" });
  const { page } = desk;
  const today = dateIn("Europe/Berlin");
  await page.locator(`.day-today[data-day="${today}"]`).waitFor();
  assert.equal(await days(desk).count(), 7);
  await page.locator(".day-post").first().waitFor();
  const [from, to] = [await days(desk).first().getAttribute("data-day"), await days(desk).last().getAttribute("data-day")];
  const { data } = (await office.api.get(`/v1/calendar?from=${from}&to=${to}&tz=Europe/Berlin`)).body;
  for (const { date, counts, posts } of data) {
    const day = page.locator(`[data-day="${date}"]`);
    assert.equal(await day.locator(".day-post").count(), posts.length, date);
    const more = Object.values(counts).reduce((sum, one) => sum + one) - posts.length;
    if (more > 0) await day.getByText(`+${more} more`).waitFor();
  }
  await page.locator(".day-post-published").first().waitFor();
  for (const title of await page.locator(".day-post a").evaluateAll((links) => links.map(({ title }) => title))) assert.match(title, /, Europe\/Berlin$/);
});

test("the days of a week and of a month fit the screen, and one of them is shown whole", async (t) => {
  const desk = await at(t, "calendar", "Calendar");
  const { page } = desk;
  const tallest = () => days(desk).evaluateAll((all) => Math.max(...all.map((day) => day.getBoundingClientRect().height)));
  await page.locator(".day-more").first().waitFor();
  assert.ok((await tallest()) <= WIDE.viewport.height, `${await tallest()} px`);
  await desk.press(page.getByRole("link", { name: "Month", exact: true }));
  await page.locator(".calendar-month .day-more").first().waitFor();
  assert.ok((await tallest()) <= WIDE.viewport.height / 4, `${await tallest()} px`);
  const day = page.locator(".day", { has: page.locator(".day-more") }).first();
  const date = await day.getAttribute("data-day");
  await desk.press(day.locator(".day-more"));
  await page.locator(".calendar-day .day-post").first().waitFor();
  const [{ counts }] = (await office.api.get(`/v1/calendar?from=${date}&to=${date}`)).body.data;
  assert.equal(await page.locator(".day-post").count(), Object.values(counts).reduce((sum, one) => sum + one));
});

test("another time zone is chosen by name, stays, and is that of every time", async (t) => {
  const { id } = await createPost(office, account, { content: "in two zones", scheduledAt: new Date(Date.UTC(new Date().getUTCFullYear() + 1, 0, 15, 22, 30)).toISOString() });
  const scheduledAt = Date.parse((await readPost(office, { id })).scheduledAt);
  const desk = await at(t, `calendar?day=${dateIn("UTC", scheduledAt)}`, "Calendar");
  const { page } = desk;
  const post = page.locator(`.day-post a[href$="${id}"]`);
  await post.waitFor();
  await desk.press(desk.button("Time zone: UTC"));
  await page.getByRole("dialog").getByLabel("Time zone").selectOption("Asia/Tokyo");
  await desk.press(desk.button("Use it"));
  await post.waitFor({ state: "detached" });
  await desk.open(`calendar?day=${dateIn("Asia/Tokyo", scheduledAt)}`, "Calendar");
  await post.waitFor();
  await page.reload();
  await post.waitFor();
  assert.match(await post.getAttribute("title"), /7:30:00.*Asia\/Tokyo$/);
  await desk.button("Time zone: Asia/Tokyo, GMT+9").waitFor();
});

test("the composer offers a few of many accounts, and finds the others by name and tenant", async (t) => {
  const desk = await at(t, "posts/new", "New post");
  const { page } = desk;
  const pills = page.locator(".pick-one");
  await pills.first().waitFor();
  assert.ok((await pills.count()) <= 8, `${await pills.count()} accounts`);
  await page.getByLabel("Find an account").fill("shared_handle");
  await page.locator(".pick-one", { hasText: "tenant-52" }).waitFor();
  // One handle of several tenants: each says whose it is.
  await page.getByRole("checkbox", { name: "@shared_handle tenant-52" }).check();
  await page.getByLabel("Find an account").fill("brand_123");
  await page.getByRole("checkbox", { name: "@brand_123" }).check();
  await page.locator(".pick-one", { hasText: "@shared_handle" }).waitFor();
  await page.getByText("2 chosen").waitFor();
  await page.getByLabel("Find an account").fill("");
  await page.getByLabel("Of a tenant").fill("tenant-7");
  await desk.press(desk.button("All 5 of tenant-7"));
  await page.getByText("7 chosen").waitFor();
  await page.getByLabel("Text", { exact: true }).fill("for seven");
  await page.getByText("$0.015 for each of 7 accounts").click();
  await page.locator(".price-each li", { hasText: "@brand_123" }).getByText("$0.015").waitFor();
  await page.reload();
  await page.getByText("7 chosen").waitFor();
});

const tellsOfPosts = async (answer) => answer.url().includes("/v1/changes") && (await answer.json()).data.changed.includes("posts");
/** The waiting call is answered with a change of posts. */
const told = ({ page }) => page.waitForResponse(tellsOfPosts);

test("the composer offers no account that was disconnected, whoever the latest post was for", async (t) => {
  const gone = await newAccount(office);
  await createPost(office, gone, { content: "the latest", isDraft: true });
  const offered = async () => {
    const desk = await at(t, "posts/new", "New post");
    await desk.page.locator(".pick-one").first().waitFor();
    return desk.page.locator(".pick-one").allTextContents();
  };
  const isOffered = async () => (await offered()).some((name) => name.includes(`@${gone.username}`));
  assert.equal(await isOffered(), true);
  await office.api.delete(`/v1/social-accounts/${gone.id}`);
  assert.equal(await isOffered(), false);
});

test("a change shows without a reload, told by one waiting call", async (t) => {
  const desk = await at(t, "posts", "Posts");
  const { page } = desk;
  const shown = (text) => page.locator("tbody tr", { hasText: text });
  const created = told(desk);
  const { id } = await createPost(office, account, { content: "told by the server", isDraft: true });
  await created;
  const since = Date.now();
  await shown("told by the server").waitFor();
  t.diagnostic(`shown ${Date.now() - since} ms after it was told`);
  const changed = told(desk);
  await office.api.patch(`/v1/posts/${id}`, { content: "told once more" });
  await changed;
  await shown("told once more").waitFor();
  const gone = told(desk);
  await office.api.delete(`/v1/posts/${id}`);
  await gone;
  await shown("told once more").waitFor({ state: "detached" });
});

test("a key that may not wait is shown what changes all the same", async (t) => {
  const { key } = await newKey(office, { scopes: ["read"], account_id: account.id });
  const desk = await office.sit(t, { key });
  desk.tolerate(/status of 403/);
  await desk.open("posts", "Posts");
  await desk.isLoaded();
  await createPost(office, account, { content: "seen by its own key", isDraft: true });
  await desk.page.locator("tbody tr", { hasText: "seen by its own key" }).waitFor();
});

const PLACES = [
  ["posts", "Posts"], ["posts?stage=scheduled", "Posts"], ["posts/new", "New post"], ["calendar", "Calendar"],
  [`calendar?month=${dateIn("UTC", Date.now() + 20 * DAY_MS).slice(0, 7)}`, "Calendar"], [`calendar?day=${dateIn("UTC", Date.now() + DAY_MS)}`, "Calendar"], ["accounts", "Accounts"],
];

for (const [size, options] of [["wide", WIDE], ["on a tablet", { viewport: { width: 834, height: 1112 } }], ["on a phone", PHONE]]) {
  test(`axe finds nothing over many rows, ${size}, and nothing is wider than the screen`, async (t) => {
    const desk = await office.sit(t, options);
    for (const [place, heading] of PLACES) {
      await desk.open(place, heading);
      await desk.isLoaded();
      await desk.page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
      await desk.assertAccessible(`${place}, ${size}`);
      const [inner, content, nodes] = await desk.page.evaluate(() => [innerWidth, document.documentElement.scrollWidth, document.querySelectorAll("*").length]);
      assert.ok(content <= inner, `${place}: ${content} px in ${inner}`);
      assert.ok(nodes < 1400, `${place}: ${nodes} nodes`);
    }
  });
}

test("on a phone every post of the calendar and of the list has its words, and the first action is in reach of a thumb", async (t) => {
  const desk = await at(t, "calendar", "Calendar", PHONE);
  const { page } = desk;
  await page.locator(".day-post").first().waitFor();
  for (const selector of [".day-post .day-text", ".day-post .day-time"]) {
    const boxes = await page.locator(selector).evaluateAll((all) => all.map((element) => element.getBoundingClientRect().height));
    assert.ok(boxes.length > 0 && boxes.every((height) => height >= 12), `${selector}: ${boxes}`);
  }
  for (const [place, heading, name] of [["posts", "Posts", "New post"], ["calendar", "Calendar", "New post"], ["posts/new", "New post", "Publish"]]) {
    await desk.open(place, heading);
    await desk.isLoaded();
    const button = page.locator(".button-primary", { hasText: name }).first();
    await button.waitFor();
    const { y, height } = await button.boundingBox();
    assert.ok(y > PHONE.viewport.height / 2 && y + height <= PHONE.viewport.height, `${place}: ${y}`);
  }
  await desk.open("posts", "Posts");
  await desk.isLoaded();
  const wide = await rows(desk).evaluateAll((all) => all.filter((row) => row.scrollWidth > row.clientWidth + 1).length);
  assert.equal(wide, 0);
});
