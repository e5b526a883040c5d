/**
 * `cargo xtask bench schedule`: many posts due within a minute, over many accounts. All of them leave, none before its
 * time and none twice; how late they are is measured, by the stand-in's clock, which is this machine's.
 */

import assert from "node:assert/strict";
import { startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { connectCrowd, liftLimits } from "./crowd.mjs";
import { percentile, round } from "./figures.mjs";
import { timed } from "./load.mjs";
import { readOptions } from "./options.mjs";

/** Posts that are accepted in a second, at the very least: so much ahead of the first one's time they are created. */
const ACCEPTED_PER_SECOND = 60;
const WIDTH = 16;
/** After the last one's time. */
const WITHIN_MS = 300_000;

const { posts, accounts, window } = readOptions({ posts: 10_000, accounts: 1000, window: 60 });

const bench = await startBench();
liftLimits(bench);
try {
  const ids = await connected();
  const due = await accepted(ids);
  await eventually(async () => bench.x.posts().length, (count) => count >= due.size, untilLast(due) + WITHIN_MS);
  await eventually(publishedCount, (count) => count >= due.size, WITHIN_MS);
  if (!report(due)) process.exitCode = 1;
} finally {
  await bench.stop();
}

async function connected() {
  const started = performance.now();
  const ids = (await connectCrowd(bench, accounts)).map(({ id }) => id);
  console.log(`${accounts} accounts connected in ${round((performance.now() - started) / 1000)} s`);
  return ids;
}

/** Creates the posts, their times spread evenly over the window. Answers when each text is due. */
async function accepted(ids) {
  const first = Date.now() + 5000 + (posts / ACCEPTED_PER_SECOND) * 1000;
  const times = Array.from({ length: posts }, (_, at) => Math.round(first + (at * window * 1000) / posts));
  const planned = times.map((time, at) => ({ time, text: `due ${at}`, account: ids[at % ids.length] }));
  const { seconds } = await timed(planned, WIDTH, create);
  assert.ok(Date.now() < first, "the machine is too slow: the first posts were due before the last was accepted");
  console.log(`${posts} posts accepted in ${round(seconds)} s, ${round(posts / seconds)} per second`);
  return new Map(planned.map(({ text, time }) => [text, time]));
}

async function create({ text, time, account }) {
  const body = { content: text, accounts: [account], scheduledAt: new Date(time).toISOString() };
  const answer = await bench.api.post("/v1/posts", body, { "idempotency-key": text });
  assert.equal(answer.status, 200, answer.text);
}

function untilLast(due) {
  return Math.max(...due.values()) - Date.now();
}

async function publishedCount() {
  return (await bench.api.get("/v1/posts?status=published&limit=1")).body.pagination.total;
}

/** Whether every post was there once and not before its time. */
function report(due) {
  const arrived = bench.x.posts();
  const late = arrived.map(({ text, created_at }) => created_at - due.get(text));
  const twice = arrived.length - new Set(arrived.map(({ text }) => text)).size;
  const refused = bench.x.requests({ method: "POST", path: "/2/tweets", status: 403 }).length;
  const early = late.filter((ms) => ms < 0).length;
  const inTime = late.filter((ms) => ms <= 1000).length;
  const [p50, p95, most] = [percentile(late, 0.5), percentile(late, 0.95), Math.max(...late)];
  console.log(
    `${due.size} posts due within ${window} s: ${arrived.length} on X, ${twice + refused} twice, ${early} early; ` +
      `late by p50 ${p50} ms, p95 ${p95} ms, at most ${most} ms; ${round((100 * inTime) / late.length)} % within 1 s`,
  );
  return arrived.length - twice === due.size && twice + refused + early === 0;
}
