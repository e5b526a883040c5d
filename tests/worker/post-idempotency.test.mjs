/** docs/API.md, section 1: `Idempotency-Key` on the calls that act on a post which there is already. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL, REPOST_CALL } from "../support/calls.mjs";
import { createPost, faultAtX, newAccount, postIn, postOf, publishPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

let bench;

/** What is unknown stays so: a call without effect is sent again by hand only. */
before(async () => {
  bench = await startBench({ vars: { SETTLE_MS: "1000" } });
  assert.equal((await bench.api.patch("/v1/settings", { on_unknown: "hold" })).status, 200);
});
after(() => bench?.stop());

const isReplay = ({ headers }) => headers.get("idempotency-replayed") === "true";

/** Each: a post that the call can be made of, the call's path and body, and the call of X that it makes. */
const CALLS = {
  retry: async (account) => {
    faultAtX(bench, { kind: "answer", preset: "not-permitted" });
    const { id } = await publishPost(bench, account, { content: "to be retried" });
    return { path: `/v1/posts/${id}/retry`, body: {}, effect: CREATE_CALL };
  },
  resolve: async (account) => {
    faultAtX(bench, { kind: "close" });
    const { id } = await createPost(bench, account, { content: "to be resolved" });
    await postIn(bench, id, "unknown");
    const path = `/v1/posts/${id}/deliveries/${account.id}/resolve`;
    return { path, body: { as: "absent" }, effect: CREATE_CALL };
  },
  replies: async (account) => {
    const { id } = await publishPost(bench, account, { content: "to be replied to" });
    return { path: `/v1/posts/${id}/replies`, body: { content: "a reply" }, effect: CREATE_CALL };
  },
  repost: async (account) => {
    const { id } = await publishPost(bench, account, { content: "to be reposted" });
    const other = await newAccount(bench);
    return { path: `/v1/posts/${id}/repost`, body: { account: other.id }, effect: REPOST_CALL };
  },
};

for (const [name, prepare] of Object.entries(CALLS)) {
  test(`${name}: a repeated call is answered as the first was, and X is asked once`, async () => {
    const { path, body, effect } = await prepare(await newAccount(bench));
    bench.x.clearRequests();
    const key = { "idempotency-key": `again-${name}` };
    const call = () => bench.api.post(path, body, key);
    const first = await call();
    postOf(first);
    await bench.x.received(effect);
    const second = await call();
    assert.deepEqual([isReplay(first), isReplay(second)], [false, true]);
    assert.equal(second.body.post.id, first.body.post.id);
    const elsewhere = await bench.api.post("/v1/posts", { content: "a", accounts: ["x"] }, key);
    assertRefused(elsewhere, 422, "idempotency_key_reused");
    await postIn(bench, first.body.post.id, "published");
    assert.equal(bench.x.requests(effect).length, 1);
  });

  test(`${name}: of ten calls at once with one key one acts`, async () => {
    const { path, body, effect } = await prepare(await newAccount(bench));
    bench.x.clearRequests();
    const call = () => bench.api.post(path, body, { "idempotency-key": `at-once-${name}` });
    const answers = await Promise.all(Array.from({ length: 10 }, call));
    for (const answer of answers) {
      if (answer.status !== 200) assertRefused(answer, 409, "idempotency_in_progress");
    }
    const posts = new Set(answers.filter(({ status }) => status === 200).map((answer) => answer.body.post.id));
    assert.equal(posts.size, 1);
    await postIn(bench, [...posts][0], "published");
    assert.equal(bench.x.requests(effect).length, 1);
  });
}

test("a slash at the end of a path makes no other call of it, whichever spelling is first", async () => {
  const account = await newAccount(bench);
  for (const [at, paths] of [["/v1/posts", "/v1/posts/"], ["/v1/posts/", "/v1/posts"]].entries()) {
    const body = { accounts: [account.id], content: `slashed ${at}`, isDraft: true };
    const [first, second] = [await bench.api.post(paths[0], body, { "idempotency-key": `slash-${at}` }), await bench.api.post(paths[1], body, { "idempotency-key": `slash-${at}` })];
    assert.deepEqual([first.status, second.status, isReplay(second), second.text], [200, 200, true, first.text], paths.join(" "));
  }
  const elsewhere = await bench.api.post("/v1/media/upload/", { filename: "a.png" }, { "idempotency-key": "slash-0" });
  assertRefused(elsewhere, 422, "idempotency_key_reused");
});

test("a conflict is not remembered: what could not be retried yet can be later", async () => {
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "answer", preset: "unavailable" });
  const { id } = await createPost(bench, account, { content: "not yet" });
  const retry = () => bench.api.post(`/v1/posts/${id}/retry`, undefined, { "idempotency-key": "not-yet" });
  assertRefused(await retry(), 409, "in_flight");
  await postIn(bench, id, "published");
  const second = await retry();
  assertRefused(second, 409, "already_published");
  assert.equal(isReplay(second), false);
});
