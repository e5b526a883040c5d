/**
 * docs/API.md, section 6: what a `url` names is fetched when the post is published, and passed on as it came. The site
 * is on this machine, which ALLOW_LOOPBACK permits; what is refused without it is in publish-media-guard.test.mjs.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import { createPost, faultAtX, fromNow, newAccount, postIn, postWhen, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { chunked, cutShort, file, redirect, silent, startFileServer, status } from "../support/file-server.mjs";
import { FILES, JPEG, MP4, photo, PNG, SRT, video } from "../support/files.mjs";
import { sha256 } from "../support/media.mjs";
import { APPEND, assertOnX, FINALIZE, INITIALIZE, mediaAtX, progressOf, uploadMedia, withMedia } from "../support/publish-media.mjs";

/** Between two tries passes a thirtieth of this and more. */
const BACKOFF_MS = "6000";
const WITHIN_MS = 60_000;
const MIB = 2 ** 20;

let bench;
let site;
let serial = 0;

before(async () => {
  bench = await startBench({ vars: { ALLOW_LOOPBACK: "true", BACKOFF_MS } });
  site = await startFileServer();
  bench.x.set({ media_pending_ms: 0, media_processing_ms: 0 });
});
after(() => Promise.all([bench?.stop(), site?.close()]));

/** The URL of a path of its own. */
const serve = (...answers) => site.serve(`/file-${++serial}`, ...answers);
const countOf = (url) => site.count(new URL(url).pathname);

async function create(...media) {
  const account = await newAccount(bench);
  bench.x.clearRequests();
  return { account, ...(await createPost(bench, account, withMedia(`post ${++serial}`, ...media))) };
}

async function assertPublished({ account, id }, ...files) {
  const post = await postIn(bench, id, "published", WITHIN_MS);
  assertOnX(bench, account, ...files);
  return post;
}

/** It fails for good with this code, and X has not heard of it. */
async function assertFails({ id }, code) {
  const [delivery] = (await postIn(bench, id, "failed", WITHIN_MS)).socialAccounts;
  assert.equal(delivery.error_code, code, delivery.error);
  assert.deepEqual(bench.x.requests(CREATE_CALL), []);
  return delivery;
}

for (const [name, sample] of Object.entries(FILES)) {
  test(`a ${name} file that a URL names is on X byte for byte, as what it is`, async () => {
    const url = serve(file(sample));
    const post = await create({ url, altText: `a ${name}` });
    const { containers, socialAccounts } = await assertPublished(post, sample);
    const [[{ category, media_type, alt_text }]] = mediaAtX(bench, post.account);
    assert.deepEqual([category, media_type, alt_text], [sample.category, sample.type, `a ${name}`]);
    assert.equal(containers[0].media[0].url, url);
    const [{ id, state }] = socialAccounts[0].segments[0].media;
    assert.deepEqual([id, state, countOf(url)], [null, "ready", 1]);
  });
}

test("a long video is passed on in parts, in order", async () => {
  const long = video(9_000_001);
  const post = await create({ url: serve(file(long)) });
  await assertPublished(post, long);
  const [[{ segments }]] = mediaAtX(bench, post.account);
  assert.ok(segments.length > 1 && segments.every(({ size }) => size <= 4 * MIB));
});

test("a file without a stated length is passed on whole", async () => {
  const long = video(5_000_003);
  await assertPublished(await create({ url: serve(chunked(long)) }), long);
});

test("URLs and uploads stand side by side in their order", async () => {
  const { id } = await uploadMedia(bench, JPEG);
  const own = photo(1000);
  await assertPublished(await create({ url: serve(file(PNG)) }, { id }, { url: serve(file(own)) }), PNG, JPEG, own);
});

test("it is fetched when the post leaves, and not before", async () => {
  const account = await newAccount(bench);
  const url = serve(file(PNG));
  const fields = { ...withMedia("later", { url }), scheduledAt: fromNow(4000) };
  const { id } = await createPost(bench, account, fields);
  assert.equal(countOf(url), 0);
  await assertPublished({ account, id }, PNG);
});

