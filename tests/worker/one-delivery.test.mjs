/** docs/API.md, section 5, "Whom": one X user gets one delivery of a post, whatever number of accounts stands for that user. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, newUser, ownApp, postIn, publishPost, startBench, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

const WAIT = { prefer: "wait=10" };
const create = (fields, headers = WAIT) => bench.api.post("/v1/posts", fields, headers);

/** Accounts of one X user and tenant, of the shared app and, connected later, of the tenant's own app. */
async function twins(tenant_id) {
  const { username } = newUser(bench);
  const shared = await connect(bench, { username, tenant_id });
  const { app, network } = await ownApp(bench, tenant_id);
  const own = await connect(bench, { username, tenant_id });
  assert.notEqual(shared.id, own.id);
  return { shared, own, app, network, username };
}

/** The post went to `chosen` alone, once, and the answer names who was left out. */
function assertOnce({ status, body, text }, chosen, leftOut) {
  assert.equal(status, 200, text);
  assert.deepEqual(body.post.socialAccounts.map(({ id, state }) => [id, state]), [[chosen.id, "published"]]);
  assert.equal(body.post.cost.estimate_usd, 0.015);
  assert.equal(body.warnings.length, 1);
  assert.ok(body.warnings[0].startsWith(`${leftOut.id} is left out`), body.warnings[0]);
  assert.ok(body.warnings[0].includes(chosen.id), body.warnings[0]);
}

test("an X user of two apps gets a post once, through the app that was connected last, and a warning names the other", async () => {
  const { shared, own, username } = await twins("twins");
  const { api } = await newKey(bench, { tenant_id: "twins" });
  for (const accounts of [["x"], ["twitter"], [username], [shared.id, own.id], [own.id, `@${username}`, shared.id]]) {
    const content = `once for ${accounts}`;
    assertOnce(await api.post("/v1/posts", { content, accounts }, WAIT), own, shared);
    assert.equal(textsAt(bench, own).filter((text) => text === content).length, 1);
  }
  const again = await connect(bench, { username, tenant_id: "twins" });
  assert.equal(again.id, own.id);
  const { body } = await api.post("/v1/posts", { content: "named alone", accounts: [shared.id] }, WAIT);
  assert.deepEqual([body.post.socialAccounts.map(({ id }) => id), body.warnings], [[shared.id], []]);
});

test("others get theirs beside an X user of two apps, and a dry run says the same", async () => {
  const { shared, own } = await twins("beside");
  const other = await connect(bench, { username: newUser(bench).username, tenant_id: "beside" });
  const fields = { content: "to all", accounts: ["x"], tenant_id: "beside" };
  const tried = await create({ ...fields, dryRun: true });
  const sent = await create(fields);
  for (const { body } of [tried, sent]) {
    assert.deepEqual(body.post.socialAccounts.map(({ id }) => id).toSorted(), [own.id, other.id].toSorted());
    assert.equal(body.post.cost.estimate_usd, 0.03);
    assert.deepEqual(body.warnings.filter((warning) => warning.startsWith(shared.id)).length, 1);
  }
  assert.ok(sent.body.post.socialAccounts.every(({ state }) => state === "published"));
});

test("an app that is active comes before a paused one", async () => {
  const { shared, own, app, network, username } = await twins("paused");
  bench.x.setApp({ client_id: app.client_id, credits: 0 });
  const { body } = await create({ content: "no credits", accounts: [own.id] }, {});
  await postIn(bench, body.post.id, "held");
  assertOnce(await create({ content: "by the other app", accounts: [username] }), shared, own);
  bench.x.setApp({ client_id: app.client_id, credits: 100 });
  assert.equal((await bench.api.post(`/v1/social-networks/${network.id}/resume`)).status, 200);
  await postIn(bench, body.post.id, "published");
  assertOnce(await create({ content: "by the own app again", accounts: [username] }), own, shared);
});

test("an account that has to be connected again leaves the post to the other", async () => {
  const { shared, own, app, username } = await twins("ended");
  bench.x.revokeGrants({ username, client_id: app.client_id });
  assert.equal((await bench.api.get(`/v1/social-accounts/${own.id}/health`)).body.data.healthy, false);
  // The account's object tells the workspace after it has answered.
  const status = async () => (await bench.api.get(`/v1/social-accounts/${own.id}`)).body.data.status;
  await eventually(status, (now) => now === "reconnect_required");
  assertOnce(await create({ content: "by who can", accounts: [username], tenant_id: "ended" }), shared, own);
});

test("an X user of two apps reposts once", async () => {
  const { shared, own, username } = await twins("reposts");
  const author = await connect(bench, { username: newUser(bench).username, tenant_id: "reposts" });
  const post = await publishPost(bench, author, { content: "worth it" });
  assertOnce(await bench.api.post(`/v1/posts/${post.id}/repost`, { account: username }, WAIT), own, shared);
  assert.equal(bench.x.reposts({ username }).length, 1);
});
