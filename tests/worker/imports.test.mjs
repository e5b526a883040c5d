/** docs/API.md, section 4: an account's figures, and its own posts brought here from X. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TIMELINE_CALL } from "../support/calls.mjs";
import { connect, newAccount, newUser, publishPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { PNG } from "../support/files.mjs";
import { uploadMedia } from "../support/publish-media.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

const path = ({ id }, rest = "") => `/v1/social-accounts/${id}/imports${rest}`;
const postsOf = async ({ id }) => (await bench.api.get(`/v1/posts?social_account_id=${id}`)).body.posts;

/** The import once it is over. */
async function run(account, body) {
  const begun = await bench.api.post(path(account), body);
  assert.equal(begun.status, 202, begun.text);
  assert.equal(begun.body.data.status, "queued");
  const read = async () => (await bench.api.get(path(account, `/${begun.body.data.id}`))).body.data;
  return eventually(read, ({ status }) => !["queued", "running"].includes(status), 20_000);
}

/** Posts that the account made at X without us, oldest first. */
const post = ({ username }, count, text = "own") =>
  Array.from({ length: count }, (_, at) => bench.x.post({ username, text: `${text} ${at}` }));

test("posts of X's are entered as published ones, at X's time, newest first, and cost nothing", async () => {
  const account = await newAccount(bench, { tenant_id: "imports" });
  const [own] = post(account, 1, "see https://example.com/a & more");
  const created_at = Date.now() - 5 * 86_400_000;
  bench.x.setPost({ id: own.id, created_at });
  const { status, imported, skipped, error, finished_at, ...rest } = await run(account);
  assert.deepEqual([status, imported, skipped, error, rest.limit], ["completed", 1, 0, null, 100]);
  assertTimesAndIds({ finished_at });
  const [row] = await postsOf(account);
  const [delivery] = row.socialAccounts;
  assert.deepEqual(row.containers.map(({ content }) => content), ["see https://example.com/a & more 0"]);
  assert.deepEqual([delivery.state, delivery.platformPostId, row.tenant_id], ["published", own.id, "imports"]);
  assert.equal(Math.floor(Date.parse(row.publishedAt) / 1000), Math.floor(created_at / 1000));
  assert.equal(row.cost.actual_usd, null);
  const ours = await publishPost(bench, account, { content: "newer" });
  assert.deepEqual((await postsOf(account)).map(({ id }) => id), [ours.id, row.id]);
});

test("an import keeps people's links and cuts X's link to the post's own media alone", async () => {
  const { username } = newUser(bench);
  // What one tenant published is new to the other.
  const [ours, theirs] = [await connect(bench, { username, tenant_id: "links" }), await connect(bench, { username })];
  const other = await newAccount(bench);
  const { id: photo } = await uploadMedia(bench, PNG, { tenant_id: "links" });
  const { socialAccounts: [{ platformPostId }] } = await publishPost(bench, ours, { content: "first", mediaIds: [photo] });
  const texts = [
    "first",
    "a clip https://www.tiktok.com/@a/video/1",
    `again https://x.com/${username}/status/${platformPostId}/photo/1 and https://x.com/${other.username}/status/1/video/1`,
    "https://example.com/photo/2?a=1&b=2 leads",
  ];
  for (const content of texts.slice(1)) await publishPost(bench, ours, { content, mediaIds: [photo] });
  assert.equal((await run(theirs)).imported, texts.length);
  const imported = (await postsOf(theirs)).map(({ containers: [{ content }] }) => content);
  assert.deepEqual(imported.toSorted(), texts.toSorted());
});

test("what is here already is skipped, ours and imported, and stays one", async () => {
  const account = await newAccount(bench);
  await publishPost(bench, account, { content: "ours" });
  post(account, 2);
  const first = await run(account);
  assert.deepEqual([first.imported, first.skipped], [2, 1]);
  const second = await run(account);
  assert.deepEqual([second.status, second.imported, second.skipped], ["completed", 0, 3]);
  assert.equal((await postsOf(account)).length, 3);
});

test("an import takes as many as were asked for, over X's pages", async () => {
  const account = await newAccount(bench);
  post(account, 130);
  assert.equal((await run(account, { limit: 3 })).imported, 3);
  const rest = await run(account, { limit: 120 });
  assert.deepEqual([rest.imported, rest.skipped], [117, 3]);
});

