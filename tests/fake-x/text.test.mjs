import assert from "node:assert/strict";
import { test } from "node:test";
import { cashtags, entities, published, weigh } from "./text.mjs";

test("a text is weighed as twitter-text v3 does", () => {
  const weights = {
    "": 0,
    "plain ascii": 11,
    "日本語": 6,
    "café": 4,
    "e\u0301": 1,
    "👍": 2,
    "👨‍👩‍👧‍👦": 2,
    "👋🏽": 2,
    "🇪🇺": 2,
    "“quoted” – dash": 15,
    "https://example.com/a/very/long/path?with=a&query=of#some-length": 23,
    "example.com": 23,
    "see foo.rs and bar.io/x now": 59,
    "https://a.example, and": 28,
    "mail me@example.com": 19,
    "http://localhost:8787": 21,
  };
  for (const [text, weight] of Object.entries(weights)) assert.equal(weigh(text), weight, text);
});

test("entity offsets count code points of the published text", () => {
  const text = "👍 a&b #rust @ada https://example.com/x";
  const shown = [...published(text)];
  const { urls, mentions, hashtags } = entities(text);
  const slice = ({ start, end }) => shown.slice(start, end).join("");
  assert.equal(slice(hashtags[0]), "#rust");
  assert.equal(slice(mentions[0]), "@ada");
  assert.equal(slice(urls[0]), urls[0].url);
  assert.equal(urls[0].expanded_url, "https://example.com/x");
});

test("amounts of money are not cashtags", () => {
  assert.deepEqual(cashtags("$5 for $ACME and US$10, not a$b"), ["$ACME"]);
});
