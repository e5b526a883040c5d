/**
 * docs/API.md, sections 5 and 6: what X would not take with a post is refused before anything is stored or sent. What
 * only the bytes behind a URL can tell is in publish-media-url.test.mjs.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, createPost, newAccount, newUser, postOf, publishPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { GIF, JPEG, MP4, PNG, SRT } from "../support/files.mjs";
import { announce } from "../support/media.mjs";
import { assertOnX, uploadMedia, withMedia } from "../support/publish-media.mjs";

const TENANT = "refused";
const POLL = { options: ["yes", "no"], duration_minutes: 60 };
const WITHOUT_MEDIA = ["tweet.read", "tweet.write", "users.read", "offline.access"];

let bench;
let account;
/** Ids of one upload of each kind. */
const ids = {};

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id: TENANT });
  const files = { png: PNG, jpeg: JPEG, gif: GIF, otherGif: GIF, mp4: MP4, otherMp4: MP4, srt: SRT };
  for (const [name, file] of Object.entries(files)) ids[name] = (await uploadMedia(bench, file)).id;
  const photos = await Promise.all([1, 2, 3, 4, 5].map(() => uploadMedia(bench, PNG)));
  ids.photos = photos.map(({ id }) => id);
});
after(() => bench?.stop());

const post = (fields) => bench.api.post("/v1/posts", { accounts: [account.id], ...fields });
const listed = async () => (await bench.api.get(`/v1/posts?tenant_id=${TENANT}`)).body.pagination.total;
const named = (...list) => withMedia("refused", ...list.map((id) => ({ id })));
const one = (fields) => withMedia("refused", { id: ids.png, ...fields });

/** Nothing is kept of it, and X has heard of nothing. */
async function assertRefusedWhole(fields, status, code, ...paths) {
  bench.x.clearRequests();
  const before = await listed();
  const body = assertRefused(await post(fields), status, code, ...paths);
  assertRefused(await post({ ...fields, dryRun: true }), status, code, ...paths);
  assert.deepEqual([await listed(), bench.x.requests()], [before, []]);
  return body;
}

for (const [what, fieldsOf] of [
  ["five photos", () => named(...ids.photos)],
  ["a photo and a GIF", () => named(ids.png, ids.gif)],
  ["a photo and a video", () => named(ids.png, ids.mp4)],
  ["a GIF and a video", () => named(ids.gif, ids.mp4)],
  ["two GIFs", () => named(ids.gif, ids.otherGif)],
  ["two videos", () => named(ids.mp4, ids.otherMp4)],
  ["subtitles alone", () => named(ids.srt)],
  ["a photo in media and a video in mediaIds", () => ({
    containers: [{ content: "a", media: [{ id: ids.png }], mediaIds: [ids.mp4] }],
  })],
]) {
  test(`X takes 4 photos, 1 GIF or 1 video: ${what} are refused`, async () => {
    await assertRefusedWhole(fieldsOf(), 400, "invalid_payload");
  });
}

test("media do not go with a poll or a quote, in the segment or post-wide", async () => {
  const quote_tweet_id = "1445880548472328192";
  for (const x of [{ poll: POLL }, { quote_tweet_id }]) {
    await assertRefusedWhole({ ...named(ids.png), x }, 400, "invalid_payload");
    const containers = [{ content: "a", media: [{ id: ids.png }], x }];
    await assertRefusedWhole({ containers }, 400, "invalid_payload");
  }
});

test("of a thread another segment than the poll's may have media", async () => {
  const containers = [{ content: "a", x: { poll: POLL } }, { content: "b", mediaIds: [ids.png] }];
  postOf(await post({ containers, dryRun: true }));
});

test("an alt text has 1,000 characters at most", async () => {
  postOf(await post({ ...one({ altText: "é".repeat(1000) }), dryRun: true }));
  await assertRefusedWhole(one({ altText: "é".repeat(1001) }), 400, "invalid_payload", "containers.0.media.0.altText");
});

