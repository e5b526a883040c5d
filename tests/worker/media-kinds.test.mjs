/** docs/API.md, section 6: the bytes say what a file is, whatever it is called, announced or sent as. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gif, jpeg, mov, mp4, png, webp } from "../fake-x/sample-files.mjs";
import { newAccount, postIn, startBench, createPost } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { chunked, file as served, startFileServer } from "../support/file-server.mjs";
import { JPEG, MP4, photo, PNG, video } from "../support/files.mjs";
import { announce, confirm, download, put, readMedia, refusedAtOnce } from "../support/media.mjs";
import { mediaAtX, progressOf, withMedia } from "../support/publish-media.mjs";

const MIB = 2 ** 20;
const box = (name, size = 8) => Buffer.concat([Buffer.from([0, 0, 0, size]), Buffer.from(name), Buffer.alloc(size - 8)]);
const behind = (first, bytes) => Buffer.concat([first, bytes]);

let bench;
let site;

before(async () => {
  [bench, site] = await Promise.all([startBench({ vars: { ALLOW_LOOPBACK: "true" } }), startFileServer()]);
  bench.x.set({ media_pending_ms: 0, media_processing_ms: 0 });
});
after(() => Promise.all([bench?.stop(), site?.close()]));

/** What becomes of bytes that are announced like this: the answer of the confirmation. */
async function sent(fields, bytes, headers = {}) {
  const { id, upload_url } = await announce(bench, fields);
  const answer = await put(bench, upload_url, bytes, headers);
  assert.equal(answer.status, 200, answer.text);
  const confirmed = await confirm(bench, id, { size: bytes.length });
  assert.equal(confirmed.status, 200, confirmed.text);
  return confirmed.body;
}

for (const [what, fields, bytes, type] of [
  ["a MOV that is called an MP4", { filename: "clip.mp4" }, mov(), "video/quicktime"],
  ["an MP4 that is called a MOV", { filename: "clip.MOV", content_type: "video/quicktime" }, mp4(), "video/mp4"],
  ["a JPEG that is called a PNG", { filename: "photo.png", content_type: "image/png" }, jpeg(), "image/jpeg"],
  ["a PNG that is called a video", { filename: "photo.mp4" }, png(), "image/png"],
  ["a GIF that is called a WEBP", { filename: "photo.webp" }, gif(), "image/gif"],
  ["a WEBP that is called subtitles", { filename: "a.srt" }, webp(), "image/webp"],
  ["WebVTT that is called SubRip", { filename: "a.srt" }, Buffer.from("WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n"), "text/vtt"],
]) {
  test(`${what} is what it is, and a warning says so`, async () => {
    const { data, warnings } = await sent(fields, bytes);
    assert.equal(data.content_type, type);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], RegExp(`"${fields.filename}".*${type}`));
    const seen = await download(bench, data.url);
    assert.deepEqual([seen.headers.get("content-type"), seen.bytes], [type, bytes]);
    assert.equal((await readMedia(bench, data.id)).content_type, type);
    assert.deepEqual((await confirm(bench, data.id)).body.warnings, warnings);
  });
}

test("a file whose bytes are what was announced has no warning, whatever the PUT calls it", async () => {
  for (const type of ["image/png", "image/jpeg", "text/html", "", "nonsense"]) {
    const { data, warnings } = await sent({ filename: "a.png" }, png(), { "content-type": type });
    assert.deepEqual([data.content_type, warnings], ["image/png", []], type);
  }
  const bare = await sent({ filename: "a.png" }, png());
  assert.deepEqual([bare.data.content_type, bare.warnings], ["image/png", []]);
});

for (const [filename, content_type, type] of [
  ["a.mov", "", "video/quicktime"],
  ["a.png", "application/octet-stream", "image/png"],
  ["a.vtt", "text/plain", "text/vtt"],
  ["a", "image/jpg", "image/jpeg"],
  ["a", "Image/PJPEG", "image/jpeg"],
  ["a.m4v", "video/x-m4v", "video/mp4"],
  ["a", "video/mp4; codecs=avc1", "video/mp4"],
  ["a", "video/mov", "video/quicktime"],
  ["a", "application/x-subrip", "text/srt"],
]) {
  test(`${JSON.stringify(content_type)} of "${filename}" is ${type}`, async () => {
    const { id } = await announce(bench, { filename, content_type });
    assert.equal((await readMedia(bench, id)).content_type, type);
  });
}

