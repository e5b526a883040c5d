/** docs/API.md, section 5: deliveries of one account run in the order of their times, and accounts run side by side. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  callUnderWay,
  createPost,
  faultAtX,
  fromNow,
  newAccount,
  postIn,
  postWhen,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** X's refusal of a whole window that ends `seconds` from now. */
function windowUntil(seconds) {
  const reset = String(Math.ceil(Date.now() / 1000) + seconds);
  const headers = { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset };
  return { kind: "answer", status: 429, headers, body: { title: "Too Many Requests", status: 429 } };
}

const published = async (posts) => {
  for (const { id } of posts) await postIn(bench, id, "published");
};

test("posts that are due at different times leave by their times, not by their creation", async () => {
  const account = await newAccount(bench);
  // All from one moment: creating them takes time too.
  const times = { first: fromNow(4000), second: fromNow(4300), third: fromNow(4600) };
  const at = (content) => createPost(bench, account, { content, scheduledAt: times[content] });
  await published([await at("third"), await at("first"), await at("second")]);
  assert.deepEqual(textsAt(bench, account), ["first", "second", "third"]);
});

test("posts that are due at one time leave in the order of their creation", async () => {
  const account = await newAccount(bench);
  const scheduledAt = fromNow(3000);
  const texts = ["one", "two", "three", "four"].map((word) => `${word} at one time`);
  const posts = [];
  for (const content of texts) posts.push(await createPost(bench, account, { content, scheduledAt }));
  await published(posts);
  assert.deepEqual(textsAt(bench, account), texts);
});

test("threads of one account are not woven into each other", async () => {
  const account = await newAccount(bench);
  const posts = [];
  for (const name of ["warp", "weft"]) {
    posts.push(await createPost(bench, account, thread(`${name} 1`, `${name} 2`, `${name} 3`)));
  }
  await published(posts);
  assert.deepEqual(textsAt(bench, account), ["warp 1", "warp 2", "warp 3", "weft 1", "weft 2", "weft 3"]);
});

for (const [what, fault] of [
  ["X being unavailable", () => ({ kind: "answer", preset: "unavailable" })],
  ["a spent window", () => windowUntil(2)],
]) {
  test(`a post that ${what} keeps waiting is not overtaken by the next of its account`, async () => {
    const account = await newAccount(bench);
    faultAtX(bench, fault());
    const texts = [`kept waiting by ${what}`, `behind ${what}`];
    const posts = [await createPost(bench, account, { content: texts[0] })];
    await postWhen(bench, posts[0].id, ({ error_code }) => error_code !== null);
    posts.push(await createPost(bench, account, { content: texts[1] }));
    await published(posts);
    assert.deepEqual(textsAt(bench, account), texts);
  });
}

test("a post that X refuses lets the next one go at once", async () => {
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const { id } = await createPost(bench, account, { content: "refused, first of two" });
  const next = await publishPost(bench, account, { content: "not refused, second of two" });
  assert.equal(next.socialAccounts[0].state, "published");
  await postIn(bench, id, "failed");
});

test("a post for later does not keep one for now", async () => {
  const account = await newAccount(bench);
  await createPost(bench, account, { content: "for later", scheduledAt: fromNow(3_600_000) });
  const now = await publishPost(bench, account, { content: "for now" });
  assert.equal(now.socialAccounts[0].state, "published");
  assert.deepEqual(textsAt(bench, account), ["for now"]);
});

test("while X takes its time for one account the others go out", async () => {
  const [slow, quick] = [await newAccount(bench), await newAccount(bench)];
  faultAtX(bench, { kind: "hold" });
  const waiting = await createPost(bench, slow, { content: "slow" });
  await callUnderWay(bench);
  const done = await publishPost(bench, quick, { content: "quick" });
  assert.equal(done.socialAccounts[0].state, "published");
  assert.deepEqual(textsAt(bench, slow), []);
  bench.x.release();
  await published([waiting]);
});

test("while one account waits for X to recover or to open its window the others go out", async () => {
  const [quick, ...waiting] = await Promise.all([1, 2, 3].map(() => newAccount(bench)));
  const faults = [{ kind: "answer", preset: "unavailable" }, windowUntil(6)];
  const posts = [];
  for (const [n, account] of waiting.entries()) {
    faultAtX(bench, faults[n]);
    posts.push(await createPost(bench, account, { content: "waits alone" }));
    await postWhen(bench, posts[n].id, ({ error_code }) => error_code !== null);
  }
  await publishPost(bench, quick, { content: "waits for nobody" });
  assert.deepEqual(bench.x.posts({ text: "waits alone" }), []);
  assert.deepEqual(textsAt(bench, quick), ["waits for nobody"]);
  await published(posts);
});

test("while X refuses an account's token, fresh as it is, that account keeps still and the others go out", async () => {
  const [refused, other] = [await newAccount(bench), await newAccount(bench)];
  faultAtX(bench, { kind: "answer", preset: "unauthorized", times: 2 });
  const { id } = await createPost(bench, refused, { content: "keeps still" });
  const { socialAccounts } = await postWhen(bench, id, ({ attempts, state }) => attempts === 2 && state === "queued");
  const waits = Date.parse(socialAccounts[0].next_attempt_at) - Date.now();
  assert.ok(waits > 50_000 && waits <= 60_000, `${waits} ms`);
  bench.x.clearRequests();
  const behind = await createPost(bench, refused, { content: "keeps still behind it" });
  await publishPost(bench, other, { content: "does not keep still" });
  assert.equal(bench.x.requests(CREATE_CALL).length, 1);
  assert.equal((await readPost(bench, behind)).socialAccounts[0].state, "queued");
});

test("one post to two accounts waits for neither because of the other", async () => {
  const accounts = [await newAccount(bench, { tenant_id: "pair" }), await newAccount(bench, { tenant_id: "pair" })];
  faultAtX(bench, windowUntil(2));
  const { id } = await createPost(bench, accounts[0], { content: "to a pair", accounts: accounts.map((a) => a.id) });
  const onX = async () => bench.x.posts({ text: "to a pair" }).length;
  await eventually(onX, (count) => count === 1);
  const states = async () => (await readPost(bench, { id })).socialAccounts.map(({ state }) => state).sort();
  assert.deepEqual(await eventually(states, ([first]) => first === "published"), ["published", "queued"]);
  await eventually(onX, (count) => count === 2);
});
