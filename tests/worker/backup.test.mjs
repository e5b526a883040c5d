/**
 * docs/STORAGE.md, "Backup": a deployment that stands still is copied into a file, and goes on in another one with another
 * master key, without anybody connecting again and without anything being sent twice.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { CREATE_CALL, TOKEN_CALL } from "../support/calls.mjs";
import {
  api,
  callbackOf,
  connect,
  cookieOf,
  createPost,
  faultAtX,
  fromNow,
  newAccount,
  newUser,
  postIn,
  publishPost,
  readPost,
  startBench,
  textsAt,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey, newPage, pageApi } from "../support/keys.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";
import { announce, put } from "../support/media.mjs";
import { createLink, followLink } from "../support/sign-in.mjs";
import { startSite } from "../support/site.mjs";
import { ADMIN_KEY, startWorker } from "../support/worker.mjs";
import { png } from "../fake-x/sample-files.mjs";

const PASSPHRASE = "correct horse battery staple";
const OTHER_KEYS = `elsewhere:${Buffer.alloc(32, 9).toString("base64")}`;
const VARS = { SETTLE_MS: "600" };
/** From a post's creation to its time: enough to hand over in between. */
const AHEAD_MS = 8000;

let receiver;
before(async () => (receiver = await startReceiver()));
after(() => receiver?.close());

/** A deployment of its own, with its X. It ends with the test. */
async function deployment(t) {
  const bench = await startBench({ vars: VARS });
  t.after(() => bench.stop());
  return bench;
}

/** An empty one elsewhere, with another master key, and the same X. */
async function elsewhere(t, { x }, options = {}) {
  const worker = await startWorker({ fakeX: x, vars: { ...VARS, MASTER_KEYS: OTHER_KEYS }, ...options });
  t.after(() => worker.stop());
  return { x, worker, api: api(worker) };
}

const statusOf = async ({ api }) => (await api.get("/v1/handover")).body.data.status;
const untilStatus = (bench, wanted) => eventually(() => statusOf(bench), (status) => status === wanted, 20_000);

async function handOver(bench) {
  assert.equal((await bench.api.post("/v1/handover")).status, 202);
  await untilStatus(bench, "handed_over");
}

async function takeBack(bench) {
  assert.equal((await bench.api.delete("/v1/handover")).status, 200);
  await untilStatus(bench, "running");
}

const download = ({ api }, passphrase = PASSPHRASE) => api.get("/v1/export", { "x-passphrase": passphrase });

async function exported(bench) {
  const answer = await download(bench);
  assert.equal(answer.status, 200, answer.text);
  return answer.text;
}

const restore = ({ api }, file, passphrase = PASSPHRASE, query = "") =>
  api.send("POST", `/v1/import${query}`, { headers: { "x-passphrase": passphrase, "content-type": "application/x-ndjson" }, body: file });

/** The same deployment in its new place, and at work. */
async function moved(t, bench) {
  await handOver(bench);
  const file = await exported(bench);
  const there = await elsewhere(t, bench);
  const answer = await restore(there, file);
  assert.equal(answer.status, 200, answer.text);
  await untilStatus(there, "running");
  return { there, file, answer };
}

/** A browser that signs in with the key of the configuration: its headers. */
async function signIn({ worker }) {
  const ours = { "sec-fetch-site": "same-origin" };
  const answer = await api(worker, { key: null }).post("/v1/dashboard/session", { key: ADMIN_KEY }, ours);
  assert.equal(answer.status, 201, answer.text);
  return { ...ours, cookie: cookieOf(answer) };
}

/** Its time is over, and half a second more. */
const untilDue = ({ scheduledAt }) => eventually(async () => Date.now(), (time) => time > Date.parse(scheduledAt) + 500);

const row = async ({ api }, { id }) => (await api.get(`/v1/social-accounts/${id}`)).body.data;

