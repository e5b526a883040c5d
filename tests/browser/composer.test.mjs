/** The composer says of a post what the API says of it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const preview = (page, question) =>
  page.evaluate(
    async ([url, asked]) => (await (await import(url)).loadComposer()).preview(asked),
    [`${stage.worker.origin}/composer.js`, question],
  );

const POSTS = {
  "a plain text": { content: "Hello, world" },
  "a link, which costs more": { content: "See https://example.com/a/long/path and example.org" },
  "emoji and other scripts": { content: "👩🏽‍🚀 日本語 ẛ̣ cafe\u0301" },
  "a thread": { containers: [{ content: "one" }, { content: "two https://x.com" }], x: { reply_settings: "following" } },
  "a text that is too long": { content: "a".repeat(281) },
  "a thread with one part too long": { containers: [{ content: "one" }, { content: "b".repeat(300) }] },
  "an empty text": { content: " " },
  "a character that X does not take": { content: "a\uFEFF" },
  "an option that X does not have": { content: "a", x: { reply_settings: "nobody" } },
  "a field that the API does not have": { content: "a", colour: "red" },
  "a poll": { content: "a", x: { poll: { options: ["b", "c"], duration_minutes: 60 } } },
  "a poll of half a minute more": { content: "a", x: { poll: { options: ["b", "c"], duration_minutes: 60.5 } } },
  "a flag that is a number": { content: "a", x: { made_with_ai: -1 } },
  "a list for a text": { containers: [{ content: ["a"] }] },
  "fields that say nothing": { content: "a", containers: null, x: null },
  "a field of another network": { content: "a", tiktok: { privacy: 1 } },
  "a character that stands for any other": { content: "a\uFFFD" },
};

/** The browser reads these addresses, the Worker by a parser of its own. */
const ADDRESSES = [
  "https://example.com/a.jpg", "https://EXAMPLE.com./a", "https://ex%61mple.com:443/ü?ü#ü", "https://xn--tda.de/a", "https://8.8.8/a",
  "https://8.8.8.8./a", "https://[2606:4700::1]/a", "https://a_b.example.com/", "https://@example.com/", "https://example.com\\@b.com/",
  "http://example.com/", "ftp://example.com/", "https://example.com:8443/", "https://example.com:99999/", "https://user@example.com/",
  "https://u%C3%A9@example.com/", "https://ü.de/", "https://%C3%BC.de/", "https://a%C2%ADb.com/", "https://a b.com/", "https://a%20b.com/",
  "https://a..local/", "https://printer/", "https://10.0.0.1/", "https://0x0a.1/", "https://[fe80::1]/", "https://[::ffff:8.8.8.8]/",
  "https://8.8.8.256/", "https:/example.com", "https:///example.com/a", "example.com/a", "", `https://example.com/${"a".repeat(8200)}`,
];
for (const url of ADDRESSES) POSTS[`a medium at ${url.slice(0, 60)}`] = { containers: [{ content: "a", media: [{ url }] }] };

test("each post is counted, priced and refused as a dry run of it is", async (t) => {
  const visit = await stage.visit(t);
  await visit.answer(await visit.pressUntilX(), "authorize");
  const { account } = (await visit.onlyEvent()).detail;
  for (const [name, post] of Object.entries(POSTS)) {
    const { body } = await stage.api.post("/v1/posts", { ...post, accounts: [account.id], dryRun: true });
    const found = await preview(visit.page, { post, accounts: [account] });
    if (!body.success) {
      assert.deepEqual([found.error?.code, found.error?.message], [body.code, body.message], name);
      continue;
    }
    assert.equal(found.error, null, name);
    assert.deepEqual(found.containers.map((part) => part.weighted_length), body.post.containers.map((part) => part.weighted_length), name);
    assert.deepEqual(found.cost, { estimate_usd: body.post.cost.estimate_usd, reasons: body.post.cost.reasons }, name);
  }
});

test("spans are indices of JavaScript's strings, and what remains goes below zero", async (t) => {
  const { page } = await stage.visit(t);
  const content = `🦀 ${"a".repeat(260)} https://example.com/x?y=1`;
  const { containers } = await preview(page, { post: { content } });
  const [{ urls, remaining, weighted_length: weight }] = containers;
  assert.deepEqual(urls.map(({ start, end }) => content.slice(start, end)), ["https://example.com/x?y=1"]);
  assert.deepEqual([weight, remaining], [287, -7]);
});

test("prices of the operator's own are those of the settings", async (t) => {
  const { page } = await stage.visit(t);
  const { data } = (await stage.api.get("/v1/settings")).body;
  const { cost } = await preview(page, { post: { content: "hi" }, prices: { ...data.prices, post: 0.5 } });
  assert.equal(cost.estimate_usd, 0.5);
});

test("half a character is refused as the API refuses it, wherever it stands", async (t) => {
  const { page } = await stage.visit(t);
  const found = await page.evaluate(async (url) => {
    const composer = await (await import(url)).loadComposer();
    const half = "a\ud83d";
    return [{ content: half }, { containers: [{ content: "b", media: [{ url: half }] }] }].map((post) => composer.preview({ post }).error);
  }, `${stage.worker.origin}/composer.js`);
  for (const error of found) {
    assert.equal(error.code, "invalid_json");
    assert.match(error.message, /half a character/);
  }
});

test("a question is taken as JSON carries it: dates are texts, and undefined fields are absent", async (t) => {
  const { page } = await stage.visit(t);
  const { error, containers } = await page.evaluate(async (url) => {
    const post = { content: "hi", scheduledAt: new Date(0), x: undefined, media: undefined };
    return (await (await import(url)).loadComposer()).preview({ post });
  }, `${stage.worker.origin}/composer.js`);
  assert.deepEqual([error, containers[0].weighted_length], [null, 2]);
});
