import assert from "node:assert/strict";
import { test } from "node:test";
import { MEDIA_SCOPES, call, connect, get, post, start } from "./client.mjs";

const connected = async (t, given) => {
  const x = await start(t);
  x.clock({ frozen: true });
  return { x, token: await connect(x, given) };
};

test("every answer tells what is left of the window", async (t) => {
  const { x, token } = await connected(t);
  const { headers } = await get(x, "/2/users/me", token);
  assert.equal(headers.get("x-rate-limit-limit"), "75");
  assert.equal(headers.get("x-rate-limit-remaining"), "74");
  assert.equal(headers.get("x-rate-limit-reset"), String(Math.ceil((x.now().now + 15 * 60_000) / 1000)));
  assert.equal(headers.get("x-access-level"), "read-write");
});

test("POST /2/tweets also tells the 24-hour window of the app", async (t) => {
  const { x, token } = await connected(t);
  const { headers } = await post(x, { text: "a" }, token);
  assert.equal(headers.get("x-app-limit-24hour-remaining"), "9999");
});

test("the 76th question who one is within 15 minutes is 429 until the window ends", async (t) => {
  const { x, token } = await connected(t);
  for (let count = 0; count < 75; count += 1) assert.equal((await get(x, "/2/users/me", token)).status, 200);
  const refused = await get(x, "/2/users/me", token);
  assert.equal(refused.status, 429);
  const tooMany = { title: "Too Many Requests", type: "about:blank", status: 429, detail: "Too Many Requests" };
  assert.deepEqual(refused.body, tooMany);
  assert.equal(refused.headers.get("x-rate-limit-remaining"), "0");
  x.clock({ advance_ms: 15 * 60_000 });
  assert.equal((await get(x, "/2/users/me", token)).status, 200);
});

test("a window of one user is not another's, but the app's is shared", async (t) => {
  const { x, token } = await connected(t);
  const other = await connect(x, { username: "linus" });
  x.set({ limits: { "POST /2/tweets": { user_15min: 1, app_24h: 2 } } });
  assert.equal((await post(x, { text: "a" }, token)).status, 201);
  assert.equal((await post(x, { text: "b" }, token)).status, 429);
  assert.equal((await post(x, { text: "c" }, other)).status, 201);
  x.clock({ advance_ms: 15 * 60_000 });
  const capped = await post(x, { text: "d" }, token);
  assert.equal(capped.status, 429);
  assert.equal(capped.headers.get("x-rate-limit-remaining"), "1");
  assert.equal(capped.headers.get("x-app-limit-24hour-remaining"), "0");
});

test("a post with a URL costs more, and a refused one nothing", async (t) => {
  const { x, token } = await connected(t);
  await post(x, { text: "plain" }, token);
  await post(x, { text: "plain" }, token);
  await post(x, { text: "see example.com" }, token);
  assert.equal(x.app.credits, 99.785);
  const { body } = await get(x, "/2/usage/credits", token);
  assert.deepEqual(body.data, { free_balance: 0, prepaid_balance: 99.785, total_balance: 99.785 });
});

test("an empty balance is 402 whatever the rate limit has left", async (t) => {
  const { x, token } = await connected(t);
  x.setApp({ client_id: x.app.client_id, credits: 0.01 });
  assert.equal((await post(x, { text: "below zero" }, token)).status, 201);
  const refused = await post(x, { text: "no more" }, token);
  assert.equal(refused.status, 402);
  assert.deepEqual(refused.body, {
    detail: "credits depleted",
    status: 402,
    title: "Payment Required",
    type: "https://api.x.com/2/problems/credits-depleted",
  });
  assert.equal(refused.headers.get("x-rate-limit-remaining"), "98");
  assert.equal((await get(x, "/2/usage/credits", token)).status, 200);
});

test("at zero every billed call is 402, in the old gateway's words too", async (t) => {
  const { x, token } = await connected(t);
  const me = x.users()[0].id;
  x.setApp({ client_id: x.app.client_id, credits: 0 });
  x.set({ gateway: "old" });
  const billed = [
    ["GET", "/2/users/me"], ["GET", `/2/users/${me}/tweets`], ["GET", "/2/tweets?ids=1"], ["GET", "/2/tweets/1"],
    ["GET", "/2/tweets/search/recent?query=conversation_id:1"], ["POST", "/2/tweets"], ["DELETE", "/2/tweets/1"],
    ["POST", `/2/users/${me}/retweets`], ["DELETE", `/2/users/${me}/retweets/1`],
  ];
  for (const [method, path] of billed) {
    const { status, body } = await call(x, method, path, token);
    assert.deepEqual([status, body.title], [402, "CreditsDepleted"], `${method} ${path}`);
  }
  const { status, body } = await get(x, "/2/usage/credits", token);
  assert.deepEqual([status, body.data.total_balance, x.app.credits], [200, 0, 0]);
});

test("each step of an upload has a window of its own", async (t) => {
  const { x, token } = await connected(t, { scopes: MEDIA_SCOPES });
  const steps = [
    ["POST", "/2/media/upload", "499", "49999"], ["GET", "/2/media/upload", "999", "99999"],
    ["POST", "/2/media/upload/initialize", "1874", "179999"], ["POST", "/2/media/upload/1/append", "1874", "179999"],
    ["POST", "/2/media/upload/1/finalize", "1874", "179999"], ["POST", "/2/media/metadata", "499", "49999"],
    ["POST", "/2/media/subtitles", "99", "9999"], ["DELETE", "/2/media/subtitles", "99", "9999"],
  ];
  for (const [method, path, user, app] of steps) {
    const { headers } = await call(x, method, path, token);
    const left = [headers.get("x-rate-limit-remaining"), headers.get("x-app-limit-24hour-remaining")];
    assert.deepEqual(left, [user, app], `${method} ${path}`);
  }
});

test("a window of 24 hours may be the user's or the app's, on any limited call", async (t) => {
  const { x, token } = await connected(t);
  const me = x.users()[0].id;
  x.set({ limits: { "POST /2/users/{id}/retweets": { user_24h: 1, app_24h: 9 } } });
  const repost = () => call(x, "POST", `/2/users/${me}/retweets`, token, { tweet_id: "1" });
  const { headers } = await repost();
  assert.equal(headers.get("x-rate-limit-remaining"), "49");
  assert.equal(headers.get("x-user-limit-24hour-remaining"), "0");
  assert.equal(headers.get("x-app-limit-24hour-remaining"), "8");
  x.clock({ advance_ms: 15 * 60_000 });
  assert.equal((await repost()).status, 429);
  x.clock({ advance_ms: 24 * 60 * 60_000 });
  assert.equal((await call(x, "GET", "/2/users/me", token)).status, 401, "tokens age by the same clock");
});
