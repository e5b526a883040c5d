/** docs/ARCHITECTURE.md, Publish: what the ledger owes to others does not wait for each other. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, newAccount, newUser, publishPost, registerNetwork, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";

const REVOKE_CALL = { method: "POST", path: "/2/oauth2/revoke" };

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

test("while X takes its time to revoke the tokens of a removed app, posts go out", async () => {
  const app = bench.x.addApp({ callbacks: bench.x.app.callbacks });
  const network = await registerNetwork(bench, { app, tenant_id: "leaving" });
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
