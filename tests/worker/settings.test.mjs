/** docs/API.md, section 8: `/v1/settings`, what the operator decides for the whole workspace. */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { CREATE_CALL, TIMELINE_CALL } from "../support/calls.mjs";
import { createPost, faultAtX, newAccount, postIn, postOf, publishPost, startBench, textsAt } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const MIB = 1024 * 1024;
const DEFAULTS = {
  on_unknown: "resend",
  prices: {
    post: 0.015, post_with_url: 0.2, summoned_reply: 0.01, repost: 0.015, media_metadata: 0.005, post_read: 0.005, user_read: 0.01,
    interaction_delete: 0.01, content_manage: 0.005,
  },
  allowed_media: {
    "image/jpeg": 5 * MIB, "image/png": 5 * MIB, "image/webp": 5 * MIB, "image/gif": 15 * MIB,
    "video/mp4": 512 * MIB, "video/quicktime": 512 * MIB, "text/srt": MIB, "text/vtt": MIB,
  },
  monthly_budget_usd: null,
  tenant_budgets_usd: {},
  // Of a new deployment.
  keep_posts_days: 400,
  brand: { name: null, logo_url: null, color: null },
};

let bench;

before(async () => (bench = await startBench({ vars: { SETTLE_MS: "1000" } })));
afterEach(() => change(DEFAULTS));
after(() => bench?.stop());

const settings = async () => (await bench.api.get("/v1/settings")).body.data;
const change = (fields) => bench.api.patch("/v1/settings", fields);

test("before anything is decided the settings are X's prices, and resending", async () => {
  const { status, body } = await bench.api.get("/v1/settings");
  assert.deepEqual([status, body.success, body.data], [200, true, DEFAULTS]);
});

test("a change is answered with the settings, and leaves what it does not name", async () => {
  const { status, body } = await change({ on_unknown: "hold" });
  assert.deepEqual([status, body.success, body.data], [200, true, { ...DEFAULTS, on_unknown: "hold" }]);
  await change({ prices: { repost: 0.02 } });
  const changed = { ...DEFAULTS, on_unknown: "hold", prices: { ...DEFAULTS.prices, repost: 0.02 } };
  assert.deepEqual(await settings(), changed);
  assert.deepEqual((await change({})).body.data, changed);
});

test("settings outlive a restart and a power cut", async () => {
  for (const keep_posts_days of [30, null]) {
    await change({ on_unknown: "hold", prices: { post: 0.5 }, keep_posts_days });
    const before = await settings();
    assert.equal(before.keep_posts_days, keep_posts_days);
    await bench.worker.restart();
    await bench.worker.kill();
    await bench.worker.restart();
    assert.deepEqual(await settings(), before);
  }
});

test("a price of one's own is what is estimated and paid from then on", async () => {
  const account = await newAccount(bench);
  await change({ prices: { post: 0.0125, post_with_url: 1.5 } });
  const { cost } = await publishPost(bench, account, { content: "by our own contract" });
  assert.deepEqual(cost, { estimate_usd: 0.0125, actual_usd: 0.0125, reasons: ["1 post at $0.0125"] });
  const dear = await createPost(bench, account, { content: "example.com", isDraft: true });
  assert.equal(dear.cost.estimate_usd, 1.5);
  const body = { content: "too dear now", accounts: [account.id], max_cost_usd: 0.01 };
  assertRefused(await bench.api.post("/v1/posts", body), 422, "cost_exceeded");
});

test("a price may be nothing", async () => {
  const account = await newAccount(bench);
  await change({ prices: { post: 0 } });
  const body = { content: "free", accounts: [account.id], dryRun: true, max_cost_usd: 0 };
  assert.equal(postOf(await bench.api.post("/v1/posts", body)).cost.estimate_usd, 0);
});

test("what is no setting, or no value of one, is refused by its path and changes nothing", async () => {
  for (const [fields, path] of [
    [{ colour: 1 }, "colour"],
    [{ on_unknown: "retry" }, "on_unknown"],
    [{ on_unknown: true }, "on_unknown"],
    [{ prices: { like: 1 } }, "prices.like"],
    [{ prices: { post: -0.01 } }, "prices.post"],
    [{ prices: { post: "0.02" } }, "prices.post"],
    [{ prices: 1 }, "prices"],
    [{ keep_posts_days: 0 }, "keep_posts_days"],
    [{ keep_posts_days: -1 }, "keep_posts_days"],
    [{ keep_posts_days: 1.5 }, "keep_posts_days"],
    [{ keep_posts_days: 36_501 }, "keep_posts_days"],
    [{ keep_posts_days: "400" }, "keep_posts_days"],
    [{ on_unknown: "hold", prices: { post: 0.5, like: 1 } }, "prices.like"],
  ]) {
    assertRefused(await change(fields), 400, "invalid_payload", path);
  }
  assert.deepEqual(await settings(), DEFAULTS);
});

test("a name with dots is one step of the path to what is wrong", async () => {
  for (const tenant of ["ada.b@example.com", "a..b", "."]) {
    const { status, body } = await change({ tenant_budgets_usd: { [tenant]: -1 } });
    assert.deepEqual([status, Object.keys(body.details.tenant_budgets_usd)], [400, [tenant]]);
    assert.equal(body.details.tenant_budgets_usd[tenant]._errors.length, 1);
  }
  for (const [fields, path] of [[{ "a.b": 1 }, ["a.b"]], [{ prices: { "post.read": 1 } }, ["prices", "post.read"]], [{ brand: { "x.y": 1 } }, ["brand", "x.y"]]]) {
    const { status, body } = await change(fields);
    const at = path.reduce((node, name) => node?.[name], body.details);
    assert.deepEqual([status, at?._errors?.length], [400, 1], path.join(" / "));
  }
});

test("where unknown posts are held one is read for and not sent again", async () => {
  await change({ on_unknown: "hold" });
  const account = await newAccount(bench);
  bench.x.clearRequests();
  faultAtX(bench, { kind: "close" });
  const { id } = await createPost(bench, account, { content: "held back" });
  // Two empty reads are what a resend would have waited for.
  await bench.x.received({ ...TIMELINE_CALL, count: 3, wait_ms: 15_000 });
  const { socialAccounts } = await postIn(bench, id, "unknown");
  assert.equal(socialAccounts[0].status, "pending");
  assert.deepEqual([bench.x.requests(CREATE_CALL).length, textsAt(bench, account)], [1, []]);
});

test("where unknown posts are held one that is on X is found all the same", async () => {
  await change({ on_unknown: "hold" });
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "effect-then-close" });
  const { id } = await createPost(bench, account, { content: "found though held" });
  await postIn(bench, id, "published");
  assert.deepEqual(textsAt(bench, account), ["found though held"]);
});
