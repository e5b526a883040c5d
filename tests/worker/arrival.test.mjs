/**
 * docs/ARCHITECTURE.md, Publish: a delivery begins with its arrival, and the acknowledgements of both sides are stored with
 * the next write. A crash before that write repeats a message and nothing else.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, newAccount, postIn, publishPost, readPost, startBench, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { watchPlatformCalls } from "../support/platform-calls.mjs";
import { deliveriesOf, newWebhook, startReceiver } from "../support/receiver.mjs";
import { age, ageAll, inObject, rowsOf } from "../support/stored.mjs";

const HOUR = 3_600_000;

let bench;
let receiver;

before(async () => {
  receiver = await startReceiver();
  bench = await startBench({ inspect: true });
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

const stored = (object) => rowsOf(bench.worker.stateDir, object);
const later = () => new Date(Date.now() + HOUR).toISOString();

/** The outbox of a Worker that runs has nothing that is due. */
async function nothingIsOverdue() {
  const overdue = async () => Number(/^latchkey_overdue_seconds\{.*outbox.*\} (\S+)$/m.exec((await bench.api.get("/v1/metrics")).text)[1]);
  await eventually(overdue, (seconds) => seconds === 0);
}

test("a crash after a report leaves the post published once, and its webhooks told once", async () => {
  const account = await newAccount(bench);
  const hook = await newWebhook(bench, receiver.address(), { events: ["post.published"] });
  const { id } = await publishPost(bench, account, { content: "reported" });
  await eventually(() => deliveriesOf(bench, hook), (rows) => rows.length > 0 && rows.every(({ status }) => status === "delivered"));
  await bench.worker.kill();
  const [row] = stored("Account").journal.filter(({ post_id }) => post_id === id);
  assert.ok(row.told < row.revision, "the acknowledgement waits for the next write");
  await bench.worker.restart();
  // The object wakes by its alarm, and repeats the report before it publishes what is new.
  await publishPost(bench, account, { content: "after the crash" });
  await bench.worker.kill();
  const [told] = stored("Account").journal.filter(({ post_id }) => post_id === id);
  assert.equal(told.told, told.revision);
  await bench.worker.restart();
  assert.equal((await readPost(bench, { id })).socialAccounts[0].state, "published");
  assert.deepEqual(textsAt(bench, account).sort(), ["after the crash", "reported"]);
  const events = await hook.events(2);
  assert.equal(events.filter((event) => JSON.stringify(event).includes(id)).length, 1);
  // Each call of a webhook takes an alarm.
  assert.equal((await bench.api.delete(`/v1/webhooks/${hook.id}`)).status, 200);
});

/** A post that has arrived, and its job. An alarm of before may be the next write, with which the job goes: then another post. */
async function arrivedWithJob(account, tries = 5) {
  const { id } = await createPost(bench, account, { content: "never to be seen", scheduledAt: later() });
  await bench.worker.kill();
  const job = stored("Workspace").outbox.find(({ doc }) => doc.includes(id));
  await bench.worker.restart();
  if (job || tries === 1) return { id, job };
  assert.equal((await bench.api.delete(`/v1/posts/${id}`)).status, 200);
  return arrivedWithJob(account, tries - 1);
}

test("a job that arrived and is handed over once more after a crash revives no deleted post", async () => {
  const account = await newAccount(bench);
  const { id, job } = await arrivedWithJob(account);
  assert.ok(job, "the job of a post that has arrived waits for the next write");
  assert.equal((await bench.api.delete(`/v1/posts/${id}`)).status, 200);
  await nothingIsOverdue();
  await bench.worker.kill();
  inObject(bench.worker.stateDir, "Workspace", (db) => db.prepare("INSERT INTO outbox (due_at, doc) VALUES (1, ?)").run(job.doc));
  age(bench.worker.stateDir, "Workspace", 2 * HOUR);
  ageAll(bench.worker.stateDir, "Account", 2 * HOUR);
  await bench.worker.restart();
  await nothingIsOverdue();
  await publishPost(bench, account, { content: "a later post" });
  assert.deepEqual(textsAt(bench, account), ["a later post"]);
});

test("posts that come one after another set an alarm for all of them, which finds nothing to do", async () => {
  const account = await newAccount(bench);
  const POSTS = 10;
  const platform = await watchPlatformCalls(bench.worker);
  try {
    let alarms = 0;
    for (let at = 0; at < POSTS; at++) {
      await publishPost(bench, account, { content: `in a row ${at}` });
      alarms += (await platform.taken()).alarms;
    }
    assert.ok(alarms <= 2 * POSTS, `${alarms} alarm calls for ${POSTS} posts`);
  } finally {
    platform.close();
  }
});

test("an alarm that stands for a new post lets a scheduled one leave at its time", async () => {
  const account = await newAccount(bench);
  const at = Date.now() + 3000;
  const scheduled = await createPost(bench, account, { content: "on time", scheduledAt: new Date(at).toISOString() });
  await publishPost(bench, account, { content: "at once" });
  await postIn(bench, scheduled.id, "published");
  const post = bench.x.posts({ username: account.username }).find(({ text }) => text === "on time");
  assert.ok(post, "published");
  assert.deepEqual(textsAt(bench, account).sort(), ["at once", "on time"]);
});
