/** docs/API.md, section 5, "Approval by a person": what a post asks for, and what an answer of a key does. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { answerWith, approve, ask, askingPost, assertWaits, reject, stageOf } from "../support/approval.mjs";
import { createPost, fromNow, newAccount, postIn, postOf, readPost, startBench, textsAt } from "../support/client.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { upload } from "../support/media.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";
import { inObject } from "../support/stored.mjs";

let bench;
let receiver;

before(async () => {
  receiver = await startReceiver();
  bench = await startBench();
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

const asKey = (key) => ({ ...bench, api: key.api });
const deeds = async (id) => {
  const { data } = (await bench.api.get(`/v1/audit?target_id=${id}`)).body;
  return data.map(({ action, key_id }) => [action, key_id]).reverse();
};

/** Sets the time for which a stored post was meant, and the end of its request. */
function shift(id, { scheduled_at, expires_at }) {
  return inObject(bench.worker.stateDir, "Workspace", (db) => {
    const set = (path, value) =>
      value !== undefined && db.prepare("UPDATE posts SET doc = json_set(doc, ?, ?) WHERE id = ?").run(path, BigInt(value), id);
    set("$.scheduled_at", scheduled_at);
    set("$.approval.expires_at", expires_at);
    if (scheduled_at) db.prepare("UPDATE posts SET scheduled_at = ? WHERE id = ?").run(BigInt(scheduled_at), id);
  });
}

async function shifted(id, fields) {
  await bench.worker.kill();
  await shift(id, fields);
  await bench.worker.restart();
}

test("a post that asks is held, and says who asks, until when, and where it is answered", async () => {
  const account = await newAccount(bench);
  const asker = await newKey(bench, { name: "Agent", scopes: ["draft"] });
  const scheduledAt = fromNow(3_600_000);
  const post = await askingPost(bench, account, { by: asKey(asker), scheduledAt });
  assertWaits(post);
  assert.deepEqual([post.scheduledAt, post.scheduled], [scheduledAt, false]);
  const { url, requested_at, expires_at, ...approval } = post.approval;
  assert.deepEqual(approval, {
    status: "pending", number: 1, requested_by: { key_id: asker.id, name: "Agent" }, page: `${bench.worker.origin}/#/posts/${post.id}`,
  });
  assertTimesAndIds({ requested_at, expires_at });
  assert.equal(Date.parse(expires_at) - Date.parse(requested_at), 7 * 86_400_000);
  assert.match(url, new RegExp(`^${bench.worker.origin}/approve/[\\w-]{80}$`));
  assert.deepEqual(textsAt(bench, account), []);
});

test("posts are listed by what became of their request, of one tenant too", async () => {
  const [one, other] = [await newAccount(bench, { tenant_id: "listed" }), await newAccount(bench, { tenant_id: "others" })];
  const posts = [];
  for (const content of ["a", "b", "c"]) posts.push(await askingPost(bench, one, { content }));
  const foreign = await askingPost(bench, other);
  await createPost(bench, one, { content: "never asked", isDraft: true });
  await reject(bench, posts[0]);
  const list = async (query, by = bench.api) => {
    const { posts, count } = (await by.get(`/v1/posts?${query}`)).body;
    assert.equal(count, posts.length);
    return posts.map(({ id }) => id);
  };
  assert.deepEqual(await list("approval=pending&tenant_id=listed"), [posts[2].id, posts[1].id]);
  assert.deepEqual(await list("approval=rejected&tenant_id=listed"), [posts[0].id]);
  assert.ok((await list("approval=pending")).includes(foreign.id));
  const key = await newKey(bench, { tenant_id: "listed", scopes: ["read"] });
  assert.deepEqual(await list("approval=pending", key.api), [posts[2].id, posts[1].id]);
  assert.deepEqual(await list("approval=pending&status=held", key.api), [posts[2].id, posts[1].id]);
  assert.deepEqual(await list(`approval=pending&social_account_id=${one.id}`), [posts[2].id, posts[1].id]);
  assertRefused(await bench.api.get("/v1/posts?approval=maybe"), 400, "invalid_payload", "approval");
});

