/** docs/API.md, section 6: a file is announced, its bytes are sent to a signed address, and it is what it says or nothing. */

import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { seededBytes } from "../fake-x/random.mjs";
import { gif, jpeg, mov, mp4, png, srt, webp } from "../fake-x/sample-files.mjs";
import { startBench } from "../support/client.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { announce, confirm, download, put, reachable, readMedia, sha256, upload } from "../support/media.mjs";

const MIB = 2 ** 20;
const DAY = 24 * 60 * 60 * 1000;
const KINDS = {
  "image/jpeg": ["photo.jpg", jpeg({ size: 200_000 })],
  "image/png": ["chart.png", png({ size: 100_000 })],
  "image/webp": ["photo.webp", webp({ size: 50_000 })],
  "image/gif": ["cat.gif", gif({ size: 300_000 })],
  "video/mp4": ["clip.mp4", mp4({ size: 3_000_000 })],
  "video/quicktime": ["clip.mov", mov({ size: 70_000 })],
  "text/srt": ["clip.srt", srt()],
  "text/vtt": ["clip.vtt", Buffer.from("WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")],
};

let bench;

before(async () => (bench = await startBench({ register: false })));
after(() => bench?.stop());

const send = (address, bytes, type = "image/png") => put(bench, address, bytes, { "content-type": type });

for (const [type, [filename, bytes]] of Object.entries(KINDS)) {
  test(`${type}: what comes back is what was sent, byte for byte`, async () => {
    const media = await upload(bench, bytes, { filename, content_type: type, size: bytes.length });
    assert.deepEqual([media.content_type, media.size, media.status], [type, bytes.length, "active"]);
    const file = await download(bench, media.url);
    assert.equal(file.status, 200);
    assert.equal(sha256(file.bytes), sha256(bytes));
    assert.equal(file.headers.get("content-type"), type);
    assert.equal(file.headers.get("content-length"), String(bytes.length));
  });
}

test("the type comes from the name when none is announced", async () => {
  const { id } = await announce(bench, { filename: "Holiday.MOV" });
  assert.equal((await readMedia(bench, id)).content_type, "video/quicktime");
});

test("a row tells how far it is, and lives a day, or sixty once it is active", async () => {
  const bytes = png({ size: 1000 });
  const { id, upload_url, expires_in } = await announce(bench, { filename: "a.png", tenant_id: "t1" });
  assert.equal(expires_in, 3600);
  const pending = await readMedia(bench, id);
  assertTimesAndIds(pending);
  const facts = { id, tenant_id: "t1", filename: "a.png", content_type: "image/png" };
  const { created_at, expires_at } = pending;
  assert.deepEqual(pending, { ...facts, alt_text: null, url: null, size: null, received: 0, status: "pending", created_at, expires_at });
  assert.equal(Date.parse(expires_at) - Date.parse(created_at), DAY);

  const sent = await send(upload_url, bytes);
  assert.deepEqual(sent.body, { success: true, data: { id, part: null, size: 1000, received: 1000 } });
  assert.deepEqual([(await readMedia(bench, id)).received, (await readMedia(bench, id)).status], [1000, "pending"]);

  const { url, ...active } = (await confirm(bench, id)).body.data;
  const until = new Date(Date.parse(created_at) + 60 * DAY).toISOString();
  assert.deepEqual(active, { ...facts, alt_text: null, size: 1000, received: 1000, status: "active", created_at, expires_at: until });
  assert.match(url, RegExp(`/v1/media/${id}/file\\?`));
});

test("a file of a type that X does not take is refused when it is announced", async () => {
  for (const content_type of ["image/svg+xml", "image/heic", "video/webm", "application/pdf"]) {
    const answer = await bench.api.post("/v1/media/upload", { filename: "a.png", content_type });
    assertRefused(answer, 422, "unsupported_media", "content_type");
  }
});

