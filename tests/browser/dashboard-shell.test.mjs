/** What holds for the whole dashboard: signing in and out, failures, the keyboard, phones, everybody's eyes, and bytes. */

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { newAccount, publishPost } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { PHONE, WIDE, startOffice } from "./desk.mjs";

/** Without wasm, from nothing to the first page. */
const BUDGET_BYTES = 60_000;

/** What Lighthouse calls good: a cumulative layout shift below 0.1, a document of fewer than 1,400 elements. */
const MOST_SHIFT = 0.1;
const MOST_NODES = 1400;
const MOST_REQUESTS = 30;

/** Every page of the operator's, with a heading by which it is known to be there. */
const PLACES = [
  ["", /Set up|Home/],
  ["accounts", "Accounts"],
  ["usage", "Usage"],
  ["assistants", "Assistants"],
  ["settings/networks", "Social Networks"],
  ["settings/keys", "API keys"],
  ["settings/webhooks", "Webhooks"],
  ["settings/brand", "Brand"],
  ["settings/budget", "Budget and policy"],
  ["settings/audit", "Audit"],
  ["settings/backup", "Backup and export"],
];

let office;
let account;
before(async () => {
  office = await startOffice({ register: true });
  account = await newAccount(office, { tenant_id: "customer-42" });
  await publishPost(office, account, { content: "something to show" });
  await newKey(office, { name: "Back end" });
  await office.api.post("/v1/webhooks", { name: "Back end", url: "https://acme.example/hook", events: ["post.published"] });
});
after(() => office?.stop());

test("a wrong key is refused in the form, and a right one is kept nowhere that a script can read", async (t) => {
  const desk = await office.sit(t, { key: null });
  desk.tolerate(/status of 401/);
  const { page } = desk;
  await page.getByLabel("API key").fill("wrong");
  await desk.press(desk.button("Sign in"));
  await page.getByRole("alert").filter({ hasText: "API key" }).waitFor();
  await desk.signIn(ADMIN_KEY);
  const seen = await page.evaluate(() => [document.cookie, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML]);
  assert.ok(!JSON.stringify(seen).includes(ADMIN_KEY));
  assert.equal(seen[0], "");
  await page.reload();
  await page.locator(".shell main h1").waitFor();
});

test("signing out everywhere signs the other browsers out as well", async (t) => {
  const { key } = await newKey(office);
  const [one, other] = [await office.sit(t, { key: null }), await office.sit(t, { key: null })];
  for (const desk of [one, other]) await desk.signIn(key);
  other.tolerate(/status of 401/);
  await other.page.reload();
  await other.page.locator(".shell main h1").waitFor();
  await one.page.reload();
  await one.press(one.button("Sign out"));
  await one.press(one.button("Sign out everywhere"));
  const dialog = one.page.getByRole("dialog", { name: "Sign out everywhere?" });
  const field = dialog.getByLabel("Type 2 to confirm");
  await eventually(() => field.evaluate((it) => it === document.activeElement), Boolean);
  // What is pressed too early says what is missing, and signs nobody out.
  await one.page.keyboard.type("1");
  assert.equal(await field.inputValue(), "1");
  await one.page.keyboard.press("Enter");
  await dialog.getByText("Type 2, then press the button.").waitFor();
  await one.assertAccessible("a confirmation that is typed");
  await other.page.reload();
  await other.isIn();
  await field.fill("2");
  await one.page.keyboard.press("Enter");
  await one.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await other.open("settings/keys");
  await other.page.getByRole("dialog", { name: "Sign in again" }).waitFor();
});

test("a session that ends asks for the key over the page, and what was typed is still there", async (t) => {
  const { key } = await newKey(office);
  const desk = await office.sit(t, { key: null });
  await desk.signIn(key);
  desk.tolerate(/status of 401/);
  const { page } = desk;
  await desk.open("settings/budget", "Budget and policy");
  await page.getByLabel("All tenants together").fill("123");
  await desk.context.clearCookies();
  await desk.press(desk.button("Save budgets"));
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await dialog.getByLabel("API key").fill(key);
  await desk.press(dialog.getByRole("button", { name: "Sign in" }));
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("All tenants together").inputValue(), "123");
  await desk.press(desk.button("Save budgets"));
  await desk.hears("Saved");
  await office.api.patch("/v1/settings", { monthly_budget_usd: null });
});

