/** docs/API.md, section 5, "Approval by a person": every change of what was seen asks anew. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { approve, ask, askingPost, assertWaits, openPage, reject, stageOf } from "../support/approval.mjs";
import { createPost, fromNow, newAccount, postIn, postOf, readPost, startBench, textsAt, thread } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { upload } from "../support/media.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";

let bench;
let receiver;
let account;

before(async () => {
  receiver = await startReceiver();
  bench = await startBench();
  account = await newAccount(bench);
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

const patch = ({ api }, { id }, body) => api.patch(`/v1/posts/${id}`, body);
const changed = async (bench, post, body) => postOf(await patch(bench, post, body));
const later = () => fromNow(3_600_000);

/** One change of each kind, and what the post is before it. */
const changes = async () => {
  const [{ id }, { id: other }] = [await upload(bench, png()), await upload(bench, png())];
  return {
    text: [{ content: "first" }, { content: "other words" }],
    "a part": [thread("one", "two"), thread("one", "three")],
    media: [{ content: "first", media: [{ id }] }, { media: [{ id: other }] }],
    "an alt text": [{ content: "first", media: [{ id, altText: "a" }] }, { media: [{ id, altText: "b" }] }],
    options: [{ content: "first" }, { x: { reply_settings: "following" } }],
    "a part's options": [thread("one"), { containers: [{ content: "one", x: { made_with_ai: true } }] }],
    "the time": [{ content: "first" }, { scheduledAt: fromNow(7_200_000) }],
    "the time to now": [{ content: "first" }, { scheduledAt: null }],
  };
};

test("each kind of change of a post that asks, or was approved and has not left, asks anew", async () => {
  for (const [name, [fields, change]] of Object.entries(await changes())) {
    for (const isApproved of [false, true]) {
      const post = await askingPost(bench, account, { content: undefined, ...fields, scheduledAt: later() });
      if (isApproved) assert.equal((await approve(bench, post)).status, 200);
      const after = await changed(bench, post, change);
      assert.deepEqual(stageOf(after), ["pending", 2], `${name}, approved: ${isApproved}`);
      assertWaits(after);
      assertRefused(await approve(bench, post, { number: 1 }), 410, "approval_stale");
      assert.equal((await bench.api.delete(`/v1/posts/${post.id}`)).status, 200);
    }
  }
  assert.deepEqual(textsAt(bench, account), []);
});

test("a change to what is there already asks for nothing", async () => {
  const { id } = await upload(bench, png());
  const fields = { content: "the same", media: [{ id, altText: "a" }], x: { reply_settings: "following" }, scheduledAt: later() };
  for (const isApproved of [false, true]) {
    const post = await askingPost(bench, account, fields);
    if (isApproved) assert.equal((await approve(bench, post)).status, 200);
    const before = (await readPost(bench, post)).approval;
    for (const change of [{ content: "the same" }, { media: fields.media }, { x: fields.x }, { scheduledAt: fields.scheduledAt }, { isDraft: false }, fields]) {
      const { approval, isDraft } = await changed(bench, post, change);
      assert.deepEqual([{ ...approval, url: undefined }, isDraft], [{ ...before, url: undefined }, false], JSON.stringify(change));
    }
  }
});

test("an approved post that is changed leaves with the next approval alone", async () => {
  const post = await askingPost(bench, account, { content: "before", scheduledAt: later() });
  await approve(bench, post);
  const after = await changed(bench, post, { content: "after", scheduledAt: null });
  assertWaits(after);
  assert.equal((await approve(bench, post, { number: 2 })).status, 200);
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account).filter((text) => ["before", "after"].includes(text)), ["after"]);
});

test("isDraft takes a request back, and the next one has another number", async () => {
  for (const isApproved of [false, true]) {
    const post = await askingPost(bench, account, { scheduledAt: later() });
    if (isApproved) await approve(bench, post);
    const draft = await changed(bench, post, { isDraft: true });
    assert.deepEqual([draft.isDraft, draft.approval, draft.socialAccounts[0].error_code], [true, undefined, null]);
    assertRefused(await approve(bench, post), 410, "approval_stale");
    assert.deepEqual(stageOf(await ask(bench, post)), ["pending", 2]);
  }
});

