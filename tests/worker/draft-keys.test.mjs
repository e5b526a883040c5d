/** docs/API.md, section 8: what a key, a browser or a page with `draft` and without `publish` does, and does not. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { approve, askingPost, assertWaits, reject, stageOf } from "../support/approval.mjs";
import { api, cookieOf, createPost, fromNow, newAccount, postOf, publishPost, readPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey, newPage } from "../support/keys.mjs";
import { upload } from "../support/media.mjs";

const tenant_id = "drafts";
let bench;
let account;
/** Who may not publish: a key, a browser signed in with it, a page of a publisher's key. */
const drafters = {};

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id });
  const key = await newKey(bench, { tenant_id, name: "Agent", scopes: ["draft"] });
  drafters.key = { ...bench, api: key.api, id: key.id };
  const ours = { "sec-fetch-site": "same-origin" };
  const browser = api(bench.worker, { key: null });
  const cookie = cookieOf(await browser.post("/v1/dashboard/session", { key: key.key }, ours));
  const send = (verb) => (path, body, headers) => browser[verb](path, body, { ...ours, cookie, ...headers });
  const read = (verb) => (path, headers) => browser[verb](path, { ...ours, cookie, ...headers });
  drafters.browser = { ...bench, api: { get: read("get"), delete: read("delete"), post: send("post"), patch: send("patch") }, id: key.id };
  const publisher = await newKey(bench, { tenant_id, scopes: ["publish", "read"] });
  const page = await newPage(bench, { tenant_id, scopes: ["draft"] }, publisher.api);
  drafters.page = { ...bench, api: page.api, id: page.id };
});
after(() => bench?.stop());

const each = (work) => Promise.all(Object.entries(drafters).map(([name, drafter]) => work(drafter, name)));
const patch = ({ api }, { id }, body) => api.patch(`/v1/posts/${id}`, body);
const remove = ({ api }, { id }) => api.delete(`/v1/posts/${id}`);

test("it reads, previews, uploads and makes drafts", async () => {
  await each(async (drafter) => {
    assert.equal((await drafter.api.get("/v1/social-accounts")).body.data[0].id, account.id);
    const preview = await drafter.api.post("/v1/posts", { accounts: [account.id], content: "seen before", dryRun: true });
    assertWaits(postOf(preview));
    const { id } = await upload(drafter, png());
    const draft = await createPost(drafter, account, { content: "a draft", media: [{ id }], isDraft: true });
    assert.deepEqual([draft.isDraft, draft.approval], [true, undefined]);
    assert.equal((await patch(drafter, draft, { content: "a better draft" })).status, 200);
    assert.equal((await remove(drafter, draft)).status, 200);
  });
});

test("whatever else it asks for, its posts wait for approval", async () => {
  await each(async (drafter, name) => {
    for (const fields of [{}, { approval: true }, { approval: false }, { isDraft: false }, { scheduledAt: fromNow(60_000) }, { scheduledAt: fromNow(-60_000) }]) {
      const post = await createPost(drafter, account, { content: `asks ${JSON.stringify(fields)}`, ...fields });
      assertWaits(post);
      const { approval } = post;
      assert.deepEqual([stageOf(post), approval.requested_by.key_id, approval.url], [["pending", 1], drafter.id, undefined], name);
    }
    const waited = await createPost(drafter, account, { content: "waited for" }, { prefer: "wait=1" });
    assertWaits(waited);
    const draft = await createPost(drafter, account, { content: "a draft first", isDraft: true });
    const asked = postOf(await patch(drafter, draft, { isDraft: false }));
    assertWaits(asked);
    assert.deepEqual(stageOf(asked), ["pending", 1]);
  });
  assert.deepEqual(bench.x.posts({ username: account.username }), []);
});

