import assert from "node:assert/strict";
import { test } from "node:test";
import { CHALLENGE, SCOPES, connect, exchange, get, post, start } from "./client.mjs";

const USERS = 1_000;
const POSTS = 10_000;
/** Far above what it takes, far below what one scan of all posts per post would. */
const BUDGET_MS = 3_000;

function measured(work) {
  const before = performance.now();
  const answer = work();
  const took = performance.now() - before;
  assert.ok(took < BUDGET_MS, `${took} ms`);
  return answer;
}

test("a_thousand_users_are_added_and_consent_at_once", async (t) => {
  const x = await start(t);
  const list = Array.from({ length: USERS }, (_, index) => ({ username: `user_${index}` }));
  measured(() => x.addUsers(list));
  const consents = list.map(({ username }) => ({ username, scopes: SCOPES, code_challenge: CHALLENGE }));
  const codes = measured(() => x.grants(consents));
  assert.equal(new Set(codes.map(({ code }) => code)).size, USERS);
  const { body } = await exchange(x, codes.at(-1).code);
  assert.equal((await get(x, "/2/users/me", body)).body.data.username, "user_999");
});

test("ten_thousand_posts_of_one_user_do_not_slow_the_next_down", async (t) => {
  const x = await start(t);
  const token = await connect(x);
  measured(() => {
    for (let count = 0; count < POSTS; count += 1) x.post({ username: "ada", text: `post ${count}` });
  });
  x.set({ limits: { "POST /2/tweets": { user_15min: POSTS } } });
  const before = performance.now();
  for (let count = 0; count < 100; count += 1) await post(x, { text: `another ${count}` }, token);
  assert.ok(performance.now() - before < BUDGET_MS);
  assert.equal((await post(x, { text: "post 17" }, token)).status, 403, "and a duplicate is still found");
  const { data } = (await get(x, "/2/users/me?user.fields=public_metrics", token)).body;
  assert.equal(data.public_metrics.post_count, POSTS + 100);
});