test("a file that is too large is refused when it is announced", async () => {
  for (const [filename, most] of [["a.jpg", 5], ["a.png", 5], ["a.webp", 5], ["a.gif", 15], ["a.mp4", 512], ["a.mov", 512]]) {
    await announce(bench, { filename, size: most * MIB });
    const answer = await bench.api.post("/v1/media/upload", { filename, size: most * MIB + 1 });
    assertRefused(answer, 422, "media_too_large");
  }
});

test("bad fields are named", async () => {
  for (const [fields, field] of [
    [{}, "filename"],
    [{ filename: "" }, "filename"],
    [{ filename: `${"a".repeat(252)}.png` }, "filename"],
    [{ filename: "a.png", size: 0 }, "size"],
    [{ filename: "a.png", tenant_id: "no spaces" }, "tenant_id"],
    [{ filename: "a.png", mediaType: "x" }, "mediaType"],
  ]) {
    assertRefused(await bench.api.post("/v1/media/upload", fields), 400, "invalid_payload", field);
  }
});

test("a body that says it is too large is refused before a byte is stored", async () => {
  const { id, upload_url } = await announce(bench);
  const headers = { "content-length": `${5 * MIB + 1}` };
  assertRefused(await stream(upload_url, [png()], { headers, then: "wait" }), 422, "media_too_large");
  assert.equal((await readMedia(bench, id)).received, 0);
});

test("an empty body is refused", async () => {
  const { upload_url } = await announce(bench);
  assertRefused(await send(upload_url, Buffer.alloc(0)), 400, "invalid_payload", "Content-Length");
});

for (const [what, bytes] of [
  ["a page", Buffer.from("<!doctype html><script>alert(1)</script>")],
  ["a picture that X does not take", Buffer.concat([Buffer.from("00000018", "hex"), Buffer.from("ftypheic"), Buffer.alloc(48)])],
  ["a text shorter than any signature", Buffer.from("x")],
]) {
  test(`bytes that are of no kind that X takes are deleted: ${what}`, async () => {
    const { id, upload_url } = await announce(bench);
    await send(upload_url, bytes);
    assertRefused(await confirm(bench, id), 422, "unsupported_media");
    const after = await readMedia(bench, id);
    assert.deepEqual([after.status, after.received, after.url], ["pending", 0, null]);
    assertRefused(await confirm(bench, id), 400, "invalid_payload");
    const right = png();
    assert.equal((await send(upload_url, right)).status, 200);
    assert.equal(sha256((await download(bench, (await confirm(bench, id)).body.data.url)).bytes), sha256(right));
  });
}

test("nothing is confirmed of which no byte has arrived", async () => {
  const { id } = await announce(bench);
  const { message } = assertRefused(await confirm(bench, id), 400, "invalid_payload");
  assert.match(message, /No bytes have arrived/);
});

test("a size that is not the one announced, at either time, leaves the upload pending", async () => {
  const bytes = png({ size: 500 });
  const early = await announce(bench, { size: 499 });
  await send(early.upload_url, bytes);
  assertRefused(await confirm(bench, early.id), 400, "invalid_payload", "size");
  const late = await announce(bench);
  await send(late.upload_url, bytes);
  assertRefused(await confirm(bench, late.id, { size: 501 }), 400, "invalid_payload", "size");
  assert.equal((await readMedia(bench, late.id)).status, "pending");
  assert.equal((await confirm(bench, late.id, { size: 500 })).body.data.status, "active");
});

test("the bytes may be sent again until they are confirmed, and the last ones count", async () => {
  const { id, upload_url } = await announce(bench);
  const [first, second] = [png({ size: 4000 }), png({ size: 3000 })];
  await send(upload_url, first);
  assert.equal((await send(upload_url, second)).body.data.received, 3000);
  assert.equal(sha256((await download(bench, (await confirm(bench, id)).body.data.url)).bytes), sha256(second));
});

