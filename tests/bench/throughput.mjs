/**
 * `cargo xtask bench throughput`: our Worker beside a plain one (peer/worker.ts), at the same stand-in, in the same
 * run, in turns. Nothing is asserted: the ratio is the price of the promises.
 */

import assert from "node:assert/strict";
import { api, startBench } from "../support/client.mjs";
import { connectCrowd, liftLimits } from "./crowd.mjs";
import { percentile, round, table } from "./figures.mjs";
import { timed } from "./load.mjs";
import { readOptions } from "./options.mjs";
import { startPeer } from "./peer/start.mjs";

const TWEETS = { method: "POST", path: "/2/tweets" };
const DRAINED_WITHIN_MS = 120_000;
/** What the callers ask for, and how their answers are called. */
const WAYS = { accepted: {}, published: { prefer: "wait=25" } };

const { rounds, posts, width, accounts } = readOptions({ rounds: 6, posts: 200, width: 16, accounts: 50 });

let serial = 0;
const bench = await startBench();
liftLimits(bench);
const ids = (await connectCrowd(bench, accounts)).map(({ id }) => id);
const peer = await startPeer(bench.x, accounts);
const ours = { name: "this Worker", api: api(bench.worker, { isDescribed: false }), accounts: ids, samples: newSamples() };
const plain = { name: "plain Worker", api: peer.api, accounts: peer.accounts, samples: newSamples() };
try {
  console.log(`${rounds} rounds of ${posts} posts to ${accounts} accounts, ${width} at a time, after one to warm up`);
  await inTurns([ours, plain]);
  report();
} finally {
  await Promise.all([bench.stop(), peer.stop()]);
}

function newSamples() {
  return Object.fromEntries(Object.keys(WAYS).map((way) => [way, { millis: [], rates: [], drains: [] }]));
}

/** First one, then the other, and the other way round in the next round: a machine that slows down slows both. */
async function inTurns(sides) {
  for (let turn = 0; turn <= rounds; turn++) {
    const order = turn % 2 === 0 ? sides : sides.toReversed();
    for (const way of Object.keys(WAYS)) for (const side of order) await play(side, way, turn > 0);
    console.log(turn === 0 ? "warm" : `round ${turn} of ${rounds}`);
  }
}

/** One round: all answers, and then all posts on X, before anyone else begins. */
async function play({ api, accounts, samples }, way, counts) {
  bench.x.clearRequests();
  const bodies = Array.from({ length: posts }, (_, at) => newPost(accounts[at % accounts.length]));
  const started = performance.now();
  const { millis, seconds } = await timed(bodies, width, (body) => create(api, body, WAYS[way]));
  await bench.x.received({ ...TWEETS, status: 201, count: posts, wait_ms: DRAINED_WITHIN_MS });
  if (!counts) return;
  samples[way].millis.push(...millis);
  samples[way].rates.push(posts / seconds);
  samples[way].drains.push(posts / ((performance.now() - started) / 1000));
}

function newPost(account) {
  return { content: `post ${++serial} of the bench`, accounts: [account] };
}

async function create(api, body, headers) {
  const answer = await api.post("/v1/posts", body, { "idempotency-key": body.content, ...headers });
  assert.equal(answer.status, 200, answer.text);
}

function report() {
  const of = (side, way, name) => figures(side.samples[way])[name];
  const row = (label, way, name) => {
    const [a, b] = [of(ours, way, name), of(plain, way, name)];
    return [label, round(a), round(b), `${round(a / b, 2)}×`];
  };
  const rows = [
    ["", ours.name, plain.name, "ratio"],
    row("accepted, p50 ms", "accepted", "p50"),
    row("accepted, p95 ms", "accepted", "p95"),
    row("accepted, per second", "accepted", "rate"),
    row("until all of them are on X, per second", "accepted", "drain"),
    row("published (Prefer: wait), p50 ms", "published", "p50"),
    row("published (Prefer: wait), p95 ms", "published", "p95"),
    row("published (Prefer: wait), per second", "published", "rate"),
  ];
  console.log(`\n${table(rows)}`);
}

function figures({ millis, rates, drains }) {
  const middle = (samples) => percentile(samples, 0.5);
  return { p50: middle(millis), p95: percentile(millis, 0.95), rate: middle(rates), drain: middle(drains) };
}