test("a rejected post is a draft: a publisher sends it, and anybody else asks anew", async () => {
  const drafter = { ...bench, api: (await newKey(bench, { scopes: ["draft"] })).api };
  const [sent, asked] = [await askingPost(bench, account, { content: "sent after a no" }), await askingPost(bench, account)];
  for (const post of [sent, asked]) {
    await reject(bench, post);
    assert.deepEqual(stageOf(await changed(drafter, post, { x: { reply_settings: "following" } })), ["rejected", 1]);
  }
  assert.equal((await changed(bench, sent, { isDraft: false })).approval, undefined);
  await postIn(bench, sent.id, "published");
  const again = await changed(drafter, asked, { isDraft: false });
  assert.deepEqual(stageOf(again), ["pending", 2]);
  assertWaits(again);
});

test("each request is one event and one entry, and a change that asks for nothing is none", async () => {
  const tenant_id = "told-of-changes";
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events: ["post.approval_requested"] });
  const own = await newAccount(bench, { tenant_id });
  const post = await askingPost(bench, own, { content: "one" });
  await changed(bench, post, { content: "one" });
  await changed(bench, post, { content: "two" });
  const told = await hook.events(2);
  assert.deepEqual(told.map(({ data }) => data.approval.number).sort(), [1, 2]);
  const { data } = (await bench.api.get(`/v1/audit?target_id=${post.id}`)).body;
  const deeds = data.map(({ action }) => action).reverse();
  assert.deepEqual(deeds, ["post.created", "post.approval_requested", "post.changed", "post.changed", "post.approval_requested"]);
});

test("an approval and a change at once are one after the other: nothing leaves that was not approved", async () => {
  for (let round = 0; round < 6; round++) {
    const post = await askingPost(bench, account, { content: `seen ${round}`, scheduledAt: later() });
    const [answered, patched] = await Promise.all([approve(bench, post, { number: 1 }), patch(bench, post, { content: `unseen ${round}` })]);
    assert.equal(patched.status, 200, patched.text);
    assert.ok([200, 410].includes(answered.status), answered.text);
    const after = await readPost(bench, post);
    assert.deepEqual([stageOf(after), after.containers[0].content], [["pending", 2], `unseen ${round}`]);
    assertWaits(after);
  }
});

test("a plain draft and a plain post of a publisher have no approval", async () => {
  const draft = await createPost(bench, account, { content: "plain", isDraft: true, scheduledAt: later() });
  assert.equal(draft.approval, undefined);
  const planned = await changed(bench, draft, { isDraft: false });
  assert.deepEqual([planned.approval, planned.scheduled], [undefined, true]);
});

test("a removed account is waited for no more, and the removal of the last one takes the request back", async () => {
  const [first, last] = [await newAccount(bench), await newAccount(bench)];
  const post = await askingPost(bench, first, { accounts: [first.id, last.id] });
  const remove = ({ id }) => bench.api.delete(`/v1/social-accounts/${id}`);
  assert.equal((await remove(first)).status, 200);
  const half = await readPost(bench, post);
  const of = ({ id }) => half.socialAccounts.find((delivery) => delivery.id === id);
  assert.deepEqual([of(first).state, of(first).error, of(first).error_code], ["cancelled", null, null]);
  assert.deepEqual([of(last).state, of(last).error_code, stageOf(half)], ["held", "approval_required", ["pending", 1]]);
  assert.equal((await remove(last)).status, 200);
  assert.equal((await readPost(bench, post)).approval, undefined);
  const { posts } = (await bench.api.get("/v1/posts?approval=pending")).body;
  assert.ok(!posts.some(({ id }) => id === post.id));
  assert.equal((await openPage(bench, post.approval.url)).status, 410);
});

test("nobody waits for a post that asks: the answer comes at once", async () => {
  const body = JSON.stringify({ accounts: [account.id], content: "waits for a person", approval: true });
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json", prefer: "wait=25" };
  // A wait in vain would end after the limit.
  const answer = await fetch(`${bench.worker.api}/v1/posts`, { method: "POST", headers, body, signal: AbortSignal.timeout(20_000) });
  assert.deepEqual(stageOf((await answer.json()).post), ["pending", 1]);
});

test("a retry of a post that waits says for whom", async () => {
  const answer = await bench.api.post(`/v1/posts/${(await askingPost(bench, account)).id}/retry`);
  assertRefused(answer, 409, "in_flight");
  assert.match(answer.body.error, /until somebody has approved it/);
});
