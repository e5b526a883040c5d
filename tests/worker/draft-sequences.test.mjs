/**
 * docs/API.md, section 8: a key with `draft` and without `publish` makes nothing leave for X, whatever it calls in whatever
 * order. The calls are drawn from core's own table, so a new route is among them without a change here.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { postsOfPublishers } from "../support/approval.mjs";
import { createPost, fromNow, newAccount, publishPost, startBench, textsAt } from "../support/client.mjs";
import { dice } from "../support/dice.mjs";
import { newKey, newPage, routes } from "../support/keys.mjs";
import { announce, upload } from "../support/media.mjs";

const SEQUENCES = 300;
const CALLS = 6;
const tenant_id = "sequences";
/** An hour: nothing that a publisher has planned comes due in between. */
const LATER_MS = 3_600_000;

let bench;
let account;
let rows;
/** What ids are drawn from; posts that a sequence makes join the posts. */
const ids = { posts: [], media: [], others: ["acc_AAAAAAAAAAAAAAAAAAAAAA", "x"] };
let callers;

before(async () => {
  bench = await startBench();
  account = await newAccount(bench, { tenant_id });
  rows = (await routes()).filter(({ path }) => path !== "/v1/dashboard/session");
  await fill();
  const publisher = await newKey(bench, { tenant_id, scopes: ["publish", "read"] });
  callers = [
    await newKey(bench, { tenant_id, scopes: ["draft"] }),
    await newKey(bench, { account_id: account.id, scopes: ["draft"] }),
    await newPage(bench, { tenant_id, scopes: ["draft"] }, publisher.api),
  ];
  // Under the idempotency keys of the sequences publishers have made calls too.
  for (const name of ["a", "b"]) {
    const body = { accounts: [account.id], content: "by a publisher", approval: true };
    await publisher.api.post("/v1/posts", body, { "idempotency-key": name });
  }
});
after(() => bench?.stop());

/** A post in each state that a publisher can bring about, and files. */
async function fill() {
  ids.posts = await postsOfPublishers(bench, account);
  ids.media = [(await upload(bench, png(), { tenant_id })).id, (await announce(bench, { tenant_id })).id];
}

function idOf({ one }, path) {
  const own = path.startsWith("/v1/posts") ? ids.posts : path.startsWith("/v1/media") ? ids.media : [account.id];
  return one([...own, ...own, ...ids.others]);
}

/** Fields that some calls know, each as it may be meant or not. */
function fieldsOf({ one, maybe }, { path, method }) {
  const drawn = (fields) => Object.fromEntries(Object.entries(fields).filter(maybe));
  const words = { content: one(["one", "two", "three"]), scheduledAt: one([null, fromNow(LATER_MS), fromNow(-60_000), fromNow(500)]) };
  const post = drawn({ isDraft: maybe(), x: one([{}, { reply_settings: "following" }]), media: one([[], [{ id: ids.media[0] }]]), past: "now" });
  if (path === "/v1/posts") return { accounts: [one([account.id, account.username, "x"])], ...words, ...post, ...drawn({ approval: maybe(), dryRun: maybe() }) };
  if (method === "PATCH" && path.startsWith("/v1/posts")) return { ...drawn(words), ...post };
  if (path.endsWith("/approve") || path.endsWith("/reject")) return drawn({ number: one([1, 2, 3]) });
  if (path.endsWith("/replies")) return { content: "a reply" };
  if (path.endsWith("/repost")) return { account: one(["x", account.id]) };
  if (path.endsWith("/resolve")) return { as: "absent" };
  if (path.endsWith("/upload")) return { filename: "a.png", content_type: "image/png" };
  if (path === "/mcp") {
    const name = one(["create_post", "update_post", "delete_post", "retry_post", "request_approval", "create_reply", "repost_post", "delete_remote_post", "list_posts", "get_post"]);
    const args = { ...drawn({ post_id: one(ids.posts), account: account.id }), ...drawn({ accounts: [account.id] }), ...words, ...post };
    return { jsonrpc: "2.0", id: one([1, 2, 3]), method: "tools/call", params: { name, arguments: args } };
  }
  if (path.includes("/2/")) return { text: "past it all" };
  return {};
}

const targetOf = (draw, path) => path.replaceAll("{id}", () => idOf(draw, path)).replace("*", () => draw.one(["tweets", "users/me"]));

async function call(draw, { api }, row) {
  const path = targetOf(draw, row.path);
  const hasBody = ["POST", "PATCH", "PUT"].includes(row.method);
  const headers = { ...(draw.maybe() && { "idempotency-key": draw.one(["a", "b", "c"]) }), ...(draw.number(8) === 0 && { prefer: "wait=1" }) };
  if (!hasBody) return api.send(row.method, path, { headers });
  const body = JSON.stringify(fieldsOf(draw, row));
  return api.send(row.method, path, { headers: { "content-type": "application/json", ...headers }, body });
}

/** Of two calls one is about posts, by the API or by a tool of agents: there is the most to do wrong. */
async function sequence(draw) {
  const caller = draw.one(callers);
  const aboutPosts = rows.filter(({ path }) => path.startsWith("/v1/posts") || path === "/mcp");
  const told = [];
  for (let n = 0; n < CALLS; n++) {
    const row = draw.one(draw.maybe() ? aboutPosts : rows);
    const answer = await call(draw, caller, row);
    told.push(`${row.method} ${row.path} ${answer.status}`);
    assert.ok(answer.status < 500, `${told.join(", ")}: ${answer.text}`);
    assert.doesNotMatch(answer.text, /\/approve\/[\w-]{80}/, told.join(", "));
    const { post } = answer.body ?? {};
    if (post?.id && row.path === "/v1/posts") ids.posts.push(post.id);
  }
}

test("after any calls of a key that may not publish X has seen reads alone", async () => {
  bench.x.clearRequests();
  const drawn = Array.from({ length: SEQUENCES }, dice);
  for (let at = 0; at < drawn.length; at += 4) await Promise.all(drawn.slice(at, at + 4).map(sequence));
  const writes = bench.x.requests().filter(({ method, path }) => method !== "GET" && path !== "/2/oauth2/token");
  assert.deepEqual(writes, []);
  const asked = (await bench.api.get("/v1/audit?action=post.approval_requested")).body.count;
  assert.ok(asked > 20, `the calls have made ${asked} requests`);
  assert.deepEqual(textsAt(bench, account), ["published"]);
});
