/**
 * docs/API.md, sections 5 and 6: what is uploaded here is on X as the same bytes, described as they were, in the posts
 * that name them.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, postIn, publishPost, readPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { animation, FILES, GIF, JPEG, MP4, photo, PNG, SRT, video, VTT, WEBP } from "../support/files.mjs";
import { sha256 } from "../support/media.mjs";
import { APPEND, assertOnX, mediaAtX, uploadMedia, withMedia } from "../support/publish-media.mjs";

/** X's segments have 5 MB at most; ours keep below. */
const SEGMENT_LIMIT = 4 * 1024 * 1024;

let bench;

before(async () => {
  bench = await startBench();
  bench.x.set({ media_pending_ms: 0, media_processing_ms: 0 });
});
after(() => bench?.stop());

const isSettled = ({ socialAccounts }) => socialAccounts.every(({ status }) => status !== "pending");
const upload = (file, fields) => uploadMedia(bench, file, fields);

/** The post, published, with what X has of it. */
async function publish(fields, account) {
  account ??= await newAccount(bench);
  const { id } = await createPost(bench, account, fields);
  const post = await postIn(bench, id, "published", 30_000);
  return { account, post, onX: mediaAtX(bench, account) };
}

for (const [name, file] of Object.entries(FILES)) {
  test(`a ${name} file is on X byte for byte, as what it is`, async () => {
    const { id } = await upload(file);
    const { onX } = await publish(withMedia(`a ${name}`, { id }));
    const [[{ sha256: hash, size, category, media_type, alt_text }]] = onX;
    assert.deepEqual([hash, size], [sha256(file.bytes), file.bytes.length]);
    assert.deepEqual([category, media_type, alt_text], [file.category, file.type, null]);
  });
}

for (const [what, file] of [
  ["video of three segments", video(9_000_001)],
  ["video that fills its segments", video(8_000_000)],
  ["photo of two segments", photo(4_900_000)],
  ["GIF of two segments", animation(6_000_000)],
]) {
  test(`a ${what} goes to X in order, in parts of at most 4 MB`, async () => {
    const { id } = await upload(file);
    const { account, onX } = await publish(withMedia(what, { id }));
    assertOnX(bench, account, file);
    const [[{ segments }]] = onX;
    assert.ok(segments.length > 1);
    let from = 0;
    for (const { size, sha256: hash } of segments) {
      assert.ok(size <= SEGMENT_LIMIT, `${size}`);
      assert.equal(hash, sha256(file.bytes.subarray(from, from + size)));
      from += size;
    }
  });
}

test("each segment is sent once", async () => {
  const { id } = await upload(video(9_000_001));
  bench.x.clearRequests();
  await publish(withMedia("once each", { id }));
  assert.deepEqual(bench.x.requests(APPEND).map(({ status }) => status), [200, 200, 200]);
});

test("four photos stand in the post in their order", async () => {
  const files = [PNG, JPEG, WEBP, photo(1000)];
  const media = await Promise.all(files.map((file) => upload(file)));
  const { account } = await publish(withMedia("four", ...media.map(({ id }) => ({ id }))));
  assertOnX(bench, account, ...files);
});

test("a post of media alone has no text", async () => {
  const { id } = await upload(PNG);
  const { account } = await publish(withMedia("", { id }));
  assertOnX(bench, account, PNG);
  assert.equal(bench.x.posts({ username: account.username })[0].text, "");
});

for (const [what, fieldsOf] of [
  ["mediaIds of a container", (ids) => ({ containers: [{ content: "named", mediaIds: ids }] })],
  ["mediaIds beside content", (ids) => ({ content: "named", mediaIds: ids })],
  ["media beside content", (ids) => ({ content: "named", media: ids.map((id) => ({ id })) })],
]) {
  test(`media may be named by ${what}`, async () => {
    const ids = [(await upload(PNG)).id, (await upload(JPEG)).id];
    const { account, post } = await publish(fieldsOf(ids));
    assertOnX(bench, account, PNG, JPEG);
    assert.deepEqual(post.containers[0].media.map(({ id }) => id), ids);
  });
}

test("a thread has its media in each segment", async () => {
  const files = [[photo(1000), JPEG], [GIF], [], [MP4]];
  const containers = [];
  for (const [at, segment] of files.entries()) {
    const media = await Promise.all(segment.map((file) => upload(file)));
    containers.push({ content: `segment ${at}`, ...(media.length > 0 && { media: media.map(({ id }) => ({ id })) }) });
  }
  const { account, post, onX } = await publish({ containers });
  assert.deepEqual(
    onX.map((media) => media.map((one) => one.sha256)),
    files.map((segment) => segment.map(({ bytes }) => sha256(bytes))),
  );
  const posts = bench.x.posts({ username: account.username });
  assert.deepEqual(posts.map(({ in_reply_to_id }) => in_reply_to_id), [null, ...posts.slice(0, 3).map(({ id }) => id)]);
  assert.deepEqual(post.socialAccounts[0].segments.map(({ platformPostId }) => platformPostId), posts.map(({ id }) => id));
});

