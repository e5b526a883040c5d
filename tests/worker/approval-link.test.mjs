/** docs/API.md, section 5, "Approval by a person": the page behind `url`, and who is shown its address. */

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { approve, askingPost, assertWaits, decideOn, openPage, reject, stageOf } from "../support/approval.mjs";
import { createPost, fromNow, newAccount, postIn, postOf, readPost, spoilt, startBench, textsAt } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey, newPage } from "../support/keys.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const deeds = async (id) => (await bench.api.get(`/v1/audit?target_id=${id}`)).body.data;

function assertPage(answer, status) {
  assert.equal(answer.status, status, answer.text);
  const header = (name) => answer.headers.get(name);
  assert.match(header("content-type"), /^text\/html/);
  assert.deepEqual([header("cache-control"), header("referrer-policy")], ["no-store", "no-referrer"]);
  assert.match(header("content-security-policy"), /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(header("access-control-allow-origin"), null);
}

test("whoever holds the address reads the post and approves it, in nobody's name", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account, { content: "read <b>this</b>" });
  const page = await openPage(bench, post.approval.url);
  assertPage(page, 200);
  assert.match(page.headers.get("x-robots-tag"), /noindex/);
  assert.ok(page.text.includes("read &lt;b&gt;this&lt;/b&gt;") && page.text.includes(`@${account.username}`));
  const decided = await decideOn(bench, post.approval.url, { decision: "approve" });
  assert.deepEqual([decided.status, decided.headers.get("location")], [303, post.approval.url]);
  await postIn(bench, post.id, "published");
  const { approval } = await readPost(bench, post);
  assert.deepEqual([approval.status, approval.decided_by], ["approved", "link"]);
  const [deed] = (await deeds(post.id)).filter(({ action }) => action === "post.approved");
  assert.equal(deed.key_id, "link");
  assert.match(deed.request_id, /^req_/);
  assertPage(await openPage(bench, post.approval.url), 200);
  assert.equal((await decideOn(bench, post.approval.url, { decision: "approve" })).status, 303, "said already");
  assertPage(await decideOn(bench, post.approval.url, { decision: "reject" }), 409);
  assert.deepEqual(textsAt(bench, account), ["read <b>this</b>"]);
});

test("whoever holds the address rejects a post with a note", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account);
  assertPage(await decideOn(bench, post.approval.url, { decision: "reject", note: "é".repeat(501) }), 400);
  assertPage(await decideOn(bench, post.approval.url, { decision: "maybe" }), 400);
  assert.equal((await decideOn(bench, post.approval.url, { decision: "reject", note: "Not\r\nnow." })).status, 303);
  const { approval, isDraft } = await readPost(bench, post);
  assert.deepEqual([approval.status, approval.note, approval.decided_by, isDraft], ["rejected", "Not\nnow.", "link", true]);
  assert.ok((await openPage(bench, post.approval.url)).text.includes("now."));
  assertPage(await decideOn(bench, post.approval.url, { decision: "approve" }), 410);
});

test("twenty approvals by the page and by keys at once publish once", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account, { content: "once from anywhere" });
  const one = (n) => (n % 2 ? approve(bench, post) : decideOn(bench, post.approval.url, { decision: "approve" }));
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => one(n)));
  for (const { status, text } of answers) assert.ok([200, 303].includes(status), text);
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["once from anywhere"]);
  assert.equal((await deeds(post.id)).filter(({ action }) => action === "post.approved").length, 1);
});

test("only the page itself sends its form", async () => {
  const account = await newAccount(bench);
  const { id, approval } = await askingPost(bench, account);
  const approveFrom = (headers) => decideOn(bench, approval.url, { decision: "approve" }, headers);
  for (const headers of [
    {}, { origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { "sec-fetch-site": "none" },
    { "sec-fetch-site": "cross-site", origin: bench.worker.origin },
  ]) {
    assertPage(await approveFrom(headers), 403);
  }
  assertWaits(await readPost(bench, { id }));
  assert.equal((await approveFrom({ origin: bench.worker.origin })).status, 303, "a browser without Sec-Fetch-Site");
});

test("a made-up address is nobody's, and wakes no object", async (t) => {
  const account = await newAccount(bench);
  const { approval } = await askingPost(bench, account);
  const untouched = await startBench({ register: false });
  t.after(() => untouched.stop());
  const objects = async () => (await readdir(untouched.worker.stateDir, { recursive: true })).filter((name) => name.endsWith(".sqlite"));
  const before = await objects();
  const { pathname } = new URL(approval.url);
  const start = pathname.lastIndexOf("/") + 1;
  for (const path of [spoilt(pathname, start), spoilt(pathname, start + 22), spoilt(pathname, start + 30), spoilt(pathname, start + 60), pathname.slice(0, -1), `${pathname}A`, "/approve/a"]) {
    for (const worker of [bench.worker, untouched.worker]) {
      assertPage(await openPage({ worker }, path), 404);
      assertPage(await decideOn({ worker }, path, { decision: "approve" }), 404);
    }
  }
  assert.deepEqual(await objects(), before);
  assertPage(await openPage(untouched, pathname), 410);
  assert.ok((await objects()).length > before.length, "this is how an object would be seen");
});

test("the address of an earlier version is stale, on the page and in its form", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account);
  const changed = postOf(await bench.api.patch(`/v1/posts/${post.id}`, { content: "other words" }));
  assert.deepEqual(stageOf(changed), ["pending", 2]);
  assert.notEqual(changed.approval.url, post.approval.url);
  for (const answer of [await openPage(bench, post.approval.url), await decideOn(bench, post.approval.url, { decision: "approve" })]) {
    assertPage(answer, 410);
  }
  assertWaits(await readPost(bench, post));
  await bench.api.patch(`/v1/posts/${post.id}`, { isDraft: true });
  assertPage(await openPage(bench, changed.approval.url), 410);
  const again = await askingPost(bench, account);
  await bench.api.delete(`/v1/posts/${again.id}`);
  assertPage(await openPage(bench, again.approval.url), 410);
  assertPage(await decideOn(bench, again.approval.url, { decision: "approve" }), 410);
});

