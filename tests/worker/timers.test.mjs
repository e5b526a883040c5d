/** docs/ARCHITECTURE.md, "What is given back": an object whose 10,000th timer is live hangs, publishing included. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { CREATE_CALL, ME_CALL } from "../support/calls.mjs";
import { newAccount, publishPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { file, startFileServer } from "../support/file-server.mjs";
import { newKey } from "../support/keys.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";
import { watchTimers } from "../support/timers.mjs";

/** The limits of the calls to the outside, from the shortest on; what is shorter is a step of the platform's or ours. */
const SHORTEST_LIMIT = 10_000;
const PASSED_LIMIT = 300_000;
/** Of the rest of a short body on the fast path. */
const SHORT_LIMIT = 8_000;

let bench;
let account;
let door;
let timers;
let site;
let receiver;
before(async () => {
  bench = await startBench({ inspect: true });
  account = await newAccount(bench);
  door = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
  [site, receiver, timers] = await Promise.all([startFileServer(), startReceiver(), watchTimers(bench.worker)]);
});
after(async () => {
  timers?.close();
  receiver?.close();
  await Promise.all([site?.close(), bench?.stop()]);
});

const allGivenBack = () => timers.allGivenBack(SHORTEST_LIMIT);

test("the timer of a call that is passed on ends with it, whatever X answers", async () => {
  const paths = ["/2/users/me", `/v1/social-accounts/${account.id}/x/2/users/me`];
  for (const status of [200, 204, 304, 401, 500]) {
    bench.x.fault({ ...ME_CALL, kind: "answer", status, times: 2, body: status === 200 ? "{}" : "" });
    for (const path of paths) assert.equal((await door.api.get(path)).status, status);
  }
  bench.x.fault({ ...CREATE_CALL, kind: "close" });
  assert.equal((await door.api.post("/2/tweets", { text: "lost" })).status, 502);
  await door.api.send("HEAD", "/2/users/me");
  assert.equal((await door.api.post("/2/tweets", { text: "passed on" })).status, 201);
  assert.equal((await door.api.post("/2/tweets", { text: "passed on" })).status, 403, "a duplicate");
  assert.ok((await timers.set(PASSED_LIMIT)) >= 14);
  await allGivenBack();
  bench.x.clearRequests({ unmatched: true });
});

test("the timer goes when the caller goes away in the middle of a body", async () => {
  for (const [path, timersOfBody] of [[`/v1/social-accounts/${account.id}/x/2/users/me`, 1], ["/2/users/me", 0]]) {
    bench.x.fault({ ...ME_CALL, kind: "slow-body", ms: 10_000 });
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${door.key}`, "accept-encoding": "identity" };
    const answer = await fetch(bench.worker.api + path, { headers, signal: leaving.signal });
    await answer.body.getReader().read();
    assert.equal((await timers.live()).filter((ms) => ms === PASSED_LIMIT).length, timersOfBody, path);
    leaving.abort();
    await allGivenBack();
  }
});

test("the limit covers the body of an answer that is passed on", async () => {
  for (const path of [`/v1/social-accounts/${account.id}/x/2/users/me`, "/2/users/me"]) {
    for (const limit of [PASSED_LIMIT, SHORT_LIMIT]) await timers.hurry(limit, 900);
    // The first of its ten pieces, and with it the status, is there in time.
    bench.x.fault({ ...ME_CALL, kind: "slow-body", ms: 5000 });
    const headers = { authorization: `Bearer ${door.key}`, "accept-encoding": "identity" };
    const answer = await fetch(bench.worker.api + path, { headers });
    await assert.rejects(answer.text(), path);
    bench.x.fault({ ...ME_CALL, kind: "delay", ms: 60_000 });
    const { status, body } = await door.api.get(path);
    assert.deepEqual([status, body.code], [504, "x_timeout"], path);
    for (const limit of [PASSED_LIMIT, SHORT_LIMIT]) await timers.hurry(limit, limit);
  }
  await allGivenBack();
});

test("one timer is for all short bodies of a second", async () => {
  const before = await timers.set(SHORT_LIMIT);
  const started = Date.now();
  await Promise.all(Array.from({ length: 40 }, () => door.api.get("/2/users/me")));
  const seconds = Math.ceil((Date.now() - started) / 1000);
  const set = (await timers.set(SHORT_LIMIT)) - before;
  assert.ok(set >= 0 && set <= seconds + 1, `${set} timers in ${seconds} s`);
});

test("our own calls to X, to files and to webhooks give their timers back", async () => {
  await publishPost(bench, account, { content: "published" });
  const url = site.serve("/photo.png", file({ bytes: png(), type: "image/png" }));
  await publishPost(bench, account, { containers: [{ content: "with a file", media: [{ url, filename: "photo.png" }] }] });
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}/health`)).status, 200);
  assert.equal((await bench.api.post("/v1/social-networks/x/verify", {})).status, 200);
  assert.equal((await bench.api.patch("/v1/settings", { brand: { logo_url: url } })).status, 200);
  const missing = `${site.origin}/missing.png`;
  assert.equal((await bench.api.patch("/v1/settings", { brand: { logo_url: missing } })).status, 400);
  const hook = await newWebhook(bench, receiver.address());
  await bench.api.post(`/v1/webhooks/${hook.id}/test`, {});
  await hook.events(1);
  await allGivenBack();
});

test("a wait that ends gives its timer back", async () => {
  const { data } = (await bench.api.post("/v1/connect-sessions", { origin: "http://acme.localhost:8789" })).body;
  const waiting = bench.api.get(`/v1/connect-sessions/${data.id}?wait=25&since=pending`);
  await eventually(timers.live, (live) => live.some((ms) => ms > SHORTEST_LIMIT));
  await bench.api.delete(`/v1/connect-sessions/${data.id}`);
  assert.equal((await waiting).body.data.status, "cancelled");
  await publishPost(bench, account, { content: "waited for" });
  await allGivenBack();
});
