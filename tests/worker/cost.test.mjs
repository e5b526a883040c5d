/**
 * docs/API.md, section 5: what a post costs at X, before and after. The prices are X's own
 * (https://docs.x.com/x-api/getting-started/pricing); the stand-in bills by them too, and is asked.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  createPost,
  faultAtX,
  fromNow,
  newAccount,
  newUser,
  postOf,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const REPLY = { reply: { in_reply_to_tweet_id: "1" } };
const LINK = "https://example.com/a";

let bench;
let account;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id: "cost" });
});
after(() => bench?.stop());

const estimate = async (fields) => {
  const body = { content: "a", accounts: [account.id], dryRun: true, ...fields };
  return postOf(await bench.api.post("/v1/posts", body)).cost;
};
const estimateOfThread = (...texts) => estimate({ content: undefined, ...thread(...texts) });

/** What X has billed since. */
function meter() {
  const { credits } = bench.x.app;
  return () => Math.round((credits - bench.x.app.credits) * 1000) / 1000;
}

for (const [what, fields, usd, ...reasons] of [
  ["a post", {}, 0.015, "1 post at $0.015"],
  ["a post with a URL", { content: `see ${LINK}` }, 0.2, "1 post with a URL at $0.200"],
  ["a post with two URLs", { content: `${LINK} and ${LINK}/b` }, 0.2, "1 post with a URL at $0.200"],
  ["a post with a URL without a scheme", { content: "see example.com" }, 0.2, "1 post with a URL at $0.200"],
  ["a post whose file name X would link", { content: "edit main.rs" }, 0.2, "1 post with a URL at $0.200"],
  ["a post with an e-mail address", { content: "write to ada@example.com" }, 0.015, "1 post at $0.015"],
  ["a reply", { x: REPLY }, 0.01, "1 reply at $0.010"],
  ["a reply with a URL", { content: LINK, x: REPLY }, 0.2, "1 post with a URL at $0.200"],
  ["a quote", { x: { quote_tweet_id: "1" } }, 0.015, "1 post at $0.015"],
  ["a post with options", { x: { made_with_ai: true } }, 0.015, "1 post at $0.015"],
  ["a post for later", { scheduledAt: fromNow(3_600_000) }, 0.015, "1 post at $0.015"],
  ["a draft", { isDraft: true }, 0.015, "1 post at $0.015"],
]) {
  test(`${what} is estimated at $${usd}`, async () => {
    assert.deepEqual(await estimate(fields), { estimate_usd: usd, actual_usd: null, reasons });
  });
}

test("a thread costs what its posts cost, each kind with its reason", async () => {
  assert.deepEqual(await estimateOfThread("a", "b", "c"), {
    estimate_usd: 0.045,
    actual_usd: null,
    reasons: ["3 posts at $0.015"],
  });
  const mixed = await estimateOfThread("a", `b ${LINK}`, "c");
  assert.equal(mixed.estimate_usd, 0.23);
  assert.deepEqual(mixed.reasons.sort(), ["1 post with a URL at $0.200", "2 posts at $0.015"]);
  assert.equal((await estimateOfThread(...Array.from({ length: 25 }, (_, part) => `${part} ${LINK}`))).estimate_usd, 5);
});

test("of a thread below somebody's post only the root is a reply", async () => {
  const { estimate_usd } = await estimate({ content: undefined, ...thread("a", "b"), x: REPLY });
  assert.equal(estimate_usd, 0.025);
});

test("every account is paid for", async () => {
  const other = await newAccount(bench, { tenant_id: "cost" });
  const { estimate_usd, reasons } = await estimate({ accounts: [account.id, other.id] });
  assert.deepEqual([estimate_usd, reasons], [0.03, ["2 posts at $0.015"]]);
});

