/** docs/API.md, section 7: how often something is told, how it is signed, and what the log says of it. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { newAccount, publishPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { deliveriesOf, newWebhook, startReceiver, verified } from "../support/receiver.mjs";

let bench;
let receiver;
/** X takes no text twice from one account. */
let texts = 0;
let listeners = 0;

before(async () => {
  receiver = await startReceiver();
  bench = await startBench({ vars: { WEBHOOK_RETRY_MS: "20" } });
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

const path = ({ id }) => `/v1/webhooks/${id}`;
const read = async (hook) => (await bench.api.get(path(hook))).body.data;
const sendTest = async (hook) => (await bench.api.post(`${path(hook)}/test`)).body.data;
const redeliver = (hook, event) => bench.api.post(`${path(hook)}/deliveries/${event.id}/redeliver`);

/** The last delivery in a webhook's log, once it has ended. */
async function ended(hook) {
  const [row] = await eventually(() => deliveriesOf(bench, hook), ([last]) => last?.next_attempt_at === null);
  return row;
}

/** A webhook whose tenant has an account; `publish()` makes it hear `post.published`. */
async function newListener(fields) {
  const tenant_id = `listener_${++listeners}`;
  const account = await newAccount(bench, { tenant_id });
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events: ["post.published"], ...fields });
  return { ...hook, account, publish: () => publishPost(bench, account, { content: `told ${++texts}` }) };
}

test("a call is signed by the Standard Webhooks scheme, which its own library verifies", async () => {
  const hook = await newWebhook(bench, receiver.address());
  const { id } = await sendTest(hook);
  const [event] = await hook.events(1);
  assert.deepEqual([event.id, event.event], [id, "test"]);
  const [call] = hook.address.calls;
  assert.equal(call.method, "POST");
  assert.equal(call.headers["content-type"], "application/json");
  assert.throws(() => verified(hook, { ...call, body: `${call.body} ` }), /signature/i);
  assert.throws(() => verified({ secret: `whsec_${Buffer.alloc(32).toString("base64")}` }, call), /signature/i);
});

test("a secret of one's own signs, and so does the one before it after it was replaced", async () => {
  const secret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
  const hook = await newWebhook(bench, receiver.address(), { secret });
  assert.equal(hook.secret, secret);
  const next = `whsec_${Buffer.alloc(64, 2).toString("base64")}`;
  assert.equal((await bench.api.patch(path(hook), { secret: next })).status, 200);
  await sendTest(hook);
  await hook.events(1);
  const [call] = hook.address.calls;
  assert.equal(verified({ secret: next }, call).event, "test");
  assert.equal(call.headers["webhook-signature"].split(" ").length, 2);
});

test("the legacy signature is there for those who ask for it", async () => {
  const hook = await newWebhook(bench, receiver.address(), { legacy_signature: true });
  await sendTest(hook);
  const [{ headers, body }] = await hook.address.received(1);
  const expected = createHmac("sha256", hook.secret).update(body).digest("hex");
  assert.equal(headers["x-outstand-signature"], `sha256=${expected}`);
  await bench.api.patch(path(hook), { legacy_signature: false });
  await sendTest(hook);
  const [, second] = await hook.address.received(2);
  assert.equal(second.headers["x-outstand-signature"], undefined);
});

test("custom headers go along and are shown by name only", async () => {
  const headers = { Authorization: "Bearer of-the-receiver", "X-Env": "production" };
  const hook = await newWebhook(bench, receiver.address(), { headers });
  assert.deepEqual(hook.header_names, ["authorization", "x-env"]);
  await sendTest(hook);
  const [call] = await hook.address.received(1);
  assert.deepEqual([call.headers.authorization, call.headers["x-env"]], ["Bearer of-the-receiver", "production"]);
  assert.ok(!(await bench.api.get(path(hook))).text.includes("of-the-receiver"));
  assert.deepEqual((await bench.api.patch(path(hook), { headers: {} })).body.data.header_names, []);
  await sendTest(hook);
  const [, second] = await hook.address.received(2);
  assert.equal(second.headers.authorization, undefined);
});

test("what is not taken is told again with the same id and body, and a signature of its own", async () => {
  const hook = await newListener();
  hook.address.answers = [500, 404, 301];
  await hook.publish();
  const events = await hook.events(4);
  for (const event of events) assert.deepEqual(event, events[0]);
  const row = await ended(hook);
  assertTimesAndIds(row);
  assert.deepEqual([row.id, row.event, row.status], [events[0].id, "post.published", "delivered"]);
  assert.equal(row.body, hook.address.calls[0].body);
  assert.deepEqual(row.attempts.map(({ status_code }) => status_code), [500, 404, 301, 204]);
});

