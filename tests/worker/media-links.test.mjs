/** docs/API.md, section 6: a signed address is the permission for one thing, for an hour, and is never written down. */

import assert from "node:assert/strict";
import { createHmac, hkdfSync } from "node:crypto";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { request, spoilt, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { announce, download, put, upload } from "../support/media.mjs";
import { MASTER_KEYS } from "../support/worker.mjs";

const PAGE = "https://acme.example";
const BYTES = png({ size: 1000 });

let bench;
let media;

before(async () => {
  bench = await startBench({ register: false });
  media = await upload(bench, BYTES, { filename: 'Käse "1".png' });
});
after(() => bench?.stop());

/** Made from docs/STORAGE.md, by other means than the Worker's: HMAC-SHA256 under HKDF's key of the label. */
function signed(id, label, expires) {
  const key = Buffer.from(MASTER_KEYS.split(":")[1], "base64");
  const subkey = Buffer.from(hkdfSync("sha256", key, "", `mac:${label}`, 32));
  const token = createHmac("sha256", subkey).update(`${id}\n${expires}`).digest("base64url");
  const path = label === "media-file" ? "file" : "upload";
  return `${bench.worker.origin}/v1/media/${id}/${path}?expires=${expires}&token=${token}`;
}

const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;
const get = (address, init) => request(bench.worker, "GET", address, init);

/** Every way to spoil an address that was good. */
function forgeries(address, other) {
  const { searchParams } = new URL(address);
  const token = searchParams.get("token");
  return [
    address.replace(token, spoilt(token, 0)),
    address.replace(token, token.slice(0, 22)),
    address.replace(/expires=\d+/, `expires=${inSeconds(7200)}`),
    address.replace(/&token=.*/, ""),
    address.replace(/\?.*/, ""),
    other,
  ];
}

test("an address is made as docs/STORAGE.md says", async () => {
  const { searchParams } = new URL(media.url);
  assert.equal(media.url, signed(media.id, "media-file", searchParams.get("expires")));
  assert.ok(Math.abs(Number(searchParams.get("expires")) - inSeconds(3600)) < 300);
});

test("an upload address that is not ours is refused, whatever is wrong with it", async () => {
  const { id, upload_url } = await announce(bench);
  const { searchParams } = new URL(upload_url);
  for (const address of forgeries(upload_url, signed(id, "media-file", searchParams.get("expires")).replace("/file", "/upload"))) {
    assertRefused(await put(bench, address, BYTES), 401, "invalid_session_token");
  }
  assert.equal((await bench.api.get(`/v1/media/${id}`)).body.data.received, 0);
});

test("a file's address that is not ours is refused, whatever is wrong with it", async () => {
  const { searchParams } = new URL(media.url);
  const other = signed(media.id, "media-upload", searchParams.get("expires")).replace("/upload", "/file");
  for (const address of forgeries(media.url, other)) assertRefused(await get(address), 401, "invalid_session_token");
});

test("an address of another medium is refused", async () => {
  const { id } = await announce(bench);
  assertRefused(await get(media.url.replace(media.id, id)), 401, "invalid_session_token");
});

test("an address that is over says so", async () => {
  const { id } = await announce(bench);
  const over = inSeconds(-1);
  assertRefused(await put(bench, signed(id, "media-upload", over), BYTES), 410, "session_expired");
  assertRefused(await get(signed(media.id, "media-file", over)), 410, "session_expired");
});

test("a good address of a medium that never was is not found", async () => {
  const never = "med_AAAAAAAAAAAAAAAAAAAAAA";
  assertRefused(await put(bench, signed(never, "media-upload", inSeconds(60)), BYTES), 404, "not_found");
  assertRefused(await get(signed(never, "media-file", inSeconds(60))), 404, "not_found");
  assertRefused(await get(media.url.replace(media.id, "med_x")), 404, "not_found");
});

test("what is not confirmed is not served, not even at a good address", async () => {
  const { id, upload_url } = await announce(bench);
  await put(bench, upload_url, Buffer.from("<script>alert(1)</script>"));
  assertRefused(await get(signed(id, "media-file", inSeconds(60))), 404, "not_found");
});

test("a browser saves what is served, and runs nothing of it under our origin", async () => {
  const { headers } = await download(bench, media.url);
  assert.equal(headers.get("content-type"), "image/png");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.match(headers.get("content-security-policy"), /^sandbox; default-src 'none'$/);
  assert.equal(
    headers.get("content-disposition"),
    `attachment; filename="K_se _1_.png"; filename*=UTF-8''K%C3%A4se%20%221%22.png`,
  );
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("referrer-policy"), "no-referrer");
});

