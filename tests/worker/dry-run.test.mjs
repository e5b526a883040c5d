/** docs/API.md, section 5: `dryRun` says all that the call would say, and does nothing. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fromNow, newAccount, newUser, connect, postOf, startBench, textsAt, thread } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const DAY = 24 * 3_600_000;

let bench;
let account;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id: "dry" });
});
after(() => bench?.stop());

const post = (fields, headers) =>
  bench.api.post("/v1/posts", { content: "a", accounts: [account.id], ...fields }, headers);
const listed = async () => (await bench.api.get("/v1/posts?tenant_id=dry")).body.pagination.total;

test("the answer is the post as it would be, without ids, and X hears nothing", async () => {
  bench.x.clearRequests();
  const fields = { ...thread("dry 1", "dry 2 https://example.com"), x: { reply_settings: "verified" } };
  const { status, body } = await post({ content: undefined, dryRun: true, ...fields });
  assert.equal(status, 200);
  assert.deepEqual([body.success, body.dryRun, body.warnings], [true, true, []]);
  assert.deepEqual(body.data.post, body.post);
  const { id, createdAt, containers, socialAccounts, cost, ...rest } = body.post;
  assert.deepEqual([id, containers.map((container) => container.id)], [null, [null, null]]);
  assert.deepEqual(containers.map(({ weighted_length }) => weighted_length), [5, 29]);
  assert.deepEqual([cost.estimate_usd, cost.actual_usd], [0.215, null]);
  assert.deepEqual(socialAccounts.map((delivery) => [delivery.id, delivery.state]), [[account.id, "queued"]]);
  assert.equal(socialAccounts[0].segments.length, 2);
  assert.deepEqual(rest, {
    orgId: "org_main",
    tenant_id: "dry",
    publishedAt: null,
    scheduledAt: null,
    scheduled: false,
    isDraft: false,
    x: fields.x,
  });
  assert.deepEqual([await listed(), textsAt(bench, account), bench.x.requests()], [0, [], []]);
});

test("time and draft are shown as they would be", async () => {
  const scheduledAt = fromNow(DAY);
  const planned = postOf(await post({ dryRun: true, scheduledAt }));
  assert.deepEqual([planned.scheduledAt, planned.scheduled], [scheduledAt, true]);
  assert.equal(postOf(await post({ dryRun: true, isDraft: true })).isDraft, true);
  assert.equal(await listed(), 0);
});

test("the warnings are those of the call", async () => {
  const extra = { processMedia: true, tiktok: {} };
  const { warnings } = (await post({ dryRun: true, ...extra })).body;
  for (const name of Object.keys(extra)) assert.ok(warnings.some((warning) => warning.includes(name)), name);
});

test("whatever refuses the call refuses the dry run, in the same words", async () => {
  const both = newUser(bench).username;
  for (const tenant_id of ["dry-1", "dry-2"]) await connect(bench, { tenant_id, username: both });
  for (const [fields, status, code] of [
    [{ accounts: ["nobody_here"] }, 400, "unknown_account"],
    [{ accounts: [both] }, 400, "ambiguous_account"],
    [{ accounts: [] }, 400, "invalid_payload"],
    [{ content: "" }, 400, "invalid_payload"],
    [{ content: "a".repeat(281) }, 400, "text_too_long"],
    [{ content: undefined, ...thread("a", "b".repeat(300)) }, 400, "text_too_long"],
    [{ content: "\uffff" }, 400, "invalid_payload"],
    [{ scheduledAt: "soon" }, 400, "invalid_schedule"],
    [{ scheduledAt: fromNow(366 * DAY) }, 400, "invalid_schedule"],
    [{ x: { reply_settings: "nobody" } }, 400, "invalid_payload"],
    [{ max_cost_usd: 0.01 }, 422, "cost_exceeded"],
    [{ colour: 1 }, 400, "invalid_payload"],
  ]) {
    const [dry, real] = [await post({ ...fields, dryRun: true }), await post(fields)];
    const words = ({ body }) => [body.code, body.message, body.details];
    assertRefused(dry, status, code);
    assert.deepEqual(words(dry), words(real));
  }
  assert.equal(await listed(), 0);
});

test("dryRun is true or false", async () => {
  assertRefused(await post({ dryRun: "yes" }), 400, "invalid_payload", "dryRun");
  const { status, body } = await post({ dryRun: false, isDraft: true, content: "no dry run" });
  assert.deepEqual([status, "dryRun" in body, body.post.id.slice(0, 5)], [200, false, "post_"]);
});

test("a dry run and the call need two idempotency keys", async () => {
  const key = { "idempotency-key": "dry-or-not" };
  const fields = { content: "keyed" };
  const first = await post({ ...fields, dryRun: true }, key);
  assert.equal((await post({ ...fields, dryRun: true }, key)).text, first.text);
  assertRefused(await post(fields, key), 422, "idempotency_key_reused");
  assert.deepEqual(textsAt(bench, account), []);
});

test("a caller that prefers to wait is not kept waiting by a dry run", async () => {
  const began = Date.now();
  postOf(await post({ dryRun: true }, { prefer: "wait=20" }));
  assert.ok(Date.now() - began < 10_000);
});
