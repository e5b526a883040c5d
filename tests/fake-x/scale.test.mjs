import assert from "node:assert/strict";
import { test } from "node:test";
import { CHALLENGE, SCOPES, connect, exchange, get, post, start } from "./client.mjs";

const USERS = 1_000;
const POSTS = 10_000;
/** Far above what it takes, far below what one scan of everything per step would. */
const BUDGET_MS = 3_000;
/** A scan of all posts per post would make the last tenth cost nineteen times the first. */
const GROWTH = 6;

/** Milliseconds of this process's own processor time: who else is at work on the machine does not count. */
async function costOf(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test("a thousand users are added and consent at once", async (t) => {
  const x = await start(t);
  const list = Array.from({ length: USERS }, (_, index) => ({ username: `user_${index}` }));
  assert.ok((await costOf(() => x.addUsers(list))) < BUDGET_MS);
  const consents = list.map(({ username }) => ({ username, scopes: SCOPES, code_challenge: CHALLENGE }));
  let codes;
  assert.ok((await costOf(() => (codes = x.grants(consents)))) < BUDGET_MS);
  assert.equal(new Set(codes.map(({ code }) => code)).size, USERS);
  const { body } = await exchange(x, codes.at(-1).code);
  assert.equal((await get(x, "/2/users/me", body)).body.data.username, "user_999");
});

test("ten thousand posts of one user do not slow the next down", async (t) => {
  const x = await start(t);
  const token = await connect(x);
  const tenth = (at) => costOf(() => {
    for (let count = 0; count < POSTS / 10; count += 1) x.post({ username: "ada", text: `post ${at} ${count}` });
  });
  const costs = [];
  for (let at = 0; at < 10; at += 1) costs.push(await tenth(at));
  assert.ok(costs.at(-1) < GROWTH * costs[0], `${costs} ms`);
  x.set({ limits: { "POST /2/tweets": { user_15min: POSTS } } });
  const next = async () => {
    for (let count = 0; count < 100; count += 1) await post(x, { text: `another ${count}` }, token);
  };
  assert.ok((await costOf(next)) < BUDGET_MS);
  assert.equal((await post(x, { text: "post 0 17" }, token)).status, 403, "and a duplicate is still found");
  const { data } = (await get(x, "/2/users/me?user.fields=public_metrics", token)).body;
  assert.equal(data.public_metrics.post_count, POSTS + 100);
});