for (const [what, entryOf, path] of [
  ["neither id nor URL", () => ({ altText: "of what?" }), "containers.0.media.0.url"],
  ["an id that is none", () => ({ id: "7" }), "containers.0.media.0.id"],
  ["an id of nothing", () => ({ id: "med_AAAAAAAAAAAAAAAAAAAAAA" }), "containers.0.media.0.id"],
  ["a field that there is not", () => ({ id: ids.png, caption: "a" }), "containers.0.media.0.caption"],
  ["subtitles on a photo", () => ({ id: ids.png, subtitles: [{ id: ids.srt, language_code: "EN" }] }), "containers.0.media.0.subtitles"],
  ["subtitles that are a photo", () => ({ id: ids.mp4, subtitles: [{ id: ids.png, language_code: "EN" }] }), "containers.0.media.0.subtitles.0.id"],
  ["subtitles in no language of two letters", () => ({ id: ids.mp4, subtitles: [{ id: ids.srt, language_code: "english" }] }), "containers.0.media.0.subtitles.0.language_code"],
]) {
  test(`a medium with ${what} is refused by its path`, async () => {
    await assertRefusedWhole(withMedia("refused", entryOf()), 400, "invalid_payload", path);
  });
}

test("media that cannot be used are refused at the place that names them", async () => {
  const { id: pending } = await announce(bench);
  const { id: foreign } = await uploadMedia(bench, PNG, { tenant_id: "somebody-else" });
  const { id: gone } = await uploadMedia(bench, PNG);
  assert.equal((await bench.api.delete(`/v1/media/${gone}`)).status, 200);
  for (const id of [pending, foreign, gone]) {
    await assertRefusedWhole(named(ids.png, id), 400, "invalid_payload", "containers.0.media.1.id");
    await assertRefusedWhole({ content: "a", mediaIds: [id] }, 400, "invalid_payload", "mediaIds.0");
    const containers = [{ content: "a" }, { content: "b", mediaIds: [ids.png, id] }];
    await assertRefusedWhole({ containers }, 400, "invalid_payload", "containers.1.mediaIds.1");
  }
});

test("a tenant's media go out through that tenant's accounts, media of no tenant through all", async () => {
  const { id: own } = await uploadMedia(bench, PNG, { tenant_id: TENANT });
  for (const id of [own, ids.jpeg]) postOf(await post({ ...named(id), dryRun: true }));
});

test("media are a list of objects, mediaIds one of strings", async () => {
  for (const [fields, path] of [
    [{ containers: [{ content: "a", media: ids.png }] }, "containers.0.media"],
    [{ containers: [{ content: "a", media: [ids.png] }] }, "containers.0.media.0"],
    [{ containers: [{ content: "a", mediaIds: ids.png }] }, "containers.0.mediaIds"],
    [{ content: "a", mediaIds: [7] }, "mediaIds.0"],
  ]) {
    await assertRefusedWhole(fields, 400, "invalid_payload", path);
  }
});

test("a segment without text needs media or a poll", async () => {
  await assertRefusedWhole(withMedia(""), 400, "invalid_payload");
});

test("a change is held to the same rules, and a refused one changes nothing", async () => {
  const draft = await createPost(bench, account, { ...named(ids.png), isDraft: true });
  const { containers } = named(ids.png, ids.mp4);
  assertRefused(await bench.api.patch(`/v1/posts/${draft.id}`, { containers }), 400, "invalid_payload");
  const { body } = await bench.api.get(`/v1/posts/${draft.id}`);
  assert.deepEqual(body.post.containers[0].media.map(({ id }) => id), [ids.png]);
});