test("nothing has been paid until something is out, then what X bills", async () => {
  const text = `billed ${LINK}`;
  const [billed, fields] = [meter(), thread("billed 1", text, "billed 3")];
  const scheduled = await createPost(bench, account, { ...fields, scheduledAt: fromNow(3_600_000) });
  assert.deepEqual([scheduled.cost.estimate_usd, scheduled.cost.actual_usd], [0.23, null]);
  const { cost } = await publishPost(bench, account, fields);
  assert.deepEqual([cost.estimate_usd, cost.actual_usd], [0.23, 0.23]);
  assert.equal(billed(), 0.23);
});

test("a reply to somebody is paid at its own price", async () => {
  const asked = bench.x.post({ username: newUser(bench).username, text: `@${account.username}, how much?` });
  const billed = meter();
  const { cost } = await publishPost(bench, account, {
    content: "a cent",
    x: { reply: { in_reply_to_tweet_id: asked.id } },
  });
  assert.deepEqual([cost.estimate_usd, cost.actual_usd, billed()], [0.01, 0.01, 0.01]);
});

test("what X refused is not paid", async () => {
  const billed = meter();
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const refused = await publishPost(bench, account, { content: "refused" });
  assert.equal(refused.cost.actual_usd, null);
  faultAtX(bench, { kind: "answer", preset: "not-permitted" }, { after: 2 });
  const broken = await publishPost(bench, account, thread("paid 1", "paid 2", "not paid", "never sent"));
  assert.deepEqual([broken.cost.estimate_usd, broken.cost.actual_usd, billed()], [0.06, 0.03, 0.03]);
});

test("of two accounts the one that was refused is not paid", async () => {
  const [one, two] = [await newAccount(bench, { tenant_id: "pays" }), await newAccount(bench, { tenant_id: "pays" })];
  bench.x.setUser({ username: one.username, suspended: true });
  const { cost } = await publishPost(bench, one, { content: "half paid", accounts: [one.id, two.id] });
  assert.deepEqual([cost.estimate_usd, cost.actual_usd], [0.03, 0.015]);
});

test("a second try is paid when it succeeds, and once", async () => {
  const billed = meter();
  faultAtX(bench, { kind: "answer", preset: "unavailable" });
  const { cost } = await publishPost(bench, account, { content: "paid once" });
  assert.deepEqual([cost.actual_usd, billed()], [0.015, 0.015]);
});

test("a post that was taken off X has been paid all the same", async () => {
  const post = await publishPost(bench, account, { content: "paid and gone" });
  await bench.api.delete(`/v1/posts/${post.id}/remote`);
  assert.equal((await readPost(bench, post)).cost.actual_usd, 0.015);
});

test("a repost has its price", async () => {
  const post = await publishPost(bench, account, { content: "worth a repost" });
  const other = await newAccount(bench, { tenant_id: "cost" });
  const { cost } = postOf(await bench.api.post(`/v1/posts/${post.id}/repost`, { account: other.id }));
  assert.deepEqual(cost, { estimate_usd: 0.015, actual_usd: 0.015, reasons: ["1 repost at $0.015"] });
});

test("a post that would cost more than the caller allows is not created", async () => {
  const create = (max_cost_usd, content) =>
    bench.api.post("/v1/posts", { content, accounts: [account.id], max_cost_usd }, { prefer: "wait=10" });
  for (const limit of [0.014, 0.014999, 0]) {
    const { message } = assertRefused(await create(limit, "too dear"), 422, "cost_exceeded");
    assert.match(message, /0\.015/);
  }
  assertRefused(await create(0.1, `too dear ${LINK}`), 422, "cost_exceeded");
  assert.deepEqual(bench.x.posts({ text: "too dear" }), []);
  for (const limit of [0.015, 1, null]) postOf(await create(limit, `not too dear at ${limit}`));
  assert.equal(textsAt(bench, account).filter((text) => text.startsWith("not too dear")).length, 3);
});

test("what a caller allows is a number of dollars", async () => {
  for (const max_cost_usd of ["0.02", -1, [], true]) {
    const answer = await bench.api.post("/v1/posts", { content: "a", accounts: [account.id], max_cost_usd });
    assertRefused(answer, 400, "invalid_payload", "max_cost_usd");
  }
});
