/**
 * `cargo xtask bench proxy`: calls that are passed on to X, by our Worker, by plain ones (peer/worker.ts, peer/rust) and by
 * the least that there can be (peer/bare.js, peer/keeper.js), at the same stand-in, in the same run, in turns. Nothing is asserted but that X
 * answered.
 */

import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { newAccount, startBench } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { liftLimits } from "./crowd.mjs";
import { timed } from "./load.mjs";
import { Measurements, OURS } from "./measurements.mjs";
import { readOptions } from "./options.mjs";
import { processorOf, turned } from "./peer/sides.mjs";
import { startBare, startKeeper, startPlain, startRust } from "./peer/start.mjs";
import { startRaw } from "./raw.mjs";

const { rounds, calls, width, uploads } = readOptions({ rounds: 5, calls: 400, width: 16, uploads: 20 });
const FILE = Buffer.alloc(10_000_000, 7);
const UPLOAD = { method: "POST", path: "/2/media/upload" };
const JSON_TYPE = { "content-type": "application/json" };
const WAYS = {
  GET: { count: calls, width, call: () => ({ method: "GET", path: "/2/users/me", status: 200 }) },
  POST: { count: calls, width, call: () => ({ method: "POST", path: "/2/tweets", status: 201, type: JSON_TYPE, body: JSON.stringify({ text: `post ${++serial} of the bench` }) }) },
  "10 MB up": { count: uploads, width: 4, call: () => ({ ...UPLOAD, status: 200, type: { "content-type": "application/octet-stream" }, body: FILE }) },
};

let serial = 0;
const measurements = new Measurements();
const agent = new Agent({ keepAlive: true, maxSockets: width });
const bench = await startBench({ start: startRaw });
liftLimits(bench);
const account = await newAccount(bench);
const { key } = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
const plain = [await startPlain(bench.x, 1), await startRust(bench.x, 1)];
const least = [await startBare(bench.x, account), await startKeeper(bench.x, account)];
const sides = [
  { name: OURS, worker: bench.worker, headers: { authorization: `Bearer ${key}` } },
  ...plain.map(({ name, worker, accounts }) => ({ name, worker, headers: { authorization: `Bearer ${ADMIN_KEY}`, account: accounts[0] } })),
  ...least.map(({ name, worker }) => ({ name, worker, headers: {} })),
];
// The stand-in takes 8 MB at most, as X does; this one call is answered once its whole body has come.
bench.x.fault({ ...UPLOAD, kind: "answer", status: 200, body: "{}", times: (rounds + 1) * uploads * sides.length });
try {
  console.log(`${rounds} rounds of ${calls} calls, ${width} at a time, and of ${uploads} uploads, after one to warm up`);
  for (let turn = 0; turn <= rounds; turn++) {
    for (const way of Object.keys(WAYS)) for (const each of turned(sides, turn)) await play(each, way, turn > 0);
  }
  measurements.publish();
} finally {
  agent.destroy();
  await Promise.all([bench.stop(), ...[...plain, ...least].map((side) => side.stop())]);
}

async function play({ name, worker, headers }, way, counts) {
  bench.x.clearRequests();
  const { count, call, ...at } = WAYS[way];
  let figures;
  const processor = await processorOf(worker, async () => {
    figures = await timed(Array.from({ length: count }, call), at.width, (each) => send(worker, headers, each));
  });
  if (!counts) return;
  measurements.add(`${way}, time`, "ms", name, ...figures.millis);
  measurements.add(`${way}, rate`, "a second", name, count / figures.seconds);
  measurements.add(`${way}, workerd's processor`, "ms a call", name, processor / count);
}

/** Node's own client: `fetch` costs more than what is measured. */
function send({ port }, headers, { method, path, status, type = {}, body }) {
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: "127.0.0.1", port, method, path, headers: { ...headers, ...type, ...length } }, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString();
      if (answer.statusCode === status) resolve();
      else reject(new assert.AssertionError({ message: `${answer.statusCode} ${text}` }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
