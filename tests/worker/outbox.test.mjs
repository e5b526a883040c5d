/** docs/ARCHITECTURE.md, Publish: what the workspace owes to others does not wait for each other. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { REVOKE_CALL } from "../support/calls.mjs";
import {
  connect,
  createPost,
  fromNow,
  newAccount,
  newUser,
  ownApp,
  postIn,
  publishPost,
  startBench,
  textsAt,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { announce } from "../support/media.mjs";
import { inObject } from "../support/stored.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** A Worker whose rows the test may change, with an account. It ends with the test. */
async function ofItsOwn(t) {
  const folder = await mkdtemp(join(tmpdir(), "outbox-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const own = await startBench({ persist: folder });
  t.after(() => own.stop());
  return { own, folder, account: await newAccount(own) };
}

test("while X takes its time to revoke the tokens of a removed app, posts go out", async () => {
  const { app, network } = await ownApp(bench, "leaving");
  await connect(bench, { username: newUser(bench).username, tenant_id: "leaving" });
  const account = await newAccount(bench);
  bench.x.fault({ ...REVOKE_CALL, kind: "hold" });
  await bench.api.delete(`/v1/social-networks/${network.id}`);
  await eventually(() => bench.x.requests(REVOKE_CALL), ([first]) => first?.status === null);
  const post = await publishPost(bench, account, { content: "not kept waiting" });
  assert.equal(post.socialAccounts[0].state, "published");
  assert.equal(bench.x.requests(REVOKE_CALL)[0].status, null, "X still takes its time");
  bench.x.release();
  await bench.x.received({ ...REVOKE_CALL, status: 200, count: 2 });
});

test("a post that reaches its account after the account was removed is cancelled, not held", async (t) => {
  const { own, folder, account } = await ofItsOwn(t);
  const post = await createPost(own, account, { content: "too late", scheduledAt: fromNow(6000) });
  await own.worker.kill();
  // As if the post were still on its way to the account's object.
  inObject(folder, "Account", (db) => db.exec("DELETE FROM journal"));
  inObject(folder, "Workspace", (db) => {
    const { doc } = db.prepare("SELECT doc FROM deliveries WHERE post_id = ?").get(post.id);
    const { object } = db.prepare("SELECT network_id || '/' || x_user_id AS object FROM accounts WHERE id = ?").get(account.id);
    const job = JSON.stringify({ Enqueue: { object, delivery: JSON.parse(doc) } });
    db.exec("DELETE FROM outbox");
    db.prepare("INSERT INTO outbox (due_at, doc) VALUES (?, ?)").run(Date.now() + 4000, job);
  });
  await own.worker.restart();
  assert.equal((await own.api.delete(`/v1/social-accounts/${account.id}`)).status, 200);
  await postIn(own, post.id, "cancelled", 20_000);
  assert.deepEqual(textsAt(own, account), []);
});

test("a job of the alarm that fails keeps no other job waiting, and is not run again at once", async (t) => {
  const { own, folder, account } = await ofItsOwn(t);
  await announce(own);
  await own.worker.kill();
  inObject(folder, "Workspace", (db) => db.exec("UPDATE media SET doc = '{}', expires_at = 0"));
  await own.worker.restart();
  for (const content of ["before", "and after"]) {
    const post = await publishPost(own, account, { content });
    assert.equal(post.socialAccounts[0].state, "published");
  }
  await own.worker.logged("workspace", "a stored document");
  const failures = own.worker.logs().filter((line) => line.includes("a stored document"));
  assert.equal(failures.length, 1, failures.join("\n"));
});
