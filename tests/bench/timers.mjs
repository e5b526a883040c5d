/** `cargo xtask bench timers`: thousands of calls for X by one account, then a post of its. A timer that stayed would freeze both. */

import assert from "node:assert/strict";
import { newAccount, publishPost, startBench } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { watchTimers } from "../support/timers.mjs";
import { liftLimits } from "./crowd.mjs";
import { percentile, round } from "./figures.mjs";
import { timed } from "./load.mjs";
import { readOptions } from "./options.mjs";

const { calls, width } = readOptions({ calls: 12_000, width: 16 });

const bench = await startBench({ inspect: true });
try {
  liftLimits(bench);
  const account = await newAccount(bench);
  const door = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
  const timers = await watchTimers(bench.worker);
  const headers = { authorization: `Bearer ${door.key}` };
  const call = async () => {
    const answer = await fetch(`${bench.worker.api}/2/users/me`, { headers, signal: AbortSignal.timeout(30_000) });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
  };
  const { millis, seconds } = await timed(Array.from({ length: calls }), width, call);
  const began = performance.now();
  const post = await publishPost(bench, account, { content: "after all of them" });
  assert.equal(post.socialAccounts[0].state, "published");
  const published = performance.now() - began;
  await timers.allGivenBack(10_000);
  timers.close();
  console.log(`${calls} calls in ${round(seconds)} s, p50 ${round(percentile(millis, 0.5))} ms, p95 ${round(percentile(millis, 0.95))} ms; then published in ${round(published)} ms; no timer is left`);
} finally {
  await bench.stop();
}
