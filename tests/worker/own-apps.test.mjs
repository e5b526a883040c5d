/** docs/API.md, section 2: a tenant brings its own X app. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { callbackOf, connect, newUser, postIn, publishPost, registerNetwork, startBench, textsAt } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

const newApp = (name) => bench.x.addApp({ name, callbacks: [callbackOf(bench.worker)] });
const join = (tenant_id, username = newUser(bench).username) => connect(bench, { tenant_id, username });
const put = (tenant_id, { client_id, client_secret }, fields, by = bench.api) =>
  by.post("/v1/social-networks", { network: "x", client_key: client_id, client_secret, tenant_id, ...fields });

test("a tenant's accounts are connected through its own app, everybody else's through the shared one", async () => {
  const own = await registerNetwork(bench, { app: newApp("own"), tenant_id: "byok" });
  assert.equal((await join("byok")).customer_social_network_id, own.id);
  assert.equal((await join("other")).customer_social_network_id, bench.network.id);
  assert.equal((await join(undefined)).customer_social_network_id, bench.network.id);
});

test("an account stays with the app that it was connected through, until it is connected again", async () => {
  const { username } = newUser(bench);
  const before = await join("late", username);
  const own = await registerNetwork(bench, { app: newApp("late"), tenant_id: "late" });
  await publishPost(bench, before, { content: "through the shared app" });
  assert.deepEqual(textsAt(bench, before), ["through the shared app"]);
  assert.equal((await join("late", username)).customer_social_network_id, own.id);
});

test("a secret is rotated under a tenant's key while its accounts go on publishing", async () => {
  const app = newApp("rotated");
  const { api } = await newKey(bench, { tenant_id: "rotated" });
  const { data } = (await put(undefined, app, {}, api)).body;
  assert.equal(data.tenant_id, "rotated");
  const account = await join("rotated");
  bench.x.setApp({ client_id: app.client_id, client_secret: "the next secret" });
  const rotated = await put(undefined, { ...app, client_secret: "the next secret" }, {}, api);
  assert.deepEqual([rotated.status, rotated.body.data.id, rotated.body.warnings], [200, data.id, []]);
  for (const { text, kind } of bench.x.tokens({ username: account.username })) if (kind === "access") bench.x.expireToken({ token: text });
  const { body } = await bench.api.post("/v1/posts", { content: "with the next secret", accounts: [account.id] });
  await postIn(bench, body.post.id, "published", 90_000);
});

test("another client id says which accounts have to be connected again, before and after", async () => {
  await registerNetwork(bench, { app: newApp("first"), tenant_id: "moved" });
  const [one, two] = [await join("moved"), await join("moved")];
  const second = newApp("second");
  const refused = assertRefused(await put("moved", second), 409, "client_changed", "client_key");
  for (const { id, username } of [one, two]) assert.ok(refused.message.includes(`@${username} (${id})`));
  const forced = await put("moved", second, { force: true });
  assert.equal(forced.status, 200);
  for (const { id, username } of [one, two]) {
    assert.ok(forced.body.warnings.includes(`@${username} (${id}) has to be connected again.`));
    const { data } = (await bench.api.get(`/v1/social-accounts/${id}`)).body;
    assert.deepEqual([data.status, data.status_reason], ["reconnect_required", "client_changed"]);
  }
  assert.equal((await join("moved", one.username)).id, one.id);
});

test("a tenant's app goes with its accounts, and new ones come by the shared app again", async () => {
  const own = await registerNetwork(bench, { app: newApp("gone"), tenant_id: "gone" });
  const account = await join("gone");
  assert.equal((await bench.api.delete(`/v1/social-networks/${own.id}`)).status, 200);
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data.status, "disconnected");
  assert.equal((await join("gone")).customer_social_network_id, bench.network.id);
});
