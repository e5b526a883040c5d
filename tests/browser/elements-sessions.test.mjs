/** The page sessions of the elements (wasm-client/README.md, "The other elements"): renewed in time, shared, and never believed when they are others'. */

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { createSession, newAccount } from "../support/client.mjs";
import { assertAccessible } from "./accessible.mjs";
import { elementOf, elementsPage, inStateOf, picture, told, toldOf } from "./elements.mjs";
import { startStage } from "./stage.mjs";

/** Each element with what it shares with the others: bytes of gzip. */
const BUDGETS = { "elements-accounts.js": 8000, "elements-posts.js": 8000, "elements-composer.js": 16_000 };
const HOUR_MS = 3600_000;

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

for (const [part, budget] of Object.entries(BUDGETS)) {
  test(`${part} and what all elements share fit their budget`, async () => {
    const sizes = await Promise.all(["elements.js", part].map(async (file) => gzipSync(await (await fetch(`${stage.worker.api}/${file}`)).bytes(), { level: 9 }).length));
    assert.ok(sizes[0] + sizes[1] <= budget, `${sizes} bytes of gzip`);
  });
}

const BOTH = elementOf("x-accounts") + elementOf("x-posts");
const READY = "x-posts:state(ready)";

/** What the site answers at /api/x/page, for as long as `answer` resolves to something. */
const answering = (visit, answer) => visit.context.route("**/api/x/page", async (route) => route.fulfill({ json: await answer() }));

const minted = async ({ acme, tenant }, fields) =>
  (await stage.api.post("/v1/page-sessions", { origin: acme.origin, tenant_id: tenant, scopes: ["accounts", "publish"], ...fields })).body.data;

const visitBoth = (t, prepare, { body = BOTH, shows = READY, ...options } = {}) =>
  stage.visit(t, { files: elementsPage(body, options), shows, prepare });

const refreshed = (page) => page.evaluate(() => Promise.all([...document.querySelectorAll("x-accounts, x-posts")].map((element) => element.refresh())));

/** Every element of the page shows a problem and nothing else, and has told the page and the console of the same one. */
async function assertShowsNothing(page, code, names = ["x-accounts", "x-posts"]) {
  for (const name of names) {
    await inStateOf(page, name, "error");
    assert.equal(await page.locator(`${name} [part=view]`).count(), 0);
    assert.equal(await page.locator(`${name} [part=problem]`).count(), 1);
  }
  const errors = await toldOf(page, "error");
  assert.deepEqual([...new Set(errors.map(({ detail }) => detail.code))], [code], JSON.stringify(errors));
  for (const { detail, bubbles, composed } of errors) {
    assert.ok(detail.message && detail.hint && bubbles && composed, JSON.stringify(detail));
    assert.doesNotMatch(JSON.stringify(detail), /[cp]st_\w/);
  }
}

test("two elements share a session, and one renewal before its end", async (t) => {
  const visit = await visitBoth(t, ({ context }) => context.clock.install());
  const { page, traffic } = visit;
  assert.equal(traffic.to("/api/x/page").length, 1);
  await refreshed(page);
  assert.equal(traffic.to("/api/x/page").length, 1);
  await page.clock.setSystemTime(Date.now() + HOUR_MS - 50_000);
  await refreshed(page);
  assert.equal(traffic.to("/api/x/page").length, 2, "a minute before the end, and once for both");
});

test("a session that was deleted at the back end is followed by another, and nobody notices", async (t) => {
  let first;
  const visit = await visitBoth(t, async (visit) => {
    await answering(visit, async () => {
      const session = await minted(visit);
      first ??= session;
      return session;
    });
  });
  visit.traffic.tolerate(/status of 401/);
  await stage.api.delete(`/v1/page-sessions/${first.id}`);
  await refreshed(visit.page);
  assert.deepEqual(await toldOf(visit.page, "error"), []);
});

test("a token that has ended, from a site that has no other, shows nothing and says so; trying again works once there is one", async (t) => {
  let given;
  const visit = await visitBoth(t, async (visit) => {
    await newAccount(stage, { tenant_id: visit.tenant });
    given = await minted(visit);
    await answering(visit, () => given);
  });
  const { page } = visit;
  visit.traffic.tolerate(/status of 401/);
  await inStateOf(page, "x-accounts", "ready");
  assert.equal(await page.locator("x-accounts [part=account]").count(), 1);
  await stage.api.delete(`/v1/page-sessions/${given.id}`);
  await page.locator("x-posts").evaluate((element) => element.refresh());
  await assertShowsNothing(page, "page_session_ended");
  await page.getByText("Your session has ended. Please load the page again.").first().waitFor();
  await assertAccessible(page, "ended");
  await picture(page, "ended");
  given = await minted(visit);
  for (const name of ["x-accounts", "x-posts"]) {
    await page.locator(`${name} [part=retry]`).click();
    await inStateOf(page, name, "ready");
  }
  assert.equal(await page.locator("x-accounts [part=account]").count(), 1);
});

