/** docs/API.md, section 8, "Samples": the pages that customers see, for the operator's own eyes. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, request, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";

/** Each page with words that it alone has. */
const PAGES = {
  start: "Continue to X",
  waiting: "Your code will appear here",
  code: "123 456",
  button: "Connect this account?",
  connected: "is connected now",
  done: "<h1>Done</h1>",
  elsewhere: "Continue where you started",
  declined: "was not allowed at X",
  other_account: "another account than the one",
  expired: "took too long",
  unknown: "not known here",
  approval: "value=approve",
  approved: "Our autumn collection",
  rejected: "Please say that it is limited.",
  approval_changed: "<main class=sheet>",
};
const at = (page, query = {}) => `/v1/dashboard/pages/${page}?${new URLSearchParams(query)}`;

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

test("every page can be looked at, acts in nothing, and is framed by our own origin alone", async () => {
  for (const [page, words] of Object.entries(PAGES)) {
    const { status, headers, text } = await bench.api.get(at(page));
    assert.equal(status, 200, page);
    assert.ok(text.includes(words), `${page}: ${text}`);
    const policy = headers.get("content-security-policy");
    for (const part of ["default-src 'none'", "form-action 'none'", "frame-ancestors 'self'", "sandbox allow-same-origin"]) {
      assert.ok(policy.includes(part), `${page}: ${policy}`);
    }
    assert.ok(!policy.includes("script-src") && !/<script|\son\w+=/.test(text), page);
    assert.deepEqual([headers.get("x-frame-options"), headers.get("refresh")], ["SAMEORIGIN", null], page);
    assert.ok(!/latchkey/i.test(text), page);
    assert.ok(Buffer.byteLength(text) <= 12 * 1024, `${page}: ${Buffer.byteLength(text)}`);
  }
  assertRefused(await bench.api.get(at("settings")), 404, "not_found");
});

test("a sample wears the saved brand, or what is tried out, and is light or dark as asked", async (t) => {
  await bench.api.patch("/v1/settings", { brand: { name: "Acme", color: "#101418" } });
  t.after(() => bench.api.patch("/v1/settings", { brand: { name: null, color: null } }));
  const show = async (query) => (await bench.api.get(at("button", query))).text;
  const saved = await show({});
  assert.ok(saved.includes("<span>Acme</span>") && saved.includes("--button:#101418"));
  const tried = await show({ name: "<Other>", color: "#ffe600" });
  assert.ok(tried.includes("<span>&lt;Other&gt;</span>") && tried.includes("--button:#ffe600"));
  const none = await show({ name: "", color: "" });
  assert.ok(!none.includes("Acme") && !none.includes("#101418"));
  assert.ok((await show({ scheme: "dark" })).includes("color-scheme:dark") && saved.includes("color-scheme:light"));
  assert.ok((await show({ lang: "ja" })).includes("<html lang=ja>"));
  for (const query of [{ color: "red" }, { scheme: "sepia" }, { name: "a\nb" }]) {
    assertRefused(await bench.api.get(at("button", query)), 400, "invalid_payload");
  }
});

test("only an admin of the whole deployment sees a sample, from a page of ours", async () => {
  assert.equal((await request(bench.worker, "GET", at("code"))).status, 401);
  for (const fields of [{ scopes: ["read", "publish", "connect"] }, { scopes: ["admin"], tenant_id: "t" }]) {
    const { key } = await newKey(bench, fields);
    assert.equal((await api(bench.worker, { key }).get(at("code"))).status, 403, JSON.stringify(fields));
  }
});
