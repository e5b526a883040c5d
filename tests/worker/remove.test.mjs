/** docs/API.md, section 5: `DELETE /v1/posts/{id}` cancels what waits, forgets what is over, and never touches X. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { TIMELINE_CALL } from "../support/calls.mjs";
import {
  callUnderWay,
  connect,
  createPost,
  faultAtX,
  fromNow,
  newAccount,
  newUser,
  postIn,
  postOf,
  postWhen,
  publishPost,
  readPost,
  startBench,
  textsAt,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";

const HOUR = 3_600_000;

let bench;

/** What is unknown stays so: a call without effect is sent again by hand only. */
before(async () => {
  bench = await startBench({ vars: { SETTLE_MS: "1000" } });
  assert.equal((await bench.api.patch("/v1/settings", { on_unknown: "hold" })).status, 200);
});
after(() => bench?.stop());

const remove = ({ id }) => bench.api.delete(`/v1/posts/${id}`);
const read = ({ id }) => bench.api.get(`/v1/posts/${id}`);

/** The post is cancelled and can still be read. */
async function assertCancelled(post) {
  const { socialAccounts, scheduled } = await readPost(bench, post);
  const [{ state, status, next_attempt_at }] = socialAccounts;
  assert.deepEqual([state, status, next_attempt_at, scheduled], ["cancelled", "deleted", null, false]);
}

test("a scheduled post is cancelled, stays readable, and is never sent", async () => {
  const account = await newAccount(bench);
  const post = await createPost(bench, account, { content: "called off", scheduledAt: fromNow(4000) });
  const { status, body } = await remove(post);
  assert.deepEqual([status, body], [200, { success: true, message: "Post deleted successfully" }]);
  await assertCancelled(post);
  await publishPost(bench, account, { content: "not called off", scheduledAt: fromNow(4500) });
  assert.deepEqual(textsAt(bench, account), ["not called off"]);
  await assertCancelled(post);
});

test("a draft is gone", async () => {
  const post = await createPost(bench, await newAccount(bench), { content: "a draft", isDraft: true });
  assert.equal((await remove(post)).status, 200);
  assertRefused(await read(post), 404, "not_found");
});

test("of a published post only our record is gone", async () => {
  const account = await newAccount(bench, { tenant_id: "record" });
  const post = await publishPost(bench, account, { content: "stays on X" });
  bench.x.clearRequests();
  assert.equal((await remove(post)).status, 200);
  assertRefused(await read(post), 404, "not_found");
  assertRefused(await remove(post), 404, "not_found");
  assert.deepEqual((await bench.api.get("/v1/posts?tenant_id=record")).body.posts, []);
  assert.deepEqual([textsAt(bench, account), bench.x.requests()], [["stays on X"], []]);
});

test("of a post that failed, or was cancelled before, nothing is left", async () => {
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const failed = await publishPost(bench, account, { content: "refused" });
  const cancelled = await createPost(bench, account, { content: "cancelled", scheduledAt: fromNow(HOUR) });
  await remove(cancelled);
  for (const post of [failed, cancelled]) {
    assert.equal((await remove(post)).status, 200);
    assertRefused(await read(post), 404, "not_found");
  }
});

test("a post that waits for X is cancelled", async () => {
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "answer", preset: "unavailable" });
  const post = await createPost(bench, account, { content: "gives up waiting" });
  await postWhen(bench, post.id, ({ error_code }) => error_code !== null);
  assert.equal((await remove(post)).status, 200);
  await assertCancelled(post);
  await publishPost(bench, account, { content: "goes on" });
  assert.deepEqual(textsAt(bench, account), ["goes on"]);
});

test("a post that is held is cancelled, and a reconnection does not bring it back", async () => {
  const account = await newAccount(bench);
  bench.x.revokeGrants({ username: account.username });
  const post = await createPost(bench, account, { content: "held" });
  await postIn(bench, post.id, "held");
  assert.equal((await remove(post)).status, 200);
  await connect(bench, { username: account.username });
  await publishPost(bench, account, { content: "after the reconnection" });
  await assertCancelled(post);
  assert.deepEqual(textsAt(bench, account), ["after the reconnection"]);
});

test("a post that is on its way is in flight, and nothing of it changes", async () => {
  const accounts = [await newAccount(bench, { tenant_id: "flight" }), await newAccount(bench, { tenant_id: "flight" })];
  faultAtX(bench, { kind: "hold" });
  const fields = { content: "in flight", accounts: accounts.map(({ id }) => id) };
  const post = await createPost(bench, accounts[0], fields);
  await callUnderWay(bench);
  assertRefused(await remove(post), 409, "in_flight");
  bench.x.release();
  const isOut = ({ socialAccounts }) => socialAccounts.every(({ state }) => state === "published");
  await eventually(() => readPost(bench, post), isOut);
});

test("a post that may be on X is in flight until it is settled", async () => {
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "close" });
  const post = await createPost(bench, account, { content: "may be on X" });
  const unknown = await postIn(bench, post.id, "unknown");
  assertRefused(await remove(post), 409, "in_flight");
  assert.equal((await readPost(bench, post)).socialAccounts[0].state, unknown.socialAccounts[0].state);
  const path = `/v1/posts/${post.id}/deliveries/${account.id}/resolve`;
  postOf(await bench.api.post(path, { as: "absent" }));
  await postIn(bench, post.id, "published");
  assert.equal((await remove(post)).status, 200);
});

