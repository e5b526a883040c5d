/** docs/API.md, section 5, "Approval by a person": a request outlives the process, a backup and a change of the key ring, and ends in time. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { approve, askingPost, assertWaits, decideOn, openPage, stageOf } from "../support/approval.mjs";
import { api, callbackOf, newAccount, postIn, readPost, startBench, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { upload } from "../support/media.mjs";
import { freePort } from "../support/ports.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";
import { startWorker } from "../support/worker.mjs";

const key = (id, byte) => `${id}:${Buffer.alloc(32, byte).toString("base64")}`;
const [OLD, NEW] = [key("old", 1), key("new", 2)];
const PASSPHRASE = "correct horse battery staple";

let receiver;
before(async () => (receiver = await startReceiver()));
after(() => receiver?.close());

/** A cut amid a call to X leaves a post in doubt, which is settled in two reads so far apart. */
async function deployment(t, vars = {}) {
  const bench = await startBench({ vars: { SETTLE_MS: "1000", ...vars }, port: await freePort() });
  t.after(() => bench.stop());
  return bench;
}

async function powerCut({ worker }) {
  await worker.kill();
  await worker.restart();
}

/** The same deployment under another key ring. */
async function under(t, bench, MASTER_KEYS) {
  const { stateDir, port } = bench.worker;
  await bench.worker.kill();
  const worker = await startWorker({ fakeX: bench.x, persist: stateDir, port, vars: { MASTER_KEYS } });
  t.after(() => worker.stop());
  bench.x.setApp({ client_id: bench.x.app.client_id, callbacks: [callbackOf(worker)] });
  return { ...bench, worker, api: api(worker) };
}

test("a request outlives SIGKILL, and so does an approval that was answered", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  const post = await askingPost(bench, account, { content: "through power cuts" });
  await powerCut(bench);
  const there = await readPost(bench, post);
  assertWaits(there);
  assert.equal(there.approval.url, post.approval.url);
  const decided = decideOn(bench, post.approval.url, { decision: "approve" });
  assert.equal((await decided).status, 303);
  await powerCut(bench);
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["through power cuts"]);
});

test("over power cuts between approvals each post leaves once, and each event is told", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  const hook = await newWebhook(bench, receiver.address(), { events: ["post.approved"] });
  const posts = [];
  for (let n = 0; n < 6; n++) posts.push(await askingPost(bench, account, { content: `post ${n}` }));
  for (const [n, post] of posts.entries()) {
    const answered = approve(bench, post).catch(() => null);
    if (n % 2) await answered;
    await powerCut(bench);
    const { approval } = await readPost(bench, post);
    // The process may have died before the answer was stored: then nothing has left, and nothing was told.
    if (approval.status === "pending") assert.equal((await approve(bench, post)).status, 200);
    await postIn(bench, post.id, "published", 30_000);
  }
  assert.deepEqual(textsAt(bench, account).sort(), posts.map((_, n) => `post ${n}`));
  const told = async () => new Set((await hook.events(0)).map(({ data }) => data.postId)).size;
  await eventually(told, (count) => count === posts.length, 30_000);
});

test("a request that nobody answers ends in time: the post is a draft again, once and by itself", async (t) => {
  const bench = await deployment(t, { APPROVAL_MS: "5000", MEDIA_ACTIVE_MS: "3000" });
  const account = await newAccount(bench);
  const hook = await newWebhook(bench, receiver.address(), { events: ["post.approval_expired"] });
  const { id } = await upload(bench, png());
  const post = await askingPost(bench, account, { content: "unanswered", media: [{ id }] });
  assert.equal(Date.parse(post.approval.expires_at) - Date.parse(post.approval.requested_at), 5000);
  const [event] = await hook.events(1, 30_000);
  assert.deepEqual([event.data.postId, event.data.approval.status, event.data.approval.url], [post.id, "expired", undefined]);
  const expired = await readPost(bench, post);
  assert.deepEqual([stageOf(expired), expired.isDraft, expired.socialAccounts[0].state, expired.socialAccounts[0].error_code], [["expired", 1], true, "queued", null]);
  const { data } = (await bench.api.get("/v1/audit?action=post.approval_expired")).body;
  assert.deepEqual(data.map(({ target_id, key_id }) => [target_id, key_id]), [[post.id, null]]);
  assert.equal((await openPage(bench, post.approval.url)).status, 200);
  assert.equal((await decideOn(bench, post.approval.url, { decision: "approve" })).status, 410);
  assert.deepEqual((await bench.api.get("/v1/posts?approval=expired")).body.posts.map(({ id }) => id), [post.id]);
  assert.equal((await bench.api.get(`/v1/media/${id}`)).status, 200, "a draft keeps its files");
  assert.deepEqual(textsAt(bench, account), []);
});

test("a request and its address go with a backup", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  const post = await askingPost(bench, account, { content: "asked before the move" });
  const statusOf = async ({ api }) => (await api.get("/v1/handover")).body.data.status;
  await bench.api.post("/v1/handover");
  await eventually(() => statusOf(bench), (status) => status === "handed_over", 20_000);
  const { text } = await bench.api.get("/v1/export", { "x-passphrase": PASSPHRASE });
  const worker = await startWorker({ fakeX: bench.x });
  t.after(() => worker.stop());
  const there = { ...bench, worker, api: api(worker) };
  const headers = { "x-passphrase": PASSPHRASE, "content-type": "application/x-ndjson" };
  const restored = await there.api.send("POST", "/v1/import", { headers, body: text });
  assert.equal(restored.status, 200, restored.text);
  await eventually(() => statusOf(there), (status) => status === "running", 20_000);
  const moved = await readPost(there, post);
  assertWaits(moved);
  const { pathname } = new URL(post.approval.url);
  assert.equal(new URL(moved.approval.url).pathname, pathname, "the ring is the same");
  assert.equal((await decideOn(there, pathname, { decision: "approve" })).status, 303);
  await postIn(there, post.id, "published");
});

test("an address works as long as the key that signed it, and its seven days are told", async (t) => {
  let bench = await deployment(t, { MASTER_KEYS: OLD });
  const account = await newAccount(bench);
  const hook = await newWebhook(bench, receiver.address(), { events: ["post.approval_requested"] });
  const post = await askingPost(bench, account, { content: "asked under the old key" });
  await hook.events(1);
  bench = await under(t, bench, `${NEW},${OLD}`);
  assert.equal((await openPage(bench, post.approval.url)).status, 200);
  const there = await readPost(bench, post);
  assert.notEqual(there.approval.url, post.approval.url, "the first key signs");
  await bench.api.post("/v1/reseal");
  const run = await eventually(async () => (await bench.api.get("/v1/reseal")).body.data, ({ status }) => status !== "running", 20_000);
  assert.deepEqual([run.status, run.failed, run.old_keys_needed_until], ["done", [], there.approval.expires_at]);
  bench = await under(t, bench, NEW);
  assert.equal((await openPage(bench, post.approval.url)).status, 404, "the old key is gone");
  assert.equal((await openPage(bench, there.approval.url)).status, 200);
  const [logged] = (await bench.api.get(`/v1/webhooks/${hook.id}/deliveries`)).body.data;
  assert.match(JSON.stringify(logged.body), /\/approve\//, "the event was sealed anew");
  assert.equal((await decideOn(bench, there.approval.url, { decision: "approve" })).status, 303);
  await postIn(bench, post.id, "published");
});