test("the address of a rejected post shows the post as it was rejected, and no later draft", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account, { content: "refused words" });
  await reject(bench, post);
  assert.ok((await openPage(bench, post.approval.url)).text.includes("refused words"));
  await bench.api.patch(`/v1/posts/${post.id}`, { content: "of no concern to whoever was asked" });
  assertPage(await openPage(bench, post.approval.url), 410);
  assertPage(await decideOn(bench, post.approval.url, { decision: "reject" }), 410);
  assert.deepEqual(stageOf(await readPost(bench, post)), ["rejected", 1]);
});

test("an approval by the page asks the budget too", async () => {
  const account = await newAccount(bench);
  await bench.api.patch("/v1/settings", { monthly_budget_usd: 0 });
  const post = await askingPost(bench, account, { scheduledAt: fromNow(3_600_000) });
  assertPage(await decideOn(bench, post.approval.url, { decision: "approve" }), 422);
  await bench.api.patch("/v1/settings", { monthly_budget_usd: null });
  assertWaits(await readPost(bench, post));
});

test("a frozen deployment shows a request, and takes no answer", async () => {
  const account = await newAccount(bench);
  const post = await askingPost(bench, account);
  await bench.api.post("/v1/freeze");
  assertPage(await openPage(bench, post.approval.url), 200);
  assertPage(await decideOn(bench, post.approval.url, { decision: "approve" }), 409);
  assertRefused(await approve(bench, post), 409, "in_flight");
  await bench.api.delete("/v1/freeze");
  assert.equal((await decideOn(bench, post.approval.url, { decision: "approve" })).status, 303);
});

test("who may not publish is shown no address: in no answer, list, error or repetition", async () => {
  const tenant_id = "shown-to";
  const account = await newAccount(bench, { tenant_id });
  const shown = new Map();
  const callers = {
    draft: await newKey(bench, { tenant_id, scopes: ["draft"] }),
    "draft connect": await newKey(bench, { tenant_id, scopes: ["draft", "connect"] }),
    read: await newKey(bench, { tenant_id, scopes: ["read"] }),
    "page draft": await newPage(bench, { tenant_id, scopes: ["draft"] }),
    "page draft accounts": await newPage(bench, { tenant_id, scopes: ["draft", "accounts"] }),
  };
  const publishers = {
    admin: bench, publish: await newKey(bench, { tenant_id, scopes: ["publish", "read"] }), "page publish": await newPage(bench, { tenant_id, scopes: ["publish"] }),
  };
  const post = await askingPost(bench, account);
  const body = { accounts: [account.id], content: "asked by each", approval: true };
  const draft = () => createPost(bench, account, { content: "a draft", isDraft: true });
  const texts = async ({ api }, name) => {
    const once = () => api.post("/v1/posts", body, { "idempotency-key": "by each" });
    const answers = [
      await api.get(`/v1/posts/${post.id}`), await api.get("/v1/posts"), await api.get("/v1/posts?approval=pending"), await once(), await once(),
      await api.post("/v1/posts", { ...body, content: `waited for by ${name}` }, { prefer: "wait=1" }),
      await api.post(`/v1/posts/${(await draft()).id}/approval`),
      await api.patch(`/v1/posts/${post.id}`, { content: `changed by ${name}` }),
      await api.post(`/v1/posts/${post.id}/approve`, { number: 99 }),
    ];
    return answers.map(({ text }) => text).join("\n");
  };
  for (const [name, caller] of Object.entries(callers)) shown.set(name, await texts(caller, name));
  for (const [name, text] of shown) assert.doesNotMatch(text, /\/approve\//, name);
  for (const [name, { api }] of Object.entries(publishers)) {
    const { approval } = (await api.get(`/v1/posts/${post.id}`)).body.post;
    assert.match(approval.url, /\/approve\/[\w-]{80}$/, name);
    assert.equal((await api.get("/v1/posts?approval=pending")).body.posts.every(({ approval }) => approval.url), true, name);
  }
});

test("an answered request has no address any more", async () => {
  const account = await newAccount(bench);
  const [yes, no] = [await askingPost(bench, account), await askingPost(bench, account)];
  await approve(bench, yes);
  await reject(bench, no);
  for (const post of [yes, no]) assert.equal((await readPost(bench, post)).approval.url, undefined);
});
