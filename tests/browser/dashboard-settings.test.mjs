/** Settings and accounts at the dashboard, each task as a person does it, and its effect as the API tells it. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { api, callbackOf, connect, createPost, faultAtX, fromNow, newAccount, newUser, postIn, publishPost, registerNetwork } from "../support/client.mjs";
import { everyAction, everyEvent } from "../support/contract.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";
import { startReceiver } from "../support/receiver.mjs";
import { connectX, startOffice } from "./desk.mjs";

let office;
let receiver;
before(async () => {
  office = await startOffice({ register: true });
  receiver = await startReceiver();
});
after(() => Promise.all([office?.stop(), receiver?.close()]));

const settings = async () => (await office.api.get("/v1/settings")).body.data;

test("credentials are replaced in place, and another tenant's app is added beside them", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("settings/networks", "Social Networks");
  const { client_id, client_secret } = office.x.app;
  office.x.setApp({ client_id, client_secret: "rotated-secret-0123456789" });
  t.after(() => {
    office.x.setApp({ client_id, client_secret });
    return registerNetwork(office);
  });
  await desk.press(desk.button("Replace credentials"));
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Client Secret / API Secret").fill("rotated-secret-0123456789");
  await desk.press(dialog.getByRole("button", { name: "Replace credentials" }));
  await desk.hears("X accepts these credentials");
  assert.equal((await office.api.get("/v1/social-networks/x")).body.data.id, office.network.id);

  const own = office.x.addApp({ name: "a tenant's" });
  await desk.press(desk.button("Add another"));
  await dialog.getByLabel("Client ID / API Key").fill(own.client_id);
  await dialog.getByLabel("Client Secret / API Secret").fill(own.client_secret);
  await dialog.getByLabel(/^Tenant/).fill("customer-7");
  await desk.press(dialog.getByRole("button", { name: "Add Social Network" }));
  await page.getByRole("heading", { name: "X app of customer-7" }).waitFor();

  const card = page.locator("article", { hasText: "customer-7" });
  await desk.press(card.getByRole("button", { name: "Remove this app" }));
  await dialog.getByText("No account was connected through it.").waitFor();
  await desk.press(dialog.getByRole("button", { name: "Remove", exact: true }));
  await card.waitFor({ state: "detached" });
  assert.equal((await office.api.get("/v1/social-networks?tenant_id=customer-7")).body.count, 0);
});

test("another app's credentials are a decision, since every account has to be connected again", async (t) => {
  const app = office.x.addApp({ name: "first", callbacks: [callbackOf(office.worker)] });
  const network = await registerNetwork(office, { app, tenant_id: "mover" });
  const account = await newAccount(office, { tenant_id: "mover" });
  const other = office.x.addApp({ name: "second" });
  const desk = await office.sit(t);
  desk.tolerate(/status of 409/);
  await desk.open("settings/networks", "Social Networks");
  await desk.press(desk.page.locator("article", { hasText: "mover" }).getByRole("button", { name: "Replace credentials" }));
  const dialog = desk.page.getByRole("dialog");
  await dialog.getByLabel("Client ID / API Key").fill(other.client_id);
  await dialog.getByLabel("Client Secret / API Secret").fill(other.client_secret);
  // Said before anything is sent, and said again by the API to whoever presses on.
  await dialog.getByText("Another app: 1 account stops until connected again").waitFor();
  assert.equal(await dialog.getByRole("link", { name: "See the 1 account" }).getAttribute("href"), `#/accounts?customer_social_network_id=${network.id}`);
  await desk.press(dialog.getByRole("button", { name: "Replace credentials" }));
  await dialog.getByText("tick the box above").waitFor();
  await desk.press(dialog.getByLabel("Use the other app all the same"));
  assert.equal((await office.api.get(`/v1/social-accounts/${account.id}`)).body.data.status, "active");
  await desk.press(dialog.getByRole("button", { name: "Replace credentials" }));
  await desk.hears("X accepts these credentials");
  const { status, status_reason } = (await office.api.get(`/v1/social-accounts/${account.id}`)).body.data;
  assert.deepEqual([status, status_reason], ["reconnect_required", "client_changed"]);
  assert.equal((await office.api.get(`/v1/social-networks/${network.id}`)).body.data.client_key, other.client_id);
});

test("a pause is shown with what to do about it, and is lifted by hand", async (t) => {
  const account = await newAccount(office);
  faultAtX(office, { kind: "answer", preset: "credits-new" });
  const post = await createPost(office, account, { content: "waits for credits" });
  await postIn(office, post.id, "held");
  const desk = await office.sit(t);
  await desk.open("settings/networks", "Social Networks");
  await desk.page.getByText("Add credits in X's developer console").waitFor();
  await desk.press(desk.button("Resume now"));
  await desk.hears("Resumed");
  await postIn(office, post.id, "published");
});

test("a key is made, shown once, and dead when it is deleted", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("settings/keys", "API keys");
  await desk.press(desk.button("Create key"));
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Made by hand");
  await dialog.getByLabel(/^Tenant/).fill("customer-9");
  await desk.press(dialog.getByRole("button", { name: "Create key" }));
  const key = await dialog.getByLabel("API key", { exact: true }).textContent();
  const caller = api(office.worker, { key });
  assert.equal((await caller.get("/v1/posts")).status, 200);
  await desk.press(dialog.getByRole("button", { name: "Close" }));
  const row = page.getByRole("row", { name: /Made by hand/ });
  assert.match(await row.textContent(), /customer-9/);
  assert.ok(!(await page.content()).includes(key), "it is gone from the page");
  await desk.press(row.getByRole("button", { name: "Delete Made by hand" }));
  await desk.press(dialog.getByRole("button", { name: "Delete key" }));
  await row.waitFor({ state: "detached" });
  assert.equal((await caller.get("/v1/posts")).status, 401);
});

test("a webhook is added with its secret, tested, read in the log, told again, changed and deleted", async (t) => {
  const address = receiver.address();
  address.answers = [500];
  const desk = await office.sit(t);
  // The page may be asking for the webhook at the moment of its deletion.
  desk.tolerate(/status of 404/);
  const { page } = desk;
  await desk.open("settings/webhooks", "Webhooks");
  await desk.press(desk.button("Add webhook"));
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Back end");
  await dialog.getByLabel("Address").fill(address.url);
  await desk.press(dialog.getByRole("button", { name: "Add webhook" }));
  assert.match(await dialog.getByLabel("webhook secret", { exact: true }).textContent(), /^whsec_/);
  await desk.press(dialog.getByRole("button", { name: "Close" }));
  await desk.press(page.getByRole("link", { name: "Back end" }));
  await page.getByRole("heading", { level: 1, name: "Back end" }).waitFor();

  await desk.press(desk.button("Send a test"));
  await address.received(1);
  const line = page.locator(".log-line").first();
  await line.getByText("Failed").waitFor();
  await desk.press(line.locator("summary"));
  await line.getByText("answered 500").waitFor();
  await desk.press(line.getByRole("button", { name: "Send again" }));
  await address.received(2);
  await line.getByText("Delivered").waitFor();

  await desk.press(desk.button("Edit"));
  await dialog.getByLabel("Name").fill("Production back end");
  await desk.press(dialog.getByRole("button", { name: "Save" }));
  await page.getByRole("heading", { level: 1, name: "Production back end" }).waitFor();
  await desk.press(desk.button("Switch off"));
  await page.getByText("It was switched off by hand.").waitFor();
  await desk.press(desk.button("Delete this webhook"));
  await desk.press(dialog.getByRole("button", { name: "Delete webhook" }));
  await page.getByText("Nobody is told yet").waitFor();
  assert.equal((await office.api.get("/v1/webhooks")).body.pagination.total, 0);
});

test("the brand is seen before it is saved, and worn after", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("settings/brand", "Brand");
  await page.getByLabel("Name").fill("Acme Social");
  await page.getByLabel("Colour of buttons").fill("#ffe600");
  // The very pages, in frames of our own origin: as they would be, and before anything is saved.
  const [light, dark] = ["The page, light", "The page, dark"].map((title) => page.frameLocator(`iframe[title="${title}"]`));
  for (const sample of [light, dark]) {
    await sample.locator(".brand", { hasText: "Acme Social" }).waitFor();
    const paint = await sample.getByRole("button").evaluate((button) => {
      const { backgroundColor, color } = getComputedStyle(button);
      return [backgroundColor, color];
    });
    assert.deepEqual(paint, ["rgb(255, 230, 0)", "rgb(0, 0, 0)"]);
  }
  assert.equal((await settings()).brand.name, null, "nothing is saved yet");
  const ground = (sample) => sample.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
  assert.notEqual(await ground(light), await ground(dark));
  await page.getByLabel("Page", { exact: true }).selectOption("connected");
  await light.getByRole("heading", { name: "Connected" }).waitFor();
  await page.getByLabel("Language").selectOption("ja");
  await light.getByRole("heading", { name: "連携しました" }).waitFor();
  for (const value of await page.getByLabel("Page", { exact: true }).locator("option").evaluateAll((options) => options.map((option) => option.value))) {
    const shown = page.waitForResponse((answer) => answer.url().includes(`/pages/${value}?`) && answer.url().includes("dark"));
    await page.getByLabel("Page", { exact: true }).selectOption(value);
    assert.equal((await shown).status(), 200, value);
  }
  await desk.press(desk.button("Save"));
  await desk.hears("Saved");
  assert.deepEqual((await settings()).brand, { name: "Acme Social", logo_url: null, color: "#ffe600" });
});

test("budgets, policy and prices are set, and what is wrong with one is said beside it", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("settings/budget", "Budget and policy");
  await page.getByLabel("All tenants together").fill("200");
  await desk.press(desk.button("A tenant's own budget"));
  await page.getByLabel("Tenant 1", { exact: true }).fill("customer-42");
  await page.getByLabel("Budget of tenant 1").fill("10");
  await desk.press(desk.button("Save budgets"));
  await desk.hears("Saved");
  await desk.press(page.getByLabel("Leave it to me"));
  await desk.press(desk.button("Save policy"));
  await page.getByLabel("Post", { exact: true }).fill("0.02");
  await desk.press(desk.button("Save prices"));
  // Two calls that are under way at once.
  await page.waitForFunction(async () => {
    const { data } = await (await fetch("/v1/settings")).json();
    return data.prices.post === 0.02 && data.on_unknown === "hold";
  });
  const { monthly_budget_usd, tenant_budgets_usd, on_unknown, prices } = await settings();
  assert.deepEqual([monthly_budget_usd, tenant_budgets_usd, on_unknown, prices.post], [200, { "customer-42": 10 }, "hold", 0.02]);
  await office.api.patch("/v1/settings", { monthly_budget_usd: null, on_unknown: "resend", prices: { post: 0.015 } });
});

test("posts are kept for so many days, or for ever; fewer days are asked about before posts are deleted", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  const keep = async (days) => {
    await page.getByLabel("Days", { exact: true }).fill(days);
    await desk.press(desk.button("Save days"));
  };
  const isKept = (days) => eventually(settings, ({ keep_posts_days }) => keep_posts_days === days);
  t.after(() => office.api.patch("/v1/settings", { keep_posts_days: 400 }));
  await desk.open("settings/budget", "Budget and policy");
  assert.equal(await page.getByLabel("Days", { exact: true }).inputValue(), "400");
  await keep("90");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("more than 90 days ago").waitFor();
  await desk.press(dialog.getByRole("button", { name: "Cancel" }));
  assert.equal((await settings()).keep_posts_days, 400);
  await desk.press(desk.button("Save days"));
  await desk.press(dialog.getByRole("button", { name: "Delete older posts" }));
  await isKept(90);
  await page.reload();
  await desk.shows("Budget and policy");
  assert.equal(await page.getByLabel("Days", { exact: true }).inputValue(), "90");
  await keep("91");
  await isKept(91);
  await keep("");
  await isKept(null);
});

test("a webhook is offered every event, and the audit every action, that the API has", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("settings/webhooks", "Webhooks");
  await desk.press(desk.button("Add webhook"));
  const offered = page.getByRole("dialog").getByRole("group", { name: "What it hears of" }).getByRole("checkbox");
  const named = await offered.evaluateAll((boxes) => boxes.map((box) => box.labels[0].textContent));
  assert.deepEqual(named, everyEvent());
  await desk.press(page.getByRole("dialog").getByRole("button", { name: "Close" }));
  await desk.open("settings/audit", "Audit");
  const actions = await page.getByLabel("Action").locator("option").evaluateAll((options) => options.map(({ value }) => value));
  assert.deepEqual(actions, ["", ...everyAction()]);
});

test("the audit says who did it, is filtered, and everything can be had as a file without a secret", async (t) => {
  const key = await newKey(office, { name: "for the audit" });
  await newKey(office, { name: "by that key" }, key.api);
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("settings/audit", "Audit");
  await page.getByLabel("Action").selectOption("key.created");
  await page.getByRole("row", { name: /for the audit.*key\.created/ }).waitFor();
  await desk.open("settings/backup", "Backup and export");
  const [download] = await Promise.all([page.waitForEvent("download"), desk.press(desk.button("Download JSON"))]);
  const text = await readFile(await download.path(), "utf8");
  const whole = JSON.parse(text);
  assert.ok(whole.keys.some(({ name }) => name === "by that key") && whole.audit.length > 0 && Array.isArray(whole.posts));
  for (const secret of [key.key, office.x.app.client_secret]) assert.ok(!text.includes(secret));
});

test("the deployment stands still, is saved as a sealed file, and goes on", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("settings/backup", "Backup and export");
  await desk.press(desk.button("Stand still for a backup"));
  await desk.press(page.getByRole("dialog").getByRole("button", { name: "Stand still" }));
  await page.locator(".notice-title", { hasText: "This deployment stands still." }).waitFor();
  await page.getByLabel("Passphrase", { exact: true }).fill("correct horse battery");
  await page.getByLabel("Passphrase again").fill("correct horse staple!");
  await desk.press(desk.button("Download backup"));
  await page.getByText("The passphrases are not the same.").waitFor();
  await page.getByLabel("Passphrase again").fill("correct horse battery");
  const [download] = await Promise.all([page.waitForEvent("download"), desk.press(desk.button("Download backup"))]);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
  assert.equal(JSON.parse(lines[0]).format, "backup");
  assert.ok(lines.length > 5 && download.suggestedFilename().endsWith(".ndjson"));
  await desk.assertAccessible("a deployment that stands still");
  await desk.press(desk.button("Go on here"));
  await desk.button("Stand still for a backup").waitFor();
  assert.equal((await office.api.get("/v1/handover")).body.data.status, "running");
  await desk.open("settings/audit", "Audit");
  await page.getByRole("row", { name: /deployment\.exported/ }).waitFor();
});

test("accounts are found by name, tenant and status, and each says how it is", async (t) => {
  const [one, other] = [await newAccount(office, { tenant_id: "finder" }), await newAccount(office)];
  await publishPost(office, one, { content: "for its limits" });
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("accounts", "Accounts");
  const rowOf = ({ username }) => page.getByRole("link", { name: `@${username}` });
  await rowOf(other).waitFor();
  await page.getByLabel("Username").fill(one.username.slice(1, 6));
  await rowOf(other).waitFor({ state: "detached" });
  await page.getByLabel("Username").fill("");
  await rowOf(other).waitFor();
  await page.getByLabel("Tenant").fill("finder");
  await rowOf(other).waitFor({ state: "detached" });
  await desk.press(rowOf(one));
  await page.getByText("POST /2/tweets, 15 minutes").waitFor();
  await desk.press(desk.button("Ask X"));
  await page.getByText("X answers as this account").waitFor();
});

test("an account that has to be connected again says why, and is mended on its page", async (t) => {
  const user = newUser(office);
  const account = await connect(office, { username: user.username, scopes: ["tweet.read", "tweet.write", "users.read", "offline.access"] });
  office.x.revokeGrants({ username: user.username });
  const post = await createPost(office, account, { content: "held" });
  await postIn(office, post.id, "held");
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open(`accounts/${account.id}`, account.nickname);
  await page.getByText("media.write is missing").waitFor();
  await page.getByText(/X does not take its tokens any more/).waitFor();
  await desk.connect(connectX(page, `reconnect-${account.id}`), user.username);
  await page.getByText("Active").waitFor();
  await page.getByText("media.write is missing").waitFor({ state: "detached" });
});

test("an account is disconnected after one question, and its queue with it", async (t) => {
  const account = await newAccount(office);
  await createPost(office, account, { content: "later", scheduledAt: fromNow(3_600_000) });
  const desk = await office.sit(t);
  desk.tolerate(/status of 404/);
  await desk.open(`accounts/${account.id}`, account.nickname);
  await desk.press(desk.button("Disconnect"));
  await desk.press(desk.page.getByRole("dialog").getByRole("button", { name: "Disconnect" }));
  await desk.page.getByRole("heading", { level: 1, name: "Accounts" }).waitFor();
  assert.equal((await office.api.get(`/v1/social-accounts/${account.id}`)).status, 404);
});

test("usage shows posts and charges, by day and by tenant, against the budget", async (t) => {
  const account = await newAccount(office, { tenant_id: "payer" });
  await publishPost(office, account, { content: "costs something" });
  await office.api.patch("/v1/settings", { tenant_budgets_usd: { payer: 1 } });
  const desk = await office.sit(t);
  await desk.open("usage", "Usage");
  await desk.page.getByRole("row", { name: /payer.*1.*\$0\.015.*\$1\.00/ }).waitFor();
  await desk.page.getByRole("img", { name: /X's charges by day/ }).waitFor();
});

test("Home says what a key may do, and leads there", async (t) => {
  for (const [scopes, words, isWriter] of [
    [["connect"], "This key may connect and disconnect accounts.", false],
    [["draft"], "This key may see accounts, posts and figures and write posts that a person approves.", true],
    [["read", "publish"], "This key may see accounts, posts and figures, write posts, and publish.", true],
  ]) {
    const { key } = await newKey(office, { scopes, tenant_id: "narrow" });
    const desk = await office.sit(t, { key });
    // A key that may not read is told of no changes.
    desk.tolerate(/status of 403/);
    await desk.page.getByText(words).waitFor();
    assert.equal(await desk.page.getByRole("link", { name: "New post" }).count(), isWriter ? 1 : 0);
    await desk.press(desk.page.locator("main").getByRole("link", { name: "Assistants" }));
    await desk.shows("Assistants");
  }
});

test("a tenant's admin makes keys of that tenant alone, and a key that may not make keys is offered no form", async (t) => {
  const { key } = await newKey(office, { tenant_id: "theirs" });
  const desk = await office.sit(t, { key });
  const { page } = desk;
  await desk.open("settings/keys", "API keys");
  await desk.press(desk.button("Create key"));
  const dialog = page.getByRole("dialog");
  await dialog.getByText("theirs alone").waitFor();
  assert.equal(await dialog.getByLabel("Tenant").count(), 0);
  await dialog.getByLabel("Name").fill("of theirs");
  await desk.press(dialog.getByRole("button", { name: "Create key" }));
  await dialog.getByText("Copy this key now").waitFor();
  const made = (await office.api.get("/v1/api-keys")).body.data.find(({ name }) => name === "of theirs");
  assert.equal(made.tenant_id, "theirs");
  const other = await office.sit(t, { key: (await newKey(office, { scopes: ["read"] })).key });
  other.tolerate(/status of 403/);
  await other.open("settings/keys", "API keys");
  await other.page.getByRole("alert").locator(".notice-bad").first().waitFor();
  assert.equal(await other.button("Create key").count(), 0);
});

test("no name is wider than the screen, however long it is without a space", async (t) => {
  await newKey(office, { name: "N".repeat(80) });
  await newAccount(office, { name: "W".repeat(50), tenant_id: "long" });
  const desk = await office.sit(t);
  for (const [place, heading] of [["settings/keys", "API keys"], [`accounts?tenant_id=long`, "Accounts"]]) {
    await desk.open(place, heading);
    await desk.isLoaded();
    await desk.page.locator("tbody tr").first().waitFor();
    const [inner, content] = await desk.page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    assert.ok(content <= inner, `${place}: ${content} px in ${inner}`);
  }
});
