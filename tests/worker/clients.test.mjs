/** docs/API.md, section 9: the real clients of X's API, with nothing changed but their base URL and token. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { Client } from "@xdevplatform/xdk";
import { ApiResponseError, TwitterApi } from "twitter-api-v2";
import { mp4, png } from "../fake-x/sample-files.mjs";
import { newAccount, startBench, textsAt } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** An account, and the one key that is for it. */
async function doorOf(scopes = ["read", "publish"]) {
  const account = await newAccount(bench);
  return { account, key: (await newKey(bench, { account_id: account.id, scopes })).key };
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const uploadedBy = ({ username }) => bench.x.media({ username }).at(-1);

/** The agent makes it speak plain http, as only a test's Worker does. */
function twitterApiV2(key) {
  const client = new TwitterApi(key, { httpAgent: new http.Agent() }).v2;
  client.setPrefix(`${bench.worker.api}/2/`);
  return client;
}

const xdk = (key) => new Client({ baseUrl: bench.worker.api, accessToken: key });

describe("twitter-api-v2", () => {
  test("creates, looks up and deletes a post", async () => {
    const { account, key } = await doorOf();
    const client = twitterApiV2(key);
    const { data } = await client.tweet("hello from twitter-api-v2");
    assert.deepEqual(textsAt(bench, account), ["hello from twitter-api-v2"]);
    const { data: read } = await client.singleTweet(data.id, { "tweet.fields": ["created_at"] });
    assert.equal(read.text, "hello from twitter-api-v2");
    assert.deepEqual((await client.deleteTweet(data.id)).data, { deleted: true });
    assert.deepEqual(textsAt(bench, account), []);
  });

  test("says who it is, with X's rate limits", async () => {
    const { account, key } = await doorOf();
    const answer = await twitterApiV2(key).get("users/me", {}, { fullResponse: true });
    assert.equal(answer.data.data.username, account.username);
    assert.ok(answer.rateLimit.limit > 0 && answer.rateLimit.reset > Date.now() / 1000);
  });

  test("uploads a photo and a video of several segments, and posts them", async () => {
    const { account, key } = await doorOf();
    const client = twitterApiV2(key);
    const photo = png({ size: 5000 });
    const photoId = await client.uploadMedia(photo, { media_type: "image/png" });
    assert.deepEqual([uploadedBy(account).id, uploadedBy(account).sha256], [photoId, sha256(photo)]);
    const video = mp4({ size: 2_500_000 });
    bench.x.set({ media_pending_ms: 0, media_processing_ms: 0 });
    const videoId = await client.uploadMedia(video, { media_type: "video/mp4" });
    assert.deepEqual([uploadedBy(account).sha256, uploadedBy(account).segments.length], [sha256(video), 3]);
    const { data } = await client.tweet("with a video", { media: { media_ids: [videoId] } });
    assert.deepEqual(bench.x.posts({ username: account.username })[0].media_ids, [videoId]);
    assert.ok(data.id);
  });

  test("reads our refusals as X's", async () => {
    const { key } = await doorOf(["read"]);
    const error = await twitterApiV2(key).tweet("not allowed").catch((caught) => caught);
    assert.ok(error instanceof ApiResponseError, `${error}`);
    assert.deepEqual([error.code, error.data.code, error.data.status], [403, "insufficient_key_scope", 403]);
    assert.match(error.data.detail, /scope `publish`/);
  });
});

describe("@xdevplatform/xdk", () => {
  test("creates, looks up and deletes a post", async () => {
    const { account, key } = await doorOf();
    const client = xdk(key);
    const { data } = await client.posts.create({ text: "hello from the xdk" });
    assert.deepEqual(textsAt(bench, account), ["hello from the xdk"]);
    assert.equal((await client.posts.getById(data.id)).data.text, "hello from the xdk");
    assert.equal((await client.users.getMe()).data.username, account.username);
    assert.equal((await client.posts.delete(data.id)).data.deleted, true);
    assert.deepEqual(textsAt(bench, account), []);
  });

  test("uploads a photo at once, and a video in segments", async () => {
    const { account, key } = await doorOf();
    const client = xdk(key);
    const photo = png({ size: 3000 });
    const { data } = await client.media.upload({ media: photo.toString("base64"), mediaCategory: "tweet_image", mediaType: "image/png" });
    assert.deepEqual([uploadedBy(account).id, uploadedBy(account).sha256], [data.id, sha256(photo)]);
    const video = mp4({ size: 300_000 });
    const begun = await client.media.initializeUpload({ mediaCategory: "tweet_video", mediaType: "video/mp4", totalBytes: video.length });
    await client.media.appendUpload(begun.data.id, { media: video.toString("base64"), segmentIndex: 0 });
    await client.media.finalizeUpload(begun.data.id);
    assert.deepEqual([uploadedBy(account).id, uploadedBy(account).sha256], [begun.data.id, sha256(video)]);
  });
});
