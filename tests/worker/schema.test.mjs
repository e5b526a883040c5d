/** docs/STORAGE.md, "Schema versions": what the first releases wrote goes on in this code, and what newer code wrote is safe. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { api, connect, createPost, fromNow, postIn, publishPost, startBench, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { download } from "../support/media.mjs";
import { age, alarmOf, backupOf, inObject, layOut, makeDue, OBJECTS, rowsOf, schemaOf, setVersion, versionOf } from "../support/stored.mjs";
import { startWorker } from "../support/worker.mjs";

const FIRST = "schema-1";
/** Of this code: what it writes into an object that is new. */
const CURRENT = 6;

let stored;
let bench;
let account;
let door;
/** A post that was accepted while its account could not be opened. */
let waiting;

/** This code on what the first releases stored, and the stand-in as the X that its tokens are from. */
before(async () => {
  stored = await layOut(FIRST);
  bench = await opened(stored);
  account = { id: stored.facts.account_id, username: "ada" };
  door = api(bench.worker, { key: stored.facts.key });
});
after(async () => {
  await bench?.stop();
  await stored?.remove();
});

async function opened({ folder, facts }) {
  const bench = await startBench({ persist: folder, register: false });
  bench.x.setApp({ client_id: bench.x.app.client_id, client_secret: facts.client_secret });
  for (const pair of facts.pairs) bench.x.adopt(pair);
  return bench;
}

