/** docs/API.md, section 5: the list of posts, page by page and filter by filter. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount, publishPost, readPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

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
