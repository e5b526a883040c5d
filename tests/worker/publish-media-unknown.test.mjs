/**
 * docs/API.md, section 5, promise 2, for posts with media: a lost answer is settled by reading the account's posts, and
 * never by sending the post again.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import { createPost, faultAtX, newAccount, postIn, readPost, startBench } from "../support/client.mjs";
import { GIF, JPEG, MP4, PNG } from "../support/files.mjs";
import { assertOnX, INITIALIZE, uploadMedia, withMedia } from "../support/publish-media.mjs";

/** Between two reads. */
const SETTLE_MS = "500";

let bench;

before(async () => {
  bench = await startBench({ vars: { SETTLE_MS } });
  bench.x.set({ media_pending_ms: 0, media_processing_ms: 0 });
});
after(() => bench?.stop());

const TEXTS = {
  words: "with media",
  "a link": "see https://example.com/a?b=1&c=2",
  "nothing": "",
  "what X escapes": "a < b & c",
};
const readCall = ({ network_unique_id }) => ({ method: "GET", path: `/2/users/${network_unique_id}/tweets` });

async function lose(kind, content, ...files) {
  const account = await newAccount(bench);
  const media = [];
  for (const file of files) media.push({ id: (await uploadMedia(bench, file)).id });
  bench.x.clearRequests();
  faultAtX(bench, { kind });
  return { account, ...(await createPost(bench, account, withMedia(content, ...media))) };
}

for (const [what, text] of Object.entries(TEXTS)) {
  for (const [name, files] of Object.entries({ photos: [PNG, JPEG], "a GIF": [GIF], "a video": [MP4] })) {
    test(`a post of ${what} and ${name} whose answer was lost is found on X`, async () => {
      const { account, id } = await lose("effect-then-close", text, ...files);
      const { socialAccounts } = await postIn(bench, id, "published", 20_000);
      assertOnX(bench, account, ...files);
      const [onX] = bench.x.posts({ username: account.username });
      assert.equal(socialAccounts[0].platformPostId, onX.id);
      assert.equal(bench.x.requests(CREATE_CALL).length, 1);
    });
  }
}

test("a post with media that is not found is never sent again by itself, and by hand it is", async () => {
  const { account, id } = await lose("close", "lost for good", PNG);
  await bench.x.received({ ...readCall(account), count: 4, wait_ms: 20_000 });
  const { socialAccounts } = await readPost(bench, { id });
  assert.deepEqual([socialAccounts[0].state, bench.x.requests(CREATE_CALL).length], ["unknown", 1]);

  const resolved = await bench.api.post(`/v1/posts/${id}/deliveries/${account.id}/resolve`, { as: "absent" });
  assert.equal(resolved.status, 200, resolved.text);
  await postIn(bench, id, "published", 20_000);
  assertOnX(bench, account, PNG);
  assert.equal(bench.x.requests(INITIALIZE).length, 1, "the upload was good still");
});

test("the lost segment of a thread is found by its text, and the thread goes on", async () => {
  const account = await newAccount(bench);
  const containers = [];
  for (const file of [PNG, JPEG, GIF]) {
    containers.push({ content: `thread ${containers.length}`, mediaIds: [(await uploadMedia(bench, file)).id] });
  }
  bench.x.clearRequests();
  faultAtX(bench, { kind: "effect-then-close" }, { after: 1 });
  const { id } = await createPost(bench, account, { containers });
  const { socialAccounts } = await postIn(bench, id, "published", 20_000);
  const posts = bench.x.posts({ username: account.username });
  assert.deepEqual(socialAccounts[0].segments.map(({ platformPostId }) => platformPostId), posts.map((post) => post.id));
  assert.equal(bench.x.requests(CREATE_CALL).length, 3);
});

test("media of an unknown post are in use", async () => {
  const { account, id, containers } = await lose("close", "in doubt", PNG);
  await postIn(bench, id, "unknown");
  const medium = containers[0].media[0].id;
  assert.equal((await bench.api.delete(`/v1/media/${medium}`)).body.code, "in_flight");
  bench.x.post({ username: account.username, text: "posted by hand" });
  const [{ id: platform_post_id }] = bench.x.posts({ username: account.username });
  const settled = { as: "published", platform_post_id };
  assert.equal((await bench.api.post(`/v1/posts/${id}/deliveries/${account.id}/resolve`, settled)).status, 200);
  assert.equal((await bench.api.delete(`/v1/media/${medium}`)).status, 200);
});
