/** The page on which a person approves a post: without script, in six languages, for everybody, and for nobody in between. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, postWhen, readPost, spoilt, textsAt } from "../support/client.mjs";
import { GIF, JPEG, MP4, PNG } from "../support/files.mjs";
import { newKey } from "../support/keys.mjs";
import { uploadMedia } from "../support/publish-media.mjs";
import { startSite } from "../support/site.mjs";
import { assertAccessible } from "./accessible.mjs";
import { PATIENCE_MS } from "./chromium.mjs";
import { Complaints } from "./complaints.mjs";
import { PHONE, startOffice, WIDE } from "./desk.mjs";

let office;
before(async () => (office = await startOffice({ register: true })));
after(() => office?.stop());

const WITHOUT_SCRIPT = { javaScriptEnabled: false };
const TITLES = {
  en: "Approve this post?",
  es: "¿Aprobar esta publicación?",
  pt: "Aprovar esta publicação?",
  fr: "Approuver ce post\u00a0?",
  de: "Diesen Beitrag freigeben?",
  ja: "この投稿を承認しますか？",
};

/** A post that waits. Whoever made it may publish, and so was given the link. */
async function asked(account, fields) {
  const post = await createPost(office, account, { approval: true, ...fields });
  assert.equal(post.approval.status, "pending");
  return { ...post, url: post.approval.url };
}

