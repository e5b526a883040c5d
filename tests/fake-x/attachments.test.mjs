import assert from "node:assert/strict";
import { test } from "node:test";
import { MEDIA_SCOPES, call, connect, get, post, remove } from "./client.mjs";
import { initialize, simple, upload, uploading } from "./media-client.mjs";
import { gif, mp4, png } from "./sample-files.mjs";

/** A user with ready media of each kind. */
async function stocked(t) {
  const { x, token } = await uploading(t);
  x.set({ media_pending_ms: 0, media_processing_ms: 0 });
  const photos = [];
  for (const w of [1, 2, 3, 4]) photos.push((await simple(x, token, png({ w }))).body.data);
  const moving = (await simple(x, token, gif(), "tweet_gif")).body.data;
  const video = (await simple(x, token, mp4(), "tweet_video")).body.data;
  const attach = (list, text = "") => post(x, { text, media: { media_ids: list.map(({ id }) => id) } }, token);
  return { x, token, photos, moving, video, attach };
}

const refused = (answer, ids) => {
  assert.equal(answer.status, 400, answer.text);
  const expected = { message: "Your media IDs are invalid.", parameters: { "media.media_ids": ids } };
  assert.deepEqual(answer.body.errors, [expected]);
};

test("a post takes four photos, or one GIF, or one video", async (t) => {
  const { photos, moving, video, attach } = await stocked(t);
  const [photo] = photos;
  for (const fitting of [photos, [photo], [moving], [video]]) assert.equal((await attach(fitting)).status, 201);
  for (const mixed of [[photo, moving], [photo, video], [moving, video], [photo, photo]]) {
    refused(await attach(mixed), mixed.map(({ id }) => id));
  }
  assert.equal((await attach([...photos, moving])).status, 400, "the schema ends at four");
});

test("media that is foreign, expired, unfinished, failed or not for posts is refused by name", async (t) => {
  const { x, token } = await uploading(t);
  const attach = (id, who = token) => post(x, { text: "look", media: { media_ids: [id] } }, who);
  const { id: ready } = (await simple(x, token, png())).body.data;
  const other = await connect(x, { username: "linus", scopes: MEDIA_SCOPES });
  refused(await attach(ready, other), [ready]);
  const { id: open } = (await initialize(x, token, 64)).body.data;
  refused(await attach(open), [open]);
  const processing = await upload(x, token, mp4());
  refused(await attach(processing), [processing]);
  x.set({ media_outcome: "failed" });
  const failed = await upload(x, token, mp4());
  x.clock({ advance_ms: 3_000 });
  refused(await attach(failed), [failed]);
  assert.equal((await attach(processing)).status, 201, "it is ready by now");
  const { id: message } = (await simple(x, token, png(), "dm_image")).body.data;
  refused(await attach(message), [message]);
  x.set({ media_lifetime_ms: 5_000 });
  const { id: brief } = (await simple(x, token, png())).body.data;
  x.clock({ advance_ms: 5_000 });
  refused(await attach(brief), [brief]);
});

test("another owner may use what was uploaded for them", async (t) => {
  const { x, token } = await uploading(t);
  const linus = x.users().find(({ username }) => username === "linus");
  const media = png().toString("base64");
  const given = { media, media_category: "tweet_image", additional_owners: `1,${linus.id}` };
  const { id } = (await call(x, "POST", "/2/media/upload", token, given)).body.data;
  const other = await connect(x, { username: "linus" });
  assert.equal((await post(x, { media: { media_ids: [id] } }, other)).status, 201);
});

test("a read shows a trailing link and the media keys", async (t) => {
  const { x, token, photos, attach } = await stocked(t);
  const { body } = await attach(photos.slice(0, 2), "two & more");
  assert.match(body.data.text, /^two &amp; more https:\/\/t\.co\/\w{10}$/);
  const fields = "tweet.fields=attachments,entities,display_text_range";
  const { data } = (await get(x, `/2/tweets/${body.data.id}?${fields}`, token)).body;
  assert.equal(data.text, body.data.text);
  assert.deepEqual(data.attachments, { media_keys: photos.slice(0, 2).map(({ media_key }) => media_key) });
  assert.deepEqual(data.display_text_range, [0, 14]);
  const [first, second] = data.entities.urls;
  assert.deepEqual(first, {
    start: 15,
    end: 38,
    url: data.text.slice(15),
    expanded_url: `https://x.com/ada/status/${data.id}/photo/1`,
    display_url: `pic.x.com/${data.text.slice(28)}`,
    media_key: photos[0].media_key,
  });
  assert.equal(second.media_key, photos[1].media_key);
});

