import assert from "node:assert/strict";
import { test } from "node:test";
import { MEDIA_SCOPES, SCOPES, call, connect } from "./client.mjs";
import { append, finalize, initialize, sha256, simple, status, upload, uploading } from "./media-client.mjs";
import { gif, jpeg, mov, mp4, png, srt, webp } from "./sample-files.mjs";

const DAY = 24 * 60 * 60_000;

const invalid = (answer, message, parameters) => {
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.body.type, "https://api.twitter.com/2/problems/invalid-request");
  assert.deepEqual(answer.body.errors, [{ message, ...(parameters && { parameters }) }]);
};

test("a photo in one call is ready at once", async (t) => {
  const { x, token } = await uploading(t);
  const bytes = jpeg({ w: 682, h: 1024, size: 5000 });
  const { status: code, body } = await simple(x, token, bytes);
  assert.equal(code, 200);
  const { id } = body.data;
  assert.deepEqual(body.data, {
    id,
    media_key: `3_${id}`,
    expires_after_secs: 86_400,
    size: 5000,
    image: { image_type: "image/jpeg", w: 682, h: 1024 },
  });
  const [{ sha256: received, size, state, category }] = x.media({ username: "ada" });
  assert.deepEqual([received, size, state, category], [sha256(bytes), 5000, "succeeded", "tweet_image"]);
  assert.deepEqual(x.media({ username: "linus" }), []);
});

test("bytes may come as base64 in JSON", async (t) => {
  const { x, token } = await uploading(t);
  const bytes = png({ size: 1001 });
  const media = bytes.toString("base64");
  const answer = await call(x, "POST", "/2/media/upload", token, { media, media_category: "tweet_image" });
  assert.deepEqual(answer.body.data.image, { image_type: "image/png", w: 3, h: 2 });
  const { id } = (await initialize(x, token, 1001, "tweet_image")).body.data;
  const path = `/2/media/upload/${id}/append`;
  const segment = { media, segment_index: 0 };
  assert.equal((await call(x, "POST", path, token, segment)).status, 200);
  for (const wrong of [{ ...segment, media: "a" }, { ...segment, media: "***" }, { ...segment, segment_index: "0" }]) {
    assert.equal((await call(x, "POST", path, token, wrong)).status, 400, wrong.media);
  }
  assert.equal((await finalize(x, token, id)).status, 200);
  assert.deepEqual(x.media().map((one) => one.sha256), [sha256(bytes), sha256(bytes)]);
});

test("each kind has its media key and its limits", async (t) => {
  const { x, token } = await uploading(t);
  const files = [
    ["tweet_image", webp(), "3"], ["tweet_image", gif(), "3"], ["tweet_gif", gif(), "16"], ["tweet_video", mp4(), "7"],
    ["tweet_video", mov(), "7"], ["dm_image", png(), "3"],
  ];
  for (const [category, bytes, key] of files) {
    const { body } = await simple(x, token, bytes, category);
    assert.equal(body.data.media_key, `${key}_${body.data.id}`, category);
  }
  const announced = async (total, category, type) =>
    (await initialize(x, token, total, category, type && { media_type: type })).status;
  const MIB = 2 ** 20;
  assert.deepEqual([await announced(5 * MIB, "tweet_image"), await announced(5 * MIB + 1, "tweet_image")], [200, 400]);
  assert.deepEqual([await announced(15 * MIB, "tweet_gif"), await announced(15 * MIB + 1, "tweet_gif")], [200, 400]);
  assert.deepEqual([await announced(2 ** 33), await announced(2 ** 33 + 1)], [200, 400]);
  assert.equal(await announced(10, "tweet_gif", "image/png"), 400, "a GIF is a GIF");
  assert.equal(await announced(10, "tweet_video", "model/gltf-binary"), 400);
  x.set({ media_limits: { tweet_video: 100 } });
  assert.deepEqual([await announced(100), await announced(101)], [200, 400]);
  assert.equal((await simple(x, token, mp4({ size: 101 }), "tweet_video")).status, 400);
});

test("Premium uploads longer videos", async (t) => {
  const { x, token } = await uploading(t, { username: "grace_h" });
  assert.equal((await initialize(x, token, 2 ** 34)).status, 200);
  assert.equal((await initialize(x, token, 2 ** 34 + 1)).status, 400);
});

test("an upload says what it will be", async (t) => {
  const { x, token } = await uploading(t);
  for (const missing of ["media_type", "media_category", "total_bytes"]) {
    assert.equal((await initialize(x, token, 10, "tweet_video", { [missing]: undefined })).status, 400, missing);
  }
  assert.equal((await initialize(x, token, 10, "tweet_video", { command: "INIT" })).status, 400);
  const { body } = await initialize(x, token, 10);
  const { id } = body.data;
  assert.deepEqual(body.data, { id, media_key: `7_${id}`, expires_after_secs: 86_400 });
});

