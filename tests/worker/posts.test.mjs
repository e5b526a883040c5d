/** docs/API.md, section 5: creating posts, and reading them. What X makes of them is in publishing.test.mjs. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, newUser, postIn, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const WAIT = { prefer: "wait=10" };

let bench;

before(async () => (bench = await startBench()));
after(() => bench.stop());

const create = (body, headers) => bench.api.post("/v1/posts", body, headers);
const list = async (query) => (await bench.api.get(`/v1/posts?${query}`)).body;
const idsOf = ({ posts }) => posts.map(({ id }) => id);
const handles = (answer) => answer.body.post.socialAccounts.map(({ username }) => username).sort();
const newAccount = (tenant_id, user = newUser(bench)) => connect(bench, { tenant_id, username: user.username });

/** Posts to one account, published before the next is created. */
async function publish(account, ...texts) {
  const ids = [];
  for (const content of texts) ids.push((await create({ content, accounts: [account.id] }, WAIT)).body.post.id);
  return ids;
}

test("a post is answered at once, queued, with everything that its row promises", async () => {
  const account = await newAccount("row");
  const { status, body } = await create({ content: "row", accounts: [account.id] });
  assert.equal(status, 200);
  assert.deepEqual([body.success, body.warnings], [true, []]);
  const { id, createdAt, containers, socialAccounts, ...rest } = body.post;
  assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
  assert.deepEqual(rest, {
    orgId: "org_main",
    tenant_id: "row",
    publishedAt: null,
    scheduledAt: null,
    scheduled: false,
    isDraft: false,
  });
  const [{ id: container_id, ...container }] = containers;
  assert.deepEqual(container, { content: "row", media: [] });
  const [{ next_attempt_at, ...delivery }] = socialAccounts;
  assert.equal(next_attempt_at, createdAt);
  assert.deepEqual(delivery, {
    id: account.id,
    nickname: account.nickname,
    network: "x",
    username: account.username,
    status: "pending",
    state: "queued",
    error: null,
    error_code: null,
    platformPostId: null,
    platformPostUrl: null,
    publishedAt: null,
    attempts: 0,
    segments: [{ container_id, state: "queued", platformPostId: null }],
  });
  await postIn(bench, id, "published");
});

test("a caller that prefers to wait is answered when every delivery is final", async () => {
  const account = await newAccount("wait");
  const { body } = await create({ content: "waited", accounts: [account.id] }, WAIT);
  const [delivery] = body.post.socialAccounts;
  const [published] = bench.x.posts({ text: "waited" });
  assert.deepEqual([delivery.status, delivery.state, delivery.attempts], ["published", "published", 1]);
  assert.equal(delivery.platformPostId, published.id);
  assert.equal(delivery.platformPostUrl, `https://x.com/${account.username}/status/${published.id}`);
  assert.equal(delivery.next_attempt_at, null);
  assert.equal(body.post.publishedAt, delivery.publishedAt);
  assert.deepEqual((await bench.api.get(`/v1/posts/${body.post.id}`)).body.post, body.post);
});

test("a wait ends after its seconds, with the post as it is then", async () => {
  const account = await newAccount("short-wait");
  bench.x.fault({ method: "POST", path: "/2/tweets", kind: "delay", ms: 1500 });
  const { status, body } = await create({ content: "slowly", accounts: [account.id] }, { prefer: "wait=1" });
  assert.equal(status, 200);
  assert.equal(body.post.socialAccounts[0].status, "pending");
  await postIn(bench, body.post.id, "published");
});

test("text goes to X as it was written", async () => {
  const account = await newAccount("verbatim");
  const content = "  två \u00ab\u{1f511}\u00bb\n\n<b>&amp;</b> \"quoted\"\\ \u0065\u0301  ";
  await create({ content, accounts: [account.id] }, WAIT);
  const [sent] = bench.x.requests({ method: "POST", path: "/2/tweets" }).slice(-1);
  assert.equal(JSON.parse(sent.body).text, content);
});

test("an account is named by id, by exact username with or without @, in any case", async () => {
  const account = await newAccount("names", newUser(bench, { username: "NamedOne" }));
  for (const name of [account.id, "NamedOne", "@NamedOne", "namedone"]) {
    const answer = await create({ content: `to ${name}`, accounts: [name], tenant_id: "names" }, WAIT);
    assert.deepEqual(handles(answer), ["NamedOne"]);
  }
  const refused = await create({ content: "partial", accounts: ["NamedOn"], tenant_id: "names" });
  assertRefused(refused, 400, "unknown_account", "accounts.0");
});

test("the network's name means every active account of the tenant", async () => {
  const users = [newUser(bench), newUser(bench)];
  for (const user of users) await newAccount("every", user);
  await newAccount("every-other");
  for (const name of ["x", "twitter"]) {
    const answer = await create({ content: `to all of ${name}`, accounts: [name], tenant_id: "every" }, WAIT);
    assert.deepEqual(handles(answer), users.map(({ username }) => username).sort());
    assert.equal(bench.x.posts({ text: `to all of ${name}` }).length, 2);
  }
});

test("an account that is named twice gets one post", async () => {
  const account = await newAccount("named-twice");
  const accounts = [account.id, account.username, `@${account.username}`, "x"];
  const answer = await create({ content: "named twice", accounts, tenant_id: "named-twice" }, WAIT);
  assert.equal(answer.body.post.socialAccounts.length, 1);
  assert.equal(bench.x.posts({ text: "named twice" }).length, 1);
});

