/**
 * docs/API.md, sections 5 and 6: what X processes is asked about as X tells, how far it is can be read, and what X could
 * not process fails in X's words. The stand-in's clock stands still where a state has to be seen.
 */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  callUnderWay,
  createPost,
  faultAtX,
  newAccount,
  postIn,
  publishPost,
  readPost,
  startBench,
  textsAt,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { GIF, JPEG, video } from "../support/files.mjs";
import { APPEND, assertOnX, FINALIZE, progressOf, STATUS, uploadMedia, withMedia } from "../support/publish-media.mjs";

const BYTES = 9_000_001;
const VIDEO = video(BYTES);
/** As a test leaves them: too long for the answer to the finalization, over when X is asked again. */
const AS_USUAL = { media_pending_ms: 1, media_processing_ms: 500, media_check_after_secs: 1, media_outcome: "succeeded" };
const WITHIN_MS = 30_000;

let bench;
let media_id;

before(async () => {
  bench = await startBench();
  bench.x.set(AS_USUAL);
  media_id = (await uploadMedia(bench, VIDEO)).id;
});
afterEach(() => {
  bench.x.clock({ frozen: false });
  bench.x.set(AS_USUAL);
});
after(() => bench?.stop());

async function create(content, id = media_id) {
  const account = await newAccount(bench);
  bench.x.clearRequests();
  return { account, ...(await createPost(bench, account, withMedia(content, { id }))) };
}

/** How far it is, once `holds` of that. */
const KIND = { content_type: "video/mp4", warning: null };

async function progressWhen({ id }, holds) {
  const post = await eventually(() => readPost(bench, { id }), (read) => holds(progressOf(read)), WITHIN_MS);
  return { ...progressOf(post), delivery: post.socialAccounts[0].state };
}

test("a video is waited for while X processes it, and how far X is can be read", async () => {
  bench.x.clock({ frozen: true });
  bench.x.set({ media_pending_ms: 2000, media_processing_ms: 10_000 });
  const post = await create("processed");
  const seen = { ...KIND, id: media_id, state: "processing", bytes_sent: BYTES, bytes_total: BYTES, delivery: "publishing" };
  const pending = await progressWhen(post, ({ state }) => state === "processing");
  assert.deepEqual(pending, { ...seen, processing_percent: null });
  bench.x.clock({ advance_ms: 6000 });
  const inProgress = await progressWhen(post, ({ processing_percent }) => processing_percent !== null);
  assert.deepEqual(inProgress, { ...seen, processing_percent: 40 });
  assert.deepEqual(bench.x.requests(CREATE_CALL), [], "no post before its video");
  bench.x.clock({ advance_ms: 6000 });
  const published = await postIn(bench, post.id, "published", WITHIN_MS);
  assert.equal(progressOf(published).state, "ready");
  assertOnX(bench, post.account, VIDEO);
});

test("the bytes that X has can be read while the upload goes on", async () => {
  bench.x.fault({ ...APPEND, skip: 1, kind: "hold" });
  const post = await create("counted");
  const { bytes_sent, ...seen } = await progressWhen(post, (media) => media.bytes_sent > 0);
  const rest = { ...KIND, id: media_id, state: "uploading", bytes_total: BYTES, processing_percent: null };
  assert.deepEqual(seen, { ...rest, delivery: "publishing" });
  assert.ok(bytes_sent > 3_000_000 && bytes_sent < BYTES, `${bytes_sent}`);
  await callUnderWay(bench, APPEND);
  bench.x.release();
  await postIn(bench, post.id, "published", WITHIN_MS);
});

test("a delivery whose media are on their way cannot be deleted or changed", async () => {
  bench.x.fault({ ...APPEND, skip: 1, kind: "hold" });
  const post = await create("on its way");
  await progressWhen(post, ({ state }) => state === "uploading");
  await callUnderWay(bench, APPEND);
  assert.equal((await bench.api.delete(`/v1/posts/${post.id}`)).body.code, "in_flight");
  assert.equal((await bench.api.delete(`/v1/media/${media_id}`)).body.code, "in_flight");
  assert.equal((await bench.api.patch(`/v1/posts/${post.id}`, { content: "other" })).body.code, "already_published");
  bench.x.release();
  await postIn(bench, post.id, "published", WITHIN_MS);
});