test("without text, the link is the text", async (t) => {
  const { x, token, video, attach } = await stocked(t);
  const { id } = (await attach([video])).body.data;
  const { data } = (await get(x, `/2/tweets/${id}?post.fields=entities,display_text_range`, token)).body;
  assert.match(data.text, /^https:\/\/t\.co\/\w{10}$/);
  assert.deepEqual(data.display_text_range, [0, 0]);
  assert.match(data.entities.urls[0].expanded_url, /\/video\/1$/);
});

test("the link of media is not counted and stands behind a text that was cut", async (t) => {
  const { x, photos, attach } = await stocked(t);
  assert.equal((await attach(photos, "x".repeat(280))).status, 201);
  const premium = await connect(x, { username: "grace_h", scopes: MEDIA_SCOPES });
  const { id } = (await simple(x, premium, png())).body.data;
  const { body } = await post(x, { text: "y".repeat(300), media: { media_ids: [id] } }, premium);
  const { data } = (await get(x, `/2/tweets/${body.data.id}?post.fields=note_post`, premium)).body;
  assert.match(data.text, /^y{279}… https:\/\/t\.co\/\w{10}$/);
  assert.equal(data.note_post.text, "y".repeat(300));
});

test("an expansion brings the media of a post", async (t) => {
  const { x, token, moving, attach } = await stocked(t);
  const { id } = (await attach([moving])).body.data;
  const asked = "expansions=attachments.media_keys&media.fields=width,height,url";
  const { data, includes } = (await get(x, `/2/tweets/${id}?${asked}`, token)).body;
  assert.deepEqual(data.attachments.media_keys, [moving.media_key]);
  assert.deepEqual(includes.media, [{ media_key: moving.media_key, type: "animated_gif", width: 3, height: 2 }]);
});

test("the same text with media is no duplicate", async (t) => {
  const { x, token, photos, attach } = await stocked(t);
  for (const photo of photos.slice(0, 2)) assert.equal((await attach([photo], "hello")).status, 201);
  assert.equal((await attach(photos.slice(0, 1), "hello")).status, 201);
  assert.equal((await post(x, { text: "hello" }, token)).status, 201);
  assert.equal((await post(x, { text: "hello" }, token)).status, 403);
  assert.equal(x.posts({ text: "hello" }).length, 4);
});

test("who is tagged and where media went is shown by the control plane", async (t) => {
  const { x, token, photos } = await stocked(t);
  const [{ id: photo }] = photos;
  const tagged_user_ids = [x.users()[2].id];
  const { body } = await post(x, { media: { media_ids: [photo], tagged_user_ids } }, token);
  const [{ media_ids, tagged_user_ids: tagged }] = x.posts();
  assert.deepEqual([media_ids, tagged], [[photo], tagged_user_ids]);
  assert.deepEqual(x.media()[0].post_ids, [body.data.id]);
});

test("a look-up finds one's own media, and everybody's in posts", async (t) => {
  const { x, token, photos, attach } = await stocked(t);
  const other = await connect(x, { username: "linus" });
  const [shown, own] = photos.map(({ media_key }) => media_key);
  const { id } = (await attach(photos.slice(0, 1))).body.data;
  const both = `/2/media?media_keys=${shown},${own}&media.fields=width`;
  const seen = [{ media_key: shown, type: "photo", width: 1 }, { media_key: own, type: "photo", width: 2 }];
  assert.deepEqual((await get(x, both, token)).body, { data: seen });
  const { data, errors } = (await get(x, both, other)).body;
  assert.deepEqual([data, errors[0].value], [seen.slice(0, 1), own]);
  assert.deepEqual((await get(x, `/2/media/${shown}`, other)).body.data, { media_key: shown, type: "photo" });
  const [{ detail }] = (await get(x, `/2/media/${own}`, other)).body.errors;
  assert.equal(detail, `Could not find media with media_key: [${own}].`);
  await remove(x, id, token);
  assert.equal((await get(x, `/2/media/${shown}`, other)).body.data, undefined);
  for (const path of ["/2/media/1", "/2/media", "/2/media?media_keys=1"]) {
    assert.equal((await get(x, path, token)).status, 400, path);
  }
});

test("a post's page tells what was attached", async (t) => {
  const { x, attach, photos } = await stocked(t);
  const { id } = (await attach(photos.slice(0, 1))).body.data;
  assert.match(await (await fetch(`${x.origin}/ada/status/${id}`)).text(), /Photo · 1 × 2 · 64 bytes/);
});