test("one account that resolves to nothing is named and nothing is created", async () => {
  const account = await newAccount("unknown");
  const answer = await create({ content: "half known", accounts: [account.id, "nobody_at_all"], tenant_id: "unknown" });
  const { message } = assertRefused(answer, 400, "unknown_account", "accounts.1");
  assert.match(message, /nobody_at_all/);
  assert.deepEqual(idsOf(await list("tenant_id=unknown")), []);
  assertRefused(await create({ content: "a", accounts: ["x"], tenant_id: "nobody-here" }), 400, "unknown_account");
});

test("another tenant's account is unknown, by name and by id", async () => {
  const account = await newAccount("mine");
  for (const name of [account.id, account.username]) {
    const answer = await create({ content: "not yours", accounts: [name], tenant_id: "theirs" });
    assertRefused(answer, 400, "unknown_account", "accounts.0");
  }
});

test("a name that matches accounts of several tenants is refused, listing them, and nothing is created", async () => {
  const user = newUser(bench);
  const accounts = [await newAccount("both-1", user), await newAccount("both-2", user)];
  const answer = await create({ content: "which", accounts: [user.username] });
  const { message } = assertRefused(answer, 400, "ambiguous_account", "accounts");
  for (const { id } of accounts) assert.ok(message.includes(id), message);
  assert.deepEqual(idsOf(await list("tenant_id=both-1")), []);
  const narrowed = await create({ content: "this one", accounts: [user.username], tenant_id: "both-2" }, WAIT);
  assert.deepEqual([narrowed.body.post.tenant_id, narrowed.body.post.socialAccounts[0].id], ["both-2", accounts[1].id]);
});

test("accounts of several tenants do not share a post", async () => {
  const ids = [(await newAccount("apart-1")).id, (await newAccount("apart-2")).id];
  assertRefused(await create({ content: "apart", accounts: ids }), 400, "ambiguous_account", "accounts");
});

test("each container of a thread replies to the one before it", async () => {
  const account = await newAccount("thread");
  const texts = ["root of three", "second of three", "third of three"];
  const containers = texts.map((content) => ({ content }));
  const { body } = await create({ containers, accounts: [account.id] }, WAIT);
  const [root, second, third] = texts.map((text) => bench.x.posts({ text })[0]);
  assert.deepEqual([root.in_reply_to_id, second.in_reply_to_id, third.in_reply_to_id], [null, root.id, second.id]);
  const [delivery] = body.post.socialAccounts;
  assert.deepEqual(delivery.segments.map(({ platformPostId }) => platformPostId), [root.id, second.id, third.id]);
  assert.deepEqual(delivery.segments.map(({ container_id }) => container_id), body.post.containers.map(({ id }) => id));
  assert.equal(delivery.platformPostId, root.id);
});

test("one post to several accounts is a delivery to each", async () => {
  const accounts = [await newAccount("several"), await newAccount("several"), await newAccount("several")];
  const { body } = await create({ content: "to three", accounts: accounts.map(({ id }) => id) }, WAIT);
  assert.deepEqual(new Set(body.post.socialAccounts.map(({ id }) => id)), new Set(accounts.map(({ id }) => id)));
  assert.ok(body.post.socialAccounts.every(({ state }) => state === "published"));
  assert.equal(bench.x.posts({ text: "to three" }).length, 3);
});

test("posts of one account go out in the order of their creation", async () => {
  const account = await newAccount("order");
  const texts = ["first", "second", "third", "fourth"].map((text) => `${text} in order`);
  const ids = [];
  for (const content of texts) ids.push((await create({ content, accounts: [account.id] })).body.post.id);
  for (const id of ids) await postIn(bench, id, "published");
  assert.deepEqual(bench.x.posts({ username: account.username }).map(({ text }) => text), texts);
});

test("posts are listed newest first, page by page", async () => {
  const account = await newAccount("listed");
  const ids = (await publish(account, "listed 1", "listed 2", "listed 3")).reverse();
  const all = await list("tenant_id=listed");
  assert.deepEqual([idsOf(all), all.count], [ids, 3]);
  assert.deepEqual(all.pagination, { limit: 50, offset: 0, total: 3 });
  const page = await list("tenant_id=listed&limit=2&offset=1");
  assert.deepEqual([idsOf(page), page.count, page.pagination], [ids.slice(1), 2, { limit: 2, offset: 1, total: 3 }]);
  assert.deepEqual(page.posts[0], (await bench.api.get(`/v1/posts/${ids[1]}`)).body.post);
});

test("each filter admits what it names and nothing else", async () => {
  const [one, two] = [await newAccount("filtered"), await newAccount("filtered")];
  const [first] = await publish(one, "filtered 1");
  const [second] = await publish(two, "filtered 2");
  const { createdAt } = (await bench.api.get(`/v1/posts/${second}`)).body.post;
  const tenant = (query) => list(`tenant_id=filtered&${query}`).then(idsOf);
  assert.deepEqual(await tenant(`social_account_id=${one.id}`), [first]);
  assert.deepEqual(await tenant(`socialAccountId=${two.id}`), [second]);
  assert.deepEqual(await tenant("status=published"), [second, first]);
  assert.deepEqual(await tenant("status=failed"), []);
  assert.deepEqual(await tenant(`created_before=${createdAt}`), [first]);
  assert.deepEqual(await tenant(`created_after=${createdAt}`), []);
  assert.deepEqual(await tenant("created_after=2020-01-01T00:00:00%2B02:00"), [second, first]);
  assert.deepEqual(await tenant("scheduled_after=2020-01-01T00:00:00Z"), []);
  assert.deepEqual(await tenant("scheduled_before=2999-01-01T00:00:00Z"), []);
});

test("a filter by time that is no time is refused by name", async () => {
  for (const name of ["created_after", "created_before", "scheduled_after", "scheduled_before"]) {
    assertRefused(await bench.api.get(`/v1/posts?${name}=yesterday`), 400, "invalid_payload", name);
  }
});
