/** docs/API.md, section 5, promise 1: whatever a delivery does when the Worker goes down, it ends as it would have. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  callUnderWay,
  connect,
  createPost,
  faultAtX,
  newAccount,
  postIn,
  postWhen,
  startBench,
  textsAt,
} from "../support/client.mjs";
import { INTERRUPTIONS } from "../support/interruptions.mjs";

/** Between the two reads that come before a resend: longer than a restart takes. */
const SETTLE_MS = "4000";
/** An object that died while it worked goes on by the alarm that it had set first, five seconds ahead. */
const WITHIN_MS = 40_000;

let bench;

before(async () => (bench = await startBench({ vars: { SETTLE_MS } })));
after(() => bench?.stop());

function windowUntil(seconds) {
  const reset = String(Math.ceil(Date.now() / 1000) + seconds);
  const headers = { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset };
  return { kind: "answer", status: 429, headers, body: { title: "Too Many Requests", status: 429 } };
}

/** A post of an account of its own, whose call meets what `fault` makes. */
async function create(content, fault) {
  const account = await newAccount(bench);
  if (fault) faultAtX(bench, { ...fault(), username: account.username });
  return { account, ...(await createPost(bench, account, { content })) };
}

/** Each makes a post that is in this state when the Worker goes down. */
const STATES = {
  "waiting for a window": async (text) => {
    const post = await create(text, () => windowUntil(4));
    await postWhen(bench, post.id, ({ error_code }) => error_code === "rate_limited");
    return post;
  },
  "backing off": async (text) => {
    const post = await create(text, () => ({ kind: "answer", preset: "unavailable" }));
    await postWhen(bench, post.id, ({ error_code }) => error_code !== null);
    return post;
  },
  "unknown, and on X": async (text) => {
    bench.x.set({ listing_delay_ms: 1000 });
    const post = await create(text, () => ({ kind: "effect-then-close" }));
    await postIn(bench, post.id, "unknown");
    bench.x.set({ listing_delay_ms: 0 });
    return post;
  },
  "unknown, and not on X": async (text) => {
    const post = await create(text, () => ({ kind: "close" }));
    await postIn(bench, post.id, "unknown");
    return post;
  },
  held: async (text) => {
    const account = await newAccount(bench);
    bench.x.revokeGrants({ username: account.username });
    const post = await createPost(bench, account, { content: text });
    await postIn(bench, post.id, "held");
    return { account, ...post, ended: () => connect(bench, { username: account.username }) };
  },
  publishing: async (text) => {
    const post = await create(text, () => ({ kind: "hold" }));
    await callUnderWay(bench);
    return post;
  },
  "only just accepted": (text) => create(text),
};

for (const [name, interrupt] of Object.entries(INTERRUPTIONS)) {
  test(`${name} meets a post in every state, and each is on X once`, async () => {
    const posts = {};
    for (const [state, make] of Object.entries(STATES)) posts[state] = await make(`${state} before ${name}`);
    await interrupt(bench);
    // X acts on what it has received, whether or not the sender is still there.
    bench.x.release();
    await posts.held.ended();
    for (const [state, { account, id }] of Object.entries(posts)) {
      const { socialAccounts } = await postIn(bench, id, "published", WITHIN_MS);
      assert.deepEqual(textsAt(bench, account), [`${state} before ${name}`], state);
      const [{ id: idAtX }] = bench.x.posts({ username: account.username });
      assert.equal(socialAccounts[0].platformPostId, idAtX, state);
    }
    const sent = bench.x.requests({ ...CREATE_CALL, status: 403 });
    assert.deepEqual(sent, [], "nothing was sent that X had already");
  });
}
