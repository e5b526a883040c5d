/**
 * docs/API.md, sections 5 and 6: an upload is journalled. Wherever the power goes, it goes on at the first segment that
 * X is not known to have, and the post is on X once.
 */

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import { callUnderWay, createPost, newAccount, postIn, readPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { JPEG, PNG, video } from "../support/files.mjs";
import { INTERRUPTIONS } from "../support/interruptions.mjs";
import {
  APPEND,
  assertOnX,
  DESCRIBE,
  FINALIZE,
  INITIALIZE,
  mediaAtX,
  progressOf,
  STATUS,
  uploadMedia,
  withMedia,
} from "../support/publish-media.mjs";

const VIDEO = video(9_000_001);
const SETTLE_MS = "4000";
/** An object that died while it worked goes on by the alarm that it had set first. */
const WITHIN_MS = 60_000;

/** A call of the upload, or of the post itself, that X keeps when the power goes. */
const CUTS = {
  append: { file: VIDEO, call: { ...APPEND, skip: 1 } },
  finalize: { file: VIDEO, call: FINALIZE },
  initialize: { file: JPEG, call: INITIALIZE, altText: "still there" },
  "alt text": { file: JPEG, call: DESCRIBE, altText: "still there" },
  post: { file: PNG, call: CREATE_CALL },
};

let bench;

before(async () => {
  bench = await startBench({ vars: { SETTLE_MS } });
  bench.x.set({ media_pending_ms: 1, media_processing_ms: 500 });
});
after(() => bench?.stop());

/** Every upload is somewhere else when the power goes, each of an account of its own. */
async function interruptedPosts(name, interrupt) {
  const posts = { processing: await prepare(`processing, ${name}`, { file: VIDEO }) };
  for (const [what, cut] of Object.entries(CUTS)) posts[what] = await prepare(`${what}, ${name}`, cut);
  for (const [what, { call }] of Object.entries(CUTS)) await keepAt(posts[what], call);
  for (const [what, { call: { method, path } }] of Object.entries(CUTS)) {
    await callUnderWay(bench, { method, path, username: posts[what].account.username });
  }
  bench.x.clock({ frozen: true });
  bench.x.set({ media_pending_ms: 5000 });
  await create(posts.processing);
  await eventually(() => readPost(bench, posts.processing), (read) => progressOf(read).state === "processing", WITHIN_MS);
  await interrupt(bench);
  bench.x.clock({ advance_ms: 10_000, frozen: false });
  bench.x.set({ media_pending_ms: 1 });
  // X acts on what it has received, whether or not the sender is still there.
  bench.x.release();
  return posts;
}

/** An account with an upload, and the post that is to be made of it. */
async function prepare(content, { file, altText }) {
  const account = await newAccount(bench);
  const { id } = await uploadMedia(bench, file);
  return { account, file, fields: withMedia(content, { id, altText }) };
}

const create = async (post) => Object.assign(post, await createPost(bench, post.account, post.fields));

const callsOf = ({ account: { username } }, { method, path }) => bench.x.requests({ method, path, username });

function keepAt(post, call) {
  bench.x.fault({ ...call, username: post.account.username, kind: "hold" });
  return create(post);
}

async function assertOnce({ account, id, file }) {
  await postIn(bench, id, "published", WITHIN_MS);
  assertOnX(bench, account, file);
}

for (const [name, interrupt] of Object.entries(INTERRUPTIONS)) {
  describe(name, () => {
    let posts;
    before(async () => (posts = await interruptedPosts(name, interrupt)));

    test(`${name} in the middle of an append: the upload goes on at that segment`, async () => {
      await assertOnce(posts.append);
      assert.equal(bench.x.media({ username: posts.append.account.username }).length, 1);
      assert.ok(callsOf(posts.append, APPEND).length <= 4, "no segment that X is known to have is sent again");
    });

    test(`${name} while X finalizes: what X processes is asked for`, async () => {
      await assertOnce(posts.finalize);
    });

    test(`${name} while X processes: the status is asked for, and no byte is sent again`, async () => {
      await assertOnce(posts.processing);
      assert.equal(callsOf(posts.processing, APPEND).length, 3);
      assert.ok(callsOf(posts.processing, STATUS).length > 0);
    });

    for (const what of ["initialize", "alt text"]) {
      test(`${name} during the call for ${what}: the photo is whole, its words too`, async () => {
        await assertOnce(posts[what]);
        assert.equal(mediaAtX(bench, posts[what].account)[0][0].alt_text, "still there");
      });
    }

    test(`${name} while the post itself is made: it is found, and not sent again`, async () => {
      await assertOnce(posts.post);
      assert.equal(callsOf(posts.post, CREATE_CALL).length, 1);
    });
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