test("an account without media.write is told to reconnect, not by X and not later", async () => {
  const { username } = newUser(bench);
  const poor = await connect(bench, { username, tenant_id: TENANT, scopes: WITHOUT_MEDIA });
  for (const accounts of [[poor.id], [account.id, poor.id]]) {
    const refused = await assertRefusedWhole({ ...named(ids.png), accounts }, 422, "missing_scope");
    assert.match(`${refused.message} ${refused.hint}`, /media\.write/);
    assert.match(`${refused.message} ${refused.hint}`, /connect the account again/i);
    assert.match(refused.message, new RegExp(username));
  }
  const { socialAccounts } = await publishPost(bench, poor, { content: "words need no such scope" });
  assert.equal(socialAccounts[0].state, "published");

  const again = await connect(bench, { username, tenant_id: TENANT });
  assert.equal(again.id, poor.id);
  await publishPost(bench, again, named(ids.jpeg));
  assert.equal(bench.x.posts({ username, text: "refused" }).length, 1);
});

test("alt texts have their price, before and after", async () => {
  const { credits } = bench.x.app;
  const described = withMedia("described", { id: ids.png, altText: "one" }, { id: ids.jpeg, altText: "two" });
  const estimate = postOf(await post({ ...described, dryRun: true })).cost;
  assert.deepEqual([estimate.estimate_usd, estimate.actual_usd], [0.025, null]);
  assert.ok(estimate.reasons.some((reason) => /^2 .*\$0\.005$/.test(reason)), estimate.reasons.join("; "));
  const { cost } = await publishPost(bench, account, described);
  const billed = Math.round((credits - bench.x.app.credits) * 1000) / 1000;
  assert.deepEqual([cost.estimate_usd, cost.actual_usd, billed], [0.025, 0.025, 0.025]);
});

test("a medium without alt text costs what the post costs", async () => {
  const { cost } = postOf(await post({ ...named(ids.png), dryRun: true }));
  assert.deepEqual([cost.estimate_usd, cost.reasons], [0.015, ["1 post at $0.015"]]);
});

test("what the caller allows counts the alt texts", async () => {
  const refused = await post({ ...one({ altText: "too dear" }), max_cost_usd: 0.019 });
  assertRefused(refused, 422, "cost_exceeded");
  postOf(await post({ ...one({ altText: "not too dear" }), max_cost_usd: 0.02, dryRun: true }));
});

for (const [what, fields] of [
  ["a draft", { isDraft: true }],
  ["a scheduled post", { scheduledAt: new Date(Date.now() + 3_600_000).toISOString() }],
]) {
  test(`media that ${what} names cannot be deleted until it is called off`, async () => {
    const [{ id }, { id: subtitles }] = [await uploadMedia(bench, MP4), await uploadMedia(bench, SRT)];
    const media = { id, subtitles: [{ id: subtitles, language_code: "EN" }] };
    const waiting = await createPost(bench, account, { ...withMedia("waits", media), ...fields });
    for (const used of [id, subtitles]) {
      const { message } = assertRefused(await bench.api.delete(`/v1/media/${used}`), 409, "in_flight");
      assert.match(message, new RegExp(waiting.id));
    }
    assert.equal((await bench.api.delete(`/v1/posts/${waiting.id}`)).status, 200);
    for (const unused of [id, subtitles]) assert.equal((await bench.api.delete(`/v1/media/${unused}`)).status, 200);
  });
}

test("media that a change takes out of a post may be deleted, what it puts in may not", async () => {
  const [old, fresh] = [await uploadMedia(bench, PNG), await uploadMedia(bench, PNG)];
  const draft = await createPost(bench, account, { ...named(old.id), isDraft: true });
  const changed = await bench.api.patch(`/v1/posts/${draft.id}`, named(fresh.id));
  assert.equal(changed.status, 200, changed.text);
  assert.equal((await bench.api.delete(`/v1/media/${old.id}`)).status, 200);
  assertRefused(await bench.api.delete(`/v1/media/${fresh.id}`), 409, "in_flight");
});

test("media of a post that is out may be deleted", async () => {
  const own = await newAccount(bench);
  const { id } = await uploadMedia(bench, PNG);
  await publishPost(bench, own, named(id));
  assertOnX(bench, own, PNG);
  assert.equal((await bench.api.delete(`/v1/media/${id}`)).status, 200);
});
