import assert from "node:assert/strict";
import { test } from "node:test";
import { MEDIA_SCOPES, SCOPES, call, connect, get } from "./client.mjs";
import { initialize, simple, upload, uploading } from "./media-client.mjs";
import { mp4, png, srt } from "./sample-files.mjs";

const describe = (x, token, body) => call(x, "POST", "/2/media/metadata", token, body);
const altText = (id, text) => ({ id, metadata: { alt_text: { text } } });

test("an alt text arrives, and is read back", async (t) => {
  const { x, token } = await uploading(t);
  const { id, media_key } = (await simple(x, token, png())).body.data;
  const { status, body } = await describe(x, token, altText(id, "A dancing cat 🐈"));
  assert.equal(status, 200);
  assert.deepEqual(body.data, { id, associated_metadata: { alt_text: { text: "A dancing cat 🐈" } } });
  assert.equal(x.media()[0].alt_text, "A dancing cat 🐈");
  const { data } = (await get(x, `/2/media/${media_key}?media.fields=alt_text`, token)).body;
  assert.equal(data.alt_text, "A dancing cat 🐈");
  assert.equal(x.app.credits, 99.995);
});

test("what was said before stays beside what is said now", async (t) => {
  const { x, token } = await uploading(t);
  const { id } = (await simple(x, token, png())).body.data;
  await describe(x, token, altText(id, "first"));
  await describe(x, token, { id, metadata: { sensitive_media_warning: { other: true } } });
  const { body } = await describe(x, token, altText(id, "second"));
  const expected = { alt_text: { text: "second" }, sensitive_media_warning: { other: true } };
  assert.deepEqual(body.data.associated_metadata, expected);
});

test("an alt text has at most 1000 characters", async (t) => {
  const { x, token } = await uploading(t);
  const { id } = (await simple(x, token, png())).body.data;
  assert.equal((await describe(x, token, altText(id, "🐈".repeat(1000)))).status, 200);
  assert.equal((await describe(x, token, altText(id, "x".repeat(1001)))).status, 400);
  assert.equal((await describe(x, token, { id, metadata: { alt_text: {} } })).status, 400);
  assert.equal((await describe(x, token, { id, metadata: { caption: {} } })).status, 400);
});

test("metadata is for one's own finished uploads and needs media.write", async (t) => {
  const { x, token } = await uploading(t);
  const { id } = (await simple(x, token, png())).body.data;
  const { id: open } = (await initialize(x, token, 64)).body.data;
  const other = await connect(x, { username: "linus", scopes: MEDIA_SCOPES });
  for (const [who, what] of [[other, id], [token, open], [token, "404"]]) {
    const { status, body } = await describe(x, who, altText(what, "a"));
    assert.deepEqual([status, body.errors], [400, [{ message: "BadRequest: Not found" }]]);
  }
  assert.equal((await describe(x, await connect(x, { scopes: SCOPES }), altText(id, "a"))).status, 403);
  assert.equal(x.media()[0].alt_text, null);
});

test("subtitles are a file of their own beside a video, one for each language", async (t) => {
  const { x, token } = await uploading(t);
  const video = await upload(x, token, mp4());
  const file = await upload(x, token, srt(), { category: "subtitles" });
  const path = "/2/media/subtitles";
  const given = (language_code) => ({
    id: video,
    media_category: "TweetVideo",
    subtitles: { id: file, language_code, display_name: "Name" },
  });
  const { body } = await call(x, "POST", path, token, given("EN"));
  assert.deepEqual(body.data, {
    id: video,
    media_category: "TweetVideo",
    associated_subtitles: { id: file, language_code: "EN", display_name: "Name" },
  });
  await call(x, "POST", path, token, given("DE"));
  await call(x, "POST", path, token, given("EN"));
  assert.deepEqual(x.media()[0].subtitles.map(({ language_code }) => language_code), ["DE", "EN"]);
  const taken = { id: video, media_category: "TweetVideo", language_code: "DE" };
  assert.deepEqual((await call(x, "DELETE", path, token, taken)).body, { data: { deleted: true } });
  assert.deepEqual((await call(x, "DELETE", path, token, taken)).body, { data: { deleted: false } });
  assert.equal(x.media()[0].subtitles.length, 1);
});

test("subtitles need a video, a file of text and a language", async (t) => {
  const { x, token } = await uploading(t);
  const video = await upload(x, token, mp4());
  const photo = await upload(x, token, png(), { category: "tweet_image" });
  const file = await upload(x, token, srt(), { category: "subtitles" });
  const given = (id, subtitles, media_category = "TweetVideo") => ({ id, media_category, subtitles });
  const wrong = [
    given(photo, { id: file, language_code: "EN" }), given(video, { id: photo, language_code: "EN" }),
    given(video, { id: file, language_code: "en" }), given(video, { id: file }), given(video),
    given(video, { id: file, language_code: "EN" }, "tweet_video"),
    given(video, { id: file, language_code: "EN" }, "AmplifyVideo"),
  ];
  for (const body of wrong) {
    assert.equal((await call(x, "POST", "/2/media/subtitles", token, body)).status, 400, JSON.stringify(body));
  }
  assert.deepEqual(x.media()[0].subtitles, []);
});