/** A browser of its own, which has nothing to complain of. */
async function newBrowser(t, options, { tolerate = [] } = {}) {
  const context = await office.browser.newContext({ ...WIDE, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints = await Complaints.of(context);
  complaints.tolerate(...tolerate);
  t.after(async () => {
    await context.close();
    complaints.assertNone();
  });
  return context;
}

async function open(t, url, options, rules) {
  const context = await newBrowser(t, options, rules);
  const page = await context.newPage();
  const answer = await page.goto(url);
  return { page, answer };
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const approvalOf = async (post) => (await readPost(office, post)).approval;

test("a person approves without script, and X has the post once", async (t) => {
  const account = await newAccount(office);
  const post = await asked(account, { content: "approved by a person" });
  const { page } = await open(t, post.url, WITHOUT_SCRIPT);
  await heading(page, TITLES.en);
  assert.deepEqual(textsAt(office, account), []);
  await page.getByRole("button", { name: "Approve" }).click();
  await heading(page, "Approved");
  assert.equal(await page.getByRole("button").count(), 0);
  await postWhen(office, post.id, ({ state }) => state === "published");
  await page.reload();
  await heading(page, "Approved");
  assert.deepEqual(textsAt(office, account), ["approved by a person"]);
});

test("a person rejects with a note, and X hears nothing of the post", async (t) => {
  const account = await newAccount(office);
  const post = await asked(account, { content: "not like this" });
  const { page } = await open(t, post.url, WITHOUT_SCRIPT);
  await page.getByLabel("Note, if you reject (optional)").fill("Too loud.\nPlease whisper.");
  await page.getByRole("button", { name: "Reject" }).click();
  await heading(page, "Rejected");
  await page.getByText("Please whisper.").waitFor();
  const { status, note, decided_by } = await approvalOf(post);
  assert.deepEqual([status, note, decided_by], ["rejected", "Too loud.\nPlease whisper.", "link"]);
  assert.deepEqual(textsAt(office, account), []);
});

test("a link of an earlier version decides nothing and shows nothing of the post", async (t) => {
  const account = await newAccount(office);
  const post = await asked(account, { content: "first version" });
  const { page } = await open(t, post.url, WITHOUT_SCRIPT, { tolerate: [/status of 410/] });
  await heading(page, TITLES.en);
  const changed = await office.api.patch(`/v1/posts/${post.id}`, { content: "second version" });
  assert.equal(changed.status, 200, changed.text);
  await page.getByRole("button", { name: "Approve" }).click();
  await heading(page, "This link is out of date");
  const again = await page.goto(post.url);
  assert.equal(again.status(), 410);
  assert.doesNotMatch(await page.locator("body").textContent(), /version"|first version|second version/);
  assert.equal((await approvalOf(post)).status, "pending");
  assert.deepEqual(textsAt(office, account), []);
});

test("the page is in the language of the person's browser", async (t) => {
  const post = await asked(await newAccount(office), { content: "in six languages", scheduledAt: fromNow(86_400_000) });
  for (const [locale, title] of Object.entries(TITLES)) {
    const { page } = await open(t, post.url, { ...WITHOUT_SCRIPT, locale });
    await heading(page, title);
    assert.equal(await page.locator("html").getAttribute("lang"), locale);
    assert.match(await page.locator("dl time").first().textContent(), /UTC$/);
  }
});

test("everything on which a person decides is there, and what nobody would see is marked", async (t) => {
  const [one, two] = [await newAccount(office), await newAccount(office)];
  const bot = await newKey(office, { name: "Drafting assistant", scopes: ["draft"] });
  const media = [await uploadMedia(office, PNG), await uploadMedia(office, JPEG)];
  const answer = await bot.api.post("/v1/posts", {
    accounts: [one.id, two.id],
    scheduledAt: fromNow(3 * 86_400_000),
    x: { reply_settings: "verified", paid_partnership: true, reply: { in_reply_to_tweet_id: "1234567890" } },
    containers: [
      { content: "Look at \u202Emoc.live\u202C\u200B\nhttps://acme.example", media: [{ id: media[0].id, altText: "A hidden\u2066 harbour" }, { id: media[1].id }] },
      { content: "افتتاح المحمصة" },
    ],
  });
  assert.equal(answer.status, 200, answer.text);
  const { page } = await open(t, await linkOf(answer.body.post), WITHOUT_SCRIPT);
  const text = await page.locator("main").textContent();
  for (const words of [
    "Drafting assistant", `@${one.username}`, `@${two.username}`, "Only verified accounts", "paid partnership",
    "U+202E", "U+202C", "U+200B", "U+2066", "Part 2 of 2", "افتتاح المحمصة", "US$", "Without a description",
  ]) assert.ok(text.includes(words), words);
  assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u200b]/u);
  const links = await page.locator("a").evaluateAll((all) => all.map(({ href, rel }) => [href, rel]));
  assert.deepEqual(links, [["https://x.com/i/status/1234567890", "noreferrer noopener"]]);
  await page.locator("figure img").nth(1).evaluate((image) => image.decode());
  assert.deepEqual(await page.locator("figure img").evaluateAll((all) => all.map(({ naturalWidth }) => naturalWidth > 0)), [true, true]);
});

/** By a key that may publish. */
const linkOf = async ({ id }) => (await approvalOf({ id })).url;

async function longThread() {
  const accounts = [];
  for (let n = 0; n < 7; n += 1) accounts.push(await newAccount(office, { subscription_type: "Premium" }));
  const photos = [await uploadMedia(office, PNG), await uploadMedia(office, JPEG), await uploadMedia(office, PNG), await uploadMedia(office, JPEG)];
  const [player, animation] = [await uploadMedia(office, MP4), await uploadMedia(office, GIF)];
  const answer = await office.api.post("/v1/posts", {
    accounts: accounts.map(({ id }) => id),
    approval: true,
    x: { made_with_ai: true },
    containers: [
      { content: "longest".repeat(3_500), media: photos.map(({ id }) => ({ id, altText: "A harbour in the evening" })) },
      { content: "a video", media: [{ id: player.id }] },
      { content: "an animation", media: [{ id: animation.id }] },
      { content: "a question", x: { for_super_followers_only: true } },
    ],
  });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.post.approval.url;
}

/** Chromium's own figure (Layout Instability), of all that has moved since the page began. */
const shiftOf = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
      }),
  );

