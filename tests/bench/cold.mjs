/**
 * `cargo xtask bench cold`: from the start of a new workerd to its first answer under a key, by our Worker and by plain ones, in
 * turns. Each reads a post that an earlier workerd stored.
 */

import assert from "node:assert/strict";
import { api, createPost, fromNow, newAccount, startBench } from "../support/client.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { Measurements, OURS } from "./measurements.mjs";
import { readOptions } from "./options.mjs";
import { turned } from "./peer/sides.mjs";
import { startPlain, startRust } from "./peer/start.mjs";
import { startRaw } from "./raw.mjs";

const { starts } = readOptions({ starts: 15 });

const measurements = new Measurements();
const bench = await startBench({ start: startRaw });
const plain = [await startPlain(bench.x, 1), await startRust(bench.x, 1)];
try {
  const post = await createPost(bench, await newAccount(bench), { content: "stored", scheduledAt: fromNow(86_400_000) });
  const sides = [{ name: OURS, worker: bench.worker, path: `/v1/posts/${post.id}` }, ...(await Promise.all(plain.map(stored)))];
  for (let turn = 0; turn <= starts; turn++) for (const side of turned(sides, turn)) await start(side, turn > 0);
  measurements.publish();
} finally {
  await Promise.all([bench.stop(), ...plain.map((side) => side.stop())]);
}

async function stored({ name, worker, accounts }) {
  const answer = await api(worker, { isDescribed: false }).post("/v1/posts", { content: "stored", accounts: [accounts[0]] }, { prefer: "wait=25" });
  assert.equal(answer.status, 200, answer.text);
  return { name, worker, path: `/v1/posts/${answer.body.post.id}` };
}

async function start({ name, worker, path }, counts) {
  await worker.kill();
  const began = performance.now();
  await worker.restart();
  const answer = await fetch(worker.api + path, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  const text = await answer.text();
  const took = performance.now() - began;
  assert.equal(answer.status, 200, text);
  if (counts) measurements.add("from the start to the first answer", "ms", name, took);
}