for (const [range, from, to] of [
  ["bytes=0-0", 0, 1],
  ["bytes=100-199", 100, 200],
  ["bytes=990-2000", 990, 1000],
  ["bytes=-10", 990, 1000],
  ["bytes=500-", 500, 1000],
]) {
  test(`one range is answered alone: ${range}`, async () => {
    const { status, headers, bytes } = await download(bench, media.url, { headers: { range } });
    assert.equal(status, 206);
    assert.equal(headers.get("content-range"), `bytes ${from}-${to - 1}/1000`);
    assert.equal(headers.get("content-length"), String(to - from));
    assert.deepEqual(bytes, BYTES.subarray(from, to));
  });
}

test("a range beyond the end is 416 with the length, and one that means nothing is ignored", async () => {
  const beyond = await download(bench, media.url, { headers: { range: "bytes=1000-" } });
  assert.deepEqual([beyond.status, beyond.headers.get("content-range")], [416, "bytes */1000"]);
  for (const range of ["bytes=0-1,5-6", "bytes=5-1", "lines=1-2"]) {
    const { status, bytes } = await download(bench, media.url, { headers: { range } });
    assert.deepEqual([status, bytes.length], [200, 1000], range);
  }
});

test("a range of what has changed since is answered with the whole", async () => {
  const { headers } = await download(bench, media.url, { method: "HEAD" });
  const ask = (etag) => download(bench, media.url, { headers: { range: "bytes=0-9", "if-range": etag } });
  assert.equal((await ask(headers.get("etag"))).status, 206);
  assert.equal((await ask('"another"')).status, 200);
});

test("HEAD says what GET would, without the bytes", async () => {
  const { status, headers, bytes } = await download(bench, media.url, { method: "HEAD", headers: { range: "bytes=0-9" } });
  assert.deepEqual([status, bytes.length], [200, 0]);
  assert.deepEqual([headers.get("content-length"), headers.get("accept-ranges")], ["1000", "bytes"]);
});

test("a page of any origin may send a file to an address that it was given", async () => {
  const { upload_url } = await announce(bench);
  const asked = await request(bench.worker, "OPTIONS", upload_url, {
    headers: { origin: PAGE, "access-control-request-method": "PUT", "access-control-request-headers": "content-type" },
  });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get("access-control-allow-origin"), "*");
  assert.match(asked.headers.get("access-control-allow-methods"), /PUT/);
  assert.deepEqual(asked.headers.get("access-control-allow-headers").split(", "), ["*", "Authorization"]);
  assert.equal(asked.headers.get("access-control-allow-credentials"), null);
  const headers = { origin: PAGE, "content-type": "image/png" };
  const sent = await put(bench, upload_url, BYTES, headers);
  assert.deepEqual([sent.status, sent.headers.get("access-control-allow-origin")], [200, "*"]);
  const refused = await put(bench, `${upload_url}x`, BYTES, headers);
  assert.deepEqual([refused.status, refused.headers.get("access-control-allow-origin")], [401, "*"]);
});

test("that holds for the address alone: the answer to a call with an API key is for no page", async () => {
  for (const [method, path] of [["POST", "/v1/media/upload"], ["GET", `/v1/media/${media.id}`], ["POST", `/v1/media/${media.id}/confirm`]]) {
    const answer = await bench.api.send(method, path, { headers: { origin: PAGE }, body: method === "POST" ? {} : undefined });
    assert.notEqual(answer.status, 401, path);
    assert.equal(answer.headers.get("access-control-allow-origin"), null, path);
  }
});

test("an address asks for no key, and a key opens none", async () => {
  const authorization = `Bearer ${"k".repeat(40)}`;
  assert.equal((await download(bench, media.url, { headers: { authorization } })).status, 200);
  assertRefused(await bench.api.get(`/v1/media/${media.id}/file`), 401, "invalid_session_token");
});

test("the log has no address, no token and no name of a file", async () => {
  const { upload_url } = await announce(bench, { filename: "private-matters.png" });
  const sent = await put(bench, upload_url, BYTES);
  const read = await get(media.url);
  for (const answer of [sent, read]) await bench.worker.logged(answer.headers.get("x-request-id"), '"status":');
  const log = bench.worker.logs().join("\n");
  const tokens = [upload_url, media.url].map((address) => new URL(address).searchParams.get("token"));
  for (const secret of [...tokens, "expires=", "private-matters"]) assert.ok(!log.includes(secret), secret);
  assert.match(log, /"route":"\/v1\/media\/\{id\}\/upload"/);
  assert.match(log, /"route":"\/v1\/media\/\{id\}\/file"/);
});
