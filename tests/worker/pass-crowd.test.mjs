/** Many writing calls of one account for X at the same time (docs/API.md, section 9; docs/ARCHITECTURE.md, "A call for X"). */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newAccount, startBench } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { watchPlatformCalls } from "../support/platform-calls.mjs";

const PRICE_USD = 0.015;
const CROWD = 20;
const TENANT = "crowded";

let bench;
let door;
let platform;
before(async () => {
  bench = await startBench({ inspect: true });
  const { id } = await newAccount(bench, { tenant_id: TENANT });
  door = await newKey(bench, { account_id: id, scopes: ["read", "publish"] });
  await publish("so that each part of the platform was used once");
  platform = await watchPlatformCalls(bench.worker);
});
after(async () => {
  platform?.close();
  await bench?.stop();
});

const publish = (text) => door.api.post("/2/tweets", { text });

async function crowd() {
  await platform.taken();
  const answers = await Promise.all(Array.from({ length: CROWD }, (_, at) => publish(`one of a crowd, ${Math.random()}, ${at}`)));
  return { answers, messages: (await platform.taken()).messages };
}

async function budget(usd) {
  const { status, text } = await bench.api.patch("/v1/settings", { tenant_budgets_usd: { [TENANT]: usd } });
  assert.equal(status, 200, text);
}

async function spent() {
  const { by_tenant } = (await bench.api.get("/v1/account/usage")).body.usage.x_cost;
  return Math.round(by_tenant.find((row) => row.tenant_id === TENANT).estimate_usd / PRICE_USD);
}

test("calls that come together are asked about together, and each has an answer of its own", async () => {
  const before = await spent();
  const { answers, messages } = await crowd();
  assert.deepEqual(answers.map(({ status }) => status), answers.map(() => 201));
  assert.equal(new Set(answers.map(({ body }) => body.data.id)).size, CROWD);
  assert.ok(messages < CROWD + CROWD / 2, `${messages} messages, one of each call's own to its account`);
  assert.equal(await spent(), before + CROWD);
});

test("a budget admits exactly as many of them as it pays for", async () => {
  const before = await spent();
  await budget((before + 5) * PRICE_USD);
  const { answers } = await crowd();
  const of = (status) => answers.filter((answer) => answer.status === status);
  assert.deepEqual([of(201).length, of(422).length], [5, CROWD - 5]);
  assert.ok(of(422).every(({ body }) => body.code === "budget_exceeded"));
  assert.equal(await spent(), before + 5);
  await budget(null);
});
