/** docs/ARCHITECTURE.md, Publish: a new post goes to its account right after the transaction, and is reported once. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import { callUnderWay, newAccount, postIn, publishPost, startBench, textsAt } from "../support/client.mjs";
import { watchPlatformCalls } from "../support/platform-calls.mjs";

let bench;

before(async () => (bench = await startBench({ inspect: true })));
after(() => bench?.stop());

const create = (account, content) => bench.api.post("/v1/posts", { content, accounts: [account.id] });

test("a published post takes four messages between objects at most: the call, the delivery, one report, and the wait", async () => {
  const account = await newAccount(bench);
  await publishPost(bench, account, { content: "that warms up" });
  const platform = await watchPlatformCalls(bench.worker);
  try {
    const counts = [];
    for (const content of ["counted", "counted again", "and once more"]) {
      // What the post before left behind ends.
      await platform.quiet();
      await publishPost(bench, account, { content });
      counts.push((await platform.taken()).messages);
    }
    // A call to X that takes more than a second is told as well, which a busy machine may cause.
    assert.ok(Math.min(...counts) <= 4, `${counts.join(", ")} messages`);
  } finally {
    platform.close();
  }
});

test("posts of one account that come at once arrive at X in the order in which they were accepted", async () => {
  const account = await newAccount(bench);
  const contents = Array.from({ length: 12 }, (_, at) => `in order ${String(at).padStart(2, "0")}`);
  const ids = [];
  for (const content of contents) ids.push((await create(account, content)).body.post.id);
  for (const id of ids) await postIn(bench, id, "published");
  assert.deepEqual([...textsAt(bench, account)].sort(), contents);
  const asked = bench.x.requests(CREATE_CALL).map(({ body }) => JSON.parse(body).text).filter((text) => contents.includes(text));
  assert.deepEqual(asked, contents);
});

test("a call to X that takes long is seen while it goes on, and the post's end after it", async () => {
  const account = await newAccount(bench);
  bench.x.fault({ ...CREATE_CALL, kind: "hold" });
  const { id } = (await create(account, "slow")).body.post;
  await callUnderWay(bench);
  await postIn(bench, id, "publishing");
  bench.x.release();
  await postIn(bench, id, "published");
  assert.deepEqual(textsAt(bench, account), ["slow"]);
});
