/** docs/API.md, section 5: the list of posts, page by page and filter by filter. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, publishPost, readPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const list = async (query) => (await bench.api.get(`/v1/posts?${query}`)).body;
const idsOf = ({ posts }) => posts.map(({ id }) => id);
const newTenantAccount = (tenant_id) => newAccount(bench, { tenant_id });

/** Posts to one account, published before the next is created. */
async function publish(account, ...texts) {
  const ids = [];
  for (const content of texts) ids.push((await publishPost(bench, account, { content })).id);
  return ids;
}

test("posts are listed newest first, page by page", async () => {
  const account = await newTenantAccount("listed");
  const ids = (await publish(account, "listed 1", "listed 2", "listed 3")).reverse();
  const all = await list("tenant_id=listed");
  assert.deepEqual([idsOf(all), all.count], [ids, 3]);
  assert.deepEqual(all.pagination, { limit: 50, offset: 0, total: 3, after: null });
  const page = await list("tenant_id=listed&limit=2&offset=1");
  assert.deepEqual([idsOf(page), page.count, page.pagination], [ids.slice(1), 3, { limit: 2, offset: 1, total: 3, after: null }]);
  assert.deepEqual(page.posts[0], await readPost(bench, { id: ids[1] }));
});

test("each filter admits what it names and nothing else", async () => {
  const [one, two] = [await newTenantAccount("filtered"), await newTenantAccount("filtered")];
  const [first] = await publish(one, "filtered 1");
  const [second] = await publish(two, "filtered 2");
  const { createdAt } = await readPost(bench, { id: second });
  const tenant = (query) => list(`tenant_id=filtered&${query}`).then(idsOf);
  assert.deepEqual(await tenant(`social_account_id=${one.id}`), [first]);
  assert.deepEqual(await tenant(`socialAccountId=${two.id}`), [second]);
  assert.deepEqual(await tenant("status=published"), [second, first]);
  assert.deepEqual(await tenant("status=failed"), []);
  assert.deepEqual(await tenant(`created_before=${createdAt}`), [first]);
  assert.deepEqual(await tenant(`created_after=${createdAt}`), []);
  for (const time of ["2020-01-01T00:00:00%2B02:00", "2020-01-01T00:00:00+02:00", "2020-01-01+00:00+0200", "1577829600", "1577829600000"]) {
    assert.deepEqual(await tenant(`created_after=${time}`), [second, first], time);
    assert.deepEqual(await tenant(`created_before=${time}`), [], time);
  }
  assert.deepEqual(await tenant("scheduled_after=2020-01-01T00:00:00Z"), []);
  assert.deepEqual(await tenant("scheduled_before=2999-01-01T00:00:00Z"), []);
});

test("a filter by time that is no time is refused by name", async () => {
  for (const name of ["created_after", "created_before", "scheduled_after", "scheduled_before"]) {
    assertRefused(await bench.api.get(`/v1/posts?${name}=yesterday`), 400, "invalid_payload", name);
  }
});

test("of two tenants each sees its own", async () => {
  const [ours, theirs] = [await newTenantAccount("sees-1"), await newTenantAccount("sees-2")];
  const [first] = await publish(ours, "same words");
  const [second] = await publish(theirs, "same words");
  assert.deepEqual(idsOf(await list("tenant_id=sees-1")), [first]);
  assert.deepEqual(idsOf(await list("tenant_id=sees-2")), [second]);
  const all = idsOf(await list("limit=100"));
  assert.ok(all.indexOf(second) >= 0 && all.indexOf(second) < all.indexOf(first));
});

test("a post is found by each of the four words that one of its deliveries has", async () => {
  const [good, bad] = [await newTenantAccount("words"), await newTenantAccount("words")];
  bench.x.setUser({ username: bad.username, suspended: true });
  const { id } = await publishPost(bench, good, { content: "half", accounts: [good.id, bad.id] });
  const waiting = await createPost(bench, good, { content: "waits", scheduledAt: fromNow(3_600_000) });
  const gone = await createPost(bench, good, { content: "gone", scheduledAt: fromNow(3_600_000) });
  await bench.api.delete(`/v1/posts/${gone.id}`);
  for (const [status, ids] of [
    ["published", [id]],
    ["failed", [id]],
    ["pending", [waiting.id]],
    ["deleted", [gone.id]],
  ]) {
    assert.deepEqual(idsOf(await list(`tenant_id=words&status=${status}`)), ids, status);
  }
});