test("moved elsewhere, everything goes on with another master key, and nobody connects again", async (t) => {
  const bench = await deployment(t);
  const tenantsKey = await newKey(bench, { tenant_id: "t1", scopes: ["publish", "read"] });
  const account = await newAccount(bench, { tenant_id: "t1" });
  const doorKey = await newKey(bench, { account_id: account.id, scopes: ["read"] });
  const hook = await newWebhook(bench, receiver.address(), { headers: { "x-token": "the operator's" }, events: ["post.published"] });
  const before = await publishPost(bench, account, { content: "before the move" });
  await hook.address.received(1);
  const later = await createPost(bench, account, { content: "after the move", scheduledAt: fromNow(86_400_000) });
  await bench.api.patch("/v1/settings", { on_unknown: "hold", brand: { name: "Acme" } });

  const { there, answer } = await moved(t, bench);
  assert.deepEqual(answer.body.data, { social_networks: 1, social_accounts: 1, posts: 2 });
  assert.deepEqual(await row(there, account), await row(bench, account));
  assert.deepEqual((await readPost(there, before)).socialAccounts, before.socialAccounts);
  assert.equal((await there.api.get("/v1/settings")).body.data.brand.name, "Acme");

  // A key of before opens what it opened, its door to X too.
  const theirs = api(there.worker, { key: tenantsKey.key });
  assert.equal((await theirs.get("/v1/posts")).body.pagination.total, 2);
  assert.equal((await api(there.worker, { key: doorKey.key }).get("/2/users/me")).status, 200);

  // A post of before leaves from here, and the operator hears of it as before.
  assert.equal((await theirs.patch(`/v1/posts/${later.id}`, { scheduledAt: null })).status, 200);
  await postIn(there, later.id, "published");
  assert.deepEqual(textsAt(bench, account), ["before the move", "after the move"]);
  const [, told] = await hook.address.received(2);
  assert.equal(told.headers["x-token"], "the operator's");

  const deeds = (await there.api.get("/v1/audit?limit=100")).body.data.map(({ action }) => action);
  for (const action of ["deployment.restored", "deployment.exported", "deployment.handed_over", "key.created"]) {
    assert.ok(deeds.includes(action), `${action} among ${deeds}`);
  }
});

test("a token that ends after the move is refreshed once, by the deployment that goes on", async (t) => {
  const bench = await deployment(t);
  // Inside the quarter of an hour before its end: the next use refreshes.
  bench.x.set({ access_token_ms: 600_000 });
  const account = await newAccount(bench);
  await handOver(bench);
  const refreshes = () => bench.x.requests(TOKEN_CALL).filter(({ body }) => body.includes("refresh_token=")).length;
  const before = refreshes();
  const health = await bench.api.get(`/v1/social-accounts/${account.id}/health`);
  assert.deepEqual([health.status, health.body.code], [409, "in_flight"]);
  assert.equal(refreshes(), before);
  const there = await elsewhere(t, bench);
  assert.equal((await restore(there, await exported(bench))).status, 200);
  await untilStatus(there, "running");
  assert.equal((await publishPost(there, account, { content: "refreshed" })).socialAccounts[0].state, "published");
  assert.equal(refreshes(), before + 1);
});

test("what falls due while it stands still leaves once, from where it goes on", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  const post = await createPost(bench, account, { content: "due meanwhile", scheduledAt: fromNow(AHEAD_MS) });
  await handOver(bench);
  const file = await exported(bench);
  await untilDue(post);
  assert.deepEqual(textsAt(bench, account), []);
  const there = await elsewhere(t, bench);
  assert.equal((await restore(there, file)).status, 200);
  await postIn(there, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["due meanwhile"]);
  assert.equal((await readPost(bench, post)).socialAccounts[0].state, "queued");
});