const ALL = BOTH + elementOf("x-composer");
const AGAIN = ["x-accounts", "x-posts", "x-composer"];

for (const [what, answer, code, said] of [
  ["refuses", { status: 401, json: { error: "Please sign in again." } }, "session_unavailable", "Please sign in again."],
  ["answers a login page", { status: 200, contentType: "text/html", body: "<h1>Log in</h1>" }, "session_unavailable", "This site could not reach X just now."],
]) {
  test(`a token that has ended, from a site that ${what}: every element says so, what was typed stays, and all can try again`, async (t) => {
    let isAway = false;
    let given;
    const visit = await visitBoth(t, async (visit) => {
      await newAccount(stage, { tenant_id: visit.tenant });
      await visit.context.route("**/api/x/page", async (route) => {
        given = isAway ? given : await minted(visit);
        return route.fulfill(isAway ? answer : { json: given });
      });
    }, { body: ALL, shows: "x-composer [part=count]:not(:empty)" });
    const { page } = visit;
    visit.traffic.tolerate(/status of 401/);
    for (const name of AGAIN) await inStateOf(page, name, "ready");
    await page.locator("x-composer [part=text]").fill("half a thought");
    isAway = true;
    await stage.api.delete(`/v1/page-sessions/${given.id}`);
    await page.locator("x-composer [part=submit]").click();
    for (const name of AGAIN) {
      await inStateOf(page, name, "error");
      await page.locator(`${name} [part=problem]`).getByText(said).waitFor();
    }
    assert.deepEqual([...new Set((await toldOf(page, "error")).map(({ detail }) => detail.code))], [code]);
    assert.equal(await page.locator("x-composer [part=text]").inputValue(), "half a thought");
    await assertAccessible(page, what);
    await picture(page, `ended-${what.slice(0, 7)}`);
    isAway = false;
    for (const name of AGAIN) {
      await page.locator(`${name} [part=retry]`).click();
      await inStateOf(page, name, "ready");
    }
    assert.equal(await page.locator("x-composer [part=text]").inputValue(), "half a thought");
  });
}

test("an element whose visitor is offline says so, with what was seen and the remedy", async (t) => {
  const visit = await visitBoth(t);
  const { page } = visit;
  visit.traffic.tolerate(/ERR_INTERNET_DISCONNECTED/);
  await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.includes("elements-failure.js")));
  await visit.context.setOffline(true);
  await page.locator("x-posts").evaluate((element) => element.refresh());
  const { detail: { code, message, hint, retryable } } = await told(page, "error");
  assert.deepEqual([code, message, retryable], ["unreachable", "The connection was lost. Please try again.", true]);
  assert.match(hint, /^GET .*\/v1\/posts brought no answer\. Check the network/);
  await visit.context.setOffline(false);
});

test("another language of a live element is spoken at once", async (t) => {
  const { page } = await visitBoth(t);
  await page.locator("x-posts").evaluate((element) => (element.lang = "de"));
  await page.locator("x-posts").getByText("Hier sind keine Beiträge.").waitFor();
});

test("forced colours show where a button is, and which filter is chosen", async (t) => {
  const { page } = await visitBoth(t);
  await page.emulateMedia({ forcedColors: "active" });
  const looks = (locator) => locator.evaluate((button) => (({ borderStyle, borderColor }) => ({ borderStyle, borderColor }))(getComputedStyle(button)));
  const pressed = await looks(page.locator("x-posts [aria-pressed=true]"));
  const other = await looks(page.locator("x-posts [aria-pressed=false]").first());
  assert.notEqual(pressed.borderStyle, other.borderStyle);
  const button = await looks(page.locator("x-accounts [part=connect] [part=button]"));
  assert.equal(button.borderStyle, "solid");
  assert.doesNotMatch(button.borderColor, /^rgba/, "forced, not transparent");
});

test("a token of another tenant than the page's shows nothing and says so", async (t) => {
  const visit = await visitBoth(t, (visit) => answering(visit, () => minted(visit, { tenant_id: "theirs" })), {
    body: elementOf("x-accounts", 'tenant-id="ours"') + elementOf("x-posts", 'tenant-id="ours"'),
    shows: "x-posts:state(error)",
  });
  await assertShowsNothing(visit.page, "tenant_mismatch");
  assert.deepEqual(visit.traffic.to("/v1/"), [], "nothing was asked with it");
});

test("a renewal for another tenant than before clears every element", async (t) => {
  let tenant;
  const visit = await visitBoth(t, async (visit) => {
    await visit.context.clock.install();
    await newAccount(stage, { tenant_id: visit.tenant });
    tenant = visit.tenant;
    await answering(visit, () => minted(visit, { tenant_id: tenant }));
  });
  const { page } = visit;
  tenant = "somebody-else";
  await page.clock.setSystemTime(Date.now() + HOUR_MS);
  await page.locator("x-posts").evaluate((element) => element.refresh());
  await assertShowsNothing(page, "tenant_mismatch");
});

