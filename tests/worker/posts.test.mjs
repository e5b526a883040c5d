/** docs/API.md, section 5: creating posts. Lists are in post-list, what X makes of posts is in publishing.test.mjs. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import { callUnderWay, connect, newUser, postIn, startBench, textsAt } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const WAIT = { prefer: "wait=10" };

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const create = (body, headers) => bench.api.post("/v1/posts", body, headers);
const list = async (query) => (await bench.api.get(`/v1/posts?${query}`)).body;
const idsOf = ({ posts }) => posts.map(({ id }) => id);
const handles = (answer) => answer.body.post.socialAccounts.map(({ username }) => username).sort();
const newAccount = (tenant_id, user = newUser(bench)) => connect(bench, { tenant_id, username: user.username });

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
    cost: { estimate_usd: 0.015, actual_usd: null, reasons: ["1 post at $0.015"] },
  });
  const [{ id: container_id, ...container }] = containers;
  assert.deepEqual(container, { content: "row", weighted_length: 3, media: [] });
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
  bench.x.fault({ ...CREATE_CALL, kind: "hold" });
  const { status, body } = await create({ content: "slowly", accounts: [account.id] }, { prefer: "wait=1" });
  assert.equal(status, 200);
  assert.equal(body.post.socialAccounts[0].status, "pending");
  await callUnderWay(bench);
  bench.x.release();
  await postIn(bench, body.post.id, "published");
});

test("text goes to X as it was written", async () => {
  const account = await newAccount("verbatim");
  const content = "  två \u00ab\u{1f511}\u00bb\n\n<b>&amp;</b> \"quoted\"\\ \u0065\u0301  ";
  await create({ content, accounts: [account.id] }, WAIT);
  const [sent] = bench.x.requests(CREATE_CALL).slice(-1);
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
  assert.deepEqual(textsAt(bench, account), texts);
});

test("text that is longer than the account may write is refused, saying by how much", async () => {
  const account = await newAccount("long");
  const too = (content) => create({ content, accounts: [account.id] });
  for (const [content, over] of [
    ["a".repeat(281), 1],
    ["\u6f22".repeat(150), 20],
    [`${"a".repeat(270)} example.com/${"b".repeat(200)}`, 14],
  ]) {
    const { message, details } = assertRefused(await too(content), 400, "text_too_long", "content");
    assert.match(`${message} ${details.content._errors}`, new RegExp(`\\b${over}\\b`));
  }
  assert.deepEqual(idsOf(await list("tenant_id=long")), []);
  assert.equal((await too("b".repeat(280))).status, 200);
});

test("each container that is too long is named", async () => {
  const account = await newAccount("long-thread");
  const texts = ["fits", "a".repeat(281), "fits too", "b".repeat(300)];
  const answer = await create({ containers: texts.map((content) => ({ content })), accounts: [account.id] });
  const { details } = assertRefused(answer, 400, "text_too_long", "containers.1", "containers.3");
  assert.match(details.containers[3]._errors.join(), /\b20\b/);
});

test("an account with X Premium may write 25,000, and the shortest limit of a post's accounts decides", async () => {
  const [premium, plain] = [
    await newAccount("lengths", newUser(bench, { subscription_type: "Premium" })),
    await newAccount("lengths"),
  ];
  const [fits, tooLong] = ["c".repeat(25_000), "c".repeat(25_001)];
  const { body } = await create({ content: fits, accounts: [premium.id] }, WAIT);
  assert.deepEqual([body.post.socialAccounts[0].state, textsAt(bench, premium)], ["published", [fits]]);
  assertRefused(await create({ content: tooLong, accounts: [premium.id] }), 400, "text_too_long", "content");
  const both = await create({ content: "d".repeat(281), accounts: [premium.id, plain.id] });
  const { message, details } = assertRefused(both, 400, "text_too_long", "content");
  assert.ok(`${message} ${details.content._errors}`.includes(plain.username), message);
});

test("characters that X does not take are refused where they are", async () => {
  const account = await newAccount("characters");
  for (const character of ["\ufffe", "\ufeff", "\uffff"]) {
    const content = `a${character}b`;
    assertRefused(await create({ content, accounts: [account.id] }), 400, "invalid_payload", "content");
    const containers = [{ content: "a" }, { content }];
    const answer = await create({ containers, accounts: [account.id] });
    assertRefused(answer, 400, "invalid_payload", "containers.1.content");
  }
  assert.deepEqual(idsOf(await list("tenant_id=characters")), []);
});
