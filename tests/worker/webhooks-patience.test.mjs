/** docs/API.md, section 7: what takes hours for a receiver, and seconds here. All of it at once: it is waited for. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { newAccount, publishPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertTimesAndIds } from "../support/expect.mjs";
import { deliveriesOf, newWebhook, startReceiver } from "../support/receiver.mjs";

/** A series of eight tries takes 6 seconds, and three days of patience 12: a busy machine ends a series in time. */
const RETRY_MS = 0.5;
/** In place of 30 seconds. */
const TIMEOUT_MS = 3000;
const SERIES_MS = 60_000;

let bench;
let receiver;
/** X takes no text twice from one account. */
let texts = 0;
let listeners = 0;

before(async () => {
  receiver = await startReceiver();
  bench = await startBench({ vars: { WEBHOOK_RETRY_MS: String(RETRY_MS), WEBHOOK_TIMEOUT_MS: String(TIMEOUT_MS) } });
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

const path = ({ id }) => `/v1/webhooks/${id}`;
const read = async (hook) => (await bench.api.get(path(hook))).body.data;
const redeliver = (hook, event) => bench.api.post(`${path(hook)}/deliveries/${event.id}/redeliver`);

/** The last delivery in a webhook's log, once it has ended. */
async function ended(hook) {
  const [row] = await eventually(() => deliveriesOf(bench, hook), ([last]) => last?.next_attempt_at === null, SERIES_MS);
  return row;
}

/** A webhook whose tenant has an account; `publish()` makes it hear `post.published`. */
async function newListener() {
  const tenant_id = `listener_${++listeners}`;
  const account = await newAccount(bench, { tenant_id });
  const hook = await newWebhook(bench, receiver.address(), { tenant_id, events: ["post.published"] });
  return { ...hook, publish: () => publishPost(bench, account, { content: `told ${++texts}` }) };
}

describe("over hours and days", { concurrency: 3 }, () => {
  test("a receiver that is busy says when it is to be asked again, in seconds or as a date", async () => {
    const hook = await newListener();
    const inSeconds = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();
    // A date has whole seconds: three from now are more than two.
    const busy = [[503, () => "2", 2000], [429, () => inSeconds(3), 2000], [500, () => "60", 0], [503, () => "soon", 0]];
    hook.address.answers = busy.map(([status, say]) => (response) => response.writeHead(status, { "retry-after": say() }).end());
    await hook.publish();
    await hook.events(busy.length + 1, SERIES_MS);
    const waits = hook.address.calls.slice(1).map(({ at }, before) => at - hook.address.calls[before].at);
    busy.forEach(([status, , least], at) => assert.ok(waits[at] >= least && waits[at] < least + 20_000, `${status}: ${waits[at]} ms`));
    assert.equal((await ended(hook)).status, "delivered");
  });

  test("no receiver puts off a try by more than a day", async () => {
    const hook = await newListener();
    hook.address.otherwise = { status: 503, headers: { "retry-after": "999999999" } };
    await hook.publish();
    await hook.events(1, SERIES_MS);
    const [row] = await eventually(() => deliveriesOf(bench, hook), ([last]) => last.attempts.length === 1, SERIES_MS);
    const wait = Date.parse(row.next_attempt_at) - Date.parse(row.attempts[0].attempted_at);
    assert.equal(Math.round(wait / 3_600_000), 24);
  });

  test("eight tries are made, and then it is for somebody to send it again", async () => {
    const hook = await newListener();
    hook.address.otherwise = 503;
    await hook.publish();
    await hook.events(8, SERIES_MS);
    const row = await ended(hook);
    assert.deepEqual([row.status, row.attempts.length, row.next_attempt_at], ["failed", 8, null]);
    const { enabled, failing_since } = await read(hook);
    assert.equal(enabled, true);
    assert.ok(failing_since >= row.attempts[0].attempted_at && failing_since <= row.attempts[1].attempted_at, failing_since);
    hook.address.otherwise = 204;
    const again = await redeliver(hook, row);
    assert.deepEqual([again.status, again.body.data.status], [200, "pending"]);
    const events = await hook.events(9);
    assert.equal(events[8].id, row.id);
    assert.deepEqual([(await ended(hook)).status, (await read(hook)).failing_since], ["delivered", null]);
  });

  test("after three days of failures it is switched off and says so, and can be switched on again", async () => {
    const hook = await newListener();
    hook.address.otherwise = (response) => response.destroy();
    // One series does not last three days; two do.
    for (let series = 1; series <= 2; series += 1) {
      await hook.publish();
      await hook.address.received(8 * series, SERIES_MS);
      await ended(hook);
    }
    await hook.publish();
    const off = await eventually(() => read(hook), ({ enabled }) => !enabled, SERIES_MS);
    assert.equal(off.disabled.reason, "failing");
    assertTimesAndIds(off);
    await bench.worker.logged(`webhook ${hook.id} was switched off`);
    const calls = hook.address.calls.length;
    await hook.publish();
    const [skipped] = await deliveriesOf(bench, hook);
    assert.deepEqual([skipped.status, skipped.attempts], ["skipped", []]);
    assert.equal(hook.address.calls.length, calls);
    hook.address.otherwise = 204;
    const on = (await bench.api.patch(path(hook), { enabled: true })).body.data;
    assert.deepEqual([on.enabled, on.disabled, on.failing_since], [true, null, null]);
    await hook.publish();
    await redeliver(hook, skipped);
    const events = await hook.events(calls + 2);
    assert.ok(events.slice(calls).some(({ id }) => id === skipped.id), "what was missed can be sent");
  });

  test("an answer after the time limit is none", async () => {
    const hook = await newListener();
    hook.address.answers = [() => {}];
    await hook.publish();
    await hook.events(2, SERIES_MS);
    const { attempts } = await ended(hook);
    assert.deepEqual([attempts[0].status_code, attempts[1].status_code], [null, 204]);
    assert.match(attempts[0].error, /in time/);
    assert.ok(attempts[0].duration_ms >= TIMEOUT_MS - 100, `${attempts[0].duration_ms} ms`);
  });
});
