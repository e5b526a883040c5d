/** docs/API.md, section 6, "In one call": a file by its address or in the body is active at once. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { use } from "../support/agents.mjs";
import { createPost, newAccount, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { chunked, file, redirect, startFileServer, status } from "../support/file-server.mjs";
import { JPEG, MP4, PNG } from "../support/files.mjs";
import { newKey } from "../support/keys.mjs";
import { download, readMedia, sha256 } from "../support/media.mjs";

let bench;
let site;

before(async () => {
  bench = await startBench({ vars: { ALLOW_LOOPBACK: "true" } });
  site = await startFileServer();
});
after(() => Promise.all([bench?.stop(), site?.close()]));

const store = (body, headers, by = bench.api) => by.post("/v1/media", body, headers);
const bytesOf = (sample) => sample.bytes ?? sample;

test("a file behind an address is fetched once, and is what its bytes are", async () => {
  for (const [path, sample, answer] of [["/a/cat.png", PNG, file(PNG)], ["/a/long.jpg", JPEG, chunked(JPEG)], ["/b/clip.mp4", MP4, file(MP4)]]) {
    const url = site.serve(path, answer);
    const { status: made, body } = await store({ url, alt_text: "a cat" });
    assert.equal(made, 201, JSON.stringify(body));
    const { data } = body;
    assert.deepEqual([data.status, data.filename, data.alt_text, data.size], ["active", path.split("/")[2], "a cat", bytesOf(sample).length]);
    assert.equal(sha256((await download(bench, data.url)).bytes), sha256(bytesOf(sample)));
    assert.deepEqual({ ...(await readMedia(bench, data.id)), url: null }, { ...data, url: null });
    assert.equal(site.count(path), 1);
  }
});

test("a file in the body has its bytes, and a name that says otherwise is warned of", async () => {
  const { body } = await store({ data: bytesOf(PNG).toString("base64"), filename: "photo.jpg" });
  assert.deepEqual([body.data.content_type, body.data.filename], ["image/png", "photo.jpg"]);
  assert.match(body.warnings[0], /image\/jpeg/);
  assert.equal(sha256((await download(bench, body.data.url)).bytes), sha256(bytesOf(PNG)));
});

test("the same call once more stores nothing more", async () => {
  const before = (await bench.api.get("/v1/media")).body.count;
  const send = () => store({ data: bytesOf(PNG).toString("base64") }, { "idempotency-key": "a file" });
  const [first, again] = [await send(), await send()];
  assert.equal(again.body.data.id, first.body.data.id);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.equal((await bench.api.get("/v1/media")).body.count, before + 1);
});

test("what cannot be used is refused, and leaves no row", async () => {
  const before = (await bench.api.get("/v1/media")).body.count;
  const page = Buffer.from("<!doctype html><title>no picture</title>");
  for (const [body, code, reason] of [
    [{ url: site.serve("/gone.png", status(404)) }, 400, "media_url_refused"],
    [{ url: site.serve("/loop", redirect("http://10.0.0.1/")) }, 400, "media_url_refused"],
    [{ url: "https://10.0.0.1/cat.png" }, 400, "media_url_refused"],
    [{ url: site.serve("/page.png", file({ bytes: page, type: "text/html" })) }, 422, "unsupported_media"],
    [{ data: page.toString("base64") }, 422, "unsupported_media"],
    [{ data: Buffer.alloc(512 * 1024 + 1).toString("base64") }, 422, "media_too_large"],
    [{ data: "?" }, 400, "invalid_payload"],
    [{}, 400, "invalid_payload"],
  ]) {
    assertRefused(await store(body), code, reason);
  }
  assert.equal((await bench.api.get("/v1/media")).body.count, before);
});

test("a post that names the file says its alt text, and may say another", async () => {
  const account = await newAccount(bench);
  const { data } = (await store({ data: bytesOf(PNG).toString("base64"), alt_text: "a cat asleep" })).body;
  const altOf = async (media) => (await createPost(bench, account, { ...media, content: `with a cat ${JSON.stringify(media)}`, isDraft: true })).containers[0].media[0].altText;
  assert.equal(await altOf({ mediaIds: [data.id] }), "a cat asleep");
  assert.equal(await altOf({ media: [{ id: data.id, altText: "a tiger" }] }), "a tiger");
});

test("an agent uploads a file for a post of its tenant, and for no other", async () => {
  const account = await newAccount(bench, { tenant_id: "t" });
  const { key } = await newKey(bench, { tenant_id: "t", scopes: ["read", "publish"] });
  const args = { url: site.serve("/agent.png", file(PNG)), alt_text: "a chart" };
  const { data } = await use(bench, "upload_media", args, { key, id: 1 });
  assert.deepEqual([data.tenant_id, data.status], ["t", "active"]);
  assert.equal((await use(bench, "upload_media", args, { key, id: 1 })).data.id, data.id);
  const preview = await use(bench, "preview_post", { accounts: [account.id], content: "chart", mediaIds: [data.id] }, { key });
  assert.deepEqual(preview.post.cost.reasons, ["1 post at $0.015", "1 alt text at $0.005"]);
  assert.match((await use(bench, "upload_media", { ...args, tenant_id: "another" }, { key })).text, /insufficient_key_scope/);
});
