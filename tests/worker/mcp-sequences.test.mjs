/**
 * docs/API.md, section 12: an agent that may only draft makes nothing leave for X and is never shown an address that approves, whatever
 * tools it uses in whatever order. The arguments are drawn from the tools' own schemas, so a new tool is among them without a change here.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { ask } from "../support/agents.mjs";
import { postsOfPublishers } from "../support/approval.mjs";
import { createPost, fromNow, newAccount, publishPost, startBench, textsAt } from "../support/client.mjs";
import { dice } from "../support/dice.mjs";
import { newKey } from "../support/keys.mjs";
import { upload } from "../support/media.mjs";
import { grant, signedIn } from "../support/oauth.mjs";

const SEQUENCES = 1000;
const MOST_CALLS = 3;
const AT_ONCE = 4;
const tenant_id = "sequences";
/** Nothing that a publisher has planned comes due in between. */
const LATER_MS = 3_600_000;
const APPROVAL_LINK = /\/approve\/[\w-]{80}/;

let bench;
let account;
let tools;
let posts;
let medium;
let keys;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id });
  tools = (await ask(bench, "tools/list")).result.tools;
  medium = (await upload(bench, png(), { tenant_id })).id;
  posts = await postsOfPublishers(bench, account);
  const drafter = await newKey(bench, { tenant_id, scopes: ["draft"] });
  const narrow = await newKey(bench, { account_id: account.id, scopes: ["draft"] });
  const consented = await grant(bench, await signedIn(bench), { tenant_id });
  keys = [drafter.key, narrow.key, consented.access_token];
});
after(() => bench?.stop());

/** What an agent may think of for an argument, right and wrong. */
const VALUES = {
  post_id: ({ one }) => one(posts), account_id: ({ one }) => one([account.id, "acc_AAAAAAAAAAAAAAAAAAAAAA"]), media_id: () => medium,
  network_id: ({ one }) => one(["x", bench.network.id]), account: () => account.id, accounts: ({ one }) => [one([account.id, account.username, "x"])],
  content: ({ one }) => one(["one", "two", "three"]), containers: ({ one }) => [{ content: one(["part", "another"]) }, { content: "end" }],
  scheduledAt: ({ one }) => one([fromNow(LATER_MS), fromNow(500), fromNow(-60_000), null]), isDraft: ({ number }) => number(2) === 0,
  approval: ({ one }) => one([true, false, "pending"]), past: () => "now", x: ({ one }) => one([{}, { made_with_ai: true }]),
  media: ({ one }) => one([[], [{ id: medium }]]), mediaIds: ({ one }) => one([[], [medium]]), data: () => png().toString("base64"),
  idempotency_key: ({ one }) => one(["a", "b", "c"]), limit: ({ number }) => number(5), tenant_id: ({ one }) => one([tenant_id, "another"]),
};

/** What a tool needs, and of the rest a quarter. */
function argumentsOf(draw, { properties = {}, required = [] }) {
  const isGiven = (name) => (required.includes(name) ? draw.number(20) > 0 : draw.number(4) === 0);
  const known = Object.keys(properties).filter((name) => name in VALUES && isGiven(name));
  return Object.fromEntries(known.map((name) => [name, VALUES[name](draw)]));
}

/** Of two calls one writes posts: there is the most to do wrong. */
async function sequence(draw, told) {
  const key = draw.one(keys);
  const writers = tools.filter(({ name }) => /post|reply|approval/.test(name) && !/^(list|get)/.test(name));
  for (let left = 1 + draw.number(MOST_CALLS); left > 0; left--) {
    const { name, inputSchema } = draw.one(draw.number(2) === 0 ? writers : tools);
    const { status, text, result } = await ask(bench, "tools/call", { name, arguments: argumentsOf(draw, inputSchema) }, { key, id: draw.number(4) });
    assert.ok(status === 200 || status === 403, `${name}: ${status} ${text}`);
    assert.doesNotMatch(text, APPROVAL_LINK, name);
    if (result && !result.isError) told.add(name);
    const { post } = result?.structuredContent ?? {};
    if (post?.id && name === "create_post") posts.push(post.id);
  }
}

test("after 1,000 sequences of an agent's calls X has seen reads alone, and no answer had an address that approves", async () => {
  bench.x.clearRequests();
  const told = new Set();
  const drawn = Array.from({ length: SEQUENCES }, dice);
  for (let at = 0; at < drawn.length; at += AT_ONCE) await Promise.all(drawn.slice(at, at + AT_ONCE).map((draw) => sequence(draw, told)));
  const writes = bench.x.requests().filter(({ method, path }) => method !== "GET" && path !== "/2/oauth2/token");
  assert.deepEqual(writes, []);
  assert.deepEqual(textsAt(bench, account), ["published"]);
  for (const name of ["create_post", "update_post", "delete_post", "request_approval", "preview_post", "upload_media", "get_post"]) {
    assert.ok(told.has(name), `${name} was never let through: ${[...told]}`);
  }
  const asked = (await bench.api.get("/v1/audit?action=post.approval_requested")).body.count;
  assert.ok(asked > 20, `the calls have made ${asked} requests`);
});