test("a redirect is not followed", async () => {
  const elsewhere = receiver.address();
  const hook = await newListener();
  hook.address.answers = [{ status: 307, headers: { location: elsewhere.url } }];
  await hook.publish();
  await hook.events(2);
  assert.deepEqual(elsewhere.calls, []);
});

test("a 410 switches it off at once", async () => {
  const hook = await newListener();
  hook.address.answers = [410];
  await hook.publish();
  const off = await eventually(() => read(hook), ({ enabled }) => !enabled);
  assert.equal(off.disabled.reason, "gone");
  assert.equal((await ended(hook)).status, "failed");
  assert.equal(hook.address.calls.length, 1);
});

test("switched off by hand it is told nothing, except when it is asked for", async () => {
  const hook = await newListener();
  const off = (await bench.api.patch(path(hook), { enabled: false })).body.data;
  assert.deepEqual([off.enabled, off.disabled.reason], [false, "requested"]);
  await hook.publish();
  assert.equal((await ended(hook)).status, "skipped");
  const { id } = await sendTest(hook);
  const [event] = await hook.events(1);
  assert.equal(event.id, id);
  assert.equal(hook.address.calls.length, 1);
});

test("a test is tried once, whether it was asked for or not", async () => {
  const hook = await newListener();
  hook.address.otherwise = 500;
  const sent = await sendTest(hook);
  assert.deepEqual([sent.event, sent.status, JSON.parse(sent.body).data.webhookId], ["test", "pending", hook.id]);
  const row = await ended(hook);
  assert.deepEqual([row.status, row.attempts.map(({ status_code }) => status_code)], ["failed", [500]]);
});

test("an address that does not answer keeps neither posts nor other webhooks waiting", async () => {
  const silent = await newListener();
  silent.address.otherwise = () => {};
  const other = await newListener();
  for (let n = 0; n < 8; n += 1) await silent.publish();
  await silent.address.received(1);
  // More tries than are made side by side wait for the silent one now.
  const post = await other.publish();
  assert.equal(post.socialAccounts[0].status, "published");
  await other.events(1);
  assert.equal(silent.address.calls.length, 1, "one connection and no more");
  assert.equal((await bench.api.delete(path(silent))).status, 200);
});

test("an address that fails does not keep one that works waiting", async () => {
  const dead = await newListener();
  dead.address.otherwise = 500;
  await dead.publish();
  await eventually(() => read(dead), ({ failing_since }) => failing_since !== null);
  for (let n = 0; n < 8; n += 1) await dead.publish();
  const works = await newListener();
  await works.publish();
  await works.events(1);
  assert.equal((await bench.api.delete(path(dead))).status, 200);
});

test("the log is filtered, paged, newest first, and goes with its webhook", async () => {
  const hook = await newListener();
  hook.address.otherwise = 410;
  await hook.publish();
  await ended(hook);
  for (let n = 0; n < 2; n += 1) await sendTest(hook);
  await eventually(() => deliveriesOf(bench, hook), (rows) => rows.every(({ next_attempt_at }) => next_attempt_at === null));
  const kinds = async (query) => (await deliveriesOf(bench, hook, query)).map(({ event }) => event);
  assert.deepEqual(await kinds(""), ["test", "test", "post.published"]);
  assert.deepEqual(await kinds("?event=post.published"), ["post.published"]);
  assert.deepEqual(await kinds("?status=delivered"), []);
  assert.deepEqual(await kinds("?status=failed&limit=1&offset=2"), ["post.published"]);
  const { pagination } = (await bench.api.get(`${path(hook)}/deliveries?limit=1`)).body;
  assert.deepEqual({ ...pagination, after: typeof pagination.after }, { limit: 1, offset: 0, total: 3, after: "string" });
  const [row] = await deliveriesOf(bench, hook);
  assert.equal((await bench.api.delete(path(hook))).status, 200);
  assertRefused(await bench.api.get(`${path(hook)}/deliveries`), 404, "not_found");
  assertRefused(await redeliver(hook, row), 404, "not_found");
});

test("the day's burst is told whole", async () => {
  const hook = await newListener();
  const ids = [];
  for (let n = 0; n < 40; n += 1) ids.push((await sendTest(hook)).id);
  const events = await hook.events(40, 30_000);
  assert.deepEqual(new Set(events.map(({ id }) => id)), new Set(ids));
});