test("three redirects are followed, of every kind and also relative, a fourth is not", async () => {
  const last = serve(file(PNG));
  const second = serve(redirect(last, 307));
  const first = serve(redirect(new URL(second).pathname, 301));
  const start = serve(redirect(first, 308));
  await assertPublished(await create({ url: start }), PNG);
  const tooMany = await create({ url: serve(redirect(start)) });
  assert.match((await assertFails(tooMany, "media_url_refused")).error, /redirect/i);
});

for (const location of [
  "http://10.0.0.1/a.png",
  "http://192.168.1.1/a.png",
  "http://172.16.0.1/a.png",
  "http://100.64.0.1/a.png",
  "http://169.254.169.254/latest/meta-data/",
  "http://0x0a000001/a.png",
  "http://[fd00::1]/a.png",
  "http://[fe80::1]/a.png",
  "http://[::ffff:10.0.0.1]/a.png",
  "http://[64:ff9b::a00:1]/a.png",
  "https://intranet/a.png",
  "https://printer.local/a.png",
  "https://metadata.google.internal/a.png",
  "http://example.com/a.png",
  "https://example.com:8443/a.png",
  "https://user:secret@example.com/a.png",
  "ftp://example.com/a.png",
  "file:///etc/passwd",
]) {
  test(`a redirect to ${location} is refused, and the refusal names no more than where it led`, async () => {
    const { error } = await assertFails(await create({ url: serve(redirect(location)) }), "media_url_refused");
    assert.ok(!error.includes("secret"));
  });
}

test("a redirect to nowhere is refused", async () => {
  const nowhere = (response) => response.writeHead(302).end();
  await assertFails(await create({ url: serve(nowhere) }), "media_url_refused");
});

for (const code of [401, 403, 404, 410, 204]) {
  test(`an answer of ${code} is final`, async () => {
    const url = serve(status(code));
    const { error } = await assertFails(await create({ url }), "media_url_refused");
    assert.match(error, new RegExp(`${code}`));
    assert.equal(countOf(url), 1);
  });
}

test("while the site is unavailable it is asked again", async () => {
  const url = serve(status(503), file(PNG));
  await assertPublished(await create({ url }), PNG);
  assert.equal(countOf(url), 2);
});

test("a file that breaks off is fetched again, and no half of it reaches X", async () => {
  const url = serve(cutShort(JPEG), file(JPEG));
  const post = await create({ url });
  await assertPublished(post, JPEG);
  assert.equal(bench.x.requests(INITIALIZE).length, 1);
});

test("what was fetched once is kept while X is tried again, though it is gone from its site", async () => {
  const url = serve(file(PNG), status(404));
  bench.x.fault({ ...APPEND, kind: "answer", preset: "unavailable" });
  faultAtX(bench, { kind: "answer", preset: "unavailable" });
  await assertPublished(await create({ url }), PNG);
  assert.equal(countOf(url), 1);
});

test("a file that is gone when X wants it anew fails the delivery", async () => {
  const url = serve(file(PNG), status(404));
  bench.x.fault({ ...FINALIZE, kind: "answer", preset: "media-not-found" });
  const { id } = await create({ url });
  const [{ state, error_code }] = (await postWhen(bench, id, ({ status: now }) => now !== "pending", WITHIN_MS)).socialAccounts;
  assert.ok(state === "published" || error_code === "media_url_refused", `${state} ${error_code}`);
});

for (const [what, sample] of [
  ["a page", { bytes: Buffer.from("<!doctype html><title>Not a photo</title>"), type: "text/html" }],
  ["a page that says it is a photo", { bytes: Buffer.from("<!doctype html><title>A trap</title>"), type: "image/png" }],
  ["a text", { bytes: Buffer.from("just words"), type: "text/plain" }],
  ["an SVG", { bytes: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), type: "image/svg+xml" }],
  ["nothing", { bytes: Buffer.alloc(0), type: "image/png" }],
]) {
  test(`${what} is no media, whatever it is called`, async () => {
    await assertFails(await create({ url: serve(file(sample)) }), "media_url_refused");
    assert.deepEqual(bench.x.requests(INITIALIZE), []);
  });
}