test("an import that X cuts short is partial, one that it refuses failed, with the reason", async () => {
  const account = await newAccount(bench);
  post(account, 120);
  bench.x.fault({ ...TIMELINE_CALL, skip: 1, kind: "answer", preset: "rate-limit" });
  const partial = await run(account, { limit: 120 });
  assert.deepEqual([partial.status, partial.imported, partial.error_code], ["partial", 100, "rate_limited"]);
  const other = await newAccount(bench);
  bench.x.fault({ ...TIMELINE_CALL, kind: "answer", preset: "credits-new" });
  const failed = await run(other);
  assert.deepEqual([failed.status, failed.imported, failed.error_code], ["failed", 0, "credits_depleted"]);
  const { data } = (await bench.api.get(path(other))).body;
  assert.deepEqual(data.map(({ id }) => id), [failed.id]);
});

test("an import goes on after a crash and enters nothing twice", async () => {
  const account = await newAccount(bench);
  post(account, 150);
  bench.x.fault({ ...TIMELINE_CALL, skip: 1, kind: "delay", ms: 3000 });
  const begun = await bench.api.post(path(account), { limit: 150 });
  await bench.x.received({ ...TIMELINE_CALL, count: 1 });
  await bench.worker.kill();
  await bench.worker.restart();
  const read = async () => (await bench.api.get(path(account, `/${begun.body.data.id}`))).body.data;
  const { imported, skipped } = await eventually(read, ({ status }) => status === "completed", 90_000);
  assert.equal(imported + skipped, 150);
  const { pagination } = (await bench.api.get(`/v1/posts?social_account_id=${account.id}`)).body;
  assert.equal(pagination.total, 150);
  bench.x.clearFaults();
});

test("what X lists is counted in usage, and no budget refuses it", async () => {
  const account = await newAccount(bench, { tenant_id: "import-budget" });
  await bench.api.patch("/v1/settings", { tenant_budgets_usd: { "import-budget": 0 } });
  post(account, 4);
  assert.equal((await run(account, { limit: 3200 })).imported, 4);
  const { x_cost } = (await bench.api.get("/v1/account/usage")).body.usage;
  assert.equal(x_cost.by_tenant.find(({ tenant_id }) => tenant_id === "import-budget").estimate_usd, 0.02);
});

test("a limit is a number that X can list", async () => {
  const account = await newAccount(bench);
  for (const limit of [0, 3201, -1, "10"]) {
    assertRefused(await bench.api.post(path(account), { limit }), 400, "invalid_payload", "limit");
  }
  assertRefused(await bench.api.get(path(account, "/imp_AAAAAAAAAAAAAAAAAAAAAA")), 404, "not_found");
});

test("metrics are what X says of the account now, whatever period is asked for", async () => {
  const account = await newAccount(bench);
  post(account, 3);
  const asked = `/v1/social-accounts/${account.id}/metrics?since=1795426200&until=2026-11-23T10:00:00Z`;
  const { data } = (await bench.api.get(asked)).body;
  const { fetched_at, period, ...rest } = data;
  assertTimesAndIds({ fetched_at });
  assert.deepEqual([period.since, period.until], ["2026-11-23T09:30:00.000Z", "2026-11-23T10:00:00.000Z"]);
  assert.match(period.note, /totals as they are now/);
  assert.deepEqual(rest, {
    account_id: account.id, network: "x", followers_count: 0, following_count: 0, posts_count: 3, engagement: {},
    platform_specific: { listed_count: 0, like_count: 0, media_count: 0 },
  });
  assertRefused(await bench.api.get(`/v1/social-accounts/${account.id}/metrics?since=yesterday`), 400, "invalid_payload", "since");
  const numbered = `/v1/social-accounts/${account.id}/metrics?since=1795426200000&until=2026-11-23T11:00:00+01:00`;
  const { period: ofNumbers } = (await bench.api.get(numbered)).body.data;
  assert.deepEqual([ofNumbers.since, ofNumbers.until], ["2026-11-23T09:30:00.000Z", "2026-11-23T10:00:00.000Z"]);
  bench.x.fault({ method: "GET", path: "/2/users/me", kind: "answer", preset: "unavailable" });
  assertRefused(await bench.api.get(`/v1/social-accounts/${account.id}/metrics`), 502, "x_unavailable");
});
