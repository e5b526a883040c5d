/** docs/API.md, section 5: what was scheduled, changed or cancelled holds over a restart and a power cut. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  createPost,
  fromNow,
  newAccount,
  postIn,
  postOf,
  postWhen,
  readPost,
  startBench,
  textsAt,
} from "../support/client.mjs";
import { INTERRUPTIONS } from "../support/interruptions.mjs";

const HOUR = 3_600_000;
/** An object that died while it worked goes on by the alarm that it had set first, five seconds ahead. */
const AFTER_A_CUT_MS = 30_000;

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** From the change to the time when what was changed is due: enough for a restart to come first. */
const AHEAD_MS = 10_000;

/** Each ends the Worker, and starts it again; the last once `due` has come. */
const DARKNESS = {
  "a restart before the time": INTERRUPTIONS["a restart"],
  "a power cut before the time": INTERRUPTIONS["a power cut"],
  "a power cut that outlasts the time": async ({ worker }, due) => {
    await worker.kill();
    await pause(due + 500 - Date.now());
    await worker.restart();
  },
};

/** Of posts in `changedPosts`. */
const KINDS = 5;

const patch = async ({ id }, fields) => postOf(await bench.api.patch(`/v1/posts/${id}`, fields));

/** One post of each kind, each of one of these accounts. */
async function changedPosts(accounts, due) {
  const [dueAt, never] = [new Date(due).toISOString(), new Date(due + HOUR).toISOString()];
  const make = async (scheduledAt, change) => {
    const account = accounts.pop();
    const post = await createPost(bench, account, { content: "as scheduled", scheduledAt });
    await change(post);
    return { account, post };
  };
  return {
    untouched: await make(dueAt, () => {}),
    reworded: await make(dueAt, (post) => patch(post, { content: "as changed" })),
    broughtForward: await make(never, (post) => patch(post, { scheduledAt: dueAt })),
    putOff: await make(dueAt, (post) => patch(post, { scheduledAt: never })),
    cancelled: await make(dueAt, ({ id }) => bench.api.delete(`/v1/posts/${id}`)),
  };
}

for (const [name, interrupt] of Object.entries(DARKNESS)) {
  test(`${name} is not noticed: what is due leaves as it was changed last, and nothing else`, async () => {
    const accounts = [];
    for (let count = 0; count < KINDS; count += 1) accounts.push(await newAccount(bench));
    const due = Date.now() + AHEAD_MS;
    const posts = await changedPosts(accounts, due);
    assert.ok(Date.now() < due, "the machine is too slow for this test");
    await interrupt(bench, due);
    for (const [kind, text] of [
      ["untouched", "as scheduled"],
      ["reworded", "as changed"],
      ["broughtForward", "as scheduled"],
    ]) {
      const { account, post } = posts[kind];
      await postIn(bench, post.id, "published", AFTER_A_CUT_MS);
      assert.deepEqual(textsAt(bench, account), [text], kind);
      assert.ok(bench.x.posts({ username: account.username })[0].created_at >= due, kind);
    }
    const [putOff, cancelled] = [await readPost(bench, posts.putOff.post), await readPost(bench, posts.cancelled.post)];
    assert.deepEqual([putOff.scheduled, putOff.socialAccounts[0].state], [true, "queued"]);
    assert.equal(cancelled.socialAccounts[0].state, "cancelled");
    for (const { account } of [posts.putOff, posts.cancelled]) assert.deepEqual(textsAt(bench, account), []);
  });
}

/** What is done to a scheduled post, and whether this on X (or nothing) is what a success of it promised. */
const CHANGES = {
  rewordings: {
    change: ({ id }) => bench.api.patch(`/v1/posts/${id}`, { content: `reworded: ${id}` }),
    isKept: (text) => text?.startsWith("reworded: "),
  },
  deletions: { change: ({ id }) => bench.api.delete(`/v1/posts/${id}`), isKept: (text) => text === undefined },
};

/** Four posts to each of three accounts. */
async function scheduledPosts(scheduledAt) {
  const accounts = await Promise.all([1, 2, 3].map(() => newAccount(bench)));
  const posts = [];
  for (const account of accounts) {
    for (const n of [1, 2, 3, 4]) {
      posts.push({ account, ...(await createPost(bench, account, { content: `as it was: ${n}`, scheduledAt })) });
    }
  }
  return posts;
}

for (const [what, { change, isKept }] of Object.entries(CHANGES)) {
  test(`a power cut in the middle of ${what} leaves each made or not, and X has what the row says`, async () => {
    const posts = await scheduledPosts(fromNow(AHEAD_MS));
    const answers = posts.map((post) => change(post).catch(() => undefined));
    await Promise.race(answers);
    await bench.worker.kill();
    await bench.worker.restart();
    for (const [n, { id, account }] of posts.entries()) {
      const row = await postWhen(bench, id, ({ status }) => status !== "pending", AFTER_A_CUT_MS);
      const [{ platformPostId, state }] = row.socialAccounts;
      const onX = bench.x.posts({ username: account.username }).find((post) => post.id === platformPostId);
      assert.equal(onX?.text, state === "published" ? row.containers[0].content : undefined);
      if ((await answers[n])?.status === 200) assert.ok(isKept(onX?.text), `${state}: ${onX?.text}`);
    }
    for (const { account } of posts) {
      const { body } = await bench.api.get(`/v1/posts?social_account_id=${account.id}&status=published`);
      assert.equal(textsAt(bench, account).length, body.count);
    }
  });
}

test("a change of a post whose time passed while the Worker was down is refused or is what goes out", async () => {
  const account = await newAccount(bench);
  const post = await createPost(bench, account, { content: "came due in the dark", scheduledAt: fromNow(1000) });
  await bench.worker.kill();
  await pause(Date.parse(post.scheduledAt) - Date.now());
  await bench.worker.restart();
  const { status } = await bench.api.patch(`/v1/posts/${post.id}`, { content: "changed in the morning" });
  assert.ok(status === 200 || status === 409, String(status));
  await postIn(bench, post.id, "published", AFTER_A_CUT_MS);
  const sent = status === 200 ? "changed in the morning" : "came due in the dark";
  assert.deepEqual(textsAt(bench, account), [sent]);
});
