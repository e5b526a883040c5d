/**
 * The crash run: posts are accepted and published while workerd is killed at random moments and X's answers get lost.
 * crash.mjs runs it long, tests/worker/crash.test.mjs short; crash-verdict.mjs says what came of it.
 *
 * A seed repeats the plan: posts, threads, faults, how late X is, when the power goes. It does not repeat the run: in
 * which step of the Worker a cut falls is the machine's chance, which is why the run is long.
 */

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { startBench } from "../support/client.mjs";
import { planPosts, publishesOf, timesFor } from "./crash-plan.mjs";
import { connectCrowd, liftLimits } from "./crowd.mjs";
import { Power } from "./power.mjs";
import { Random } from "./random.mjs";

const TWEETS = { method: "POST", path: "/2/tweets" };
const PUBLISHES_PER_CUT = 6;
/** Posts seem to be older than the calls that made them. */
const CLOCK_OF_X_IS_BEHIND_MS = 1500;
/** Longer than the five seconds after which an object that died at work goes on. */
const LONGEST_CALM_MS = 6000;

/** A Worker whose 60 s between two reads are `settle_ms`; all other pauses of settling shrink with them. */
export const startStormBench = (settle_ms) => startBench({ vars: { SETTLE_MS: String(settle_ms) } });

/**
 * @param {object} options
 * @param {number} options.seed
 * @param {number} options.publishes posts on X in the end
 * @param {number} options.accounts
 * @param {number} options.settle_ms as the bench was started with
 * @param {(line: string) => void} [options.say] hears of each cut
 */
export async function crashStorm(bench, { seed, publishes, accounts, settle_ms, say = () => {} }) {
  const times = timesFor(settle_ms);
  liftLimits(bench);
  bench.x.clock({ advance_ms: -CLOCK_OF_X_IS_BEHIND_MS });
  const plan = planPosts(new Random(seed), await connectCrowd(bench, accounts), publishes, times);
  const power = new Power(bench.worker);
  const accepted = await publishThroughCuts(bench, power, plan, new Random(~seed), times, say);
  say(`${power.cuts} power cuts, ${bench.x.posts().length} of ${publishes} on X: waiting for the rest`);
  return { accepted, cuts: power.cuts };
}

/** Cuts the power once per batch, while it and what is left of those before are under way. Answers all posts. */
async function publishThroughCuts(bench, power, plan, random, times, say) {
  const accepting = [];
  for (const batch of batchesOf(plan)) {
    bench.x.set({
      acting_delay_ms: random.between(0, times.act_late_ms),
      listing_delay_ms: random.between(0, times.list_late_ms),
    });
    accepting.push(...batch.map((post) => accept(bench, power, post)));
    await momentToCut(bench, random);
    await power.cut();
    say(`power cut ${power.cuts}: ${bench.x.posts().length} on X`);
  }
  return Promise.all(accepting);
}

function batchesOf(plan) {
  const batches = [[]];
  for (const post of plan) {
    const batch = batches.at(-1);
    if (publishesOf(batch) >= PUBLISHES_PER_CUT) batches.push([post]);
    else batch.push(post);
  }
  return batches;
}

/** Some time soon, at once, or when a call to X has just had its effect and its answer is on the way. */
async function momentToCut({ x }, random) {
  if (random.chance(0.2)) await pause(random.between(LONGEST_CALM_MS / 2, LONGEST_CALM_MS));
  else await pause(random.between(0, 1000));
  if (random.chance(0.5)) await Promise.race([pause(1000), nextEffect(x)]);
}

const nextEffect = (x) =>
  x.received({ ...TWEETS, count: x.requests(TWEETS).length + 1, wait_ms: 60_000 }).catch(() => undefined);

/** As a back end does it: a call whose answer was lost is repeated with its key. Answers the post with its id. */
async function accept({ api, x }, power, post) {
  const { number, accounts, texts, waits, faults } = post;
  for (const fault of faults) x.fault({ ...TWEETS, ...fault });
  const body = { containers: texts.map((content) => ({ content })), accounts: accounts.map(({ id }) => id) };
  const headers = { "idempotency-key": `storm-${number}`, ...(waits && { prefer: "wait=5" }) };
  const answer = await power.through(() => api.post("/v1/posts", body, headers));
  assert.equal(answer.status, 200, answer.text);
  return { ...post, id: answer.body.post.id };
}
