/**
 * docs/API.md, section 6: which URLs of media are refused at once. Names that resolve to private addresses are the
 * platform's boundary (docs/SECURITY.md); where redirects lead is in publish-media-url.test.mjs.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newAccount, postOf, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { file, startFileServer } from "../support/file-server.mjs";
import { PNG } from "../support/files.mjs";
import { withMedia } from "../support/publish-media.mjs";

let bench;
let account;
let site;

before(async () => {
  bench = await startBench({ vars: { ALLOW_LOOPBACK: null } });
  site = await startFileServer();
  account = await newAccount(bench, { tenant_id: "guarded" });
});
after(() => Promise.all([bench?.stop(), site?.close()]));

const post = (fields) => bench.api.post("/v1/posts", { accounts: [account.id], ...fields });

const REFUSED = {
  "another scheme than https": [
    "http://example.com/a.png", "ftp://example.com/a.png", "file:///etc/passwd", "data:image/png;base64,iVBORw0KGgo=",
    "javascript:alert(1)", "//example.com/a.png", "/a.png", "a.png", "",
  ],
  "another port": ["https://example.com:8443/a.png", "https://example.com:80/a.png", "https://example.com:22/a.png"],
  "user information": ["https://user@example.com/a.png", "https://user:secret@example.com/a.png", "https://:p@example.com/"],
  "a loopback address": [
    "https://127.0.0.1/a.png", "https://127.1/a.png", "https://2130706433/a.png", "https://0x7f.1/a.png",
    "https://0177.0.0.1/a.png", "https://0/a.png", "https://[::1]/a.png", "https://[::ffff:127.0.0.1]/a.png",
    "https://[::ffff:7f00:1]/a.png", "https://127.0.0.1./a.png", "https://１２７.0.0.1/a.png",
  ],
  "a private address": [
    "https://10.0.0.1/a.png", "https://172.16.0.1/a.png", "https://172.31.255.255/a.png", "https://192.168.0.1/a.png",
    "https://100.64.0.1/a.png", "https://[fd00::1]/a.png", "https://[fc00::1]/a.png",
  ],
  "an address that is nobody's": [
    "https://169.254.169.254/latest/meta-data/", "https://[fe80::1]/a.png", "https://224.0.0.1/a.png",
    "https://255.255.255.255/a.png", "https://240.0.0.1/a.png", "https://192.0.2.1/a.png", "https://198.18.0.1/a.png",
    "https://[ff02::1]/a.png", "https://[2001:db8::1]/a.png", "https://[::]/a.png",
  ],
  "an address within an address": [
    "https://[64:ff9b::10.0.0.1]/a.png", "https://[64:ff9b::7f00:1]/a.png", "https://[2002:a00:1::]/a.png",
    "https://[2001:0:a00:1::]/a.png",
  ],
  "a local name": [
    "https://localhost/a.png", "https://LOCALHOST/a.png", "https://localhost./a.png", "https://a.localhost/a.png",
    "https://printer.local/a.png", "https://metadata.google.internal/a.png", "https://router.home.arpa/a.png",
    "https://intranet/a.png",
  ],
};

for (const [what, urls] of Object.entries(REFUSED)) {
  test(`a URL with ${what} is refused at once, and nothing is stored`, async () => {
    for (const url of urls) {
      const refused = assertRefused(await post(withMedia("a", { url })), 400, "media_url_refused", "containers.0.media.0.url");
      assert.ok(!JSON.stringify(refused).includes("secret"), url);
      const second = { containers: [{ content: "a" }, { content: "b", media: [{ url: "https://example.com/a.png" }, { url }] }] };
      assertRefused(await post(second), 400, "media_url_refused", "containers.1.media.1.url");
    }
    assert.equal((await bench.api.get("/v1/posts?tenant_id=guarded")).body.pagination.total, 0);
  });
}

test("a URL that is none is refused by its place", async () => {
  for (const url of [7, null, {}, ["https://example.com/a.png"]]) {
    assertRefused(await post(withMedia("a", { url })), 400, "invalid_payload", "containers.0.media.0.url");
  }
});

test("public names and addresses are taken", async () => {
  for (const url of [
    "https://example.com/a.png", "https://example.com:443/a.png?b=c#d", "https://93.184.215.14/a.png",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/a.png", "https://xn--bcher-kva.example/a.png",
  ]) {
    postOf(await post({ ...withMedia("a", { url }), dryRun: true }));
  }
});

test("without the setting for development no site of this machine is asked", async () => {
  const url = site.serve("/photo.png", file(PNG));
  assertRefused(await post(withMedia("a", { url })), 400, "media_url_refused", "containers.0.media.0.url");
  assert.equal(site.count("/photo.png"), 0);
});
