/** docs/API.md, section 8, "Freezing": how the accounts follow. A walk asks them by pages of 40, in the order of their objects' names. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connectCrowd, liftLimits } from "../bench/crowd.mjs";
import { CREATE_CALL } from "../support/calls.mjs";
import { startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";

const MORE_THAN_A_PAGE = 42;

let bench;
before(async () => {
  bench = await startBench();
  liftLimits(bench);
});
after(() => bench?.stop());

const handover = async () => (await bench.api.get("/v1/handover")).body.data;

test("a call that X holds up keeps no account behind it from freezing, and the deployment from being handed over", async () => {
  const accounts = await connectCrowd(bench, MORE_THAN_A_PAGE);
  const byName = accounts.sort((one, other) => (one.network_unique_id < other.network_unique_id ? -1 : 1));
  const [first, last] = await Promise.all([byName[0], byName.at(-1)].map(({ id }) => newKey(bench, { account_id: id, scopes: ["read", "publish"] })));
  bench.x.fault({ ...CREATE_CALL, kind: "hold", times: 1 });
  const held = first.api.post("/2/tweets", { text: "held at X" });
  await eventually(async () => bench.x.requests({ ...CREATE_CALL, status: null }), (calls) => calls.length === 1);
  assert.equal((await bench.api.post("/v1/handover")).status, 202);
  await eventually(async () => (await last.api.get("/2/users/me")).status, (status) => status === 409);
  assert.equal((await handover()).status, "handing_over");
  bench.x.release();
  assert.equal((await held).status, 201);
  const { done, total } = await eventually(handover, ({ status }) => status === "handed_over");
  assert.deepEqual([done, total], [MORE_THAN_A_PAGE, MORE_THAN_A_PAGE]);
  assert.equal((await bench.api.delete("/v1/handover")).status, 200);
  await eventually(handover, ({ status }) => status === "running");
  assert.equal((await last.api.get("/2/users/me")).status, 200);
});
