/** docs/ARCHITECTURE.md, Publish: messages between two objects may be late, and may be overtaken. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import { callUnderWay, createPost, faultAtX, newAccount, postIn, startBench, textsAt } from "../support/client.mjs";
import { lateAnswers } from "../support/late.mjs";

async function lateBench(t, rules) {
  const bench = await startBench({ config: await lateAnswers(t, rules) });
  t.after(() => bench.stop());
  return bench;
}

test("a retry that arrives before the acknowledgement of the failure is reported to its end", async (t) => {
  const bench = await lateBench(t, [{ object: "Workspace", texts: ['"Delivered"', "late acknowledgement", '"state":"failed"'], ms: 3000 }]);
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  const { id } = await createPost(bench, account, { content: "late acknowledgement" });
  await postIn(bench, id, "failed");
  assert.equal((await bench.api.post(`/v1/posts/${id}/retry`)).status, 200);
  await postIn(bench, id, "published");
  assert.deepEqual(textsAt(bench, account), ["late acknowledgement"]);
});

test("X's answer to a slow call does not wait for the report that the call is slow", async (t) => {
  const bench = await lateBench(t, [{ object: "Workspace", texts: ['"Delivered"', "slow report", '"state":"publishing"'], ms: 60_000 }]);
  const account = await newAccount(bench);
  bench.x.fault({ ...CREATE_CALL, kind: "hold" });
  const { id } = await createPost(bench, account, { content: "slow report" });
  await callUnderWay(bench);
  await postIn(bench, id, "publishing");
  bench.x.release();
  await postIn(bench, id, "published");
  assert.deepEqual(textsAt(bench, account), ["slow report"]);
});
