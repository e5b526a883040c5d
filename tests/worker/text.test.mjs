/** docs/TEXT.md, in wasm: each text through `POST /v1/posts`, many to a dry run. What is weighed natively is in core/tests. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { connect, newAccount, postOf, startBench, textsAt } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const CASES = new URL("../../core/data/text/", import.meta.url);
/** As many as a thread may have. */
const TEXTS_A_CALL = 25;
const FORBIDDEN = /[\uFEFF\uFFFE\uFFFF]/;

let bench;
let account;

before(async () => {
  bench = await startBench();
  // With Premium: some of the texts are long.
  account = await connect(bench, { username: "grace_h" });
});
after(() => bench?.stop());

const dryRun = (texts) =>
  bench.api.post("/v1/posts", {
    containers: texts.map((content) => ({ content })),
    accounts: [account.id],
    dryRun: true,
  });

const CASHTAG = /(?<!\S)\$[A-Za-z]{1,6}(?![A-Za-z0-9])/g;

/** What a post may consist of: whether blank and forbidden texts are refused is not a question of weight. Each once. */
function casesOf(file) {
  const { cases } = JSON.parse(readFileSync(new URL(file, CASES), "utf8"));
  const mayBePosted = ({ text }) => text.trim() !== "" && !FORBIDDEN.test(text) && (text.match(CASHTAG) ?? []).length < 2;
  return [...new Map(cases.filter(mayBePosted).map((known) => [known.text.normalize("NFC").trim(), known])).values()];
}

async function weigh(texts) {
  const weights = [];
  for (let at = 0; at < texts.length; at += TEXTS_A_CALL) {
    const { status, text, body } = await dryRun(texts.slice(at, at + TEXTS_A_CALL));
    assert.equal(status, 200, text);
    weights.push(...body.post.containers.map(({ weighted_length }) => weighted_length));
  }
  return weights;
}

const FILES = { "validate.json": 26, "extract.json": 96, "posts.json": 269, "generated.json": 2430 };
for (const [file, least] of Object.entries(FILES)) {
  test(`every text of ${file} weighs what twitter-text says`, async () => {
    const cases = casesOf(file);
    assert.ok(cases.length >= least, `${cases.length} texts`);
    const weights = await weigh(cases.map(({ text }) => text));
    const wrong = cases.flatMap((known, n) => (weights[n] === known.weighted ? [] : [{ ...known, found: weights[n] }]));
    assert.deepEqual(wrong, []);
  });
}

test("the line end of Windows weighs 1, in the dry run and at X", async () => {
  const person = await newAccount(bench);
  const fields = { content: `${"a".repeat(139)}\r\n${"b".repeat(140)}`, accounts: [person.id] };
  for (const body of [{ ...fields, dryRun: true }, fields]) {
    const post = postOf(await bench.api.post("/v1/posts", body, { prefer: "wait=10" }));
    assert.equal(post.containers[0].weighted_length, 280);
  }
  assert.deepEqual(textsAt(bench, person), [`${"a".repeat(139)}\n${"b".repeat(140)}`]);
  const longer = { ...fields, content: `${fields.content}c`, dryRun: true };
  assertRefused(await bench.api.post("/v1/posts", longer), 400, "text_too_long");
});

test("each character that X does not take is refused where it stands", async () => {
  for (const character of "\uFEFF\uFFFE\uFFFF") {
    assertRefused(await dryRun(["a", `b${character}`]), 400, "invalid_payload", "containers.1.content");
  }
});
