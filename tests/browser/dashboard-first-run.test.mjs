/** The first run, as an operator does it: from a Worker that knows nothing to a published post, without touching the API. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { api, callbackOf, newUser, registerNetwork } from "../support/client.mjs";
import { connectX, startOffice } from "./desk.mjs";

let office;
before(async () => (office = await startOffice()));
after(() => office?.stop());
/** Nothing of the test before. */
beforeEach(async () => {
  for (const { id } of (await office.api.get("/v1/social-networks")).body.data) await office.api.delete(`/v1/social-networks/${id}`);
});

const fillCredentials = async ({ page }, { client_id, client_secret }) => {
  await page.getByLabel("Client ID / API Key").fill(client_id);
  await page.getByLabel("Client Secret / API Secret").fill(client_secret);
};

test("from nothing to a published post, a key and a snippet, each step where the last one ended", async (t) => {
  const desk = await office.sit(t, { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = desk;
  const user = newUser(office);
  await page.getByRole("heading", { name: "Set up" }).waitFor();

  // What X's console needs is here to be copied.
  await desk.press(desk.button("Copy callback URL"));
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), callbackOf(office.worker));
  await page.getByRole("img", { name: /User authentication settings/ }).waitFor();

  const presses = await desk.pressesOf(async () => {
    await desk.press(page.getByLabel("Client ID / API Key"));
    await desk.press(page.getByLabel("Client Secret / API Secret"));
    await fillCredentials(desk, office.x.app);
    await desk.press(desk.button("Add Social Network"));
    await desk.hears("X accepts these credentials");
  });
  assert.ok(presses <= 4, `credentials take ${presses} presses`);

  await desk.connect(connectX(page, "first-account"), user.username);
  await desk.hears(`@${user.username} is connected`);

  await page.getByLabel("Text").fill(`first words of ${user.username}`);
  await desk.press(desk.button("Publish", true));
  await page.getByRole("link", { name: "See it on X" }).waitFor();
  assert.deepEqual(office.x.posts({ username: user.username }).map(({ text }) => text), [`first words of ${user.username}`]);

  await desk.press(desk.button("Create key"));
  const key = await page.getByLabel("API key", { exact: true }).textContent();
  assert.equal((await api(office.worker, { key }).get("/v1/posts")).status, 200);

  await desk.press(desk.button("Copy page snippet"));
  const snippet = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(snippet.includes(`${office.worker.origin}/embed.js`) && snippet.includes("<connect-x"), snippet);

  // The last step is done by the back end, with that key, and shows in every browser: nothing is kept in this one.
  assert.ok(!(await page.evaluate(() => Object.keys(localStorage))).some((name) => name.includes("set-up")));
  assert.equal(await desk.button("Finish").count(), 0);
  assert.equal((await api(office.worker, { key }).post("/v1/connect-sessions", { origin: "https://app.example.com" })).status, 201);
  await page.getByText("Your back end has asked for its first session").waitFor();
  const colleague = await office.sit(t);
  await colleague.page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  await desk.press(desk.button("Finish"));
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  await page.getByText("Nothing needs you.").waitFor();
});

test("what is wrong with the credentials is said in the form, and nothing that was typed is lost", async (t) => {
  const desk = await office.sit(t);
  desk.tolerate(/status of 422/);
  const { page } = desk;
  for (const [client, hint] of [
    [{ client_id: office.x.app.client_id, client_secret: "wrong" }, /Client Secret/],
    [{ client_id: "abcdefghijklmnopqrstuvwxy", client_secret: office.x.app.client_secret }, /OAuth 2\.0/],
  ]) {
    await fillCredentials(desk, client);
    await desk.press(desk.button("Add Social Network"));
    // A form that is likely a mistake is said before anything is sent; the same again is sent.
    if (client.client_id.startsWith("abc")) {
      await page.getByRole("alert").filter({ hasText: "Press again" }).waitFor();
      await desk.press(desk.button("Add Social Network"));
    }
    const problem = page.getByRole("alert").filter({ hasText: hint });
    await problem.waitFor();
    assert.match(await problem.textContent(), /Request req_/);
    assert.equal(await page.getByLabel("Client ID / API Key").inputValue(), client.client_id);
    assert.equal(await page.getByLabel("Client Secret / API Secret").inputValue(), client.client_secret);
  }
  assert.equal((await office.api.get("/v1/social-networks")).body.count, 0);
});

test("the key doctor's verdict is live: what X refuses later is said with what to do about it", async (t) => {
  const network = await registerNetwork(office);
  const desk = await office.sit(t);
  await desk.open("settings/networks", "Social Networks");
  await desk.page.getByText("Everything is in order.").waitFor();
  const { client_id, client_secret } = office.x.app;
  office.x.setApp({ client_id, client_secret: "regenerated at X" });
  t.after(() => office.x.setApp({ client_id, client_secret }));
  await desk.press(desk.button("Check again"));
  await desk.page.getByText("Something needs you.").waitFor();
  await desk.page.locator(".check-bad", { hasText: "Client Secret" }).locator(".check-hint").waitFor();
  assert.equal((await office.api.get("/v1/social-networks/x")).body.data.id, network.id);
});

test("an account is connected in three presses from anywhere", async (t) => {
  await registerNetwork(office);
  const user = newUser(office);
  const desk = await office.sit(t);
  const presses = await desk.pressesOf(async () => {
    await desk.press(desk.page.getByRole("link", { name: "Accounts" }));
    await desk.connect(connectX(desk.page, "connect-account"), user.username);
    await desk.page.getByRole("link", { name: `@${user.username}` }).waitFor();
  });
  assert.ok(presses <= 3, `an account takes ${presses} presses`);
});

test("the first run needs no mouse", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await page.getByLabel("Client ID / API Key").focus();
  await page.keyboard.type(office.x.app.client_id);
  await page.keyboard.press("Tab");
  await page.keyboard.type(office.x.app.client_secret);
  await page.keyboard.press("Enter");
  await desk.hears("X accepts these credentials");
  const button = connectX(page, "first-account");
  // The step opens by itself where it is the next one, and by hand where other tests have done it already.
  const step = desk.button(/^Connect a first account/);
  if ((await step.textContent()).includes("done")) {
    await step.focus();
    await page.keyboard.press("Enter");
  }
  await button.focus();
  const [popup] = await Promise.all([page.waitForEvent("popup"), page.keyboard.press("Enter")]);
  await popup.locator("button[value=authorize]").waitFor();
  await popup.close();
});