test("the bytes say what a file is when its site does not know or is wrong", async () => {
  for (const type of ["application/octet-stream", "binary/octet-stream", "image/jpg"]) {
    const url = serve(file({ ...JPEG, type }));
    const post = await create({ url });
    await assertPublished(post, JPEG);
    assert.equal(mediaAtX(bench, post.account)[0][0].media_type, JPEG.type);
  }
});

test("a photo larger than X takes is refused by its stated length, and no byte is read", async () => {
  const claims = (response) => {
    response.writeHead(200, { "content-type": PNG.type, "content-length": 5 * MIB + 1 });
    response.write(PNG.bytes);
  };
  const { error } = await assertFails(await create({ url: serve(claims) }), "media_url_refused");
  assert.match(error, /large|MB|MiB|bytes/i);
});

test("a photo that turns out larger than X takes is cut off", async () => {
  await assertFails(await create({ url: serve(chunked(photo(6 * MIB))) }), "media_url_refused");
  assert.deepEqual(bench.x.requests(INITIALIZE), []);
});

test("a photo as large as X takes is passed on", async () => {
  const largest = photo(5 * MIB);
  await assertPublished(await create({ url: serve(file(largest)) }), largest);
});

test("the limits of the settings hold for what URLs name", async (t) => {
  const allow = (bytes) => bench.api.patch("/v1/settings", { allowed_media: { "image/png": bytes } });
  t.after(() => allow(5 * MIB));
  for (const [bytes, reason] of [[PNG.bytes.length - 1, /too large/], [0, /./]]) {
    await allow(bytes);
    for (const answer of [file(PNG), chunked(PNG)]) {
      assert.match((await assertFails(await create({ url: serve(answer) }), "media_url_refused")).error, reason);
    }
  }
  await allow(PNG.bytes.length);
  await assertPublished(await create({ url: serve(file(PNG)) }), PNG);
});

test("subtitles are nothing that a post shows", async () => {
  await assertFails(await create({ url: serve(file(SRT)) }), "unsupported_media");
});

test("files that do not go together are refused before X is asked", async () => {
  await assertFails(await create({ url: serve(file(PNG)) }, { url: serve(file(MP4)) }), "unsupported_media");
  const { id } = await uploadMedia(bench, MP4);
  const { id: account } = await newAccount(bench);
  bench.x.clearRequests();
  const both = withMedia("both", { id }, { url: serve(file(JPEG)) });
  const answer = await bench.api.post("/v1/posts", { accounts: [account], ...both });
  assertRefused(answer, 400, "invalid_payload", "containers.0.media");
  assert.deepEqual(bench.x.requests(INITIALIZE), []);
});

test("while a file is fetched the delivery says so", async () => {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const slow = (response) => {
    response.writeHead(200, { "content-type": PNG.type, "content-length": PNG.bytes.length });
    response.write(PNG.bytes.subarray(0, 50));
    released.then(() => response.end(PNG.bytes.subarray(50)));
  };
  const post = await create({ url: serve(slow) });
  const fetching = await postWhen(bench, post.id, ({ segments: [{ media }] }) => media[0].state === "fetching");
  assert.equal(progressOf(fetching).id, null);
  release();
  await assertPublished(post, PNG);
});

test("every account of a post has the file from its URL", async () => {
  const accounts = [await newAccount(bench), await newAccount(bench)];
  const fields = { ...withMedia("to both", { url: serve(file(PNG)) }), accounts: accounts.map(({ id }) => id) };
  const { id } = await createPost(bench, accounts[0], fields);
  for (const account of accounts) {
    await postWhen(bench, id, () => bench.x.posts({ username: account.username }).length > 0, WITHIN_MS);
    assertOnX(bench, account, PNG);
  }
});

test("a power cut while a file is fetched fetches it again", async () => {
  const url = serve(silent(PNG), file(PNG));
  const post = await create({ url });
  await postWhen(bench, post.id, () => countOf(url) > 0);
  await bench.worker.kill();
  await bench.worker.restart();
  await assertPublished(post, PNG);
  assert.equal(sha256(PNG.bytes), mediaAtX(bench, post.account)[0][0].sha256);
});