test("an approved post leaves at once, and says who approved it", async () => {
  const account = await newAccount(bench);
  const key = await newKey(bench, { scopes: ["publish", "read"] });
  const post = await askingPost(bench, account, { content: "leaves at once" });
  const approved = postOf(await approve(asKey(key), post, { number: 1 }));
  assert.deepEqual([stageOf(approved), approved.approval.decided_by, approved.approval.url], [["approved", 1], key.id, undefined]);
  assertTimesAndIds({ decided_at: approved.approval.decided_at });
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["leaves at once"]);
  assert.deepEqual(await deeds(post.id), [["post.created", "admin"], ["post.approval_requested", "admin"], ["post.approved", key.id]]);
});

test("a post that is approved before its time leaves at its time", async () => {
  const account = await newAccount(bench);
  const scheduledAt = fromNow(3_600_000);
  const post = await askingPost(bench, account, { scheduledAt });
  const approved = postOf(await approve(bench, post));
  const [delivery] = approved.socialAccounts;
  assert.deepEqual([approved.scheduled, delivery.state, delivery.next_attempt_at], [true, "queued", scheduledAt]);
  assert.deepEqual(textsAt(bench, account), []);
});

test("up to an hour after its time a post leaves at once, and later it needs a new time", async () => {
  const account = await newAccount(bench);
  const [inTime, late] = [await askingPost(bench, account, { content: "in time", scheduledAt: fromNow(60_000) }), await askingPost(bench, account, { content: "late", scheduledAt: fromNow(60_000) })];
  await shifted(inTime.id, { scheduled_at: Date.now() - 59 * 60_000 });
  await shifted(late.id, { scheduled_at: Date.now() - 61 * 60_000 });
  assert.equal((await approve(bench, inTime)).status, 200);
  await postIn(bench, inTime.id, "published");
  assertRefused(await approve(bench, late), 409, "approval_late");
  const waiting = await readPost(bench, late);
  assertWaits(waiting);
  assert.deepEqual(stageOf(waiting), ["pending", 1]);
  const same = postOf(await bench.api.patch(`/v1/posts/${late.id}`, { scheduledAt: waiting.scheduledAt }));
  assert.deepEqual([stageOf(same), same.scheduledAt], [["pending", 1], waiting.scheduledAt], "the same time is no new time");
  const moved = postOf(await bench.api.patch(`/v1/posts/${late.id}`, { scheduledAt: fromNow(200) }));
  assert.deepEqual(stageOf(moved), ["pending", 2]);
  assert.equal((await approve(bench, late, { number: 2 })).status, 200);
  await postIn(bench, late.id, "published");
});

test("a rejected post is a draft with a note, and is sent by no later approval", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account);
  const rejected = postOf(await reject(bench, post, { number: 1, note: "Name the source." }));
  const { status, note, decided_by } = rejected.approval;
  assert.deepEqual([status, note, decided_by, rejected.isDraft], ["rejected", "Name the source.", "admin", true]);
  const [delivery] = rejected.socialAccounts;
  assert.deepEqual([delivery.state, delivery.error_code, delivery.next_attempt_at], ["queued", null, null]);
  assert.equal((await reject(bench, post)).status, 200, "said already");
  assertRefused(await approve(bench, post), 410, "approval_stale");
  assert.deepEqual(await deeds(post.id), [["post.created", "admin"], ["post.approval_requested", "admin"], ["post.rejected", "admin"]]);
  assert.deepEqual(textsAt(bench, account), []);
  for (const note of ["é".repeat(501), "a\u202Eb"]) {
    assertRefused(await reject(bench, post, { note }), 400, "invalid_payload", "note");
  }
});

test("twenty approvals at once publish once, and later ones change nothing", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account, { content: "once" });
  const answers = await Promise.all(Array.from({ length: 20 }, () => approve(bench, post, { number: 1 })));
  for (const answer of answers) assert.equal(answer.status, 200, answer.text);
  await postIn(bench, post.id, "published");
  assert.equal((await approve(bench, post)).status, 200);
  assertRefused(await reject(bench, post), 409, "already_published");
  assert.deepEqual(textsAt(bench, account), ["once"]);
  assert.deepEqual((await deeds(post.id)).filter(([action]) => action === "post.approved"), [["post.approved", "admin"]]);
});