test("X is not asked before the time that it names", async () => {
  bench.x.set({ media_check_after_secs: 2, media_processing_ms: 2500 });
  const post = await create("asked in time");
  await postIn(bench, post.id, "published", WITHIN_MS);
  const times = [FINALIZE, STATUS].flatMap((call) => bench.x.requests(call)).map(({ time }) => time).sort();
  assert.ok(times.length >= 3, `${times.length} calls`);
  for (const [at, time] of times.slice(1).entries()) assert.ok(time - times[at] >= 2000, `${time - times[at]} ms`);
});

test("a GIF is processed like a video, a photo is ready at once", async () => {
  const [gif, photo] = [await uploadMedia(bench, GIF), await uploadMedia(bench, JPEG)];
  const moving = await create("moving", gif.id);
  await postIn(bench, moving.id, "published", WITHIN_MS);
  assert.ok(bench.x.requests(STATUS).length > 0);
  const still = await create("still", photo.id);
  await postIn(bench, still.id, "published");
  assert.deepEqual(bench.x.requests(STATUS), []);
});

test("posts of one account keep their order though a video is waited for, and other accounts do not wait", async () => {
  bench.x.clock({ frozen: true });
  bench.x.set({ media_pending_ms: 60_000 });
  const post = await create("takes its time");
  await progressWhen(post, ({ state }) => state === "processing");
  const next = await createPost(bench, post.account, { content: "behind it" });
  const other = await newAccount(bench);
  assert.equal((await publishPost(bench, other, { content: "elsewhere" })).socialAccounts[0].state, "published");
  bench.x.clock({ advance_ms: 70_000 });
  for (const { id } of [post, next]) await postIn(bench, id, "published", WITHIN_MS);
  assert.deepEqual(textsAt(bench, post.account), ["takes its time", "behind it"]);
});

test("a video that X cannot process fails the delivery, and nothing is posted", async () => {
  bench.x.set({ media_outcome: "failed" });
  const post = await create("unprocessable");
  const { socialAccounts } = await postIn(bench, post.id, "failed", WITHIN_MS);
  assert.deepEqual([socialAccounts[0].status, socialAccounts[0].error_code], ["failed", "media_failed"]);
  assert.match(socialAccounts[0].error, /process/i);
  assert.deepEqual(bench.x.requests(CREATE_CALL), []);

  bench.x.set({ media_outcome: "succeeded" });
  assert.equal((await bench.api.post(`/v1/posts/${post.id}/retry`)).status, 200);
  await postIn(bench, post.id, "published", WITHIN_MS);
  assertOnX(bench, post.account, VIDEO);
});

test("where X says why processing failed, the delivery says it too", async () => {
  const processing_info = {
    state: "failed",
    progress_percent: 12,
    error: { code: 1, name: "InvalidMedia", message: "Unsupported video format" },
  };
  bench.x.fault({ ...STATUS, kind: "answer", status: 200, body: { data: { id: "1", processing_info } } });
  const { id } = await create("with a reason");
  const { socialAccounts } = await postIn(bench, id, "failed", WITHIN_MS);
  assert.equal(socialAccounts[0].error_code, "media_failed");
  assert.match(socialAccounts[0].error, /Unsupported video format/);
});

test("a thread whose last video cannot be processed posts nothing of itself", async () => {
  const account = await newAccount(bench);
  bench.x.set({ media_outcome: "failed" });
  bench.x.clearRequests();
  const containers = [{ content: "words" }, { content: "and a video", mediaIds: [media_id] }];
  const { id } = await createPost(bench, account, { containers });
  await postIn(bench, id, "failed", WITHIN_MS);
  assert.deepEqual(bench.x.requests(CREATE_CALL), []);
});

test("a caller that waits is answered while the video is still at work", async () => {
  bench.x.clock({ frozen: true });
  bench.x.set({ media_pending_ms: 60_000 });
  const account = await newAccount(bench);
  const post = await createPost(bench, account, withMedia("not in time", { id: media_id }), { prefer: "wait=2" });
  assert.equal(post.socialAccounts[0].status, "pending");
  await progressWhen(post, ({ state }) => state === "processing");
  bench.x.clock({ advance_ms: 70_000 });
  await postIn(bench, post.id, "published", WITHIN_MS);
});

test("a post that was refused as a video too long keeps X's words", async () => {
  faultAtX(bench, { kind: "answer", preset: "video-too-long" });
  const { id } = await create("too long");
  const { socialAccounts } = await postIn(bench, id, "failed", WITHIN_MS);
  assert.equal(socialAccounts[0].error_code, "video_too_long");
});