test("a deployment that stands still changes nothing, asks X nothing, and goes on when it is taken back", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  const door = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
  const picture = await announce(bench);
  const link = await createLink(bench);
  const post = await createPost(bench, account, { content: "held up", scheduledAt: fromNow(AHEAD_MS) });
  await handOver(bench);
  const [asked, exchanged] = [bench.x.requests().length, bench.x.requests(TOKEN_CALL).length];
  assertRefused(await bench.api.post("/v1/posts", { content: "no", accounts: [account.id] }), 409, "in_flight");
  assertRefused(await bench.api.delete(`/v1/social-accounts/${account.id}`), 409, "in_flight");
  assertRefused(await bench.api.post("/v1/connect-sessions", { origin: "http://acme.localhost:8789" }), 409, "in_flight");
  assertRefused(await bench.api.patch("/v1/settings", { on_unknown: "hold" }), 409, "in_flight");
  assertRefused(await bench.api.get(`/v1/social-accounts/${account.id}/health`), 409, "in_flight");
  // What is uploaded now would not be in the copy.
  assertRefused(await put(bench, picture.upload_url, png()), 409, "in_flight");
  assert.equal((await api(bench.worker, { key: door.key }).post("/2/tweets", { text: "no" })).body.code, "in_flight");
  // Who consents at X meanwhile is told to start again; the code is not exchanged.
  await followLink(bench, link);
  assert.equal(bench.x.requests(TOKEN_CALL).length, exchanged);
  const session = (await bench.api.get(`/v1/connect-sessions/${link.connect_id}`)).body.data;
  assert.deepEqual([session.status, session.error.code], ["failed", "in_flight"]);
  assert.equal((await api(bench.worker, { key: door.key }).get("/2/users/me")).body.code, "in_flight");
  assert.equal((await bench.api.get(`/v1/posts/${post.id}`)).status, 200);
  await bench.worker.restart();
  await untilDue(post);
  assert.equal(await statusOf(bench), "handed_over");
  assert.equal(bench.x.requests().length, asked);
  await takeBack(bench);
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["held up"]);
});

test("a post in doubt is settled by reading in the new place, and not sent again", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "effect-then-close" });
  const post = await createPost(bench, account, { content: "was it sent?" });
  await eventually(async () => bench.x.requests(CREATE_CALL).length, (count) => count > 0);
  const { there } = await moved(t, bench);
  await postIn(there, post.id, "published", 20_000);
  assert.deepEqual(textsAt(bench, account), ["was it sent?"]);
  assert.equal(bench.x.requests(CREATE_CALL).length, 1);
});

test("only what stands still is copied", async (t) => {
  const bench = await deployment(t);
  assert.equal(await statusOf(bench), "running");
  assertRefused(await download(bench), 409, "in_flight");
  await handOver(bench);
  assertRefused(await bench.api.get("/v1/export"), 400, "invalid_payload", "X-Passphrase");
  assertRefused(await download(bench, "too short"), 400, "invalid_payload", "X-Passphrase");
});

test("without its passphrase, or not as it was made, a file restores nothing; whole, it does", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  await publishPost(bench, account, { content: "kept" });
  await handOver(bench);
  const file = await exported(bench);
  const lines = file.trimEnd().split("\n");
  const there = await elsewhere(t, bench);
  const refused = async (changed, passphrase, path = "body") =>
    assertRefused(await restore(there, changed, passphrase), 400, "invalid_payload", path);

  await refused(file, "another passphrase", "X-Passphrase");
  await refused("", PASSPHRASE);
  await refused('{"format":"zip","version":1,"id":"x"}\n', PASSPHRASE);
  // What was cut is called cut, also where nothing was opened yet that would prove the passphrase.
  for (const cut of [lines[0], `${lines[0]}\n`, `${lines[0]}\n${lines[1].slice(0, 40)}`]) {
    assert.match((await refused(cut, PASSPHRASE)).message, /breaks off after sealed line 0/);
  }
  assert.equal(await statusOf(there), "running");

  const swapped = [...lines];
  [swapped[2], swapped[3]] = [swapped[3], swapped[2]];
  for (const changed of [lines.slice(0, -1), [...lines.slice(0, 4), ...lines.slice(5)], swapped, [...lines, lines[1]]]) {
    await refused(`${changed.join("\n")}\n`, PASSPHRASE);
    assert.equal(await statusOf(there), "restoring");
    assertRefused(await there.api.post("/v1/posts", { content: "no", accounts: ["x"] }), 409, "in_flight");
  }
  const { message } = await refused(file.slice(0, file.trimEnd().length - 9), PASSPHRASE);
  assert.match(message, /breaks off after sealed line \d+/);
  // A power cut in between changes nothing about it.
  await there.worker.kill();
  await there.worker.restart();
  assert.equal(await statusOf(there), "restoring");
  assertRefused(await there.api.delete("/v1/handover"), 409, "in_flight");

  const whole = await restore(there, file);
  assert.equal(whole.status, 200, whole.text);
  await untilStatus(there, "running");
  assert.equal((await publishPost(there, account, { content: "whole" })).socialAccounts[0].state, "published");
  assert.deepEqual(textsAt(bench, account), ["kept", "whole"]);
});