test("it changes and deletes drafts, and posts whose request is pending or was refused", async () => {
  await each(async (drafter) => {
    const [pending, refused] = [await askingPost(bench, account, { by: drafter }), await askingPost(bench, account, { by: drafter })];
    await reject(bench, refused);
    assert.deepEqual(stageOf(postOf(await patch(drafter, pending, { content: "other words" }))), ["pending", 2]);
    assert.deepEqual(stageOf(postOf(await patch(drafter, refused, { content: "other words" }))), ["rejected", 1]);
    for (const post of [pending, refused]) assert.equal((await remove(drafter, post)).status, 200);
  });
});

test("it changes and ends nothing that is to leave, or has left", async () => {
  const approved = await askingPost(bench, account, { content: "approved", scheduledAt: fromNow(3_600_000) });
  await approve(bench, approved);
  const planned = await createPost(bench, account, { content: "planned", scheduledAt: fromNow(3_600_000) });
  const published = await publishPost(bench, account, { content: "published" });
  await each(async (drafter) => {
    for (const post of [approved, planned, published]) {
      for (const answer of [
        await patch(drafter, post, { content: "stolen" }), await patch(drafter, post, { isDraft: true }), await remove(drafter, post),
        await drafter.api.post(`/v1/posts/${post.id}/approval`),
      ]) {
        assertRefused(answer, 403, "insufficient_key_scope");
      }
    }
  });
  assert.deepEqual(stageOf(await readPost(bench, approved)), ["approved", 1]);
});

test("it answers no request, and makes nothing happen at X", async () => {
  const asking = await askingPost(bench, account);
  const published = await publishPost(bench, account, { content: "there already" });
  const { id } = await upload(bench, png(), { tenant_id });
  bench.x.clearRequests();
  await each(async ({ api }) => {
    for (const [method, path, body] of [
      ["post", `/v1/posts/${asking.id}/approve`, {}],
      ["post", `/v1/posts/${asking.id}/reject`, {}],
      ["post", `/v1/posts/${published.id}/retry`],
      ["post", `/v1/posts/${published.id}/replies`, { content: "a reply" }],
      ["post", `/v1/posts/${published.id}/repost`, { account: "x" }],
      ["post", `/v1/posts/${published.id}/deliveries/${account.id}/resolve`, { as: "absent" }],
      ["delete", `/v1/posts/${published.id}/remote`],
      ["delete", `/v1/media/${id}`],
      ["post", `/v1/social-accounts/${account.id}/imports`, {}],
      ["delete", `/v1/social-accounts/${account.id}`],
      ["post", `/v1/social-accounts/${account.id}/x/2/tweets`, { text: "past it all" }],
    ]) {
      const { status, body: said } = await api[method](path, body);
      assert.deepEqual([status, said.code], [403, "insufficient_key_scope"], `${method} ${path}`);
    }
  });
  assert.deepEqual(bench.x.requests(), []);
  assertWaits(await readPost(bench, asking));
});

test("a draft key that repeats a publisher's call is not given the publisher's answer", async () => {
  const publisher = await newKey(bench, { tenant_id, scopes: ["publish", "read"] });
  const page = await newPage(bench, { tenant_id, scopes: ["publish"] }, publisher.api);
  const body = { accounts: [account.id], content: "repeated by all", approval: true };
  const once = ({ api }) => api.post("/v1/posts", body, { "idempotency-key": "of-all" });
  const ids = [];
  for (const caller of [publisher, page]) {
    const answer = await once(caller);
    ids.push(answer.body.post.id);
    assert.ok(answer.body.post.approval.url);
  }
  for (const drafter of [drafters.key, drafters.page]) {
    const answer = await once(drafter);
    assert.deepEqual([answer.status, answer.headers.get("idempotency-replayed")], [200, null]);
    assert.doesNotMatch(answer.text, /\/approve\//);
    ids.push(answer.body.post.id);
  }
  assert.equal(new Set(ids).size, 4);
  const again = await once(drafters.browser);
  assert.equal(again.headers.get("idempotency-replayed"), "true", "a browser counts with its key");
});
