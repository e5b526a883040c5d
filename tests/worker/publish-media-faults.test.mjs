/**
 * docs/API.md, section 6: nobody sees what is uploaded, so every call of an upload is made again when its answer was
 * lost, and none of X's refusals of the moment costs what was sent before it.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL, TOKEN_CALL } from "../support/calls.mjs";
import { createPost, newAccount, postIn, postWhen, readPost, startBench } from "../support/client.mjs";
import { JPEG, PNG, SRT, video } from "../support/files.mjs";
import {
  ADD_SUBTITLES,
  APPEND,
  assertOnX,
  DESCRIBE,
  FINALIZE,
  INITIALIZE,
  mediaAtX,
  STATUS,
  uploadMedia,
  withMedia,
} from "../support/publish-media.mjs";

const VIDEO = video(9_000_001);
const SEGMENTS = 3;
/** A fault costs a thirtieth of this and more. */
const BACKOFF_MS = "6000";
const WITHIN_MS = 60_000;

let bench;
/** Of the video, and of its subtitles. */
let media_id;
let track_id;

before(async () => {
  bench = await startBench({ vars: { BACKOFF_MS } });
  // Processing that finalize does not end, however late its answer is: so the status is asked for.
  bench.x.set({ media_pending_ms: 1, media_processing_ms: 500 });
  media_id = (await uploadMedia(bench, VIDEO)).id;
  track_id = (await uploadMedia(bench, SRT)).id;
});
after(() => bench?.stop());

/** A post with the video, and all that can be said of it. */
const described = (content) =>
  withMedia(content, { id: media_id, altText: "noise", subtitles: [{ id: track_id, language_code: "EN" }] });

/** A post of `account`, whose calls meet these faults. */
async function createFor(account, fields, ...faults) {
  for (const fault of faults) bench.x.fault({ ...fault, username: account.username });
  return { account, ...(await createPost(bench, account, fields)) };
}

/** The same of an account of its own. */
const create = async (fields, ...faults) => createFor(await newAccount(bench), fields, ...faults);

