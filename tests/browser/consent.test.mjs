/** docs/API.md, section 12, "Connecting an assistant": the page on which a person lets an assistant in. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { toolsOf } from "../support/agents.mjs";
import { newAccount } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { exchange, newRequest, register } from "../support/oauth.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { PHONE, startOffice, WIDE } from "./desk.mjs";

let office;

let account;

before(async () => {
  office = await startOffice({ register: true });
  account = await newAccount(office, { tenant_id: "customer-7" });
});
after(() => office?.stop());

/** The assistant is answered at a place of the one site that the browser may ask. */
async function ask(fields, place = `${office.worker.origin}/healthz`) {
  const client = await register(office, { redirect_uris: [place], client_name: "Aya" });
  const wanted = newRequest(office, client, { redirect_uri: place, ...fields });
  return { wanted, place, address: `${office.worker.origin}/oauth/authorize?${new URLSearchParams(wanted.request)}` };
}

/** The place of the assistant has no picture of its own. */
const WITHOUT_ICON = /favicon\.ico$/;

/** The query with which the browser arrives at the assistant. */
const arrival = (page, place) => page.waitForURL((url) => url.href.startsWith(`${place}?`)).then(() => new URL(page.url()).searchParams);

test("a person signs in, reads who asks, gives read and draft, and the assistant works until it is disconnected", async (t) => {
  const desk = await office.sit(t, { key: null });
  desk.tolerate(WITHOUT_ICON);
  const { wanted, place, address } = await ask({ scope: "read draft publish" });
  const { page } = desk;
  await page.goto(address);
  assert.equal(await page.title(), "Connect an assistant");
  await page.getByLabel("API key").fill(ADMIN_KEY);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: `${new URL(place).hostname} wants to act for you` }).waitFor();
  assert.match(await page.locator("main").textContent(), /calls itself “Aya”/);
  const isTicked = (name) => page.getByRole("checkbox", { name }).isChecked();
  assert.deepEqual(await Promise.all(["See", "Draft", "Publish", "Connect"].map(isTicked)), [true, true, false, false]);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("Choose one of these.").waitFor();
  await page.getByRole("radio", { name: /^One tenant/ }).check();
  await page.getByLabel("Tenant", { exact: true }).fill("customer-42");
  await page.getByText("No account is connected for this tenant yet").waitFor();
  const arrives = arrival(page, place);
  await page.getByRole("button", { name: "Allow" }).click();
  const query = await arrives;
  assert.deepEqual([query.get("state"), query.get("iss")], ["a state", office.worker.origin]);
  const { body } = await exchange(office, wanted, query.get("code"));
  assert.ok((await toolsOf(office, body.access_token)).includes("list_posts"));
  await desk.open("assistants", "Assistants");
  await page.getByRole("row", { name: /Aya.*customer-42.*your key.*Active/ }).getByRole("button", { name: /^Disconnect / }).click();
  const gone = page.waitForResponse((answer) => answer.url().includes("/v1/agents/") && answer.request().method() === "DELETE");
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  assert.equal((await gone).status(), 200);
  assert.equal((await exchange(office, wanted, query.get("code"))).status, 400);
});

test("a program is shown by its scheme and its whole address, not by the host that it claims", async (t) => {
  const desk = await office.sit(t);
  const place = "https.evil://claude.ai/api/mcp/auth_callback";
  const client = await register(office, { redirect_uris: [place], client_name: "Claude" });
  const { request } = newRequest(office, client, { redirect_uri: place });
  await desk.page.goto(`${office.worker.origin}/oauth/authorize?${new URLSearchParams(request)}`);
  await desk.page.getByRole("heading", { level: 1, name: "https.evil: wants to act for you" }).waitFor();
  assert.match(await desk.page.locator("main").textContent(), /You are sent back to https\.evil:\/\/claude\.ai\/api\/mcp\/auth_callback\./);
});

test("a person refuses, and the assistant is told so", async (t) => {
  const desk = await office.sit(t);
  desk.tolerate(WITHOUT_ICON);
  const { place, address } = await ask({});
  await desk.page.goto(address);
  const arrives = arrival(desk.page, place);
  await desk.page.getByRole("button", { name: "Refuse" }).click();
  const query = await arrives;
  assert.deepEqual([query.get("error"), query.get("code")], ["access_denied", null]);
});

test("what is no request is shown as what it is, and leads nowhere", async (t) => {
  const desk = await office.sit(t);
  desk.tolerate(/status of 400/);
  const { address } = await ask({});
  await desk.page.goto(address.replace("code_challenge_method=S256", "code_challenge_method=plain"));
  await desk.page.getByRole("heading", { level: 1, name: "This assistant cannot be connected" }).waitFor();
  assert.equal(await desk.page.getByRole("button", { name: "Allow" }).count(), 0);
});