test("what is confirmed takes no more bytes, and confirming it again answers the same", async () => {
  const bytes = png();
  const { id, upload_url } = await announce(bench);
  await send(upload_url, bytes);
  const [first, second] = [await confirm(bench, id), await confirm(bench, id)];
  assert.deepEqual({ ...second.body.data, url: null }, { ...first.body.data, url: null });
  assertRefused(await send(upload_url, png()), 409, "session_spent");
  assert.equal(sha256((await download(bench, second.body.data.url)).bytes), sha256(bytes));
});

test("of two confirmations at once both say that it is active", async () => {
  const { id, upload_url } = await announce(bench);
  await send(upload_url, png());
  const answers = await Promise.all([confirm(bench, id), confirm(bench, id)]);
  assert.deepEqual(answers.map(({ body }) => body.data?.status), ["active", "active"], answers.map(({ text }) => text).join());
});

test("a repetition under an idempotency key gets the same address and makes nothing new", async () => {
  const create = () => bench.api.post("/v1/media/upload", { filename: "once.png" }, { "idempotency-key": "media-1" });
  const [first, second] = [await create(), await create()];
  assert.equal(second.text, first.text);
  assert.equal(second.headers.get("idempotency-replayed"), "true");
  const { id, upload_url } = first.body.data;
  await send(upload_url, png());
  const settle = () => bench.api.post(`/v1/media/${id}/confirm`, {}, { "idempotency-key": "media-2" });
  const [confirmed, again] = [await settle(), await settle()];
  assert.equal(confirmed.status, 200);
  assert.equal(again.text, confirmed.text);
});

/**
 * A body of whatever length, and no word of it in the headers. What follows the pieces is the body's `end`; or the sender
 * goes away in the middle (`leave`), or waits there for the answer (`wait`).
 */
function stream(address, pieces, { headers = {}, then = "end" } = {}) {
  return new Promise((resolve) => {
    const url = reachable(bench.worker, address);
    const call = httpRequest(url, { method: "PUT", headers: { "content-type": "image/png", ...headers } }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => {
        const text = Buffer.concat(parts).toString();
        call.destroy();
        resolve({ status: answer.statusCode, headers: new Headers(answer.headers), text, body: JSON.parse(text) });
      });
    });
    call.on("error", resolve);
    for (const piece of pieces) call.write(piece);
    if (then === "end") call.end();
    if (then === "leave") call.once("socket", () => setImmediate(() => call.destroy()));
  });
}

test("a body without a length needs an announced size", async () => {
  const { upload_url } = await announce(bench);
  assertRefused(await stream(upload_url, [png()]), 400, "invalid_payload", "Content-Length");
});

test("a body without a length is stored when it is as long as was announced", async () => {
  const bytes = png({ size: 90_000 });
  const { id, upload_url } = await announce(bench, { size: bytes.length });
  const sent = await stream(upload_url, [bytes.subarray(0, 50_000), bytes.subarray(50_000)]);
  assert.equal(sent.status, 200, sent.text);
  assert.equal(sha256((await download(bench, (await confirm(bench, id)).body.data.url)).bytes), sha256(bytes));
});

for (const [how, by] of [["longer", 1], ["shorter", -1]]) {
  test(`a body that is ${how} than was announced is refused, and what was there before stays`, async () => {
    const bytes = png({ size: 90_000 });
    const { id, upload_url } = await announce(bench, { size: bytes.length });
    await send(upload_url, bytes);
    const lie = await stream(upload_url, [seededBytes(bytes.length + by)]);
    assertRefused(lie, 400, "invalid_payload", "Content-Length");
    assert.equal(sha256((await download(bench, (await confirm(bench, id)).body.data.url)).bytes), sha256(bytes));
  });
}

test("a sender that goes away in the middle leaves what was there before", async () => {
  const bytes = png({ size: 90_000 });
  const { id, upload_url } = await announce(bench);
  await send(upload_url, bytes);
  await stream(upload_url, [seededBytes(1000)], { headers: { "content-length": "2000000" }, then: "leave" });
  assert.equal(sha256((await download(bench, (await confirm(bench, id)).body.data.url)).bytes), sha256(bytes));
});
