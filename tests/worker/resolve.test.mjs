/** docs/API.md, section 5: `…/deliveries/{id}/resolve`, by which a person settles what the Worker cannot know. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL, TIMELINE_CALL } from "../support/calls.mjs";
import {
  createPost,
  faultAtX,
  newAccount,
  postIn,
  postOf,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

let bench;

/** What is unknown and without effect stays so until it is settled by hand. */
before(async () => {
  bench = await startBench({ vars: { SETTLE_MS: "100" } });
  assert.equal((await bench.api.patch("/v1/settings", { on_unknown: "hold" })).status, 200);
});
after(() => bench?.stop());

const resolve = ({ id }, account, body, headers) =>
  bench.api.post(`/v1/posts/${id}/deliveries/${account.id}/resolve`, body, headers);

/** A post whose `after + 1`st call to X had no answer and no effect. Both reads are over: X is asked no more by itself. */
async function unknownPost(account, fields, after = 0) {
  bench.x.clearRequests();
  faultAtX(bench, { kind: "close" }, { after });
  const { id } = await createPost(bench, account, fields);
  await bench.x.received({ ...TIMELINE_CALL, status: 200, count: 2 });
  return postIn(bench, id, "unknown");
}

test("what is said to be absent is sent again", async () => {
  const account = await newAccount(bench);
  const post = await unknownPost(account, { content: "absent" });
  const answer = await resolve(post, account, { as: "absent" });
  const { socialAccounts } = postOf(answer);
  assert.deepEqual(answer.body.data.post, answer.body.post);
  assert.equal(socialAccounts[0].status, "pending");
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["absent"]);
});

test("what is said to be published is so under the id that was given, and X is not called", async () => {
  const account = await newAccount(bench);
  const post = await unknownPost(account, { content: "published" });
  const found = bench.x.post({ username: account.username, text: "published, by hand" });
  const { socialAccounts, publishedAt, cost } = postOf(
    await resolve(post, account, { as: "published", platform_post_id: found.id }),
  );
  const [{ state, status, platformPostId, platformPostUrl, error_code }] = socialAccounts;
  assert.deepEqual([state, status, error_code], ["published", "published", null]);
  assert.equal(platformPostId, found.id);
  assert.equal(platformPostUrl, `https://x.com/${account.username}/status/${found.id}`);
  assert.notEqual(publishedAt, null);
  assert.equal(cost.actual_usd, 0.015);
  assert.deepEqual(textsAt(bench, account), ["published, by hand"]);
});

test("a thread goes on below the post that it is told of", async () => {
  const account = await newAccount(bench);
  const post = await unknownPost(account, thread("told 1", "told 2", "told 3"), 1);
  const found = bench.x.post({ username: account.username, text: "told 2, by hand" });
  await resolve(post, account, { as: "published", platform_post_id: found.id });
  const { socialAccounts } = await postIn(bench, post.id, "published");
  const [third] = bench.x.posts({ text: "told 3" });
  assert.equal(third.in_reply_to_id, found.id);
  const ids = socialAccounts[0].segments.map(({ platformPostId }) => platformPostId);
  assert.deepEqual(ids.slice(1), [found.id, third.id]);
  assert.deepEqual(textsAt(bench, account), ["told 1", "told 2, by hand", "told 3"]);
});

test("a thread whose segment is absent goes on with that segment", async () => {
  const account = await newAccount(bench);
  const texts = ["absent 1", "absent 2", "absent 3"];
  const post = await unknownPost(account, thread(...texts), 1);
  await resolve(post, account, { as: "absent" });
  await postIn(bench, post.id, "published");
  const posts = bench.x.posts({ username: account.username });
  assert.deepEqual(posts.map(({ text }) => text), texts);
  assert.deepEqual(posts.map(({ in_reply_to_id }) => in_reply_to_id), [null, posts[0].id, posts[1].id]);
});

test("what was resolved may be lost and resolved again", async () => {
  const account = await newAccount(bench);
  const post = await unknownPost(account, { content: "lost twice" });
  faultAtX(bench, { kind: "close" });
  bench.x.clearRequests();
  await resolve(post, account, { as: "absent" });
  await bench.x.received({ ...CREATE_CALL, status: "closed" });
  await postIn(bench, post.id, "unknown");
  await resolve(post, account, { as: "absent" });
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["lost twice"]);
});

test("a delivery that is not unknown is not settled by hand", async () => {
  const account = await newAccount(bench);
  const published = await publishPost(bench, account, { content: "known" });
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const failed = await publishPost(bench, account, { content: "known to have failed" });
  const draft = await createPost(bench, account, { content: "a draft", isDraft: true });
  for (const post of [published, failed, draft]) {
    assertRefused(await resolve(post, account, { as: "absent" }), 409, "in_flight");
    assertRefused(await resolve(post, account, { as: "published", platform_post_id: "1" }), 409, "in_flight");
    assert.deepEqual(await readPost(bench, post), post);
  }
});

test("of two people who settle at once one is first", async () => {
  const account = await newAccount(bench);
  const post = await unknownPost(account, { content: "settled by two" });
  const answers = await Promise.all(Array.from({ length: 10 }, () => resolve(post, account, { as: "absent" })));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  for (const answer of answers) if (answer.status !== 200) assertRefused(answer, 409, "in_flight");
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["settled by two"]);
});

test("the answer is published with an id of X's, or absent", async () => {
  const account = await newAccount(bench);
  const post = await unknownPost(account, { content: "which" });
  for (const [body, path] of [
    [{}, "as"],
    [{ as: "gone" }, "as"],
    [{ as: 1 }, "as"],
    [{ as: "published" }, "platform_post_id"],
    [{ as: "published", platform_post_id: "" }, "platform_post_id"],
    [{ as: "published", platform_post_id: "12a" }, "platform_post_id"],
    [{ as: "published", platform_post_id: "1".repeat(20) }, "platform_post_id"],
    [{ as: "absent", colour: 1 }, "colour"],
  ]) {
    assertRefused(await resolve(post, account, body), 400, "invalid_payload", path);
  }
  assert.equal((await readPost(bench, post)).socialAccounts[0].state, "unknown");
});

test("a post, or a delivery of it, that there is not is not found", async () => {
  const [account, other] = [await newAccount(bench), await newAccount(bench)];
  const post = await unknownPost(account, { content: "here" });
  const nobody = { id: "acc_AAAAAAAAAAAAAAAAAAAAAA" };
  for (const stranger of [other, nobody]) {
    assertRefused(await resolve(post, stranger, { as: "absent" }), 404, "not_found");
  }
  assertRefused(await resolve({ id: "post_AAAAAAAAAAAAAAAAAAAAAA" }, account, { as: "absent" }), 404, "not_found");
});