/** Signed in with a key, at the page that asks. */
async function consider(t, key, fields, { place, ...options } = {}) {
  const desk = await office.sit(t, { key, ...options });
  desk.tolerate(WITHOUT_ICON);
  const asked = await ask(fields, place);
  await desk.page.goto(asked.address);
  await desk.page.getByRole("button", { name: "Allow" }).waitFor();
  return { desk, ...asked, said: () => desk.page.locator("main").innerText() };
}

test("a key of one tenant reads what was asked and what it can give, lets in for its tenant alone, and ends it itself", async (t) => {
  const { key } = await newKey(office, { tenant_id: "customer-7", scopes: ["draft"] });
  const { desk, place, said } = await consider(t, key, { scope: "read publish connect" });
  const { page } = desk;
  const text = await said();
  assert.match(text, /It has asked for Publish and Connect too, which your key cannot give\./);
  assert.match(text, /All of customer-7/);
  assert.match(text, /signed in with a key of customer-7/);
  assert.equal(await page.getByRole("checkbox", { name: "See asked for" }).count(), 1);
  assert.equal(await page.getByLabel("Tenant", { exact: true }).count(), 0);
  await page.getByRole("checkbox", { name: "Draft" }).check();
  assert.ok(await page.getByRole("checkbox", { name: "See" }).isDisabled(), "whoever drafts sees");
  const arrives = arrival(page, place);
  await page.getByRole("button", { name: "Allow" }).click();
  assert.ok((await arrives).has("code"));
  await desk.open("assistants", "Assistants");
  assert.ok(!(await page.getByRole("navigation").innerText()).includes("Settings"));
  const row = page.getByRole("row", { name: /Aya.*customer-7.*Not finished/ });
  await row.getByRole("button", { name: /^Disconnect / }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await desk.hears("opens nothing any more");
  await page.getByText("No assistant is let in").waitFor();
});

test("one account is chosen, and the grant is bound to it", async (t) => {
  const { desk, place } = await consider(t, ADMIN_KEY, {});
  const { page } = desk;
  await page.getByRole("radio", { name: /^One account/ }).check();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("Choose an account.").waitFor();
  await page.getByRole("radio", { name: `@${account.username}` }).check();
  const arrives = arrival(page, place);
  await page.getByRole("button", { name: "Allow" }).click();
  await arrives;
  const [given] = (await office.api.get("/v1/agents")).body.data;
  assert.deepEqual([given.account_id, given.tenant_id], [account.id, "customer-7"]);
});

test("a tenant that is mistyped is seen before anything is given, however fast the button is pressed", async (t) => {
  const { desk, place } = await consider(t, ADMIN_KEY, {});
  const { page } = desk;
  const count = async () => (await office.api.get("/v1/agents")).body.count;
  const before = await count();
  await page.getByRole("radio", { name: /^One tenant/ }).check();
  await page.getByLabel("Tenant", { exact: true }).fill("customer-77");
  await page.keyboard.press("Enter");
  await page.getByText("No account is connected for this tenant yet").waitFor();
  assert.equal(await count(), before);
  await page.getByLabel("Tenant", { exact: true }).fill("customer-7");
  await page.getByText(`1 account: @${account.username}`).waitFor();
  const arrives = arrival(page, place);
  await page.keyboard.press("Enter");
  await arrives;
  assert.equal(await count(), before + 1);
});

test("a session that ends while a person reads loses no choice, and gives nothing", async (t) => {
  const { desk, place } = await consider(t, ADMIN_KEY, {});
  const { page } = desk;
  desk.tolerate(/status of 401/);
  const before = (await office.api.get("/v1/agents")).body.count;
  await page.getByRole("radio", { name: /^Everything/ }).check();
  await page.getByRole("checkbox", { name: "Publish" }).check();
  await desk.context.clearCookies();
  await page.getByRole("button", { name: "Allow" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await dialog.getByLabel("API key").fill(ADMIN_KEY);
  assert.equal((await office.api.get("/v1/agents")).body.count, before);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.ok(await page.getByRole("checkbox", { name: "Publish" }).isChecked());
  const arrives = arrival(page, place);
  await page.getByRole("button", { name: "Allow" }).click();
  assert.ok((await arrives).has("code"));
});

test("another key that signs in in another tab gives nothing by this one's page", async (t) => {
  const { key } = await newKey(office, { tenant_id: "customer-7", scopes: ["draft"] });
  const { desk } = await consider(t, key, {});
  const { page } = desk;
  desk.tolerate(/status of 401/);
  const before = (await office.api.get("/v1/agents")).body.count;
  await page.getByText("You are signed in with a key of customer-7").waitFor();
  // As the other tab does.
  await page.evaluate((key) => fetch("/v1/dashboard/session", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ key }),
  }), ADMIN_KEY);
  await page.getByRole("button", { name: "Allow" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await dialog.getByLabel("API key").fill(ADMIN_KEY);
  assert.equal((await office.api.get("/v1/agents")).body.count, before);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("You are signed in with the admin key").waitFor();
  assert.ok(!(await page.getByRole("radio", { name: /^Everything/ }).isChecked()));
});

test("an answer is given once: the page of a program that does not open has no second yes", async (t) => {
  const { desk } = await consider(t, ADMIN_KEY, {}, { place: "com.example.aya:/callback" });
  const { page } = desk;
  desk.tolerate(/Failed to launch/, /com\.example\.aya/);
  const sent = [];
  page.on("request", (request) => request.url().endsWith("/v1/agents") && request.method() === "POST" && sent.push(request));
  await page.getByRole("radio", { name: /^Everything/ }).check();
  await page.getByRole("button", { name: "Allow" }).dblclick();
  await page.getByRole("heading", { level: 1, name: "Allowed" }).waitFor();
  assert.match(await page.getByRole("link", { name: "Open the program" }).getAttribute("href"), /^com\.example\.aya:\/callback\?code=/);
  assert.equal(await page.getByRole("button", { name: "Allow" }).count(), 0);
  assert.equal(sent.length, 1);
});

test("a second yes, in another tab or after the way back, makes a code of its own, and each code opens once", async (t) => {
  const { desk, wanted, place, address } = await consider(t, ADMIN_KEY, {});
  const { page, context } = desk;
  desk.tolerate(WITHOUT_ICON);
  const other = await context.newPage();
  await other.goto(address);
  const allow = async (tab) => {
    await tab.getByRole("radio", { name: /^Everything/ }).check();
    const arrives = arrival(tab, place);
    await tab.getByRole("button", { name: "Allow" }).click();
    return (await arrives).get("code");
  };
  const codes = [await allow(page), await allow(other)];
  await page.goBack();
  codes.push(await allow(page));
  assert.equal(new Set(codes).size, 3);
  for (const code of codes) assert.equal((await exchange(office, wanted, code)).status, 200);
  for (const code of codes) assert.equal((await exchange(office, wanted, code)).status, 400);
});

test("who signs in to let an assistant in or to approve a post sees the operator's name and colour, and is told which key", async (t) => {
  const brand = { name: "Acme Social", color: "#7a1fa2" };
  assert.equal((await office.api.patch("/v1/settings", { brand })).status, 200);
  t.after(() => office.api.patch("/v1/settings", { brand: { name: null, color: null } }));
  const desk = await office.sit(t, { key: null });
  const { page } = desk;
  for (const [address, title] of [[(await ask({})).address, "Connect an assistant · Acme Social"], [`${office.worker.origin}/#/posts/post_AAAAAAAAAAAAAAAAAAAAAA`, "Acme Social"]]) {
    await page.goto("about:blank");
    await page.goto(address);
    await page.getByLabel("API key").waitFor();
    assert.equal(await page.title(), title);
    const text = await page.locator("main").innerText();
    assert.match(text, /^Acme Social\n/);
    assert.match(text, /The key that your administrator gave you/);
    assert.doesNotMatch(text, /ADMIN_KEY|cargo|wrangler/, "that is for the operator, below the fold");
    assert.equal(await page.getByRole("button", { name: "Sign in" }).evaluate((button) => getComputedStyle(button).backgroundColor), "rgb(122, 31, 162)");
    await desk.assertAccessible(address);
  }
  assert.match(await page.locator("main").innerText(), /A post waits for you/);
});

for (const [size, options] of [["wide", WIDE], ["on a phone", PHONE]]) {
  test(`axe finds nothing in any state of the page of consent, ${size}, and nothing is wider than the screen`, async (t) => {
    const look = async ({ desk }, what) => {
      await desk.isLoaded();
      await desk.assertAccessible(what);
      const [inner, content] = await desk.page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      assert.ok(content <= inner, `${what}: ${content} px in ${inner}`);
    };
    const free = await consider(t, ADMIN_KEY, { scope: "read draft publish" }, options);
    await look(free, "asks");
    for (const kind of ["One account", "One tenant"]) {
      await free.desk.page.getByRole("radio", { name: new RegExp(`^${kind}`) }).check();
      await look(free, kind);
    }
    await free.desk.page.getByLabel("Tenant", { exact: true }).fill("nobody-knows");
    await free.desk.page.getByText("No account is connected").waitFor();
    await look(free, "an unknown tenant");
    const { key } = await newKey(office, { account_id: account.id, scopes: ["read"] });
    const bound = await consider(t, key, { scope: "read publish" }, options);
    await bound.desk.page.getByText(`@${account.username}`).waitFor();
    await look(bound, "a bound key");
    bound.desk.tolerate(/status of 400/);
    await bound.desk.page.goto((await ask({ resource: "https://other.example/mcp" })).address);
    await bound.desk.page.getByText(/^resource: expected/).waitFor();
    await look(bound, "refused");
    await bound.desk.page.goto(`${office.worker.origin}/oauth/authorize`);
    await bound.desk.page.getByRole("heading", { name: "No assistant asks here" }).waitFor();
    await look(bound, "nobody");
  });
}
