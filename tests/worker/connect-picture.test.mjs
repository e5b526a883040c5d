/** docs/API.md, section 3: the account's picture on the pages after the consent. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { authorized, browse, complete, inOtherBrowser, newPerson, startBench } from "../support/connecting.mjs";
import { startSite } from "../support/site.mjs";

const MOST_BYTES = 64 * 1024;
const PICTURE = png({ size: 500 });

let bench;
let site;
before(async () => {
  bench = await startBench();
  site = await startSite({
    "/me.png": { headers: { "content-type": "text/html" }, body: PICTURE },
    "/largest.png": { body: png({ size: MOST_BYTES }) },
    "/larger.png": { body: png({ size: MOST_BYTES + 1 }) },
    "/me.svg": { headers: { "content-type": "image/png" }, body: "<svg xmlns='http://www.w3.org/2000/svg'/>" },
    "/page": { headers: { "content-type": "image/png" }, body: "<!doctype html><script>alert(1)</script>" },
    "/moved": { status: 302, headers: { location: "/me.png" } },
    "/away": { status: 302, headers: { location: "http://10.0.0.1/me.png" } },
    "/broken": { status: 500 },
  });
});
after(() => Promise.all([bench?.stop(), site?.stop()]));

/** A browser that sees the page with the six digits of somebody with this picture. */
async function atCode(profile_image_url) {
  const attempt = await inOtherBrowser(bench, { username: newPerson(bench, { profile_image_url }) });
  await complete(bench, attempt.session, attempt.verifier);
  return { ...attempt, at: `/connect/result/${attempt.session.id}/picture` };
}

test("the picture comes from our origin, as what it is, to the browser that sees the person and to no other", async () => {
  const { at, other, cookie, reload } = await atCode(`${site.origin}/me.png`);
  const page = await reload();
  assert.ok(page.text.includes(`<img src="${at}" alt="" width=96 height=96>`), page.text);
  assert.ok(!page.text.includes(site.origin));
  assert.match(page.headers.get("content-security-policy"), /img-src 'self' data:;/);
  site.requests.length = 0;
  const nextDoor = await atCode(`${site.origin}/me.png`);
  for (const nobody of [undefined, cookie, nextDoor.other, `${other.split("=")[0]}=made-up`]) {
    assert.equal((await browse(bench, at, nobody)).status, 404, nobody);
  }
  assert.deepEqual(site.requests, [], "nothing is fetched for them");
  const response = await fetch(bench.worker.api + at, { headers: { cookie: other } });
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), PICTURE);
  const header = (name) => response.headers.get(name);
  assert.deepEqual([header("content-type"), header("x-content-type-options")], ["image/png", "nosniff"]);
  assert.equal(header("content-security-policy"), "default-src 'none'; sandbox");
  assert.equal(header("cache-control"), "private, max-age=600");
  const [{ headers }] = site.requests;
  assert.deepEqual([headers.cookie, headers.authorization, headers.referer], [undefined, undefined, undefined]);
});

test("what is too large, no picture by its first bytes, or behind an address of another network is 404", async () => {
  const statusOf = async (path) => {
    const { at, other } = await atCode(path.startsWith("/") ? site.origin + path : path);
    return (await browse(bench, at, other)).status;
  };
  for (const path of ["/me.png", "/largest.png", "/moved"]) assert.equal(await statusOf(path), 200, path);
  const refused = ["/larger.png", "/me.svg", "/page", "/away", "/broken", "/nothing", "http://10.0.0.1/me.png", "file:///etc/passwd", "http://[fd00::1]/"];
  for (const path of refused) assert.equal(await statusOf(path), 404, path);
});

test("a connected session shows the person to the browser that began", async () => {
  const username = newPerson(bench, { name: "Ada Lovelace", profile_image_url: `${site.origin}/me.png` });
  const { session, verifier, cookie } = await authorized(bench, { username });
  const at = `/connect/result/${session.id}/picture`;
  assert.equal((await browse(bench, at, cookie)).status, 404, "nobody is known yet");
  await complete(bench, session, verifier);
  assert.equal((await browse(bench, at, cookie)).status, 200);
  assert.equal((await browse(bench, at)).status, 404);
});