test("a video is pending, then in progress, then ready", async (t) => {
  const { x, token } = await uploading(t);
  x.set({ media_pending_ms: 2_000, media_processing_ms: 10_000, media_check_after_secs: 5 });
  const bytes = mp4({ size: 900 });
  const { id } = (await initialize(x, token, 900)).body.data;
  await append(x, token, id, 0, bytes);
  const { data } = (await finalize(x, token, id)).body;
  assert.deepEqual(data.video, { video_type: "video/mp4" });
  assert.deepEqual(data.processing_info, { state: "pending", check_after_secs: 5 });
  const after = async (advance_ms) => {
    x.clock({ advance_ms });
    return (await status(x, token, id)).body.data.processing_info;
  };
  assert.deepEqual(await after(1_999), { state: "pending", check_after_secs: 5 });
  assert.deepEqual(await after(4_001), { state: "in_progress", check_after_secs: 5, progress_percent: 40 });
  assert.deepEqual(await after(6_000), { state: "succeeded", progress_percent: 100 });
});

test("processing fails by switch, and for a video that is none", async (t) => {
  const { x, token } = await uploading(t);
  x.set({ media_outcome: "failed", media_pending_ms: 0, media_processing_ms: 0 });
  const switched = await upload(x, token, mp4());
  x.set({ media_outcome: "succeeded" });
  const broken = await upload(x, token, Buffer.from("no video"));
  const good = await upload(x, token, mp4());
  const states = [];
  for (const id of [switched, broken, good]) states.push((await status(x, token, id)).body.data.processing_info.state);
  assert.deepEqual(states, ["failed", "failed", "succeeded"]);
});

test("a picture that is none is refused in plain text", async (t) => {
  const { x, token } = await uploading(t);
  const { status: code, text } = await simple(x, token, Buffer.from("<svg/>"));
  assert.deepEqual([code, text], [400, "media type unrecognized"]);
  assert.deepEqual(x.media(), []);
  const id = await upload(x, token, srt(), { category: "tweet_image" });
  assert.equal((await finalize(x, token, id)).text, "media type unrecognized");
});

test("a photo has no status unless the switch says so", async (t) => {
  const { x, token } = await uploading(t);
  const id = await upload(x, token, png(), { category: "tweet_image" });
  invalid(await status(x, token, id), "BadRequest: Not found");
  x.set({ status_of_photos: "answer" });
  assert.equal((await status(x, token, id)).body.data.processing_info, undefined);
  assert.equal((await call(x, "GET", `/2/media/upload?media_id=${id}&command=STATUS`, token)).status, 200);
  assert.equal((await call(x, "GET", `/2/media/upload?media_id=${id}&command=FINALIZE`, token)).status, 400);
  assert.equal((await call(x, "GET", "/2/media/upload", token)).status, 400);
});

test("an upload lives a day, and a day more once it is complete", async (t) => {
  const { x, token } = await uploading(t);
  const { id } = (await initialize(x, token, 64)).body.data;
  x.set({ access_token_ms: 9 * DAY });
  x.clock({ advance_ms: DAY - 1_000 });
  const fresh = await connect(x, { scopes: MEDIA_SCOPES });
  const { body } = await append(x, fresh, id, 0, mp4());
  assert.equal(body.data.expires_at, Math.floor((x.now().now + 1_000) / 1_000));
  assert.equal((await finalize(x, fresh, id)).body.data.expires_after_secs, 86_400);
  x.clock({ advance_ms: DAY - 1 });
  assert.equal((await status(x, fresh, id)).status, 200);
  x.clock({ advance_ms: 1 });
  invalid(await status(x, fresh, id), "BadRequest: Not found");
  const late = (await initialize(x, fresh, 64)).body.data.id;
  x.clock({ advance_ms: DAY });
  invalid(await append(x, fresh, late, 0, mp4()), "BadRequest: Not found");
  invalid(await finalize(x, fresh, late), "BadRequest: Not found");
});

test("without media.write every step is forbidden", async (t) => {
  const { x, token } = await uploading(t);
  const { id } = (await initialize(x, token, 64)).body.data;
  const poor = await connect(x, { scopes: SCOPES });
  const answers = [
    await simple(x, poor, png()), await initialize(x, poor, 64), await append(x, poor, id, 0, mp4()),
    await finalize(x, poor, id), await status(x, poor, id),
  ];
  const forbidden = { detail: "Forbidden", type: "about:blank", title: "Forbidden", status: 403 };
  for (const { body } of answers) assert.deepEqual(body, forbidden);
});

test("bytes are told by their number, and never logged", async (t) => {
  const { x, token } = await uploading(t);
  await simple(x, token, png({ size: 5000 }));
  const [{ body, size }] = x.requests({ path: "/2/media/upload" });
  assert.equal(body, null);
  assert.ok(size > 5000);
});
