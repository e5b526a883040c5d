/** Approval by a person (docs/API.md, section 5): posts that ask, and the page of the address that answers. */

import assert from "node:assert/strict";
import { createPost, fromNow, postOf, publishPost, readPost, request } from "./client.mjs";

/** What a browser says of a form that its own page sends. */
export const OURS = { "sec-fetch-site": "same-origin" };

/** A post that asks, as whoever may publish reads it. `by` is who asks. */
export async function askingPost(bench, account, { by = bench, ...fields } = {}) {
  const { id } = await createPost(by, account, { content: "please approve", approval: true, ...fields });
  return readPost(bench, { id });
}

/** The answer of a key to a post. */
export const answerWith = ({ api }, { id }, verb, body) => api.post(`/v1/posts/${id}/${verb}`, body);
export const approve = (bench, post, body) => answerWith(bench, post, "approve", body);
export const reject = (bench, post, body) => answerWith(bench, post, "reject", body);

/** The ids of posts, one in each state that a publisher can bring about. Nothing of them comes due within an hour. */
export async function postsOfPublishers(bench, account) {
  const scheduledAt = fromNow(3_600_000);
  const made = [
    await publishPost(bench, account, { content: "published" }),
    await createPost(bench, account, { content: "planned", scheduledAt }),
    await createPost(bench, account, { content: "a draft", isDraft: true }),
    await askingPost(bench, account, { content: "asking" }),
    await askingPost(bench, account, { content: "approved", scheduledAt }),
    await askingPost(bench, account, { content: "rejected" }),
  ];
  await approve(bench, made[4]);
  await reject(bench, made[5]);
  return made.map(({ id }) => id);
}

/** A draft asks. Answers the post. */
export const ask = async ({ api }, { id }) => postOf(await api.post(`/v1/posts/${id}/approval`));

/** The page behind the address of a request. */
export const openPage = ({ worker }, url) => request(worker, "GET", url);

/** The form of that page, sent. */
export const decideOn = ({ worker }, url, form, headers = OURS) =>
  request(worker, "POST", url, { headers, body: new URLSearchParams(form) });

/** What a caller sees of what its post has asked for: the word, and the number of the request. */
export const stageOf = ({ approval }) => approval && [approval.status, approval.number];

/** Nothing has left, and nobody sends it. */
export function assertWaits(post) {
  assert.equal(post.isDraft, false);
  for (const { status, state, error_code, next_attempt_at, attempts } of post.socialAccounts) {
    assert.deepEqual([status, state, error_code, next_attempt_at, attempts], ["pending", "held", "approval_required", null, 0]);
  }
}
