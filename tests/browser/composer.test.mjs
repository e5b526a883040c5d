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
};

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