for (const [filename, content_type, bytes, type] of [
  ["blob", undefined, jpeg(), "image/jpeg"],
  ["blob", "", png(), "image/png"],
  ["IMG_0001", "application/octet-stream", mov(), "video/quicktime"],
  ["photo.jpg?width=200", undefined, jpeg(), "image/jpeg"],
  ["photo.jpg.download", "application/force-download", webp(), "image/webp"],
  ["upload.tmp", "image/*", gif(), "image/gif"],
]) {
  test(`"${filename}" of the type ${JSON.stringify(content_type)} is what its bytes are, without a warning`, async () => {
    const { data, warnings } = await sent({ filename, content_type, size: bytes.length }, bytes);
    assert.deepEqual([data.content_type, warnings], [type, []]);
    assert.deepEqual((await confirm(bench, data.id)).body.warnings, []);
  });
}

test("a file that nobody announced as anything is as large as the largest kind may be, until its bytes are seen", async () => {
  await announce(bench, { filename: "blob", size: 512 * MIB });
  assertRefused(await bench.api.post("/v1/media/upload", { filename: "blob", size: 512 * MIB + 1 }), 422, "media_too_large");
  const { upload_url } = await announce(bench, { filename: "blob" });
  assertRefused(await refusedAtOnce(bench, upload_url, png({ size: 5 * MIB + 1 })), 422, "media_too_large");
});

const FORM = "------x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
for (const [what, bytes, said, hint] of [
  ["a form", Buffer.concat([Buffer.from(FORM), png(), Buffer.from("\r\n------x--\r\n")]), /form/, /whole body/],
  ["base64", Buffer.from(png().toString("base64")), /base64/, /Decode/],
  ["a data: URL", Buffer.from(`data:image/png;base64,${png().toString("base64")}`), /data: URL/, /Decode/],
  ["a HEIC picture", behind(Buffer.from("\0\0\0\x18ftypheic\0\0\0\0heicmif1"), Buffer.alloc(64)), /HEIC/, /JPEG/],
  ["a page", Buffer.from("<!DOCTYPE html><title>Sign in</title>"), /HTML page/, /page/],
]) {
  test(`${what} that is called a picture is refused by its name, with a remedy, and deleted`, async () => {
    const { id, upload_url } = await announce(bench, { filename: "a.jpg" });
    assert.equal((await put(bench, upload_url, bytes, {})).status, 200);
    const refused = assertRefused(await confirm(bench, id), 422, "unsupported_media");
    assert.match(refused.message, said);
    assert.match(refused.hint, hint);
    assert.deepEqual([(await readMedia(bench, id)).status, (await readMedia(bench, id)).received], ["pending", 0]);
  });
}

test("what a URL names in place of a picture is named", async () => {
  const page = { bytes: Buffer.from("<!DOCTYPE html><title>Sign in</title>"), type: "image/png" };
  const { post } = await posted(served(page), {}, "file.png", "failed");
  assert.match(post.socialAccounts[0].error, /HTML page/);
});

for (const [what, bytes] of [
  ["wide", behind(box("wide"), behind(box("mdat", 64), box("moov", 64)))],
  ["moov", behind(box("moov", 64), box("mdat", 64))],
  ["mdat", behind(box("mdat", 64), box("moov", 64))],
  ["free", behind(box("free", 16), box("mdat", 64))],
  ["skip", behind(box("skip", 16), box("moov", 64))],
  ["pnot", behind(box("pnot", 20), behind(box("PICT", 16), box("moov", 64)))],
]) {
  test(`a MOV may begin with the box ${what}`, async () => {
    const { data, warnings } = await sent({ filename: "clip.mov" }, bytes);
    assert.deepEqual([data.content_type, warnings], ["video/quicktime", []]);
  });
}

test("the limit is that of the true kind as soon as its first bytes are seen, in both directions", async () => {
  const film = await sent({ filename: "film.png" }, mp4({ size: 5 * MIB + 1 }));
  assert.deepEqual([film.data.content_type, film.data.size], ["video/mp4", 5 * MIB + 1]);
  const { id, upload_url } = await announce(bench, { filename: "photo.mp4" });
  const refused = assertRefused(await refusedAtOnce(bench, upload_url, png({ size: 5 * MIB + 1 })), 422, "media_too_large");
  assert.match(refused.message, /image\/png/);
  assert.equal((await readMedia(bench, id)).received, 0);
});

