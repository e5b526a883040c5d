/** docs/API.md, section 1, "Methods": of several deletions of one row at once, one deletes. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, newAccount, publishPost, registerNetwork, startBench } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { announce } from "../support/media.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";

const AT_ONCE = 6;

let bench;
let receiver;
let account;

before(async () => {
  receiver = await startReceiver();
  bench = await startBench();
  account = await newAccount(bench, { tenant_id: "gone" });
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

const deletions = (path) => Promise.all(Array.from({ length: AT_ONCE }, () => bench.api.delete(path)));
const audited = async (id, action) => (await bench.api.get(`/v1/audit?target_id=${id}&action=${action}`)).body.data;

/** By their audited action: the path of the rows, and a row. */
const ROWS = {
  "key.deleted": ["/v1/api-keys", () => newKey(bench, { scopes: ["read"], tenant_id: "gone" })],
  "account.disconnected": ["/v1/social-accounts", () => newAccount(bench)],
  "network.deleted": ["/v1/social-networks", () => registerNetwork(bench, { tenant_id: "gone-app" })],
  "webhook.deleted": ["/v1/webhooks", () => newWebhook(bench, receiver.address(), { events: ["test"] })],
  "media.deleted": ["/v1/media", () => announce(bench)],
  "post.deleted": ["/v1/posts", () => createPost(bench, account, { content: "gone", isDraft: true })],
};

for (const [action, [path, make]] of Object.entries(ROWS)) {
  test(`of six calls at once one deletes, and the audit has it once: ${action}`, async () => {
    const { id } = await make();
    const statuses = (await deletions(`${path}/${id}`)).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [200, ...Array(AT_ONCE - 1).fill(404)]);
    assert.equal((await audited(id, action)).length, 1);
  });
}

test("a post is taken off X once, and the audit has no call that took nothing", async () => {
  const post = await publishPost(bench, account, { content: "off" });
  for (const { body } of await deletions(`/v1/posts/${post.id}/remote`)) assert.equal(body.success, true);
  assert.equal((await bench.api.delete(`/v1/posts/${post.id}/remote`)).body.results[0].status, "skipped");
  assert.equal((await audited(post.id, "post.deleted_at_x")).length, 1);
});
