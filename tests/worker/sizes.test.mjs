/** docs/API.md, section 1, "X's answers": what is larger than an answer of X's may be is told as such, and a list is asked again in smaller pages. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { TIMELINE_CALL, TOKEN_CALL } from "../support/calls.mjs";
import {
  browse, complete, consent, cookieOf, createPost, createSession, faultAtX, newAccount, newUser, newVerifier, postIn, startBench, startSession,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";

const MIB = 1024 * 1024;
const JSON_TYPE = { "content-type": "application/json" };
const tooLarge = (call, body) => ({ ...call, kind: "answer", status: 200, headers: JSON_TYPE, body });
const LARGE_LIST = JSON.stringify({ data: [], meta: { result_count: 0, note: "x".repeat(16 * MIB) } });

let bench;
before(async () => (bench = await startBench({ vars: { SETTLE_MS: "1000" } })));
beforeEach(() => bench.x.clearRequests());
after(() => bench?.stop());

/** A person's way through connecting, up to the answer of `complete`, in which X answers the exchange so. */
async function completeWith(body) {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench);
  const started = await startSession(bench, { token: session.token, challenge });
  const { username } = newUser(bench);
  assert.equal((await browse(bench, consent(bench, started.headers.get("location"), username), cookieOf(started))).status, 303);
  bench.x.fault(tooLarge(TOKEN_CALL, body));
  return complete(bench, session, verifier);
}

test("an answer with tokens has 1 MiB at most, and a token 16 KiB", async () => {
  const tokens = { token_type: "bearer", access_token: "at", refresh_token: "rt", expires_in: 7200, scope: "tweet.read" };
  for (const body of [{ ...tokens, padding: "x".repeat(MIB) }, { ...tokens, refresh_token: "r".repeat(16 * 1024 + 1) }]) {
    const { message } = assertRefused(await completeWith(JSON.stringify(body)), 502, "x_invalid_response");
    assert.match(message, /X('s answer is too large to be read| answered something that cannot be read)/);
  }
});

test("who somebody is has no more than a list's 16 MiB to be told in", async () => {
  const account = await newAccount(bench);
  bench.x.fault(tooLarge({ method: "GET", path: "/2/users/me" }, `{"data":{"id":"1"},"padding":"${"x".repeat(16 * MIB)}"}`));
  assertRefused(await bench.api.get(`/v1/social-accounts/${account.id}/metrics`), 502, "x_invalid_response");
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}/metrics`)).status, 200);
});

const pages = () => bench.x.requests(TIMELINE_CALL).map(({ query }) => query.max_results);

test("an import asks for smaller pages until one is small enough, and leaves nothing out", async () => {
  const account = await newAccount(bench);
  const texts = Array.from({ length: 30 }, (_, at) => `${at} ${"long ".repeat(10)}`.trim());
  for (const text of texts) bench.x.post({ username: account.username, text });
  bench.x.fault({ ...tooLarge(TIMELINE_CALL, LARGE_LIST), times: 2 });
  const { body } = await bench.api.post(`/v1/social-accounts/${account.id}/imports`, { limit: 30 });
  const read = async () => (await bench.api.get(`/v1/social-accounts/${account.id}/imports/${body.data.id}`)).body.data;
  const done = await eventually(read, ({ status }) => status === "completed" || status === "failed", 20_000);
  assert.deepEqual([done.status, done.imported], ["completed", 30]);
  assert.deepEqual(pages().slice(0, 3), ["30", "15", "7"]);
});

test("a page that is too large though X gives no fewer ends an import, said as such", async () => {
  const account = await newAccount(bench);
  bench.x.fault({ ...tooLarge(TIMELINE_CALL, LARGE_LIST), times: 2 });
  const { body } = await bench.api.post(`/v1/social-accounts/${account.id}/imports`, { limit: 10 });
  const read = async () => (await bench.api.get(`/v1/social-accounts/${account.id}/imports/${body.data.id}`)).body.data;
  const done = await eventually(read, ({ status }) => status === "completed" || status === "failed", 20_000);
  assert.deepEqual([done.status, done.error_code], ["failed", "x_invalid_response"], JSON.stringify(done));
  assert.deepEqual(pages(), ["10", "5"]);
});

test("a lost answer is looked for in smaller pages too", async () => {
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "effect-then-close" });
  bench.x.fault(tooLarge(TIMELINE_CALL, LARGE_LIST));
  const post = await createPost(bench, account, { content: "lost and found" });
  await postIn(bench, post.id, "published", 20_000);
  assert.deepEqual(pages(), ["100", "50"]);
});