test("an approval and a rejection at once are one of both", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account, { content: "either" });
  const answers = await Promise.all(["approve", "reject", "approve", "reject"].map((verb) => answerWith(bench, post, verb)));
  const { status } = (await readPost(bench, post)).approval;
  const won = status === "approved" ? "approve" : "reject";
  assert.deepEqual(answers.map((answer) => answer.status === 200), ["approve", "reject", "approve", "reject"].map((verb) => verb === won));
});

test("an approval that names another version than the current one is stale", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account);
  for (const number of [0, 2]) {
    assertRefused(await approve(bench, post, { number }), 410, "approval_stale");
    assertRefused(await reject(bench, post, { number }), 410, "approval_stale");
  }
  const draft = await createPost(bench, account, { content: "never asked", isDraft: true });
  assertRefused(await approve(bench, draft), 410, "approval_stale");
  assert.equal(draft.approval, undefined);
});

test("a budget is asked at the approval and not before", async () => {
  const account = await newAccount(bench, { tenant_id: "poor" });
  await bench.api.patch("/v1/settings", { tenant_budgets_usd: { poor: 0.001 } });
  const post = await askingPost(bench, account);
  assertRefused(await approve(bench, post), 422, "budget_exceeded");
  assert.deepEqual(stageOf(await readPost(bench, post)), ["pending", 1]);
  await bench.api.patch("/v1/settings", { tenant_budgets_usd: { poor: null } });
  assert.equal((await approve(bench, post)).status, 200);
  await postIn(bench, post.id, "published");
});

test("an approval needs an account that is there", async () => {
  const [account, other] = [await newAccount(bench), await newAccount(bench)];
  const alone = await askingPost(bench, account, { content: "alone" });
  const both = await askingPost(bench, account, { content: "both", accounts: [account.id, other.id] });
  await bench.api.delete(`/v1/social-accounts/${account.id}`);
  assertRefused(await approve(bench, alone), 410, "approval_stale");
  assert.equal((await readPost(bench, alone)).socialAccounts[0].state, "cancelled");
  assert.equal((await approve(bench, both)).status, 200);
  const { socialAccounts } = await readPost(bench, both);
  assert.equal(socialAccounts.find(({ id }) => id === account.id).state, "cancelled");
});

test("a post that asks takes uploaded files alone", async () => {
  const account = await newAccount(bench);
  const url = "https://files.example.com/a.png";
  const asks = (fields) => bench.api.post("/v1/posts", { accounts: [account.id], approval: true, ...fields });
  assertRefused(await asks({ content: "a", media: [{ url }] }), 400, "invalid_payload", "media.0.url");
  const { id } = await upload(bench, png());
  const second = { containers: [{ content: "a" }, { content: "b", media: [{ id }, { url }] }] };
  const refused = await asks(second);
  assertRefused(refused, 400, "invalid_payload", "containers.1.media.1.url");
  assert.match(refused.body.hint, /upload/i);
  assert.equal((await asks({ content: "a", media: [{ id, url }] })).status, 200, "the id counts");
  const draft = await createPost(bench, account, { ...second, isDraft: true });
  assertRefused(await bench.api.post(`/v1/posts/${draft.id}/approval`), 400, "invalid_payload", "containers.1.media.1.url");
  const post = await askingPost(bench, account);
  assertRefused(await bench.api.patch(`/v1/posts/${post.id}`, { content: "c", media: [{ url }] }), 400, "invalid_payload", "media.0.url");
  assertRefused(await bench.api.delete(`/v1/media/${id}`), 409, "in_flight");
});