test("of two tries at once the later one counts, and what is left of the earlier one changes nothing", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  await publishPost(bench, account, { content: "before" });
  await handOver(bench);
  const file = await exported(bench);
  const lines = file.trimEnd().split("\n");
  const there = await elsewhere(t, bench);
  // All but the account's own rows and the end, which stay away until the other try has ended.
  const held = lines.length - 2;
  let goOn;
  const rest = new Promise((resolve) => (goOn = resolve));
  async function* slowly() {
    yield Buffer.from(`${lines.slice(0, held).join("\n")}\n`);
    await rest;
    yield Buffer.from(`${lines.slice(held).join("\n")}\n`);
  }
  const headers = { "x-passphrase": PASSPHRASE, "content-type": "application/x-ndjson" };
  const earlier = there.api.send("POST", "/v1/import", { headers, body: ReadableStream.from(slowly()), duplex: "half" });
  await untilStatus(there, "restoring");
  const later = await restore(there, file);
  assert.deepEqual([later.status, later.body.data.posts], [200, 1], later.text);
  await untilStatus(there, "running");
  goOn();
  assertRefused(await earlier, 409, "in_flight");
  assert.equal((await publishPost(there, account, { content: "after" })).socialAccounts[0].state, "published");
  assert.deepEqual(textsAt(bench, account), ["before", "after"]);
});

test("an import of an account's posts that is under way goes on where it is restored", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  await publishPost(bench, account, { content: "one of its own" });
  bench.x.fault({ method: "GET", path: `/2/users/${account.network_unique_id}/tweets`, kind: "delay", ms: 1500 });
  const created = await bench.api.post(`/v1/social-accounts/${account.id}/imports`, {});
  assert.equal(created.status, 202, created.text);
  await eventually(async () => bench.x.requests({ method: "GET", status: null }).length, (count) => count > 0);
  const { there } = await moved(t, bench);
  const read = async () => (await there.api.get(`/v1/social-accounts/${account.id}/imports/${created.body.data.id}`)).body.data;
  const ended = await eventually(read, ({ status }) => !["queued", "running"].includes(status), 20_000);
  assert.equal(ended.status, "completed", JSON.stringify(ended));
  const [deed] = (await there.api.get("/v1/audit?action=import.completed")).body.data;
  assert.deepEqual([deed.target_id, deed.key_id], [created.body.data.id, null]);
});

test("until its last line was read, the configuration's own key alone opens a deployment", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench, { tenant_id: "t1" });
  const keys = [
    await newKey(bench, { scopes: ["admin"] }),
    await newKey(bench, { tenant_id: "t1", scopes: ["read", "publish"] }),
    await newKey(bench, { account_id: account.id, scopes: ["read"] }),
  ];
  const bytes = png();
  const site = await startSite({ "/logo.png": { body: bytes } });
  t.after(() => site.stop());
  assert.equal((await bench.api.patch("/v1/settings", { brand: { logo_url: `${site.origin}/logo.png` } })).status, 200);
  const logo = `/connect/logo/${createHash("sha256").update(bytes).digest("base64url")}`;
  await handOver(bench);
  const file = await exported(bench);
  const there = await elsewhere(t, bench);
  const cut = `${file.trimEnd().split("\n").slice(0, -1).join("\n")}\n`;
  // The edge remembers these refusals, until a restore may bring the key.
  for (const { key } of keys) assertRefused(await api(there.worker, { key }).get("/v1/posts"), 401, "invalid_api_key");
  assertRefused(await restore(there, cut), 400, "invalid_payload", "body");
  assert.equal(await statusOf(there), "restoring");
  assert.equal((await fetch(`${there.worker.api}${logo}`)).status, 404, "nobody sees the file's brand");

  const origin = { origin: there.worker.origin, "sec-fetch-site": "same-origin" };
  const tries = (key) => [
    ...["/v1/posts", "/v1/api-keys", "/v1/audit", "/v1/social-accounts", "/v1/settings"].map((path) => api(there.worker, { key }).get(path)),
    api(there.worker, { key }).post("/v1/posts", { content: "no", accounts: ["x"] }),
    api(there.worker, { key: null }).post("/v1/dashboard/session", { key }, origin),
  ];
  for (const { key } of keys) {
    const answers = await Promise.all(tries(key));
    assert.deepEqual(answers.map(({ status, body }) => [status, body.code]), answers.map(() => [401, "invalid_api_key"]));
  }
  assert.notEqual((await api(there.worker, { key: keys[2].key }).get("/2/users/me")).status, 200);
  assert.equal((await there.api.get("/v1/posts")).status, 200, "the configuration's own key may look");

  assert.equal((await restore(there, file)).status, 200);
  await untilStatus(there, "running");
  assert.equal((await api(there.worker, { key: keys[1].key }).get("/v1/posts")).status, 200);
});