test("a call that cannot be made says so, keeps what was typed, and is made once when it can", async (t) => {
  const desk = await office.sit(t);
  desk.tolerate(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
  const { page } = desk;
  await desk.open("settings/keys", "API keys");
  await desk.press(desk.button("Create key"));
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("through the weather");
  await page.route("**/v1/api-keys", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
  await desk.press(dialog.getByRole("button", { name: "Create key" }));
  await dialog.getByText("The server cannot be reached.").waitFor();
  assert.equal(await dialog.getByLabel("Name").inputValue(), "through the weather");
  await page.unroute("**/v1/api-keys");
  await desk.press(dialog.getByRole("button", { name: "Create key" }));
  await dialog.getByText("Copy this key now").waitFor();
  const names = (await office.api.get("/v1/api-keys")).body.data.map(({ name }) => name);
  assert.equal(names.filter((name) => name === "through the weather").length, 1);
});

test("an answer that is lost is asked for again, and what it did is not done twice", async (t) => {
  const desk = await office.sit(t);
  desk.tolerate(/ERR_FAILED/);
  const { page } = desk;
  await desk.open("settings/keys", "API keys");
  await desk.press(desk.button("Create key"));
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("made once");
  await page.evaluate(loseFirstAnswer);
  await desk.press(dialog.getByRole("button", { name: "Create key" }));
  await dialog.getByText("Copy this key now").waitFor();
  const names = (await office.api.get("/v1/api-keys")).body.data.map(({ name }) => name);
  assert.equal(names.filter((name) => name === "made once").length, 1);
});

test("what changes elsewhere shows without a reload", async (t) => {
  const desk = await office.sit(t);
  await desk.open("accounts", "Accounts");
  const another = await newAccount(office);
  await desk.page.getByRole("link", { name: `@${another.username}` }).waitFor();
});

test("a key that may only read sees what it may, and no way to what it may not", async (t) => {
  const { key } = await newKey(office, { scopes: ["read"], tenant_id: "customer-42" });
  const desk = await office.sit(t, { key });
  const names = await desk.page.getByRole("navigation").getByRole("link").allTextContents();
  assert.ok(names.includes("Accounts") && names.includes("Assistants") && !names.includes("Settings"), names.join());
  await desk.open("accounts", "Accounts");
  await desk.page.getByRole("link", { name: `@${account.username}` }).waitFor();
});

for (const [size, options] of [["wide", WIDE], ["on a phone", PHONE]]) {
  test(`axe finds nothing on any page, ${size}, and nothing is wider than the screen`, async (t) => {
    const desk = await office.sit(t, { ...options, key: null });
    await desk.page.getByLabel("API key").waitFor();
    await desk.assertAccessible("sign-in");
    await desk.signIn(ADMIN_KEY);
    for (const [place, heading] of [...PLACES, [`accounts/${account.id}`, account.nickname]]) {
      await desk.open(place, heading);
      await desk.isLoaded();
      await desk.assertAccessible(place || "home");
      const [inner, content] = await desk.page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      assert.ok(content <= inner, `${place}: ${content} px in ${inner}`);
    }
  });
}

test("dialogs and the menu of phones are accessible, keep the focus, and give it back", async (t) => {
  const desk = await office.sit(t, PHONE);
  const { page } = desk;
  await desk.press(desk.button("Menu"));
  await page.getByRole("dialog", { name: "Menu" }).waitFor();
  await desk.assertAccessible("menu");
  await desk.press(page.getByRole("dialog").getByRole("link", { name: "Settings" }));
  await page.getByRole("heading", { level: 1, name: "Social Networks" }).waitFor();
  await desk.open("settings/keys", "API keys");
  await desk.button("Create key").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Create a key" }).waitFor();
  await desk.assertAccessible("dialog");
  for (let at = 0; at < 12; at += 1) await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog") !== null));
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Create key/);
});

test("every place is reached by keyboard, its focus is seen, and its heading takes it on arrival", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await page.reload();
  await page.locator(".shell main h1").waitFor();
  // The first page takes no focus: it has to be there before the second is.
  await desk.isLoaded();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the page");
  const link = page.getByRole("link", { name: "Usage" });
  await link.focus();
  assert.ok(await link.evaluate((element) => element.matches(":focus-visible") && getComputedStyle(element).outlineStyle !== "none"));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Usage" }).waitFor();
  await page.waitForFunction(() => document.activeElement.tagName === "H1");
});