test("the page is accessible in light and dark, wide and narrow, and nothing on it moves or is cut off", async (t) => {
  const logo = await readFile(new URL("../../docs/images/demo.png", import.meta.url));
  const site = await startSite({ "/logo.png": { body: logo } });
  t.after(() => site.stop());
  t.after(() => office.api.patch("/v1/settings", { brand: { name: null, color: null, logo_url: null } }));
  await office.api.patch("/v1/settings", { brand: { name: "Acme Social", color: "#ffe600", logo_url: `${site.origin}/logo.png` } });
  const rejected = await asked(await newAccount(office), { content: "no" });
  await office.api.post(`/v1/posts/${rejected.id}/reject`, { note: "no" });
  for (const url of [await longThread(), rejected.url]) {
    for (const size of [WIDE, PHONE]) {
      const { page } = await open(t, url, size);
      await page.locator(".brand", { hasText: "Acme Social" }).waitFor();
      for (const image of await page.locator("img").all()) await image.evaluate((one) => one.decode());
      assert.ok((await shiftOf(page)) < 0.02);
      await page.locator("summary").evaluateAll((all) => all.forEach((one) => one.click()));
      await assertAccessible(page, `${await page.title()} ${size.viewport.width}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "wider than the window");
    }
  }
});

test("a person decides by keyboard alone", async (t) => {
  const account = await newAccount(office);
  const post = await asked(account, { content: "by keyboard", scheduledAt: fromNow(86_400_000) });
  const { page } = await open(t, post.url, WITHOUT_SCRIPT);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press("Tab");
  await page.keyboard.type("a line\nthat sends nothing");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Approve");
  await page.keyboard.press("Enter");
  await heading(page, "Approved");
  assert.equal((await approvalOf(post)).status, "approved");
  assert.deepEqual(textsAt(office, account), [], "before its time");
});

test("no other site frames the page or decides in the person's name", async (t) => {
  const post = await asked(await newAccount(office), { content: "not from elsewhere" });
  const form = `<form method=post action="${post.url}"><button name=decision value=approve>Win a prize</button></form>`;
  const site = await startSite({
    "/frame": { headers: { "content-type": "text/html" }, body: `<iframe src="${post.url}"></iframe>` },
    "/form": { headers: { "content-type": "text/html" }, body: form },
  });
  t.after(() => site.stop());
  const context = await newBrowser(t, {}, { tolerate: [/frame-ancestors|X-Frame-Options|Refused to (display|frame)|Framing/, /status of 403/, /favicon/] });
  const page = await context.newPage();
  await page.goto(`${site.origin}/frame`);
  await page.waitForFunction(() => document.querySelector("iframe"));
  assert.equal(await page.frames()[1].locator("button").count(), 0);
  await page.goto(`${site.origin}/form`);
  const answered = page.waitForResponse((response) => response.url() === post.url);
  await page.getByRole("button").click();
  assert.equal((await answered).status(), 403);
  assert.equal((await approvalOf(post)).status, "pending");
});

test("a decision that is refused says why in the person's language, and leads back to the form", async (t) => {
  const account = await newAccount(office, { tenant_id: "poor" });
  const post = await asked(account, { content: "too dear for now" });
  t.after(() => office.api.patch("/v1/settings", { tenant_budgets_usd: { poor: null } }));
  await office.api.patch("/v1/settings", { tenant_budgets_usd: { poor: 0 } });
  const { page } = await open(t, post.url, { ...WITHOUT_SCRIPT, locale: "de" }, { tolerate: [/status of 422/] });
  await page.getByRole("button", { name: "Freigeben" }).click();
  await page.getByText("Das Budget für X ist aufgebraucht").waitFor();
  assert.equal((await approvalOf(post)).status, "pending");
  await office.api.patch("/v1/settings", { tenant_budgets_usd: { poor: null } });
  await page.getByRole("link", { name: "Zurück zum Beitrag" }).click();
  await heading(page, TITLES.de);
  await page.getByRole("button", { name: "Freigeben" }).click();
  await heading(page, "Freigegeben");
});

test("a made-up link leads to a page that shows nothing and says what to do", async (t) => {
  const { url } = await asked(await newAccount(office), { content: "behind a secret" });
  const { page, answer } = await open(t, spoilt(url), WITHOUT_SCRIPT, { tolerate: [/status of 404/] });
  assert.equal(answer.status(), 404);
  await page.getByText("This link is not known here.").waitFor();
  assert.doesNotMatch(await page.locator("body").textContent(), /behind a secret/);
});

test("the page leaves no trace, and lets nothing but its own files and form in", async (t) => {
  const post = await asked(await newAccount(office), { content: "between us" });
  const { answer } = await open(t, post.url, WITHOUT_SCRIPT);
  const headers = answer.headers();
  assert.equal(headers["x-robots-tag"], "noindex");
  assert.equal(headers["cache-control"], "no-store");
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.equal(headers["x-frame-options"], "DENY");
  const policy = headers["content-security-policy"];
  for (const rule of ["default-src 'none'", "img-src 'self' data:", "media-src 'self'", "form-action 'self'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(rule), `${rule} in ${policy}`);
  }
  assert.doesNotMatch(policy, /script-src/);
  assert.doesNotMatch(await answer.text(), /latchkey/i);
});