test("every account uploads its own, since X takes no media of another", async () => {
  const accounts = [await newAccount(bench), await newAccount(bench)];
  const { id } = await upload(JPEG);
  const fields = { ...withMedia("to both", { id }), accounts: accounts.map((account) => account.id) };
  const post = await createPost(bench, accounts[0], fields);
  const { socialAccounts } = await eventually(() => readPost(bench, post), isSettled, 20_000);
  assert.deepEqual(socialAccounts.map(({ state }) => state), ["published", "published"]);
  for (const account of accounts) assertOnX(bench, account, JPEG);
});

test("one upload here serves many posts", async () => {
  const { id } = await upload(PNG);
  for (const content of ["first use", "second use"]) {
    const { account } = await publish(withMedia(content, { id }));
    assertOnX(bench, account, PNG);
  }
});

test("alt text arrives with the medium that it describes, letter by letter", async () => {
  const altText = "Zoë's 🐈 \"sleeps\" <on> the\nsofa & 眠い ".padEnd(1000, "z");
  const [first, second] = [await upload(PNG), await upload(JPEG)];
  const { onX, post } = await publish(withMedia("described", { id: first.id, altText }, { id: second.id }));
  assert.deepEqual(onX[0].map(({ alt_text }) => alt_text), [altText, null]);
  assert.deepEqual(post.containers[0].media.map((media) => media.altText), [altText, null]);
});

for (const [name, file] of Object.entries({ GIF, video: MP4 })) {
  test(`a ${name} may be described too`, async () => {
    const { id } = await upload(file);
    const { onX } = await publish(withMedia("moving", { id, altText: "it moves" }));
    assert.equal(onX[0][0].alt_text, "it moves");
  });
}

test("a video has its subtitles, language by language", async () => {
  const [{ id }, srt, vtt] = [await upload(MP4), await upload(SRT), await upload(VTT)];
  const english = { id: srt.id, language_code: "EN", display_name: "English" };
  const { account, onX } = await publish(withMedia("spoken", { id, subtitles: [english, { id: vtt.id, language_code: "ES" }] }));
  assertOnX(bench, account, MP4);
  const [[{ subtitles }]] = onX;
  const tracks = subtitles.map(({ id: track, language_code, display_name = null }) => {
    const { sha256: hash, media_type, category } = bench.x.media().find((one) => one.id === track);
    return [language_code, display_name, hash, media_type, category];
  });
  assert.deepEqual(tracks, [
    ["EN", "English", sha256(SRT.bytes), SRT.type, "subtitles"],
    ["ES", null, sha256(VTT.bytes), VTT.type, "subtitles"],
  ]);
});

test("people may be tagged in a photo", async () => {
  const { id } = await upload(PNG);
  const [{ id: person }] = bench.x.users().filter(({ username }) => username === "linus");
  const { account } = await publish({ ...withMedia("tagged", { id }), x: { media: { tagged_user_ids: [person] } } });
  assert.deepEqual(bench.x.posts({ username: account.username })[0].tagged_user_ids, [person]);
});

test("a post shows its media and how far they are", async () => {
  const { id } = await upload(JPEG);
  const { post } = await publish(withMedia("shown", { id, altText: "a pixel" }));
  const [{ url, ...shown }] = post.containers[0].media;
  assert.deepEqual(shown, { id, filename: "photo.jpg", altText: "a pixel" });
  const size = JPEG.bytes.length;
  assert.deepEqual(post.socialAccounts[0].segments[0].media, [
    { id, state: "ready", content_type: "image/jpeg", warning: null, bytes_sent: size, bytes_total: size, processing_percent: null },
  ]);
});

test("of a segment without media nothing is said of media", async () => {
  const account = await newAccount(bench);
  const post = await publishPost(bench, account, { content: "words alone" });
  assert.equal("media" in post.socialAccounts[0].segments[0], false);
});

test("a scheduled post takes its media along, and X has the bytes no later than the post", async () => {
  const { id } = await upload(GIF);
  const { account } = await publish({ ...withMedia("later", { id }), scheduledAt: fromNow(1500) });
  assertOnX(bench, account, GIF);
});

test("a draft's media go out when it does", async () => {
  const account = await newAccount(bench);
  const [{ id }, other] = [await upload(PNG), await upload(WEBP)];
  const draft = await createPost(bench, account, { ...withMedia("drafted", { id }), isDraft: true });
  assert.deepEqual(bench.x.media({ username: account.username }), []);
  const containers = [{ content: "changed", media: [{ id: other.id, altText: "instead" }] }];
  const changed = await bench.api.patch(`/v1/posts/${draft.id}`, { containers, isDraft: false });
  assert.equal(changed.status, 200, changed.text);
  await postIn(bench, draft.id, "published");
  assertOnX(bench, account, WEBP);
  assert.equal(mediaAtX(bench, account)[0][0].alt_text, "instead");
});
