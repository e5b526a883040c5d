/** docs/API.md, section 8: the operator's name, logo and colour on the pages that people see. */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { api, browse, createSession, newVerifier, request, startBench, startSession } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { startSite } from "../support/site.mjs";

/** One transparent pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const NONE = { name: null, logo_url: null, color: null };

let bench;
let site;
before(async () => {
  bench = await startBench();
  site = await startSite({
    "/logo.png": { headers: { "content-type": "text/html" }, body: PNG },
    "/other.png": { body: Buffer.concat([PNG, Buffer.from("other")]) },
    "/moved": { status: 302, headers: { location: "/logo.png" } },
    "/away": { status: 302, headers: { location: "http://10.0.0.1/logo.png" } },
    "/logo.svg": { headers: { "content-type": "image/svg+xml" }, body: "<svg xmlns='http://www.w3.org/2000/svg'/>" },
    "/large.png": { body: Buffer.concat([PNG, Buffer.alloc(256 * 1024)]) },
    "/broken": { status: 500 },
  });
});
afterEach(() => change(NONE));
after(() => Promise.all([bench?.stop(), site?.stop()]));

const change = (brand) => bench.api.patch("/v1/settings", { brand });
const brandOf = async () => (await bench.api.get("/v1/settings")).body.data.brand;

async function startPage() {
  const { token } = await createSession(bench);
  return startSession(bench, { token, challenge: newVerifier().challenge, origin: null });
}

const logoPath = (html) => /<img src=(\S+) alt="">/.exec(html)?.[1];

test("name, logo and colour are set, shown and taken away one by one", async () => {
  const { status, body } = await change({ name: "Acme", color: "#1D9BF0" });
  assert.deepEqual([status, body.data.brand], [200, { ...NONE, name: "Acme", color: "#1d9bf0" }]);
  const logo_url = `${site.origin}/logo.png`;
  assert.deepEqual((await change({ logo_url })).body.data.brand, { name: "Acme", logo_url, color: "#1d9bf0" });
  assert.deepEqual((await change({ name: null })).body.data.brand, { name: null, logo_url, color: "#1d9bf0" });
});

test("the pages wear them, and ask nobody but us", async () => {
  await change({ name: "Acme <Social>", color: "#ffe600", logo_url: `${site.origin}/logo.png` });
  site.requests.length = 0;
  for (const page of [await startPage(), await browse(bench, "/connect/callback/x")]) {
    assert.ok(page.text.includes("<span>Acme &lt;Social&gt;</span>"));
    assert.ok(page.text.includes("--button:#ffe600;--on-button:#000000;--edge:#767676"));
    assert.match(page.headers.get("content-security-policy"), /img-src 'self' data:;/);
    assert.ok(!page.text.includes(site.origin));
    const logo = await request(bench.worker, "GET", logoPath(page.text));
    assert.equal(logo.status, 200);
  }
  assert.deepEqual(site.requests, []);
});

test("the logo is served as the picture that it is, whatever its server called it", async () => {
  await change({ logo_url: `${site.origin}/logo.png` });
  const response = await fetch(bench.worker.api + logoPath((await startPage()).text));
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), PNG);
  const header = (name) => response.headers.get(name);
  assert.deepEqual([header("content-type"), header("x-content-type-options")], ["image/png", "nosniff"]);
  assert.equal(header("content-security-policy"), "default-src 'none'; sandbox");
});

test("another logo has another address, and the old one is gone", async () => {
  await change({ logo_url: `${site.origin}/logo.png` });
  const before = logoPath((await startPage()).text);
  await change({ logo_url: `${site.origin}/other.png` });
  const after = logoPath((await startPage()).text);
  assert.notEqual(before, after);
  assert.deepEqual([(await browse(bench, before)).status, (await browse(bench, after)).status], [404, 200]);
  await change({ logo_url: null });
  assert.equal((await browse(bench, after)).status, 404);
});

test("a logo is fetched over redirects, once, and kept when other things change", async () => {
  site.requests.length = 0;
  await change({ logo_url: `${site.origin}/moved` });
  await bench.api.patch("/v1/settings", { on_unknown: "resend" });
  await change({ name: "Acme" });
  assert.deepEqual(site.requests.map(({ path }) => path), ["/moved", "/logo.png"]);
  assert.ok(logoPath((await startPage()).text));
});

test("what is no public picture is refused by its field, and nothing is changed", async () => {
  await change({ name: "Acme", logo_url: `${site.origin}/logo.png` });
  const before = await brandOf();
  for (const [logo_url, status, code] of [
    ["http://10.0.0.1/logo.png", 400, "media_url_refused"],
    ["https://printer.local/logo.png", 400, "media_url_refused"],
    ["file:///etc/passwd", 400, "media_url_refused"],
    [`${site.origin}/away`, 400, "media_url_refused"],
    [`${site.origin}/broken`, 400, "media_url_refused"],
    [`${site.origin}/logo.svg`, 422, "unsupported_media"],
    [`${site.origin}/large.png`, 422, "media_too_large"],
  ]) {
    const answer = await change({ name: "Other", logo_url });
    assertRefused(answer, status, code);
    assert.ok(answer.body.details.brand.logo_url._errors.length, logo_url);
  }
  assert.deepEqual(await brandOf(), before);
});

test("a name is one short line, a colour is six digits", async () => {
  for (const brand of [{ name: "" }, { name: "a\nb" }, { name: "x".repeat(81) }, { color: "red" }, { color: "#12345" }, { colour: "#fff" }]) {
    assertRefused(await change(brand), 400, "invalid_payload");
  }
  assert.deepEqual(await brandOf(), NONE);
});

test("nothing is fetched for a key that may not change the settings", async () => {
  site.requests.length = 0;
  const stranger = api(bench.worker, { key: "wrong" });
  assertRefused(await stranger.patch("/v1/settings", { brand: { logo_url: `${site.origin}/logo.png` } }), 401, "invalid_api_key");
  assert.deepEqual(site.requests, []);
});
