/**
 * docs/API.md, sections 5 and 6: an upload is journalled. Wherever the power goes, it goes on at the first segment that
 * X is not known to have, and the post is on X once.
 */

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CREATE_CALL, createPost, faultAtX, newAccount, postIn, readPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { JPEG, PNG, video } from "../support/files.mjs";
import {
  APPEND,
  assertOnX,
  DESCRIBE,
  FINALIZE,
  INITIALIZE,
  mediaAtX,
  progressOf,
  STATUS,
  underWay,
  uploadMedia,
  withMedia,
} from "../support/publish-media.mjs";

const VIDEO = video(9_000_001);
const SETTLE_MS = "4000";
/** An object that died while it worked goes on by the alarm that it had set first. */
const WITHIN_MS = 60_000;

let bench;

before(async () => {
  bench = await startBench({ vars: { SETTLE_MS } });
  bench.x.set({ media_pending_ms: 1, media_processing_ms: 1 });
});
after(() => bench?.stop());

const INTERRUPTIONS = {
  "a restart": () => bench.worker.restart(),
  "a power cut": async () => {
    await bench.worker.kill();
    await bench.worker.restart();
  },
};

async function create(content, file, fields = {}) {
  const account = await newAccount(bench);
  const { id } = await uploadMedia(bench, file);
  bench.x.clearRequests();
  return { account, ...(await createPost(bench, account, withMedia(content, { id, ...fields }))) };
}

async function assertOnce({ account, id }, file) {
  const post = await postIn(bench, id, "published", WITHIN_MS);
  assertOnX(bench, account, file);
  return post;
}

const uploadsOf = ({ account }) => bench.x.media({ username: account.username });

for (const [name, interrupt] of Object.entries(INTERRUPTIONS)) {
  test(`${name} in the middle of an append: the upload goes on at that segment`, async () => {
    bench.x.fault({ ...APPEND, skip: 1, kind: "delay", ms: 1000 });
    const post = await create(`append, ${name}`, VIDEO);
    await underWay(bench, APPEND);
    await interrupt();
    await assertOnce(post, VIDEO);
    assert.equal(uploadsOf(post).length, 1);
    assert.ok(bench.x.requests(APPEND).length <= 4, "no segment that X is known to have is sent again");
  });

  test(`${name} while X finalizes: what X processes is asked for`, async () => {
    bench.x.fault({ ...FINALIZE, kind: "delay", ms: 1000 });
    const post = await create(`finalize, ${name}`, VIDEO);
    await underWay(bench, FINALIZE);
    await interrupt();
    await assertOnce(post, VIDEO);
  });

  test(`${name} while X processes: the status is asked for, and no byte is sent again`, async () => {
    bench.x.clock({ frozen: true });
    bench.x.set({ media_pending_ms: 5000 });
    const post = await create(`processing, ${name}`, VIDEO);
    await eventually(() => readPost(bench, post), (read) => progressOf(read).state === "processing", WITHIN_MS);
    await interrupt();
    bench.x.clock({ advance_ms: 10_000, frozen: false });
    bench.x.set({ media_pending_ms: 1 });
    await assertOnce(post, VIDEO);
    assert.equal(bench.x.requests(APPEND).length, 3);
    assert.ok(bench.x.requests(STATUS).length > 0);
  });

  for (const [what, call] of Object.entries({ initialize: INITIALIZE, "alt text": DESCRIBE })) {
    test(`${name} during the call for ${what}`, async () => {
      bench.x.fault({ ...call, kind: "delay", ms: 1000 });
      const post = await create(`${what}, ${name}`, JPEG, { altText: "still there" });
      await underWay(bench, call);
      await interrupt();
      await assertOnce(post, JPEG);
      assert.equal(mediaAtX(bench, post.account)[0][0].alt_text, "still there");
    });
  }

  test(`${name} while the post itself is made: it is found, and not sent again`, async () => {
    faultAtX(bench, { kind: "delay", ms: 1000 });
    const post = await create(`post, ${name}`, PNG);
    await underWay(bench, CREATE_CALL);
    await interrupt();
    await assertOnce(post, PNG);
    assert.equal(bench.x.requests(CREATE_CALL).length, 1);
  });
}

test("bytes that are gone from the store fail the delivery and say so", async () => {
  const account = await newAccount(bench);
  const { id } = await uploadMedia(bench, PNG);
  const draft = await createPost(bench, account, { ...withMedia("hollow", { id }), isDraft: true });
  await bench.worker.kill();
  await rm(join(bench.worker.stateDir, "r2"), { recursive: true });
  await bench.worker.restart();
  const sent = await bench.api.patch(`/v1/posts/${draft.id}`, { isDraft: false });
  assert.equal(sent.status, 200, sent.text);
  const { socialAccounts } = await postIn(bench, draft.id, "failed", WITHIN_MS);
  assert.equal(socialAccounts[0].error_code, "media_failed");
  assert.deepEqual(bench.x.posts({ username: account.username }), []);
});
