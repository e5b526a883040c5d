/** The Worker's own pages in a browser that did not begin: without script, in the operator's colours, for everybody. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { browse, complete, consent, cookieOf } from "../support/client.mjs";
import { confirm, createLink, inOtherBrowser, newPerson, openLink, statusOf } from "../support/sign-in.mjs";
import { startSite } from "../support/site.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { assertAccessible } from "./accessible.mjs";
import { startStage, withoutRefresh } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const BRANDS = [
  {},
  { name: "Acme Social", color: "#ffe600" },
  { name: "Acme Social", color: "#101418" },
];
const picture = () => readFile(new URL("../../docs/images/demo.png", import.meta.url));

/** A page of its own browser, with one cookie of the Worker's. `still`: without loading itself anew while it is looked at. */
async function open(t, path, cookie, { still = false, ...options } = {}) {
  const context = await stage.browser.newContext(options);
  if (still) await context.route("**/connect/result/*", withoutRefresh);
  t.after(() => context.close());
  const [name, value] = cookie.split("=");
  await context.addCookies([{ name, value, url: stage.worker.origin }]);
  const page = await context.newPage();
  await page.goto(new URL(path, stage.worker.origin).href);
  return page;
}

/** axe is a script, which a sample keeps out. */
async function withoutSandbox(route) {
  const response = await route.fetch({ url: route.request().url().replace(stage.worker.origin, stage.worker.api) });
  const headers = response.headers();
  const policy = headers["content-security-policy"].replace("; sandbox allow-same-origin", "");
  await route.fulfill({ response, headers: { ...headers, "content-security-policy": policy } });
}

async function linkElsewhere(visit) {
  const redirect_uri = `${visit.acme.origin}/`;
  const { auth_url } = await createLink(stage, { redirect_uri, tenant_id: visit.tenant, label: "Acme Social" });
  await visit.page.goto(auth_url);
  const there = await stage.browser.newContext();
  const page = await there.newPage();
  await page.goto(visit.page.url());
  await visit.answer(page, "authorize");
  await page.getByRole("heading", { name: "Connect this account?" }).waitFor();
  return { page, there };
}

test("the code appears without script, and connects where it is typed", async (t) => {
  const attempt = await inOtherBrowser(stage);
  const page = await open(t, attempt.arrived.headers.get("location"), attempt.other, { javaScriptEnabled: false });
  await page.getByRole("heading", { name: "Your code will appear here" }).waitFor();
  await complete(stage, attempt.session, attempt.verifier);
  const code = await page.locator(".code").textContent();
  assert.equal((await confirm(stage, attempt.session, code)).body.data.status, "connected");
  await page.reload();
  await page.getByRole("heading", { name: "Connected" }).waitFor();
  assert.equal(await statusOf(stage, attempt.session), "connected");
});

test("a link in another browser is connected by its button, and lands on the site", async (t) => {
  const visit = await stage.visit(t);
  const { page, there } = await linkElsewhere(visit);
  t.after(() => there.close());
  assert.deepEqual(await visit.accounts(), []);
  await page.getByRole("button", { name: `Connect @${visit.user.username}` }).click();
  await page.waitForURL(`${visit.acme.origin}/?success=true&**`);
  assert.deepEqual((await visit.accounts()).map(({ username }) => username), [visit.user.username]);
});

test("the pages of another browser are accessible in every colour, light and dark", async (t) => {
  const site = await startSite({ "/logo.png": { body: await picture() } });
  t.after(() => site.stop());
  t.after(() => stage.api.patch("/v1/settings", { brand: { name: null, color: null, logo_url: null } }));
  const waiting = await inOtherBrowser(stage, { label: "Publish for Robin" });
  const coded = await inOtherBrowser(stage);
  await complete(stage, coded.session, coded.verifier);
  const button = await elsewhereAtLink();
  for (const brand of BRANDS) {
    const logo_url = brand.name ? `${site.origin}/logo.png` : null;
    await stage.api.patch("/v1/settings", { brand: { name: null, color: null, ...brand, logo_url } });
    for (const { arrived, other } of [waiting, coded, button]) {
      const page = await open(t, arrived.headers.get("location"), other, { still: true });
      await assertAccessible(page, `${await page.title()} ${brand.color}`);
      if (logo_url) assert.ok(await page.locator(".brand img").evaluate((image) => image.naturalWidth > 0));
    }
  }
});

async function elsewhereAtLink() {
  const { location } = await openLink(stage, await createLink(stage, { label: "Acme" }));
  const arrived = await browse(stage, consent(stage, location, newPerson(stage)));
  return { arrived, other: cookieOf(arrived) };
}

test("every page that a customer sees is accessible in each state, and nothing is wider than a phone", async (t) => {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const context = await stage.browser.newContext({ viewport: { width: 390, height: 844 }, extraHTTPHeaders: headers });
  t.after(() => context.close());
  await context.route("**/v1/dashboard/pages/**", withoutSandbox);
  const page = await context.newPage();
  for (const sample of ["start", "waiting", "code", "button", "connected", "done", "elsewhere", "declined", "unknown"]) {
    for (const scheme of ["light", "dark"]) {
      await page.goto(`${stage.worker.origin}/v1/dashboard/pages/${sample}?scheme=${scheme}&color=%23ffe600&name=%D8%B4%D8%B1%D9%83%D8%A9`);
      await assertAccessible(page, `${sample}, ${scheme}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${sample} is wider than the screen`);
    }
  }
});