async function read({ api }, path) {
  const answer = await api.get(path);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

async function wakeAll(bench, { account_id, connect_id }) {
  await read(bench, `/v1/social-accounts/${account_id}/limits`);
  await read(bench, `/v1/connect-sessions/${connect_id}`);
}

test("the fixture has rows in every table that its code had", async (t) => {
  const { folder, remove } = await layOut(FIRST);
  t.after(remove);
  for (const object of OBJECTS) {
    const empty = Object.entries(rowsOf(folder, object)).filter(([, rows]) => rows.length === 0);
    assert.deepEqual(empty, [], object);
    assert.equal(schemaOf(folder, object).schema_version, undefined);
  }
});

test("settings, apps, accounts and posts of version 1 are served as they were written", async () => {
  const { facts } = stored;
  const { brand, prices, keep_posts_days } = (await read(bench, "/v1/settings")).data;
  assert.deepEqual([brand.name, brand.color, prices.post], ["Acme", "#1d9bf0", 0.02]);
  // A new deployment has 400: settings.test.mjs.
  assert.equal(keep_posts_days, null);
  assert.deepEqual((await read(bench, "/v1/social-networks")).data.map(({ id }) => id), [facts.network_id]);
  const { username, tenant_id, status } = (await read(bench, `/v1/social-accounts/${facts.account_id}`)).data;
  assert.deepEqual([username, tenant_id, status], ["ada", facts.tenant_id, "active"]);
  const { published, illustrated, planned, draft } = facts.posts;
  const states = [published, illustrated, planned].map(async (id) => {
    const { containers, socialAccounts } = (await read(bench, `/v1/posts/${id}`)).post;
    return [containers[0].content, containers[0].media?.length ?? 0, socialAccounts[0].state];
  });
  assert.deepEqual(await Promise.all(states), [
    ["before the upgrade", 0, "published"],
    ["with a picture", 1, "published"],
    ["long after the upgrade", 0, "queued"],
  ]);
  assert.equal((await read(bench, `/v1/posts/${draft}`)).post.isDraft, true);
});

test("files, logs, runs and windows of version 1 are served as they were written, and browsers sign in again", async () => {
  const { facts } = stored;
  const { url } = (await read(bench, `/v1/media/${facts.media_id}`)).data;
  assert.equal((await download(bench, url)).bytes.toString("latin1", 1, 4), "PNG");
  assert.equal((await read(bench, `/v1/media/${facts.upload_id}`)).data.status, "pending");
  assert.equal((await read(bench, `/v1/webhooks/${facts.hook_id}/deliveries`)).data.length, 2);
  const imports = `/v1/social-accounts/${facts.account_id}/imports/${facts.import_id}`;
  assert.equal((await read(bench, imports)).data.status, "completed");
  assert.equal((await read(bench, "/v1/reseal")).data.status, "done");
  assert.equal((await read(bench, "/v1/handover")).data.status, "running");
  assert.ok((await read(bench, "/v1/audit")).data.length > 5);
  assert.ok((await read(bench, `/v1/social-accounts/${facts.account_id}/limits`)).data.length > 0);
  const ours = { "sec-fetch-site": "same-origin", cookie: facts.cookie };
  assertRefused(await api(bench.worker, { key: null }).get("/v1/posts", ours), 401, "invalid_session_token");
});

test("what was under way in version 1 goes on: old tokens, a planned post, a session that waits, a remembered answer", async () => {
  const { facts } = stored;
  assert.equal((await door.get("/2/users/me")).body.data.username, "ada");
  const body = { accounts: [facts.account_id], content: "never twice", isDraft: true };
  const again = await bench.api.post("/v1/posts", body, { "idempotency-key": "before-the-upgrade" });
  assert.equal(again.body.post.id, facts.posts.repeated);

  await publishPost(bench, account, { content: "with the old pair" });
  bench.x.expireToken({ token: facts.pairs[0].access_token });
  const { id } = await publishPost(bench, account, { content: "with a pair that the old one became" });
  await postIn(bench, id, "published");
  const moved = await bench.api.patch(`/v1/posts/${facts.posts.planned}`, { scheduledAt: fromNow(500) });
  assert.equal(moved.status, 200, moved.text);
  await postIn(bench, facts.posts.planned, "published");
  const texts = ["with the old pair", "with a pair that the old one became", "long after the upgrade"];
  assert.deepEqual(textsAt(bench, account), texts);

  const accepted = await bench.api.post(`/v1/connect-sessions/${facts.connect_id}/accept`);
  assert.deepEqual([accepted.status, accepted.body.data.status], [200, "connected"], accepted.text);
  await publishPost(bench, accepted.body.data.account, { content: "through a session of version 1" });
  assert.deepEqual(textsAt(bench, { username: "grace_h" }), ["through a session of version 1"]);
});

test("an upgraded object has the tables of a new one, and the next start changes none of them", async (t) => {
  const fresh = await startNew(t);
  await Promise.all([bench.worker.stop(), fresh.worker.stop()]);
  for (const object of OBJECTS) {
    assert.deepEqual(schemaOf(stored.folder, object), schemaOf(fresh.folder, object), object);
    assert.deepEqual(versionOf(stored.folder, object), versionOf(fresh.folder, object), object);
    assert.equal(versionOf(stored.folder, object).version, CURRENT);
  }
  inObject(stored.folder, "Workspace", (db) => db.exec("DROP INDEX posts_listed"));
  inObject(stored.folder, "Account", (db) => db.exec("DROP INDEX journal_untold"));
  const before = OBJECTS.map((object) => schemaOf(stored.folder, object));
  await bench.worker.restart();
  await wakeAll(bench, stored.facts);
  await bench.worker.stop();
  assert.deepEqual(OBJECTS.map((object) => schemaOf(stored.folder, object)), before);
});

/** Of this code from its first moment on, with one object of each kind. */
async function startNew(t) {
  const folder = await mkdtemp(join(tmpdir(), "new-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const bench = await startBench({ persist: folder });
  t.after(() => bench.stop());
  await connect(bench, { username: "ada" });
  return { ...bench, folder };
}

const TOO_NEW = { version: 9, oldest: 8 };
const SAID = `The stored data has schema version 9. Code of schema version 8 or newer may open it; this code has version ${CURRENT}.`;
/** Newer tables that this code may stand in for. */
const ALLOWED = { version: 9, oldest: CURRENT };

function assertTooNew(answer) {
  const { message, hint } = assertRefused(answer, 500, "misconfigured");
  assert.equal(message, SAID);
  assert.match(hint, /^Deploy the version of the Worker that wrote the data/);
}

test("code that is too old for the workspace's tables says so and touches nothing", async () => {
  setVersion(stored.folder, "Workspace", TOO_NEW);
  const before = [rowsOf(stored.folder, "Workspace"), schemaOf(stored.folder, "Workspace")];
  await bench.worker.restart();
  assert.equal((await bench.api.get("/healthz")).status, 200);
  assertTooNew(await bench.api.get("/v1/posts"));
  assertTooNew(await bench.api.post("/v1/posts", { accounts: [account.id], content: "lost?" }));
  const passed = await door.get("/2/users/me");
  assert.deepEqual([passed.status, passed.body.code], [500, "misconfigured"]);
  await bench.worker.logged('"object":"workspace"', SAID);
  await bench.worker.stop();
  assert.deepEqual([rowsOf(stored.folder, "Workspace"), schemaOf(stored.folder, "Workspace")], before);
});

test("an account's or a session's tables that are too new stop only that one, whose alarm is put off", async () => {
  const kinds = ["Account", "Connect"];
  setVersion(stored.folder, "Workspace", ALLOWED);
  for (const object of kinds) setVersion(stored.folder, object, TOO_NEW);
  const before = kinds.map((object) => rowsOf(stored.folder, object));
  makeDue(stored.folder, "Connect");
  await bench.worker.restart();
  assertTooNew(await bench.api.get(`/v1/social-accounts/${account.id}/limits`));
  assertTooNew(await bench.api.get(`/v1/connect-sessions/${stored.facts.connect_id}`));
  waiting = await createPost(bench, account, { content: "waits for the right code" });
  await bench.worker.logged('"object":"account"', SAID);
  await bench.worker.logged('"object":"connect"', '"during":"alarm"', SAID);
  await bench.worker.stop();
  assert.ok(alarmOf(stored.folder, "Connect") > Date.now());
  assert.deepEqual(kinds.map((object) => rowsOf(stored.folder, object)), before);
});

test("rolled back, code that newer tables allow serves them and leaves their number", async () => {
  for (const object of OBJECTS) {
    inObject(stored.folder, object, (db) => db.exec("CREATE TABLE of_version_9 (id INTEGER)"));
    setVersion(stored.folder, object, ALLOWED);
  }
  inObject(stored.folder, "Workspace", (db) => db.exec("ALTER TABLE posts ADD COLUMN of_version_9 TEXT"));
  await bench.worker.restart();
  await postIn(bench, waiting.id, "published", 90_000);
  await publishPost(bench, account, { content: "rolled back" });
  await wakeAll(bench, stored.facts);
});

test("a backup of newer tables is refused with their version, and one that version 1 made is restored", async (t) => {
  await standStill(bench);
  const newer = await exported(bench);
  assert.match(newer, /^\{"format":"backup","version":2,/);
  await bench.worker.stop();
  assert.deepEqual(OBJECTS.map((object) => versionOf(stored.folder, object)), [ALLOWED, ALLOWED, ALLOWED]);

  const elsewhere = await startNowhere(t, bench);
  const refused = assertRefused(await restore(elsewhere, newer), 400, "invalid_payload", "body");
  assert.match(refused.message, new RegExp(`its rows have schema version 9, which this deployment \\(${CURRENT}\\) cannot take`));
  assert.deepEqual((await read(elsewhere, "/v1/posts")).posts, []);
  assert.equal((await read(elsewhere, "/v1/settings")).data.keep_posts_days, 400);
  const first = await backupOf(FIRST);
  const unknown = await restore(elsewhere, first.replace('"version":1', '"version":3'));
  assert.match(assertRefused(unknown, 400, "invalid_payload", "body").hint, /^Deploy the version of the Worker that made the backup/);
  const restored = await restore(elsewhere, first);
  assert.equal(restored.status, 200, restored.text);
  const { containers } = (await read(elsewhere, `/v1/posts/${stored.facts.posts.published}`)).post;
  assert.equal(containers[0].content, "before the upgrade");
  assert.equal((await read(elsewhere, "/v1/settings")).data.keep_posts_days, null, "as the deployment of the file");
});

async function standStill(bench) {
  assert.equal((await bench.api.post("/v1/handover")).status, 202);
  const status = async () => (await read(bench, "/v1/handover")).data.status;
  await eventually(status, (status) => status === "handed_over", 20_000);
}

async function exported({ api }) {
  const answer = await api.get("/v1/export", { "x-passphrase": stored.facts.passphrase });
  assert.equal(answer.status, 200, answer.text);
  return answer.text;
}

function restore({ api }, body) {
  const headers = { "x-passphrase": stored.facts.passphrase, "content-type": "application/x-ndjson" };
  return api.send("POST", "/v1/import", { headers, body });
}

/** An empty deployment, with the same X. */
async function startNowhere(t, { x }) {
  const worker = await startWorker({ fakeX: x });
  t.after(() => worker.stop());
  return { x, worker, api: api(worker) };
}

test("a session's object that was emptied starts anew, and knows nothing", async () => {
  age(stored.folder, "Connect", 3 * 86_400_000);
  await bench.worker.restart();
  const session = () => bench.api.get(`/v1/connect-sessions/${stored.facts.connect_id}`);
  await eventually(async () => (await session()).status, (status) => status === 404, 20_000);
  await bench.worker.restart();
  assertRefused(await session(), 404, "not_found");
  await bench.worker.stop();
  assert.deepEqual(rowsOf(stored.folder, "Connect").session, []);
  assert.equal(versionOf(stored.folder, "Connect").version, CURRENT);
});
