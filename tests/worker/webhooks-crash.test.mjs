/** docs/API.md, section 7: at least once, and never lost, whenever the process dies. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, newAccount, postIn, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { deliveriesOf, newWebhook, startReceiver } from "../support/receiver.mjs";
import { inObject } from "../support/stored.mjs";

let bench;
let receiver;

before(async () => {
  receiver = await startReceiver();
  // A cut amid a call to X leaves a post in doubt, which is settled in two reads so far apart.
  bench = await startBench({ vars: { WEBHOOK_RETRY_MS: "100", SETTLE_MS: "3000" } });
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

async function powerCut() {
  await bench.worker.kill();
  await bench.worker.restart();
}

const isOver = (rows) => rows.every(({ status }) => status === "delivered");

test("what was being told when the process died is told again, with the same id", async () => {
  const hook = await newWebhook(bench, receiver.address());
  hook.address.answers = [() => {}];
  const { id } = (await bench.api.post(`/v1/webhooks/${hook.id}/test`)).body.data;
  await hook.address.received(1);
  await powerCut();
  // Any call wakes the workspace; without one it wakes by itself when the try is overdue.
  const [row] = await eventually(() => deliveriesOf(bench, hook), isOver);
  assert.equal(row.id, id);
  const events = await hook.events(2);
  assert.deepEqual(events.map((event) => event.id), [id, id]);
});

test("what was taken and not yet noted when the process died is told again rather than lost", async () => {
  const hook = await newWebhook(bench, receiver.address());
  const taken = new Promise((resolve) => {
    hook.address.answers = [(response) => response.writeHead(204).end(resolve)];
  });
  const { id } = (await bench.api.post(`/v1/webhooks/${hook.id}/test`)).body.data;
  await taken;
  await powerCut();
  await eventually(() => deliveriesOf(bench, hook), isOver);
  const events = await hook.events(1);
  assert.ok(events.length <= 2 && events.every((event) => event.id === id), JSON.stringify(events));
});

test("a wait for the next try outlives a power cut", async () => {
  const hook = await newWebhook(bench, receiver.address(), { tenant_id: "waits", events: ["post.published"] });
  hook.address.answers = [500, 500];
  const account = await newAccount(bench, { tenant_id: "waits" });
  const { id } = await createPost(bench, account, { content: "told late" });
  await postIn(bench, id, "published");
  await eventually(() => deliveriesOf(bench, hook), ([row]) => row?.attempts.length === 2);
  await powerCut();
  const events = await hook.events(3);
  assert.deepEqual(events.map(({ data }) => data.postId), [id, id, id]);
});

test("over power cuts at any moment each thing that happens is written down once and told at least once", async () => {
  const tenant_id = "storm";
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events: ["post.published", "account.connected"] });
  const account = await newAccount(bench, { tenant_id });
  const posts = [];
  for (let cut = 0; cut < 4; cut += 1) {
    for (let n = 0; n < 3; n += 1) posts.push(await createPost(bench, account, { content: `post ${cut}.${n}` }));
    // From before the first call to X of this round to after its last webhook: later by a bit each time.
    const before = hook.address.calls.length;
    await eventually(async () => hook.address.calls.length + bench.x.posts({ username: account.username }).length, (seen) => seen >= before + cut);
    await powerCut();
  }
  for (const { id } of posts) await postIn(bench, id, "published", 60_000);
  const rows = await eventually(() => deliveriesOf(bench, hook, "?limit=100"), isOver, 60_000);
  const written = rows.map(({ body }) => JSON.parse(body).data.postId ?? "connected");
  assert.deepEqual(written.sort(), [...posts.map(({ id }) => id), "connected"].sort());
  const told = new Set((await hook.events(rows.length)).map(({ id }) => id));
  assert.deepEqual(told, new Set(rows.map(({ id }) => id)));
});

test("the log of a webhook ends in its time while the deployment is frozen, too", async (t) => {
  const own = await startBench({ register: false });
  t.after(() => own.stop());
  const hook = await newWebhook(own, receiver.address());
  await own.api.post(`/v1/webhooks/${hook.id}/test`);
  await eventually(() => deliveriesOf(own, hook), (rows) => rows.length === 1 && isOver(rows));
  assert.equal((await own.api.post("/v1/freeze")).status, 202);
  await own.worker.kill();
  inObject(own.worker.stateDir, "Workspace", (db) => db.exec("UPDATE dispatches SET created_at = 1"));
  await own.worker.restart();
  // The end is among the times of the alarm: what is not done then keeps the alarm due for ever.
  await eventually(() => deliveriesOf(own, hook), ({ length }) => length === 0);
});
