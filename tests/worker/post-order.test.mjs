/** docs/API.md, section 5, "Find, sort, survey": the orders of the list of posts, and a state beside a status. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, publishPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";

const HOUR = 3_600_000;
const ORDERS = ["", "sort=createdAt&order=desc", "order=asc", "sort=scheduledAt", "sort=scheduledAt&order=asc"];

let bench;
let accounts;
/** In the order of creation: the time that the post is scheduled for, if there is one, and the accounts it is for. */
let posts;

before(async () => {
  bench = await startBench();
  accounts = [await newAccount(bench, { tenant_id: "order" }), await newAccount(bench, { tenant_id: "order" })];
  const [one, two] = accounts.map(({ id }) => id);
  posts = [];
  const add = async (hours, whose, fields = {}) => {
    const scheduledAt = hours === null ? null : fromNow(hours * HOUR);
    posts.push(await createPost(bench, accounts[0], { content: `post ${posts.length}`, accounts: whose, scheduledAt, ...fields }));
  };
  await add(5, [one]);
  await add(2, [one, two]);
  await add(null, [one], { isDraft: true });
  await add(9, [two]);
  await add(null, [one, two], { isDraft: true });
  await add(3, [one]);
  posts.push(await publishPost(bench, accounts[0], { content: "published", accounts: [one, two] }));
});
after(() => bench?.stop());

const idsOf = (rows) => rows.map(({ id }) => id);

/** Every page, two rows each; `count` is the same on each and the number of rows. */
async function pages(query, caller = bench.api) {
  const [seen, counts] = [[], new Set()];
  for (let cursor = ""; cursor !== null; ) {
    const { status, body, text } = await caller.get(`/v1/posts?${query}&limit=2${cursor && `&after=${cursor}`}`);
    assert.equal(status, 200, text);
    seen.push(...body.posts);
    counts.add(body.count);
    cursor = body.pagination.after;
  }
  assert.deepEqual([...counts], [seen.length], query);
  return seen;
}

/** What the order means, said once more. */
function sorted(rows, query) {
  const [by, sign] = [query.includes("scheduledAt") ? "scheduledAt" : "createdAt", query.includes("asc") ? 1 : -1];
  const places = new Map(posts.map(({ id }, at) => [id, at]));
  const compare = (one, other) => {
    if (by === "scheduledAt" && (one[by] === null) !== (other[by] === null)) return one[by] === null ? 1 : -1;
    const [first, second] = by === "scheduledAt" ? [one[by] ?? "", other[by] ?? ""] : ["", ""];
    return sign * (first.localeCompare(second) || places.get(one.id) - places.get(other.id));
  };
  return [...rows].sort(compare);
}

test("each order lists the same posts page by page, and those without a scheduled time come last by that time", async () => {
  for (const order of ORDERS) {
    const seen = await pages(`tenant_id=order&${order}`);
    assert.equal(seen.length, posts.length);
    assert.deepEqual(idsOf(seen), idsOf(sorted(posts, order)), order);
  }
});

test("each order holds under every filter, and by an offset", async () => {
  const own = await newKey(bench, { account_id: accounts[0].id, scopes: ["read"] });
  const filters = ["status=pending", "state=queued", `social_account_id=${accounts[0].id}`, `social_account_id=${accounts[1].id}&status=pending`, "q=post", "status=pending&q=post", `created_after=${posts[1].createdAt}`,
    `scheduled_after=${fromNow(2.5 * HOUR)}`, `scheduled_after=${fromNow(0)}&scheduled_before=${fromNow(4 * HOUR)}&status=pending`, `created_after=${posts[0].createdAt}&scheduled_before=${fromNow(8 * HOUR)}`];
  for (const caller of [bench.api, own.api]) {
    for (const filter of filters) {
      const whole = await pages(`tenant_id=order&${filter}`, caller);
      assert.ok(whole.length > 0 || caller !== bench.api, filter);
      for (const order of ORDERS) {
        const query = `tenant_id=order&${filter}&${order}`;
        const expected = idsOf(sorted(whole, order));
        assert.deepEqual(idsOf(await pages(query, caller)), expected, query);
        for (let offset = 0; offset <= expected.length; offset += 1) {
          const { body } = await caller.get(`/v1/posts?${query}&limit=2&offset=${offset}`);
          assert.deepEqual([idsOf(body.posts), body.count], [expected.slice(offset, offset + 2), expected.length], `${query} from ${offset}`);
        }
      }
    }
  }
});

test("a cursor of another sort or order is refused, and so are other words", async () => {
  const cursors = [];
  for (const order of ORDERS.slice(1)) cursors.push((await bench.api.get(`/v1/posts?${order}&limit=1`)).body.pagination.after);
  for (const [at, order] of ORDERS.slice(1).entries()) {
    for (const [of, cursor] of cursors.entries()) {
      const answer = await bench.api.get(`/v1/posts?${order}&after=${cursor}`);
      if (of === at) assert.equal(answer.status, 200, answer.text);
      else assertRefused(answer, 400, "invalid_payload", "after");
    }
  }
  for (const [query, name] of [["sort=published", "sort"], ["order=up", "order"], ["state=pending", "state"], ["state=", "state"]]) {
    assertRefused(await bench.api.get(`/v1/posts?${query}`), 400, "invalid_payload", name);
  }
});

test("a post moves with its time, and out of the times when it has none any more", async () => {
  const account = await newAccount(bench, { tenant_id: "moves" });
  const first = await createPost(bench, account, { content: "first", scheduledAt: fromNow(HOUR) });
  const second = await createPost(bench, account, { content: "second", scheduledAt: fromNow(2 * HOUR) });
  const order = async () => idsOf(await pages("tenant_id=moves&sort=scheduledAt&order=asc&status=pending"));
  assert.deepEqual(await order(), [first.id, second.id]);
  assert.equal((await bench.api.patch(`/v1/posts/${first.id}`, { scheduledAt: fromNow(3 * HOUR) })).status, 200);
  assert.deepEqual(await order(), [second.id, first.id]);
  assert.equal((await bench.api.patch(`/v1/posts/${second.id}`, { scheduledAt: null, isDraft: true })).status, 200);
  assert.deepEqual(await order(), [first.id, second.id]);
});

test("status and state together are what one delivery has", async () => {
  const account = await newAccount(bench, { tenant_id: "both" });
  const published = await publishPost(bench, account, { content: "published and deleted at X" });
  assert.equal((await bench.api.delete(`/v1/posts/${published.id}/remote`)).status, 200);
  const cancelled = await createPost(bench, account, { content: "cancelled", scheduledAt: fromNow(HOUR) });
  assert.equal((await bench.api.delete(`/v1/posts/${cancelled.id}`)).status, 200);
  const found = async (query) => idsOf(await pages(`tenant_id=both&${query}`)).sort();
  assert.deepEqual(await found("status=deleted"), [published.id, cancelled.id].sort());
  assert.deepEqual(await found("state=deleted"), [published.id]);
  assert.deepEqual(await found("state=cancelled"), [cancelled.id]);
  assert.deepEqual(await found("status=deleted&state=deleted"), [published.id]);
  assert.deepEqual(await found("status=published&state=deleted"), []);
});
