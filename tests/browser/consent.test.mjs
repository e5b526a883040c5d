/** docs/API.md, section 12, "Connecting an assistant": the page on which a person lets an assistant in. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { toolsOf } from "../support/agents.mjs";
import { exchange, newRequest, register } from "../support/oauth.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { startOffice } from "./desk.mjs";

let office;

before(async () => (office = await startOffice()));
after(() => office?.stop());

/** The assistant is answered at a place of the one site that the browser may ask. */
async function ask(fields) {
  const place = `${office.worker.origin}/healthz`;
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
  await page.getByLabel("Tenant").fill("customer-42");
  const arrives = arrival(page, place);
  await page.getByRole("button", { name: "Allow" }).click();
  const query = await arrives;
  assert.deepEqual([query.get("state"), query.get("iss")], ["a state", office.worker.origin]);
  const { body } = await exchange(office, wanted, query.get("code"));
  assert.ok((await toolsOf(office, body.access_token)).includes("list_posts"));
  await desk.open("settings/keys", "API keys");
  await page.getByRole("heading", { name: "Assistants" }).waitFor();
  await page.getByRole("button", { name: /^Disconnect / }).click();
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