test("a restore leaves the keys of the file out, if that is asked for", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  const [wide, door] = [await newKey(bench, {}), await newKey(bench, { account_id: account.id, scopes: ["read"] })];
  await handOver(bench);
  const file = await exported(bench);
  const there = await elsewhere(t, bench);
  assertRefused(await restore(there, file, PASSPHRASE, "?keys=all"), 400, "invalid_payload", "keys");
  assert.equal((await restore(there, file, PASSPHRASE, "?keys=drop")).status, 200);
  await untilStatus(there, "running");
  assert.deepEqual((await there.api.get("/v1/api-keys")).body.data, []);
  assert.equal((await api(there.worker, { key: wide.key }).get("/v1/posts")).status, 401);
  assert.equal((await api(there.worker, { key: door.key }).get("/2/users/me")).status, 401);
  assert.equal((await publishPost(there, account, { content: "goes on" })).socialAccounts[0].state, "published");
});

test("the same file again changes nothing, and a deployment in use takes none", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  const { there, file, answer } = await moved(t, bench);
  await publishPost(there, account, { content: "since then" });
  const again = await restore(there, file);
  assert.deepEqual([again.status, again.body.data], [200, { ...answer.body.data, posts: 1 }]);
  assert.deepEqual(textsAt(bench, account), ["since then"]);
  await takeBack(bench);
  assertRefused(await restore(bench, file), 409, "in_flight");
});

test("more rows than a page holds come along, in their order", async (t) => {
  const bench = await deployment(t);
  const account = await connect(bench, { username: newUser(bench).username });
  const created = [];
  for (let n = 0; n < 230; n++) {
    created.push(await createPost(bench, account, { content: `draft ${n}`, isDraft: true }));
  }
  const { there } = await moved(t, bench);
  const list = async (offset) => (await there.api.get(`/v1/posts?limit=100&offset=${offset}`)).body.posts;
  const posts = [...(await list(0)), ...(await list(100)), ...(await list(200))];
  assert.deepEqual(posts.map(({ id }) => id), created.map(({ id }) => id).reverse());
});

test("nothing secret is in the file in the open", async (t) => {
  const bench = await deployment(t);
  const account = await newAccount(bench);
  const hook = await newWebhook(bench, receiver.address(), { events: ["test"] });
  await createPost(bench, account, { content: "a text of the customer's", isDraft: true });
  await handOver(bench);
  const file = await exported(bench);
  const [header, ...sealed] = file.trimEnd().split("\n");
  assert.deepEqual(Object.keys(JSON.parse(header)), ["format", "version", "id"]);
  const plain = sealed.map((line) => Buffer.from(line, "base64url").toString("latin1")).join("\n") + file;
  const tokens = bench.x.tokens({ username: account.username }).map(({ text }) => text);
  assert.ok(tokens.length > 0);
  for (const secret of [...tokens, bench.x.app.client_secret, hook.secret, "a text of the customer's", account.username]) {
    assert.ok(!plain.includes(secret));
  }
});

