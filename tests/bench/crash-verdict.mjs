/** What a crash run left: the ledger of the Worker against the posts of the stand-in, one by one. */

import { setTimeout as pause } from "node:timers/promises";
import { publishesOf } from "./crash-plan.mjs";

const BETWEEN_LOOKS_MS = 200;
/** So many times the distance between two reads without any change: then what is pending stays pending. */
const PATIENCE = 8;

/**
 * Waits until nothing is pending, and settles by hand, as an operator would, what the Worker may not send a third time:
 * a post that is not on X, after the answer of its second sending was lost too. Answers how many those were.
 */
export async function settle(bench, settle_ms) {
  let byHand = 0;
  for (;;) {
    const stuck = await pendingAtRest(bench, settle_ms * PATIENCE);
    const absent = stuck.filter((delivery) => wasSentTwice(delivery) && !isOnX(bench, delivery));
    if (absent.length === 0) return byHand;
    for (const delivery of absent) await resolveAbsent(bench, delivery);
    byHand += absent.length;
  }
}

/** The deliveries that are still pending when nothing moves any more. */
async function pendingAtRest(bench, patience) {
  let last = { seen: "", at: Date.now() };
  for (;;) {
    const pending = await pendingDeliveries(bench);
    const seen = JSON.stringify([pending, bench.x.posts().length]);
    if (seen !== last.seen) last = { seen, at: Date.now() };
    if (pending.length === 0 || Date.now() - last.at > patience) return pending;
    await pause(BETWEEN_LOOKS_MS);
  }
}

async function pendingDeliveries({ api }) {
  const { posts } = (await api.get("/v1/posts?status=pending&limit=100")).body;
  return posts.flatMap(({ id, containers, socialAccounts }) =>
    socialAccounts
      .filter(({ status }) => status === "pending")
      .map((delivery) => ({ ...delivery, post_id: id, text: containers[nextOf(delivery)]?.content })),
  );
}

/** The first segment that is not published. */
const nextOf = ({ segments }) => segments.findIndex(({ platformPostId }) => platformPostId === null);

/** The segments before were sent once each at least, so with two attempts more one was sent again. */
const wasSentTwice = ({ state, attempts, segments }) => state === "unknown" && attempts >= nextOf({ segments }) + 2;

const isOnX = ({ x }, { username, text }) => x.posts({ username, text }).length > 0;

async function resolveAbsent({ api }, { post_id, id }) {
  const answer = await api.post(`/v1/posts/${post_id}/deliveries/${id}/resolve`, { as: "absent" });
  if (answer.status !== 200) throw new Error(`resolving ${post_id}: ${answer.text}`);
}

/**
 * - `lost`: accepted, and not on X.
 * - `duplicates`: on X a second time, or sent while it was there and refused by X, on which nobody may rely.
 * - `unsettled`: the ledger does not say `published`, or names another post of X.
 * - `misplaced`: not the answer to the segment before it.
 * - `strangers`: a post in the ledger that nobody asked for, or an asked one twice; a post on X beyond all plans.
 */
export async function judge(bench, accepted) {
  const segments = (await Promise.all(accepted.map((post) => rowsOf(bench, post)))).flat();
  const extra = segments.reduce((sum, { copies }) => sum + Math.max(0, copies.length - 1), 0);
  const listed = (await bench.api.get("/v1/posts?limit=1")).body.pagination.total;
  const planned = publishesOf(accepted);
  return {
    publishes: planned,
    duplicates: extra + refusedAsDuplicates(bench),
    lost: named(segments.filter(({ copies }) => copies.length === 0)),
    unsettled: named(segments.filter(isUnsettled)),
    misplaced: named(segments.filter(({ copies, parent }) => copies.some((copy) => copy.in_reply_to_id !== parent))),
    strangers: Math.abs(listed - accepted.length) + Math.max(0, bench.x.posts().length - extra - planned),
  };
}

export const isClean = ({ duplicates, lost, unsettled, misplaced, strangers }) =>
  duplicates + strangers + lost.length + unsettled.length + misplaced.length === 0;

/** One row per segment and account: what the ledger says of it, what X has of it, what it should answer to. */
async function rowsOf({ api, x }, { id, accounts, texts }) {
  const { socialAccounts } = (await api.get(`/v1/posts/${id}`)).body.post;
  return accounts.flatMap((account) => {
    const delivery = socialAccounts.find((row) => row.id === account.id);
    const copies = texts.map((text) => x.posts({ username: account.username, text }));
    return texts.map((text, at) => ({
      text,
      username: account.username,
      state: delivery?.state,
      error: delivery?.error,
      named: delivery?.segments[at]?.platformPostId,
      copies: copies[at],
      parent: at === 0 ? null : (copies[at - 1][0]?.id ?? null),
    }));
  });
}

const isUnsettled = ({ state, named, copies }) =>
  state !== "published" || (copies.length > 0 && copies.every(({ id }) => id !== named));

const named = (segments) =>
  segments.map(({ text, username, state, error }) => `@${username} ${JSON.stringify(text)}: ${error ?? state}`);

const refusedAsDuplicates = ({ x }) => x.requests({ method: "POST", path: "/2/tweets", status: 403 }).length;