test("of a post to two accounts the half that is out stays, and the half that waits is cancelled", async () => {
  const [out, held] = [await newAccount(bench, { tenant_id: "half" }), await newAccount(bench, { tenant_id: "half" })];
  bench.x.revokeGrants({ username: held.username });
  const post = await createPost(bench, out, { content: "half", accounts: [out.id, held.id] });
  const states = ({ socialAccounts }) => new Map(socialAccounts.map(({ id, state }) => [id, state]));
  const isSettled = (row) => states(row).get(out.id) === "published" && states(row).get(held.id) === "held";
  await eventually(() => readPost(bench, post), isSettled);
  assert.equal((await remove(post)).status, 200);
  const after = states(await readPost(bench, post));
  assert.deepEqual([after.get(out.id), after.get(held.id)], ["published", "cancelled"]);
  assert.equal((await remove(post)).status, 200);
  assertRefused(await read(post), 404, "not_found");
  assert.deepEqual(textsAt(bench, out), ["half"]);
});

test("a post that nobody has is not found", async () => {
  assertRefused(await remove({ id: "post_AAAAAAAAAAAAAAAAAAAAAA" }), 404, "not_found");
});

test("cancelled posts are listed as deleted, and the others are not", async () => {
  const account = await newAccount(bench, { tenant_id: "bin" });
  const posts = [];
  for (const content of ["bin 1", "bin 2"]) {
    posts.push(await createPost(bench, account, { content, scheduledAt: fromNow(HOUR) }));
  }
  await remove(posts[0]);
  const list = async (status) =>
    (await bench.api.get(`/v1/posts?tenant_id=bin&status=${status}`)).body.posts.map(({ id }) => id);
  assert.deepEqual([await list("deleted"), await list("pending")], [[posts[0].id], [posts[1].id]]);
});

for (const [what, schedule] of [
  ["publishing", () => ({})],
  ["the due time", (due) => ({ scheduledAt: new Date(due).toISOString() })],
]) {
  test(`a deletion that races with ${what} either cancels the post or finds it sent, and says which`, async () => {
    const accounts = await Promise.all([1, 2, 3, 4].map(() => newAccount(bench)));
    const due = Date.now() + 1500;
    const race = async (account, n) => {
      const text = `raced ${n}`;
      const post = await createPost(bench, account, { content: text, ...schedule(due) });
      const start = post.scheduledAt ? due - 60 : Date.now();
      await pause(start - Date.now() + n * 12);
      return { account, text, post, answer: await remove(post) };
    };
    const races = accounts.flatMap((account) => Array.from({ length: 8 }, (_, n) => race(account, n)));
    const ends = await Promise.all(races);
    for (const { post, answer } of ends.filter(({ answer }) => answer.status !== 200)) {
      assertRefused(answer, 409, "in_flight");
      await postIn(bench, post.id, "published");
    }
    // Whatever was going to leave has left once the account's next post is out.
    for (const account of accounts) await publishPost(bench, account, { content: "after the race" });
    for (const { account, text, post, answer } of ends) {
      const isCancelled = answer.status === 200 && (await read(post)).status === 200;
      if (isCancelled) await assertCancelled(post);
      assert.equal(textsAt(bench, account).includes(text), !isCancelled, text);
    }
  });
}

test("an account that is removed during a call sends nothing after the call, also once it is connected again", async () => {
  const { username } = newUser(bench);
  const account = await connect(bench, { username });
  const scheduled = await createPost(bench, account, { content: "scheduled, of one removed", scheduledAt: fromNow(HOUR) });
  faultAtX(bench, { username, kind: "hold" }, { after: 1 });
  const parts = ["one, of one removed", "two, of one removed", "three, of one removed"];
  const thread = await createPost(bench, account, { containers: parts.map((content) => ({ content })) });
  await callUnderWay(bench);
  assert.equal((await bench.api.delete(`/v1/social-accounts/${account.id}`)).status, 200);
  await assertCancelled(scheduled);
  bench.x.release();
  await postIn(bench, thread.id, "cancelled");
  const again = await connect(bench, { username });
  assert.equal(again.id, account.id);
  await publishPost(bench, again, { content: "of one connected again" });
  const texts = textsAt(bench, account);
  assert.ok(!texts.includes(parts[2]) && !texts.includes("scheduled, of one removed"), String(texts));
  assert.equal(texts.at(-1), "of one connected again");
});

test("a post that is unknown when its account is removed is not sent again after a new connection", async () => {
  assert.equal((await bench.api.patch("/v1/settings", { on_unknown: "resend" })).status, 200);
  const { username } = newUser(bench);
  const account = await connect(bench, { username });
  faultAtX(bench, { username, kind: "close" });
  // As long as nobody can look for it, it stays unknown.
  bench.x.fault({ ...TIMELINE_CALL, username, kind: "answer", status: 503, body: "{}", times: 1000 });
  const post = await createPost(bench, account, { content: "unknown, of one removed" });
  await postIn(bench, post.id, "unknown");
  assert.equal((await bench.api.delete(`/v1/social-accounts/${account.id}`)).status, 200);
  bench.x.clearFaults();
  await connect(bench, { username });
  await postIn(bench, post.id, "cancelled");
  assert.deepEqual(textsAt(bench, account), []);
});
