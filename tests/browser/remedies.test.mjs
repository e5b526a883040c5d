/** Whatever code a press may end with, the button has a remedy for it, and the README has the same one. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import { explain } from "../../wasm-client/js/elements-failure.js";
import { remedies } from "../../wasm-client/js/remedies.js";
import load, { Attempt, Step } from "../../wasm-client/pkg/wasm/embed.js";
import description from "../../build/assets/openapi.json" with { type: "json" };

const FOLDER = new URL("../../wasm-client/", import.meta.url);
const { Code, ConnectStatus } = description.components.schemas;
const API_CODES = Code.enum;

before(async () => load({ module_or_path: await readFile(new URL("pkg/wasm/embed_bg.wasm", FOLDER)) }));

const assertHasRemedies = (codes) => assert.deepEqual(codes.filter((code) => !Object.hasOwn(remedies, code)), []);

test("the README has every code with its remedy, as the button says them", async () => {
  const readme = await readFile(new URL("README.md", FOLDER), "utf8");
  const rows = [...readme.matchAll(/^\| `([a-z_0-9]+)` \| ([^|]+) \| ([^|]+) \|$/gm)];
  assert.deepEqual(Object.fromEntries(rows.map(([, code, , remedy]) => [code, remedy])), remedies);
});

const OF_ELEMENTS = ["page-session", "elements-failure", "element-told", "elements/button", "elements/composer", "elements/composer-file"];

test("every code that the sources name has a remedy", async () => {
  const parts = ["asking", "attempt", "begin", "connect", "follow", "page", "refusal", "session", "session-client", "wasm", ...OF_ELEMENTS];
  const texts = await Promise.all(parts.map((part) => readFile(new URL(`js/${part}.js`, FOLDER), "utf8")));
  const named = texts.join("\n").matchAll(/(?:ConnectError\(|problem\(|code: |return |\? |: )"([a-z]+_[a-z_]+|unreachable)"/g);
  const codes = new Set([...named].map(([, code]) => code));
  // The person's own doing: a cancellation, and no error.
  codes.delete("window_closed");
  for (const code of ["page_session_ended", "insufficient_key_scope", "wasm_unavailable"]) assert.ok(codes.has(code), code);
  assert.ok(codes.size > 10, [...codes].join());
  assertHasRemedies([...codes]);
});

/** The code with which an attempt fails that hears the same each second, if it fails within a minute. */
function failureOf(hear, attempt = new Attempt()) {
  for (let now = 0; now < 60_000; now += 1000) {
    const step = hear(attempt, now);
    if (step === Step.Failed) return attempt.code();
    if (step === Step.Cancelled || step === Step.Connected) return undefined;
  }
  return undefined;
}

test("every code that the module makes of an answer, or of none, has a remedy", () => {
  const statuses = [...ConnectStatus.enum, "", "of another version"];
  const errors = Array.from({ length: 200 }, (_, at) => 400 + at);
  const codes = [
    failureOf((attempt, now) => attempt.unreachable(now, now)),
    ...statuses.map((status) => failureOf((attempt, now) => attempt.answered(200, status, "", now))),
    ...errors.map((http) => failureOf((attempt, now) => attempt.answered(http, "", "", now))),
  ];
  const made = [...new Set(codes)].filter(Boolean);
  assert.deepEqual(made.toSorted(), ["session_expired", "unexpected_answer", "unreachable"]);
  assertHasRemedies(made);
});

test("every code of the API's after which the module offers another press has a remedy", () => {
  const isWorthAnother = (code) => {
    const attempt = new Attempt();
    failureOf((flow, now) => flow.answered(400, "", code, now), attempt);
    return attempt.retryable();
  };
  const codes = API_CODES.filter(isWorthAnother);
  assert.ok(codes.length > 5, codes.join());
  assertHasRemedies(codes);
});

test("a code of the API's that the table has not comes with the API's own remedy", async (t) => {
  // All that the words need of a page.
  globalThis.location = new URL("https://acme.example/");
  t.after(() => delete globalThis.location);
  const body = { code: "budget_exceeded", message: "The budget is spent.", hint: "Raise the budget." };
  const { code, hint } = await explain({ code: body.code, method: "POST", url: "https://connect.example/v1/posts", status: 402, body }, "en");
  assert.deepEqual([code, hint], ["budget_exceeded", "POST https://connect.example/v1/posts answered 402. It says budget_exceeded: The budget is spent. Raise the budget."]);
});