for (const [how, change] of [["that says so", (session) => session], ["that does not say so", ({ origin: _, ...session }) => session]]) {
  test(`a token for pages of another origin ${how} shows nothing and says so`, async (t) => {
    const visit = await visitBoth(t, async (visit) => {
      visit.traffic.tolerate(/status of 403/, /CORS policy/, /ERR_FAILED/);
      await answering(visit, async () => change(await minted(visit, { origin: "https://elsewhere.example" })));
    }, { shows: "x-posts:state(error)" });
    await assertShowsNothing(visit.page, "origin_not_allowed");
  });
}

test("neither an API key nor a connect session's token is taken for a page's", async (t) => {
  const visit = await visitBoth(t, async (visit) => {
    const { id, token, connect_url } = await createSession(stage, { origin: visit.acme.origin });
    await answering(visit, () => ({ id, token, connect_url }));
  }, { body: elementOf("x-posts") + '<x-accounts api-key="lk_secret"></x-accounts>', shows: "x-posts:state(error)" });
  const { page } = visit;
  await inStateOf(page, "x-accounts", "error");
  const errors = await toldOf(page, "error");
  assert.deepEqual(Object.fromEntries(errors.map(({ of, detail }) => [of, detail.code])), { "x-posts": "invalid_page_token", "x-accounts": "api_key_in_page" });
  assert.deepEqual(visit.traffic.to("/v1/posts"), []);
});

test("a back end that refuses is told from one that is away, and its own sentence is shown", async (t) => {
  const visit = await visitBoth(t, ({ context, traffic }) => {
    traffic.tolerate(/status of 403/);
    return context.route("**/api/x/page", (route) => route.fulfill({ status: 403, json: { error: "Please sign in." } }));
  }, { body: elementOf("x-posts"), shows: "x-posts:state(error)" });
  await visit.page.getByText("Please sign in.").waitFor();
  const { detail } = await told(visit.page, "error");
  assert.deepEqual([detail.code, detail.retryable], ["session_unavailable", false]);
  assert.match(detail.hint, /POST .*\/api\/x\/page answered 403/);
});

test("a back end that does not answer is given up after 15 seconds, in words, and each element asks again by a press", async (t) => {
  const { promise: asked, resolve: asks } = Promise.withResolvers();
  const visit = await visitBoth(t, ({ context }) => context.route("**/api/x/page", asks), { shows: "x-posts:defined" });
  const { page, context } = visit;
  await asked;
  await assertShowsNothing(page, "unreachable");
  await context.unroute("**/api/x/page");
  for (const name of ["x-accounts", "x-posts"]) {
    await page.locator(`${name} [part=retry]`).click();
    await inStateOf(page, name, "ready");
  }
});

test("a function gives the session as well, and an element that leaves the page asks no more", async (t) => {
  const visit = await visitBoth(t, undefined, { body: "<x-posts></x-posts>", shows: "x-posts" });
  const { page } = visit;
  await inStateOf(page, "x-posts", "error");
  await page.evaluate(async () => {
    const element = document.createElement("x-posts");
    element.fetchSession = async () => (await fetch("/api/x/page", { method: "POST" })).json();
    element.labels = { all: "Everything" };
    document.querySelector("x-posts").replaceWith(element);
  });
  await page.getByRole("button", { name: "Everything" }).waitFor();
  assert.deepEqual((await toldOf(page, "error")).map(({ detail }) => detail.code), ["session_missing"]);
});

for (const attributes of ["", "async", "defer"]) {
  test(`the script works as a plain one too: ${attributes || "as it is"}`, async (t) => {
    await visitBoth(t, undefined, { script: `<script ${attributes} src="{{worker}}/elements.js"></script>` });
  });
}

test("a page with a strict policy and Trusted Types holds all four elements, which share one session", async (t) => {
  const visit = await visitBoth(t, ({ tenant }) => newAccount(stage, { tenant_id: tenant }), {
    body: `<connect-x id="button" session-url="/api/x/session"></connect-x>${BOTH}${elementOf("x-composer")}`,
    head: '<script type="module" src="{{worker}}/embed.js"></script>',
    shows: "x-composer [part=count]:not(:empty)",
  });
  const { page } = visit;
  await inStateOf(page, "connect-x#button", "ready");
  for (const name of ["x-accounts", "x-posts"]) await inStateOf(page, name, "ready");
  await page.getByRole("textbox", { name: "Text", exact: true }).fill("for all to see");
  await page.getByRole("button", { name: "Publish" }).click();
  await page.locator("x-posts [part=post]").filter({ hasText: "for all to see" }).waitFor();
  assert.equal(visit.traffic.to("/api/x/page").length, 1);
  await assertAccessible(page, "all four");
  await picture(page, "all-four");
});
