/**
 * `cargo xtask bench proxy`: calls that are passed on to X, by our Worker, by a plain one (peer/worker.ts) and by the least
 * that there can be (peer/bare.js), at the same stand-in, in the same run, in turns. Nothing is asserted but that X answered.
 */

import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { newAccount, startBench } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { processorMillis } from "../support/memory.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { liftLimits } from "./crowd.mjs";
import { percentile, round, table } from "./figures.mjs";
import { timed } from "./load.mjs";
import { readOptions } from "./options.mjs";
import { startBare, startPeer } from "./peer/start.mjs";

const { rounds, calls, width } = readOptions({ rounds: 5, calls: 400, width: 16 });
const WAYS = {
  GET: () => ({ method: "GET", path: "/2/users/me", status: 200 }),
  POST: () => ({ method: "POST", path: "/2/tweets", status: 201, body: JSON.stringify({ text: `post ${++serial} of the bench` }) }),
};

let serial = 0;
const agent = new Agent({ keepAlive: true, maxSockets: width });
const bench = await startBench();
liftLimits(bench);
const account = await newAccount(bench);
const { key } = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
const peer = await startPeer(bench.x, 1);
const bare = await startBare(bench.x, account);
const sides = [
  side("this Worker", bench.worker, { authorization: `Bearer ${key}` }),
  side("plain Worker", peer.worker, { authorization: `Bearer ${ADMIN_KEY}`, account: peer.accounts[0] }),
  side("bare Worker", bare, {}),
];
try {
  console.log(`${rounds} rounds of ${calls} calls, ${width} at a time, after one to warm up`);
  for (let turn = 0; turn <= rounds; turn++) {
    for (const way of Object.keys(WAYS)) for (const each of turned(sides, turn)) await play(each, way, turn > 0);
  }
  for (const way of Object.keys(WAYS)) console.log(`\n${table(report(way))}`);
} finally {
  agent.destroy();
  await Promise.all([bench.stop(), peer.stop(), bare.stop()]);
}

function side(name, worker, headers) {
  return { name, worker, headers, samples: Object.fromEntries(Object.keys(WAYS).map((way) => [way, { millis: [], rates: [], cpu: [] }])) };
}

/** Another one is first in each round: a machine that slows down slows all of them. */
function turned(list, turn) {
  const at = turn % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

async function play({ worker, headers, samples }, way, counts) {
  bench.x.clearRequests();
  const before = processorMillis(worker);
  const { millis, seconds } = await timed(Array.from({ length: calls }, WAYS[way]), width, (call) => send(worker, headers, call));
  if (!counts) return;
  samples[way].millis.push(...millis);
  samples[way].rates.push(calls / seconds);
  samples[way].cpu.push((processorMillis(worker) - before) / calls);
}

/** Node's own client: `fetch` costs more than what is measured. */
function send({ port }, headers, { method, path, status, body }) {
  const type = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: "127.0.0.1", port, method, path, headers: { ...headers, ...type } }, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString();
      if (answer.statusCode === status) resolve();
      else reject(new assert.AssertionError({ message: `${answer.statusCode} ${text}` }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function report(way) {
  const figures = sides.map(({ samples }) => {
    const { millis, rates, cpu } = samples[way];
    return { p50: percentile(millis, 0.5), p95: percentile(millis, 0.95), rate: percentile(rates, 0.5), cpu: percentile(cpu, 0.5) };
  });
  const row = (label, name) => {
    const values = figures.map((each) => each[name]);
    const [ours, plain, least] = values;
    return [label, ...values.map((value) => round(value, 2)), `${round(ours / plain, 2)}×`, `${round(ours / least, 2)}×`];
  };
  return [
    [way, ...sides.map(({ name }) => name), "÷ plain", "÷ bare"],
    row("p50 ms", "p50"),
    row("p95 ms", "p95"),
    row("per second", "rate"),
    row("workerd's processor, ms a call", "cpu"),
  ];
}