test("an approved thread leaves with its files", async () => {
  const account = await newAccount(bench);
  const { id } = await upload(bench, png());
  const post = await askingPost(bench, account, { content: undefined, containers: [{ content: "one", media: [{ id, altText: "a dot" }] }, { content: "two" }] });
  assert.equal((await approve(bench, post, { number: 1 })).status, 200);
  const { socialAccounts } = await postIn(bench, post.id, "published");
  assert.deepEqual(socialAccounts[0].segments.map(({ state }) => state), ["published", "published"]);
  const [root] = bench.x.posts({ username: account.username });
  assert.equal(root.media?.length ?? root.media_ids?.length, 1, JSON.stringify(root));
});

test("a draft asks by a call of its own, again after a no, and not twice at once", async () => {
  const account = await newAccount(bench);
  const draft = await createPost(bench, account, { content: "a draft", isDraft: true });
  const asked = await ask(bench, draft);
  assertWaits(asked);
  assert.deepEqual(stageOf(asked), ["pending", 1]);
  assert.deepEqual(stageOf(await ask(bench, draft)), ["pending", 1]);
  await reject(bench, draft);
  assert.deepEqual(stageOf(await ask(bench, draft)), ["pending", 2]);
  const scheduled = await createPost(bench, account, { content: "no draft", scheduledAt: fromNow(3_600_000) });
  assertRefused(await bench.api.post(`/v1/posts/${scheduled.id}/approval`), 409, "already_published");
  assertRefused(await bench.api.post("/v1/posts", { accounts: [account.id], content: "a", isDraft: true, approval: true }), 400, "invalid_payload", "approval");
});

test("a retry, a repost or a reply sends nothing of a post that asks", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account);
  assertRefused(await bench.api.post(`/v1/posts/${post.id}/retry`), 409, "in_flight");
  assertRefused(await bench.api.post(`/v1/posts/${post.id}/repost`, { account: account.id }), 404, "not_found");
  assertRefused(await bench.api.post(`/v1/posts/${post.id}/replies`, { content: "a" }), 404, "not_found");
  assertWaits(await readPost(bench, post));
});

test("a dry run shows that a post would wait, and asks nobody", async () => {
  const account = await newAccount(bench);
  const answer = await bench.api.post("/v1/posts", { accounts: [account.id], content: "seen before", approval: true, dryRun: true });
  const post = postOf(answer);
  assertWaits(post);
  assert.deepEqual([post.id, post.approval, answer.body.dryRun], [null, undefined, true]);
});

test("webhooks hear of each request and of each answer once, with who and when", async () => {
  const tenant_id = "heard-of";
  const events = ["post.approval_requested", "post.approved", "post.rejected"];
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events });
  const account = await newAccount(bench, { tenant_id });
  const asker = await newKey(bench, { tenant_id, name: "Agent", scopes: ["draft"] });
  const post = await askingPost(bench, account, { by: asKey(asker) });
  await reject(bench, post, { note: "No." });
  await ask(asKey(asker), post);
  await approve(bench, post);
  const told = await hook.events(4);
  assert.equal(new Set(told.map(({ id }) => id)).size, 4);
  const of = (event, number) => told.find((one) => one.event === event && one.data.approval.number === number).data;
  const [first, no, yes] = [of("post.approval_requested", 1), of("post.rejected", 1), of("post.approved", 2)];
  assert.equal(first.approval.url, post.approval.url);
  assert.deepEqual([first.postId, first.tenant_id, first.approval.requested_by], [post.id, tenant_id, { key_id: asker.id, name: "Agent" }]);
  assert.deepEqual([no.approval.status, no.approval.decided_by, no.approval.note, no.approval.url], ["rejected", "admin", "No.", undefined]);
  assert.deepEqual([yes.approval.status, yes.approval.decided_by], ["approved", "admin"]);
  assert.notEqual(of("post.approval_requested", 2).approval.url, first.approval.url);
});

test("the answer to a publisher's call is repeated to it with its address, and is kept sealed", async () => {
  const account = await newAccount(bench);
  const body = { accounts: [account.id], content: "asked once", approval: true };
  const once = () => bench.api.post("/v1/posts", body, { "idempotency-key": "asked" });
  const first = await once();
  const again = await once();
  assert.deepEqual([again.text, again.headers.get("idempotency-replayed")], [first.text, "true"]);
  assert.ok(first.body.post.approval.url);
});
