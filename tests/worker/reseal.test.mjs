/** docs/STORAGE.md, "Another master key": everything is sealed anew, and then the old key can go. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startFakeX } from "../fake-x/server.mjs";
import { api, callbackOf, healthOf, newAccount, publishPost, registerNetwork, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";
import { freePort } from "../support/ports.mjs";
import { startWorker } from "../support/worker.mjs";

const key = (id, byte) => `${id}:${Buffer.alloc(32, byte).toString("base64")}`;
const OLD = key("old", 1);
const NEW = key("new", 2);

let stateDir;
let port;
let x;
let receiver;
/** The same deployment, with one key ring after the other. */
let bench;

before(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "reseal-"));
  x = await startFakeX();
  port = await freePort();
  receiver = await startReceiver();
});
after(async () => {
  await bench?.worker.stop();
  await x?.close();
  receiver?.close();
  await rm(stateDir, { recursive: true, force: true });
});

async function startWith(MASTER_KEYS) {
  await bench?.worker.stop();
  const worker = await startWorker({ fakeX: x, persist: stateDir, port, vars: { MASTER_KEYS } });
  x.setApp({ client_id: x.app.client_id, callbacks: [callbackOf(worker)] });
  bench = { x, worker, api: api(worker) };
}

const status = async () => (await bench.api.get("/v1/reseal")).body.data;
const ended = () => eventually(status, ({ status }) => status !== "running", 20_000);

test("after re-sealing the old key can go: accounts publish and refresh with the new one alone", async () => {
  await startWith(OLD);
  assertRefused(await bench.api.get("/v1/reseal"), 404, "not_found");
  await registerNetwork(bench);
  const tenantsApp = x.addApp({ name: "a tenant's", callbacks: [callbackOf(bench.worker)] });
  await registerNetwork(bench, { app: tenantsApp, tenant_id: "own-app" });
  const hook = await newWebhook(bench, receiver.address(), { headers: { "x-token": "of the operator's" }, events: ["post.published"] });
  // More than one page of the walk, and tokens that have to be refreshed at once.
  x.set({ access_token_ms: 600_000 });
  const accounts = [await newAccount(bench, { tenant_id: "own-app" })];
  for (let i = 0; i < 11; i++) accounts.push(await newAccount(bench));
  x.set({ access_token_ms: 7_200_000 });

  await startWith(`${NEW},${OLD}`);
  const begun = await bench.api.post("/v1/reseal");
  assert.equal(begun.status, 202, begun.text);
  assert.equal(begun.body.data.key_id, "new");
  const run = await ended();
  assert.deepEqual([run.status, run.done, run.total, run.failed], ["done", 15, 15, []]);
  assert.equal(Date.parse(run.old_keys_needed_until) - Date.parse(run.finished_at), 24 * 3_600_000);

  await startWith(NEW);
  // The access tokens have ended: the next use of an account opens its pair and the client secret.
  for (const account of accounts) assert.equal((await healthOf(bench, account)).healthy, true);
  assert.equal(x.requests({ method: "POST", path: "/2/oauth2/token", status: 400 }).length, 2, "the two probes alone");
  await publishPost(bench, accounts[3], { content: "sealed anew" });
  assert.deepEqual(textsAt(bench, accounts[3]), ["sealed anew"]);
  const [{ event }] = await hook.events(1);
  assert.deepEqual([event, hook.address.calls[0].headers["x-token"]], ["post.published", "of the operator's"]);
});

test("what cannot be sealed anew is named, and does not keep the rest", async () => {
  // Sealed by a key that the ring no longer has.
  const other = key("other", 3);
  await startWith(`${other},${NEW}`);
  const lost = await newAccount(bench);
  await startWith(`${OLD},${NEW}`);
  assert.equal((await bench.api.post("/v1/reseal")).status, 202);
  const run = await ended();
  assert.equal(run.status, "incomplete");
  assert.deepEqual(run.failed, [`${lost.customer_social_network_id}/${lost.network_unique_id}`]);
  assert.equal(run.old_keys_needed_until, null);

  await startWith(`${OLD},${other}`);
  await bench.api.post("/v1/reseal");
  assert.equal((await ended()).status, "done");
});
