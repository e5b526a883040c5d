/**
 * `cargo xtask bench throughput`: our Worker beside plain ones (peer/worker.ts, peer/rust, peer/keeper.js), at the same stand-in, in the same
 * run, in turns. Nothing is asserted: the ratio is the price of the promises.
 */

import assert from "node:assert/strict";
import { api, newUser, startBench } from "../support/client.mjs";
import { connectCrowd, liftLimits } from "./crowd.mjs";
import { timed } from "./load.mjs";
import { Measurements, OURS } from "./measurements.mjs";
import { readOptions } from "./options.mjs";
import { ALARMS_MS, processorOf, turned } from "./peer/sides.mjs";
import { startKeeper, startPlain, startRust } from "./peer/start.mjs";
import { startRaw } from "./raw.mjs";

const TWEETS = { method: "POST", path: "/2/tweets" };
const DRAINED_WITHIN_MS = 120_000;
/** What the callers ask for, and how their answers are called. */
const WAYS = { accepted: {}, published: { prefer: "wait=25" } };

const { rounds, posts, width, accounts } = readOptions({ rounds: 6, posts: 200, width: 16, accounts: 50 });

let serial = 0;
const measurements = new Measurements();
const bench = await startBench({ start: startRaw });
liftLimits(bench);
const ids = (await connectCrowd(bench, accounts)).map(({ id }) => id);
const plain = [await startPlain(bench.x, accounts), await startRust(bench.x, accounts), await keeper(accounts)];
const sides = [{ name: OURS, worker: bench.worker, api: api(bench.worker, { isDescribed: false }), accounts: ids }, ...plain];
try {
  console.log(`${rounds} rounds of ${posts} posts to ${accounts} accounts, ${width} at a time, after one to warm up`);
  for (let turn = 0; turn <= rounds; turn++) {
    for (const way of Object.keys(WAYS)) for (const side of turned(sides, turn)) await play(side, way, turn > 0);
  }
  measurements.publish();
} finally {
  await Promise.all([bench.stop(), ...plain.map((side) => side.stop())]);
}

/** One round: all answers, and then all posts on X and the Worker at rest, before anyone else begins. */
async function play(side, way, counts) {
  bench.x.clearRequests();
  const bodies = Array.from({ length: posts }, (_, at) => newPost(side.accounts[at % side.accounts.length]));
  const started = performance.now();
  let figures;
  const processor = await processorOf(side.worker, async () => {
    figures = await timed(bodies, width, (body) => create(side.api, body, WAYS[way]));
    await bench.x.received({ ...TWEETS, status: 201, count: posts, wait_ms: DRAINED_WITHIN_MS });
    figures.drained = (performance.now() - started) / 1000;
  }, side.name === OURS ? ALARMS_MS : 0);
  if (!counts) return;
  measurements.add(`${way}, time`, "ms", side.name, ...figures.millis);
  measurements.add(`${way}, rate`, "a second", side.name, posts / figures.seconds);
  measurements.add(`${way}, rate until all are on X`, "a second", side.name, posts / figures.drained);
  measurements.add(`${way}, workerd's processor`, "ms a post", side.name, processor / posts);
}

/** All its accounts are of one person at X. */
async function keeper(count) {
  const side = await startKeeper(bench.x, newUser(bench));
  return { ...side, api: api(side.worker, { isDescribed: false }), accounts: Array.from({ length: count }, (_, at) => `account-${at}`) };
}

function newPost(account) {
  return { content: `post ${++serial} of the bench`, accounts: [account] };
}

async function create(caller, body, headers) {
  const answer = await caller.post("/v1/posts", body, { "idempotency-key": body.content, ...headers });
  assert.equal(answer.status, 200, answer.text);
}