test("of a file in parts the first part says which limit holds", async () => {
  const parts = [mp4({ size: 5 * MIB }), Buffer.alloc(1000)];
  const { id, upload_url } = await announce(bench, { filename: "film.png" });
  const send = (n, bytes) => put(bench, `${upload_url}&part=${n}`, bytes, {});
  assertRefused(await refusedAtOnce(bench, `${upload_url}&part=2`, Buffer.alloc(5 * MIB + 1)), 422, "media_too_large");
  for (const [n, bytes] of parts.entries()) assert.equal((await send(n + 1, bytes)).status, 200);
  const { data } = (await confirm(bench, id)).body;
  assert.deepEqual([data.content_type, data.size], ["video/mp4", 5 * MIB + 1000]);
  assert.equal((await download(bench, data.url)).headers.get("content-type"), "video/mp4");
});

test("a file that is served says what it is even if another part came before the first", async () => {
  const { id, upload_url } = await announce(bench, { filename: "film.mov" });
  await put(bench, `${upload_url}&part=2`, Buffer.alloc(1000), {});
  await put(bench, `${upload_url}&part=1`, mp4({ size: 5 * MIB }), {});
  const { data } = (await confirm(bench, id)).body;
  assert.equal((await download(bench, data.url, { method: "HEAD" })).headers.get("content-type"), "video/mp4");
});

let serial = 0;
/** A post of what a URL names, once it is over. */
async function posted(answer, media = {}, name = "file", state = "published") {
  const account = await newAccount(bench);
  const url = site.serve(`/${++serial}/${name}`, answer);
  const { id } = await createPost(bench, account, withMedia(`post ${serial}`, { url, ...media }));
  return { account, post: await postIn(bench, id, state, 60_000) };
}

test("what a URL names is what its bytes are, and the delivery says so", async () => {
  const wrong = { ...JPEG, type: "image/png" };
  const { account, post } = await posted(served(wrong));
  const { content_type, warning } = progressOf(post);
  assert.equal(content_type, "image/jpeg");
  assert.match(warning, /image\/png.*image\/jpeg/);
  assert.equal(mediaAtX(bench, account)[0][0].media_type, "image/jpeg");
});

test("a name of what a URL names is warned of when the answer says nothing", async () => {
  const said = { ...MP4, type: "application/octet-stream" };
  const { post } = await posted(served(said), {}, "clip.mov");
  assert.match(progressOf(post).warning, /"clip.mov".*video\/quicktime.*video\/mp4/);
  const right = await posted(served(PNG));
  assert.deepEqual([progressOf(right.post).content_type, progressOf(right.post).warning], ["image/png", null]);
});

test("a long video that a URL serves as a picture goes out, with and without a stated length", async () => {
  const film = { ...video(5 * MIB + 1), type: "image/png" };
  for (const answer of [served(film), chunked(film)]) {
    const { account } = await posted(answer);
    assert.equal(mediaAtX(bench, account)[0][0].media_type, "video/mp4");
  }
});

test("a large picture that a URL serves as a video is refused as too large", async () => {
  const large = { ...photo(5 * MIB + 1), type: "video/mp4" };
  for (const answer of [served(large), chunked(large)]) {
    const { post } = await posted(answer, {}, "file", "failed");
    assert.equal(post.socialAccounts[0].error_code, "media_url_refused");
    assert.match(post.socialAccounts[0].error, /too large/);
  }
});

test("with an id and a URL the id counts, and the URL is not asked", async () => {
  const account = await newAccount(bench);
  const { data } = await sent({ filename: "a.png" }, PNG.bytes);
  const path = `/${++serial}/never`;
  const url = site.serve(path, served(JPEG));
  for (const other of [url, data.url, "http://10.0.0.1/x", "not a url"]) {
    const media = { id: data.id, url: other, filename: "whatever.jpg" };
    const { id } = await createPost(bench, account, withMedia(`both ${++serial}`, media));
    const post = await postIn(bench, id, "published", 60_000);
    assert.deepEqual([post.containers[0].media[0].id, post.containers[0].media[0].filename], [data.id, "a.png"]);
  }
  assert.equal(site.count(path), 0);
  assert.deepEqual(mediaAtX(bench, account).map(([{ media_type }]) => media_type), Array(4).fill("image/png"));
});