/** What X answers while this account's window is spent, for `seconds` from now on and at most one more. */
function spentFor(seconds) {
  const reset = Math.ceil(Date.now() / 1000) + seconds;
  const headers = { "x-rate-limit-limit": "500", "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(reset) };
  return { reset, fault: { kind: "answer", status: 429, headers, body: { title: "Too Many Requests", status: 429 } } };
}

const requestsOf = ({ account: { username } }, call) => bench.x.requests({ ...call, username });

/** Calls for tokens since the one that connected the account. */
const refreshesOf = (post) => requestsOf(post, TOKEN_CALL).slice(1);

/** It is published, whole, and X was asked for the post once. */
async function assertWhole({ account, id }, ...files) {
  const post = await postIn(bench, id, "published", WITHIN_MS);
  assertOnX(bench, account, ...files);
  assert.equal(requestsOf({ account }, CREATE_CALL).length, 1);
  return post;
}

/** Every call of the upload, each segment by itself. One whose answer has a good status is not sent again. */
const callsOf = ({ kind }) => ({
  initialize: INITIALIZE,
  ...Object.fromEntries(Array.from({ length: SEGMENTS }, (_, at) => [
    `segment ${at}`,
    { ...APPEND, skip: kind === "malformed" ? 0 : at },
  ])),
  finalize: FINALIZE,
  status: STATUS,
  subtitles: ADD_SUBTITLES,
  "alt text": DESCRIBE,
});

const LOSSES = {
  "after its effect": { kind: "effect-then-close" },
  "before its effect": { kind: "close" },
  "and acts later": { kind: "close-then-effect", ms: 300 },
  "in the middle": { kind: "malformed" },
};

for (const [how, loss] of Object.entries(LOSSES)) {
  test(`each call of an upload loses its answer once, ${how}: the post is on X once, whole`, async () => {
    const faults = Object.values(callsOf(loss)).map((call) => ({ ...call, ...loss }));
    const post = await create(described(`lost ${how}`), ...faults);
    await assertWhole(post, VIDEO);
    const [[{ alt_text, subtitles }]] = mediaAtX(bench, post.account);
    assert.deepEqual([alt_text, subtitles.map(({ language_code }) => language_code)], ["noise", ["EN"]]);
    assert.deepEqual(bench.x.faults().filter(({ username }) => username === post.account.username), []);
  });
}

for (const [how, loss] of Object.entries(LOSSES)) {
  test(`a photo whose finalization is lost ${how} is on X once`, async () => {
    const { id } = await uploadMedia(bench, JPEG);
    await assertWhole(await create(withMedia(`a photo lost ${how}`, { id }), { ...FINALIZE, ...loss }), JPEG);
  });
}

test("an append that answers nothing but its status is done", async () => {
  const { id } = await uploadMedia(bench, PNG);
  await assertWhole(await create(withMedia("half an answer", { id }), { ...APPEND, kind: "malformed" }), PNG);
});

test("while X is unavailable the upload waits, and goes on where it was", async () => {
  const outage = { ...APPEND, skip: 1, kind: "answer" };
  const faults = [{ ...outage, preset: "unavailable" }, { ...outage, preset: "html", times: 100 }];
  const post = await create(withMedia("in spite of 503", { id: media_id }), ...faults);
  await bench.x.received({ ...APPEND, username: post.account.username, count: 3 });
  await postWhen(bench, post.id, ({ state, error_code }) => state === "queued" && error_code === "x_unavailable");
  bench.x.clearFaults();
  await assertWhole(post, VIDEO);
  assert.equal(bench.x.media({ username: post.account.username }).length, 1);
  assert.equal(requestsOf(post, { ...APPEND, status: 200 }).length, SEGMENTS);
});

test("a rate limit in the middle of an upload is waited for, and the upload goes on where it was", async () => {
  const account = await newAccount(bench);
  const { reset, fault } = spentFor(6);
  const post = await createFor(account, withMedia("limited", { id: media_id }), { ...APPEND, skip: 1, ...fault });
  const { socialAccounts } = await postWhen(bench, post.id, ({ error_code }) => error_code === "rate_limited");
  assert.deepEqual([socialAccounts[0].state, Date.parse(socialAccounts[0].next_attempt_at)], ["queued", reset * 1000]);
  await assertWhole(post, VIDEO);
  assert.equal(requestsOf(post, { ...APPEND, status: 200 }).length, SEGMENTS);
});

test("a token that X refuses in the middle of an upload is refreshed once, and the upload goes on", async () => {
  const fault = { ...APPEND, skip: 1, kind: "answer", preset: "unauthorized" };
  const post = await create(withMedia("after a refresh", { id: media_id }), fault);
  await assertWhole(post, VIDEO);
  assert.equal(refreshesOf(post).length, 1);
  assert.equal(requestsOf(post, { ...APPEND, status: 200 }).length, SEGMENTS);
});

test("credits that end in the middle of an upload hold it, and it goes on where it was", async () => {
  const fault = { ...APPEND, skip: 1, kind: "answer", preset: "credits-new" };
  const post = await create(withMedia("held for credits", { id: media_id }), fault);
  const { socialAccounts } = await postIn(bench, post.id, "held");
  assert.equal(socialAccounts[0].error_code, "credits_depleted");
  assert.equal((await bench.api.post(`/v1/social-networks/${bench.network.id}/resume`)).status, 200);
  await assertWhole(post, VIDEO);
  assert.equal(requestsOf(post, { ...APPEND, status: 200 }).length, SEGMENTS);
});

test("media.write that was taken back at X fails the delivery and says which scope", async () => {
  const fault = { ...INITIALIZE, kind: "answer", preset: "forbidden" };
  const post = await create(withMedia("forbidden", { id: media_id }), fault);
  const [delivery] = (await postIn(bench, post.id, "failed")).socialAccounts;
  assert.ok(["missing_scope", "x_refused", "media_failed"].includes(delivery.error_code), delivery.error_code);
  assert.deepEqual(requestsOf(post, CREATE_CALL), []);
});

test("an upload that X does not know any more begins anew", async () => {
  const fault = { ...APPEND, skip: 2, kind: "answer", preset: "media-not-found" };
  const post = await create(described("forgotten in the middle"), fault);
  await assertWhole(post, VIDEO);
  assert.equal(bench.x.media({ username: post.account.username }).filter(({ category }) => category === "tweet_video").length, 2);
});

test("an upload that X forgets before the post is made begins anew, and the post goes out once", async () => {
  const { id } = await uploadMedia(bench, JPEG);
  const fault = { ...CREATE_CALL, kind: "answer", preset: "media-ids" };
  const post = await create(withMedia("forgotten at the end", { id, altText: "again" }), fault);
  await postIn(bench, post.id, "published", WITHIN_MS);
  assertOnX(bench, post.account, JPEG);
  assert.equal(mediaAtX(bench, post.account)[0][0].alt_text, "again");
  assert.deepEqual(requestsOf(post, CREATE_CALL).map(({ status }) => status), [400, 201]);
});

test("media that X forgets again and again fail the delivery after four uploads", async () => {
  const { id } = await uploadMedia(bench, JPEG);
  const fault = { ...CREATE_CALL, kind: "answer", preset: "media-ids", times: 4 };
  const post = await create(withMedia("never good enough", { id }), fault);
  const { socialAccounts } = await postIn(bench, post.id, "failed", WITHIN_MS);
  assert.equal(socialAccounts[0].error_code, "media_failed");
  assert.match(socialAccounts[0].error, /Your media IDs are invalid/);
  assert.equal(requestsOf(post, INITIALIZE).length, 4);
});

test("a failed delivery that is tried again is whole", async () => {
  const { id } = await uploadMedia(bench, JPEG);
  const fault = { ...CREATE_CALL, kind: "answer", preset: "not-permitted" };
  const post = await create(withMedia("second try", { id, altText: "twice" }), fault);
  await postIn(bench, post.id, "failed");
  assert.equal((await bench.api.post(`/v1/posts/${post.id}/retry`)).status, 200);
  await postIn(bench, post.id, "published");
  assertOnX(bench, post.account, JPEG);
  assert.equal(mediaAtX(bench, post.account)[0][0].alt_text, "twice");
});

test("a thread that met a fault sends no segment's media twice", async () => {
  const ids = [];
  for (const file of [PNG, JPEG]) ids.push((await uploadMedia(bench, file)).id);
  const containers = ids.map((id, at) => ({ content: `thread ${at}`, mediaIds: [id] }));
  const post = await create({ containers }, { ...CREATE_CALL, skip: 1, kind: "answer", preset: "unavailable" });
  await postIn(bench, post.id, "published", WITHIN_MS);
  assert.equal(requestsOf(post, INITIALIZE).length, 2);
  const { socialAccounts } = await readPost(bench, post);
  assert.deepEqual(socialAccounts[0].segments.map(({ media }) => media[0].state), ["ready", "ready"]);
});

test("what X refuses of an upload for good fails the delivery in X's words, and nothing is posted", async () => {
  bench.x.set({ media_limits: { tweet_video: 1_000_000 } });
  const post = await create(withMedia("larger than X takes", { id: media_id }));
  const { socialAccounts } = await postIn(bench, post.id, "failed");
  bench.x.set({ media_limits: {} });
  assert.equal(socialAccounts[0].error_code, "media_failed");
  assert.match(socialAccounts[0].error, /1000000/);
  assert.deepEqual(requestsOf(post, CREATE_CALL), []);
});

test("an upload that has expired at X is not posted with", async () => {
  const { id } = await uploadMedia(bench, JPEG);
  const account = await newAccount(bench);
  bench.x.set({ media_lifetime_ms: 3_600_000 });
  const post = await createFor(account, withMedia("expired", { id }), { ...CREATE_CALL, ...spentFor(3).fault });
  await postWhen(bench, post.id, ({ error_code }) => error_code === "rate_limited");
  bench.x.clock({ advance_ms: 3_700_000 });
  await postIn(bench, post.id, "published", WITHIN_MS);
  bench.x.clock({ advance_ms: -3_700_000 });
  bench.x.set({ media_lifetime_ms: 86_400_000 });
  assertOnX(bench, post.account, JPEG);
});

test("a life that X makes short is long enough for a post at once", async () => {
  const { id } = await uploadMedia(bench, JPEG);
  bench.x.set({ media_lifetime_ms: 60_000 });
  const post = await create(withMedia("short-lived", { id }));
  await assertWhole(post, JPEG);
  bench.x.set({ media_lifetime_ms: 86_400_000 });
  assert.equal(requestsOf(post, INITIALIZE).length, 1);
});