test("filters add up", async () => {
  const [one, two] = [await newTenantAccount("sum"), await newTenantAccount("sum")];
  const scheduledAt = fromNow(7_200_000);
  const later = await createPost(bench, one, { content: "later", scheduledAt });
  await createPost(bench, two, { content: "later", scheduledAt });
  await publish(one, "now");
  const query = `social_account_id=${one.id}&tenant_id=sum&status=pending&scheduled_after=${fromNow(0)}`;
  assert.deepEqual(idsOf(await list(query)), [later.id]);
  assert.deepEqual(idsOf(await list(`${query}&created_before=${later.createdAt}`)), []);
  assert.deepEqual((await list(`${query}&limit=1&offset=1`)).pagination, { limit: 1, offset: 1, total: 1, after: null });
});

test("with an account and a status, the account's own delivery has the status", async () => {
  const [good, bad] = [await newTenantAccount("own-status"), await newTenantAccount("own-status")];
  bench.x.setUser({ username: bad.username, suspended: true });
  const { id } = await publishPost(bench, good, { content: "half of two", accounts: [good.id, bad.id] });
  for (const window of ["", "&created_after=2020-01-01T00:00:00Z"]) {
    const of = async (account, status) => idsOf(await list(`social_account_id=${account.id}&status=${status}${window}`));
    assert.deepEqual([await of(good, "published"), await of(bad, "failed")], [[id], [id]]);
    assert.deepEqual([await of(good, "failed"), await of(bad, "published")], [[], []]);
  }
});

test("every combination of account, tenant and status counts what its pages list, each post once", async () => {
  const accounts = [await newTenantAccount("pages"), await newTenantAccount("pages")];
  const ids = accounts.map(({ id }) => id);
  const key = await newKey(bench, { account_id: ids[0], scopes: ["read"] });
  const waiting = [];
  for (const [at, whose] of [ids, [ids[0]], [ids[1]], ids, [ids[0]]].entries()) {
    const fields = { content: `waits ${at}`, accounts: whose, scheduledAt: fromNow(3_600_000 + at) };
    waiting.push(await createPost(bench, accounts[0], fields));
  }
  await bench.api.delete(`/v1/posts/${waiting.at(-1).id}`);
  const { id } = await createPost(bench, accounts[0], { content: "forgotten", accounts: ids, isDraft: true });
  await bench.api.delete(`/v1/posts/${id}`);
  await publish(accounts[1], "of one");
  const pages = async (caller, query) => {
    const [seen, counts] = [[], new Set()];
    for (let after = ""; after !== null; ) {
      const { body } = await caller.get(`/v1/posts?${query}&limit=2${after && `&after=${after}`}`);
      seen.push(...body.posts.map((post) => post.id));
      counts.add(body.count);
      after = body.pagination.after;
    }
    assert.deepEqual([...counts], [seen.length], query);
    assert.equal(new Set(seen).size, seen.length, query);
    return seen;
  };
  const statuses = ["", "&status=pending", "&status=queued", "&status=published", "&status=deleted", "&status=cancelled"];
  const whole = await pages(bench.api, "tenant_id=pages");
  for (const [of, counts] of [
    ["tenant_id=pages", [6, 4, 4, 1, 1, 1]],
    [`social_account_id=${ids[0]}`, [4, 3, 3, 0, 1, 1]],
    [`tenant_id=pages&social_account_id=${ids[1]}`, [4, 3, 3, 1, 0, 0]],
    [`tenant_id=other&social_account_id=${ids[1]}`, [0, 0, 0, 0, 0, 0]],
  ]) {
    for (const [at, status] of statuses.entries()) {
      const seen = await pages(bench.api, of + status);
      assert.equal(seen.length, counts[at], of + status);
      assert.deepEqual(whole.filter((post) => seen.includes(post)), seen, "in the order of the list");
    }
  }
  assert.equal((await pages(key.api, "")).length, 2, "posts that are of no other account");
  assert.equal((await pages(key.api, "status=pending")).length, 1);
});
