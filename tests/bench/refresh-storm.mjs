/**
 * Publishes and calls for X, all at once, for one account whose access token is over. refresh.mjs runs it large,
 * tests/worker/refresh-storm.test.mjs small.
 */

import assert from "node:assert/strict";
import { connect, newUser } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";

/** Within the quarter of an hour before a token's end, in which the Worker refreshes it. */
const NEARLY_OVER_MS = 10 * 60_000;
/** One account publishes one post at a time, so a caller may wait in vain for its own. */
const PUBLISHED_WITHIN_MS = 120_000;
const WAIT = { prefer: "wait=25" };

/** How a token comes to its end. */
export const ENDS = {
  /** As the Worker knows beforehand. */
  "nearly over": async (bench, { username }) => {
    const { access_token_ms } = bench.x.settings();
    bench.x.set({ access_token_ms: NEARLY_OVER_MS });
    await connect(bench, { username });
    bench.x.set({ access_token_ms });
  },
  /** As it learns from X's 401s, with many calls on their way. */
  "refused by X": async ({ x }, { username }) => {
    for (const { text, kind } of x.tokens({ username })) if (kind === "access") x.expireToken({ token: text });
  },
};

/** Answers how often X was asked to refresh, and every call that did not end as it should. */
export async function refreshStorm(bench, end, { publishes, calls }) {
  const account = await connect(bench, { username: newUser(bench).username });
  const { socialAccounts } = await publish(bench, account, `before: ${end}`);
  const doors = [await rootDoor(bench, account), accountDoor(bench, account, socialAccounts[0].platformPostId)];
  await ENDS[end](bench, account);
  bench.x.clearRequests();

  const started = performance.now();
  const posts = Array.from({ length: publishes }, (_, at) => publish(bench, account, `${end} ${at}`));
  const wrong = await Promise.all(Array.from({ length: calls }, (_, at) => callX(doors[at % doors.length])));
  await Promise.all(posts);
  const failures = [...wrong.filter(Boolean), ...(await failedPosts(bench, account))];
  return { refreshes: refreshes(bench), failures, seconds: (performance.now() - started) / 1000 };
}

async function rootDoor(bench, account) {
  const { api } = await newKey(bench, { account_id: account.id, scopes: ["read"] });
  return { api, path: "/2/users/me", id: account.network_unique_id };
}

const accountDoor = ({ api }, { id }, post) => ({ api, path: `/v1/social-accounts/${id}/x/2/tweets/${post}`, id: post });

/** What was wrong, or null. A 401 of X comes back as it is, and X's clients then ask once more. */
async function callX({ api, path, id }) {
  const first = await api.get(path);
  const { status, body, text } = first.status === 401 ? await api.get(path) : first;
  return status === 200 && body.data?.id === id ? null : `GET ${path}: ${status} ${text}`;
}

async function publish({ api }, { id }, content) {
  const { status, text, body } = await api.post("/v1/posts", { content, accounts: [id] }, WAIT);
  assert.equal(status, 200, text);
  return body.post;
}

/** The account's posts that have failed, once none is pending. */
async function failedPosts({ api }, { id }) {
  const list = async (query) => (await api.get(`/v1/posts?social_account_id=${id}&${query}`)).body.posts;
  await eventually(() => list("status=pending&limit=1"), (posts) => posts.length === 0, PUBLISHED_WITHIN_MS);
  const failed = await list("status=failed&limit=100");
  return failed.map((post) => `post ${post.id}: ${post.socialAccounts[0].error}`);
}

const refreshes = ({ x }) =>
  x
    .requests({ method: "POST", path: "/2/oauth2/token" })
    .filter(({ body }) => new URLSearchParams(body).get("grant_type") === "refresh_token").length;