test("the first load is small", async (t) => {
  const desk = await office.sit(t, { key: null });
  const bodies = [];
  desk.context.on("response", (response) => bodies.push(response));
  await desk.page.reload();
  await desk.signIn(ADMIN_KEY);
  await desk.page.locator(".checklist, .figures").first().waitFor();
  const files = bodies.filter((response) => !new URL(response.url()).pathname.startsWith("/v1/"));
  const sizes = await Promise.all(files.map(async (response) => [new URL(response.url()).pathname, gzipSync(await response.body()).length]));
  const own = sizes.filter(([path]) => !path.startsWith("/embed"));
  const total = own.reduce((sum, [, size]) => sum + size, 0);
  t.diagnostic(`${total} bytes gzip: ${own.map(([path, size]) => `${path} ${size}`).join(", ")}`);
  assert.ok(total < BUDGET_BYTES, `${total} bytes`);
});

for (const [size, options] of [["wide", WIDE], ["on a phone", PHONE]]) {
  test(`every page keeps its budget of bytes, requests, shifts and nodes, ${size}`, async (t) => {
    const desk = await office.sit(t, options);
    await desk.context.addInitScript(watchShifts);
    for (const [place, heading] of [...PLACES, ["posts", "Posts"], ["posts/new", "New post"], ["calendar", "Calendar"]]) {
      const requests = [];
      const sizes = [];
      const listen = (response) => {
        if (FETCHED_AFTERWARDS.includes(new URL(response.url()).pathname)) return;
        requests.push(response.url());
        if (isCounted(response)) sizes.push(response.body().then((body) => gzipSync(body).length));
      };
      // A page of its own, so that nothing of the last one is there already.
      await desk.page.goto("about:blank");
      desk.context.on("response", listen);
      await desk.open(place, heading);
      await desk.isLoaded();
      desk.context.off("response", listen);
      const [shifts, nodes] = await desk.page.evaluate(() => [globalThis.shifts, document.querySelectorAll("*").length]);
      const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      t.diagnostic(`${place || "home"}: ${bytes} bytes gzip in ${requests.length} requests, shifts ${shifts.toFixed(3)}, ${nodes} nodes`);
      assert.ok(bytes < BUDGET_BYTES, `${place}: ${bytes} bytes`);
      assert.ok(requests.length <= MOST_REQUESTS, `${place}: ${requests.join("\n")}`);
      assert.ok(shifts < MOST_SHIFT, `${place} shifts by ${shifts}`);
      assert.ok(nodes < MOST_NODES, `${place}: ${nodes} nodes`);
    }
  });
}

/**
 * Fetched once the page is shown, thus before the measurement ends or after: what `<connect-x>` fetches when idle, and the
 * module that counts a text, with its loader.
 */
const FETCHED_AFTERWARDS = ["/embed_attempt.js", "/embed_bg.wasm", "/composer.js", "/composer_bg.wasm"];

/** Everything of ours that the page needs to be shown. Wasm is fetched when it is needed; faces are X's. */
function isCounted(response) {
  const { origin, pathname } = new URL(response.url());
  return response.ok() && origin === office.worker.origin && !pathname.endsWith(".wasm") && !FETCHED_AFTERWARDS.includes(pathname);
}

/** Runs in every page: the sum of what moved without anybody having done anything (Layout Instability §2). */
function watchShifts() {
  globalThis.shifts = 0;
  const add = ({ hadRecentInput, value }) => (globalThis.shifts += hadRecentInput ? 0 : value);
  new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type: "layout-shift", buffered: true });
}

test("an old address says that there is nothing, and leads home", async (t) => {
  const desk = await office.sit(t);
  await desk.open("no/such/place", "There is no such page");
  await desk.press(desk.page.getByRole("link", { name: "Go to the start" }));
  await desk.page.getByRole("heading", { level: 1, name: /Set up|Home/ }).waitFor();
});

/** Runs in the page: the first POST has its effect, and its answer does not arrive. */
function loseFirstAnswer() {
  const { fetch } = globalThis;
  globalThis.fetch = async (...asked) => {
    const response = await fetch(...asked);
    if (asked[1].method !== "POST") return response;
    globalThis.fetch = fetch;
    throw new TypeError("lost");
  };
}