/** `older` is whole and without the queue of `account`; `newer` has it, and ends before its last line. */
async function twoFiles(t, { isDisconnectedInOlder }) {
  const bench = await deployment(t);
  const { username } = newUser(bench);
  if (isDisconnectedInOlder) {
    const { id } = await connect(bench, { username });
    await bench.api.delete(`/v1/social-accounts/${id}`);
  }
  await handOver(bench);
  const older = await exported(bench);
  await takeBack(bench);
  const account = await connect(bench, { username });
  const post = await createPost(bench, account, { content: "of the file that broke off", scheduledAt: fromNow(AHEAD_MS) });
  await handOver(bench);
  const newer = (await exported(bench)).trimEnd().split("\n").slice(0, -1);
  const there = await elsewhere(t, bench);
  const callbacks = [bench.worker, there.worker].map(callbackOf);
  bench.x.setApp({ client_id: bench.x.app.client_id, callbacks });
  return { bench, there, username, older, newer: `${newer.join("\n")}\n`, post };
}

const LEFT_OVER = {
  "an account that the next file does not name": {},
  "an account that is disconnected in the next file": { isDisconnectedInOlder: true },
  "an account, the power cut included,": { isCut: true },
};
for (const [what, { isDisconnectedInOlder = false, isCut = false }] of Object.entries(LEFT_OVER)) {
  test(`what a file that broke off left in ${what} neither acts nor stands in anybody's way`, async (t) => {
    const { bench, there, username, older, newer, post } = await twoFiles(t, { isDisconnectedInOlder });
    assertRefused(await restore(there, newer), 400, "invalid_payload");
    if (isCut) {
      await there.worker.kill();
      await there.worker.restart();
    }
    const whole = await restore(there, older);
    assert.equal(whole.status, 200, whole.text);
    await untilStatus(there, "running");
    // What was left there would be due by now, and before what is published next.
    await untilDue(post);
    const account = await connect(there, { username });
    await handOver(there);
    await takeBack(there);
    assert.equal((await publishPost(there, account, { content: "of this one" })).socialAccounts[0].state, "published");
    assert.deepEqual(textsAt(bench, { username }), ["of this one"]);
    assert.deepEqual((await there.api.delete(`/v1/social-accounts/${account.id}`)).body.warnings, []);
  });
}

test("a third file finds nothing of two that broke off, whatever either wrote to whom", async (t) => {
  const { bench, there, username, older, newer, post } = await twoFiles(t, {});
  const half = newer.split("\n");
  for (const broken of [newer, half.slice(0, 6).join("\n"), newer]) {
    assertRefused(await restore(there, `${broken}\n`), 400, "invalid_payload");
  }
  assert.equal((await restore(there, older)).status, 200);
  await untilStatus(there, "running");
  await untilDue(post);
  const account = await connect(there, { username });
  assert.equal((await publishPost(there, account, { content: "the first" })).socialAccounts[0].state, "published");
  assert.deepEqual(textsAt(bench, { username }), ["the first"]);
});

test("a browser that is signed in restores a file, and stays signed in; what ends in the file stays behind", async (t) => {
  const bench = await deployment(t);
  await newAccount(bench, { tenant_id: "restored" });
  const lasting = await newKey(bench, { tenant_id: "restored" });
  const page = await newPage(bench, { tenant_id: "restored" });
  await handOver(bench);
  const file = await exported(bench);
  const there = await elsewhere(t, bench);
  const [browser, other] = [await signIn(there), await signIn(there)];
  const byBrowser = { ...there, api: api(there.worker, { key: null }) };
  const headers = { ...browser, "x-passphrase": PASSPHRASE, "content-type": "application/x-ndjson" };
  const answer = await byBrowser.api.send("POST", "/v1/import", { headers, body: file });
  assert.equal(answer.status, 200, answer.text);
  await untilStatus(there, "running");
  for (const headers of [browser, other]) assert.equal((await byBrowser.api.get("/v1/posts", headers)).status, 200);
  assert.equal((await api(there.worker, { key: lasting.key }).get("/v1/posts")).status, 200);
  assertRefused(await pageApi(there, page.token).get("/v1/posts"), 401, "invalid_api_key");
});
