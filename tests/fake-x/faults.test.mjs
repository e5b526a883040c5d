import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect as dial } from "node:net";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { connect, consent, exchange, get, post, refresh, start } from "./client.mjs";

const connected = async (t, options) => {
  const x = await start(t, options);
  return { x, token: await connect(x) };
};

const PRESETS = {
  unauthorized: 401,
  "app-only": 403,
  "credits-old": 402,
  "credits-new": 402,
  duplicate: 403,
  "already-reposted": 400,
  "reply-not-summoned": 403,
  "quote-not-allowed": 403,
  "not-permitted": 403,
  forbidden: 403,
  "read-only-app": 403,
  "not-enrolled": 403,
  "daily-limit": 403,
  "daily-limit-legacy": 403,
  locked: 403,
  "locked-legacy": 403,
  suspended: 403,
  "video-too-long": 403,
  "media-ids": 400,
  "media-not-found": 400,
  "media-type": 400,
  "segments-missing": 400,
  "too-large": 413,
  "rate-limit": 429,
  "rate-limit-legacy": 429,
  "rate-limit-24h": 429,
  "usage-capped": 429,
  unavailable: 503,
  html: 503,
  "edge-forbidden": 403,
  "edge-limit": 429,
  "oauth-code": 400,
  "oauth-token": 400,
  "oauth-unauthorized-client": 401,
  "oauth-invalid-client": 400,
};

test("a preset answers instead of the effect", async (t) => {
  const { x, token } = await connected(t);
  for (const [preset, status] of Object.entries(PRESETS)) {
    x.fault({ method: "POST", path: "/2/tweets", kind: "answer", preset });
    assert.equal((await post(x, { text: preset }, token)).status, status, preset);
  }
  assert.deepEqual(x.posts(), []);
  assert.deepEqual(x.faults(), []);
});

test("what is held acts once it is released", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ method: "POST", path: "/2/tweets", kind: "hold", times: 2 });
  const held = ["a", "b"].map((text) => post(x, { text }, token));
  while (x.faults().length > 0) await pause(5);
  assert.deepEqual(x.posts(), []);
  assert.equal((await post(x, { text: "not held" }, token)).status, 201);
  assert.deepEqual(x.release(), { released: true });
  for (const { status } of await Promise.all(held)) assert.equal(status, 201);
  assert.equal(x.posts().length, 3);
  assert.deepEqual(x.release(), { released: false });
});

test("an answer may hide that the effect happened", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ kind: "effect-then-answer", preset: "unavailable" });
  assert.equal((await post(x, { text: "hidden" }, token)).status, 503);
  assert.equal((await post(x, { text: "hidden" }, token)).status, 403, "a duplicate");
  assert.equal(x.posts({ text: "hidden" }).length, 1);
});

test("the old 402 has no status, and a number beyond 2^53", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ kind: "answer", preset: "credits-old" });
  const { text, body } = await post(x, { text: "a" }, token);
  assert.match(text, /^\{"account_id":1553086854915936256,/);
  assert.ok(!("status" in body));
});

test("a 429 preset says when its window ends", async (t) => {
  const { x, token } = await connected(t);
  x.clock({ frozen: true });
  x.fault({ kind: "answer", preset: "rate-limit-24h" });
  const { headers } = await post(x, { text: "a" }, token);
  assert.equal(headers.get("x-rate-limit-remaining"), "1079999");
  assert.equal(headers.get("x-app-limit-24hour-remaining"), "0");
  assert.equal(headers.get("x-app-limit-24hour-reset"), String(Math.ceil((x.now().now + 86_400_000) / 1000)));
});

test("a fault happens as often as asked, and only where asked", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ method: "GET", path: "/2/tweets/{id}", times: 2, kind: "answer", status: 500, body: { odd: true } });
  assert.equal((await get(x, "/2/users/me", token)).status, 200);
  const statuses = [];
  for (const id of [1, 2, 3]) statuses.push((await get(x, `/2/tweets/${id}`, token)).status);
  assert.deepEqual(statuses, [500, 500, 200]);
});

test("a fault may be one person's, and so may what is asked of the log", async (t) => {
  const { x, token } = await connected(t);
  const linus = await connect(x, { username: "linus" });
  const fault = { username: "linus", kind: "answer", preset: "unavailable" };
  for (const path of ["/2/users/me", "/2/oauth2/token"]) x.fault({ ...fault, path });
  assert.deepEqual([await get(x, "/2/users/me", token), await get(x, "/2/users/me", linus)].map(({ status }) => status), [200, 503]);
  assert.deepEqual([await refresh(x, token.refresh_token), await refresh(x, linus.refresh_token)].map(({ status }) => status), [200, 503]);
  x.fault({ ...fault, path: "/2/oauth2/token" });
  assert.equal((await exchange(x, consent(x, { username: "linus" }))).status, 503);
  const statuses = (username) => x.requests({ username }).map(({ path, status }) => `${path} ${status}`);
  assert.deepEqual(statuses("ada"), ["/2/oauth2/token 200", "/2/users/me 200", "/2/oauth2/token 200"]);
  assert.deepEqual(statuses("linus"), ["/2/oauth2/token 200", "/2/users/me 503", "/2/oauth2/token 503", "/2/oauth2/token 503"]);
});

test("a fault may let some pass first", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ path: "/2/tweets/{id}", skip: 2, kind: "answer", status: 500 });
  x.fault({ path: "/2/tweets/2", kind: "answer", status: 501 });
  const statuses = [];
  for (const id of [1, 2, 3, 4]) statuses.push((await get(x, `/2/tweets/${id}`, token)).status);
  assert.deepEqual(statuses, [200, 501, 500, 200]);
});

test("an answer may be of any type and size", async (t) => {
  const { x, token } = await connected(t);
  const large = "x".repeat(17 * 1024 * 1024);
  for (const [type, body] of [["text/html", "<p>"], ["image/svg+xml", "<svg/>"], ["application/json", large]]) {
    x.fault({ path: "/2/users/me", kind: "answer", status: 200, headers: { "content-type": type }, body });
    const answer = await fetch(`${x.origin}/2/users/me`, { headers: { authorization: `Bearer ${token.access_token}` } });
    assert.deepEqual([answer.headers.get("content-type"), (await answer.text()).length], [type, body.length]);
  }
});

test("a fault of the kind close has no effect", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ path: "/2/tweets", kind: "close" });
  await assert.rejects(post(x, { text: "a" }, token));
  assert.deepEqual(x.posts(), []);
  assert.equal(x.requests({ path: "/2/tweets" })[0].status, "closed");
});

test("effect-then-close loses only the answer", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ path: "/2/tweets", kind: "effect-then-close" });
  await assert.rejects(post(x, { text: "a" }, token));
  assert.equal(x.posts().length, 1);
});

test("a lost refresh answer spends the token", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ path: "/2/oauth2/token", kind: "effect-then-close" });
  await assert.rejects(refresh(x, token.refresh_token));
  const { body } = await refresh(x, token.refresh_token);
  assert.equal(body.error_description, "Value passed for the token was invalid.");
});

test("close-then-effect acts after the connection died", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ path: "/2/tweets", kind: "close-then-effect", ms: 20 });
  await assert.rejects(post(x, { text: "a" }, token));
  assert.deepEqual(x.posts(), []);
  await x.received({ path: "/2/tweets" });
  assert.equal(x.posts().length, 1);
});

test("with an acting delay, a request acts though its sender is gone", async (t) => {
  const { x, token } = await connected(t);
  x.set({ acting_delay_ms: 30 });
  const body = '{"text":"orphan"}';
  const socket = dial(new URL(x.origin).port, "127.0.0.1");
  socket.end(
    `POST /2/tweets HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token.access_token}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    () => socket.destroySoon(),
  );
  await x.received({ path: "/2/tweets" });
  assert.equal(x.posts({ text: "orphan" }).length, 1);
});

test("a body that breaks off is no request", async (t) => {
  const { x, token } = await connected(t);
  const socket = dial(new URL(x.origin).port, "127.0.0.1");
  socket.end(
    `POST /2/tweets HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token.access_token}\r\n` +
      'content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"text":"half',
    () => socket.destroySoon(),
  );
  await once(socket, "close");
  await get(x, "/2/users/me", token);
  assert.deepEqual([x.requests({ path: "/2/tweets" }), x.posts()], [[], []]);
});

const CALLER = `
  const [origin, token, text] = process.argv.slice(1);
  const headers = { authorization: "Bearer " + token, "content-type": "application/json" };
  await fetch(origin + "/2/tweets", { method: "POST", headers, body: JSON.stringify({ text }) }).catch(() => {});
  setInterval(() => {}, 1000);
`;

/** A process that posts once is killed as soon as its request is here. */
async function killWhilePosting(x, { access_token }, text) {
  const caller = spawn(process.execPath, ["--input-type=module", "-e", CALLER, x.origin, access_token, text]);
  while (!x.requests({ path: "/2/tweets" }).some(({ body }) => body.includes(text))) await new Promise(setImmediate);
  caller.kill("SIGKILL");
  assert.deepEqual(await once(caller, "exit"), [null, "SIGKILL"]);
}

test("whatever was on its way acts once, though its sender was killed", async (t) => {
  const { x, token } = await connected(t);
  x.set({ listing_delay_ms: 30_000 });
  const deaths = [
    { kind: "close-then-effect", ms: 900 }, { kind: "delay", ms: 900 }, { kind: "effect-then-close" },
  ];
  for (const fault of deaths) {
    x.fault({ path: "/2/tweets", ...fault });
    await killWhilePosting(x, token, fault.kind);
  }
  x.set({ acting_delay_ms: 900 });
  await killWhilePosting(x, token, "acting delay");
  await x.received({ path: "/2/tweets", count: 4 });
  const texts = x.posts().map(({ text }) => text).sort();
  assert.deepEqual(texts, ["acting delay", "close-then-effect", "delay", "effect-then-close"]);
  const timeline = () => get(x, `/2/users/${x.users()[0].id}/tweets`, token);
  assert.equal((await timeline()).body.meta.result_count, 0);
  x.clock({ advance_ms: 30_000 });
  assert.equal((await timeline()).body.meta.result_count, 4);
});

test("a fault of the kind delay answers late and fully", async (t) => {
  const { x } = await connected(t);
  x.fault({ path: "/2/oauth2/token", kind: "delay", ms: 30 });
  const before = performance.now();
  assert.equal((await exchange(x, consent(x))).status, 200);
  assert.ok(performance.now() - before >= 29);
});

test("a fault of the kind malformed acts, and answers half a body", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ path: "/2/tweets", kind: "malformed" });
  await assert.rejects(post(x, { text: "a" }, token), SyntaxError);
  assert.equal(x.posts().length, 1);
});

test("a slow body arrives whole, and its reader may leave", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ path: "/2/users/me", kind: "slow-body", ms: 40, times: 2 });
  assert.equal((await get(x, "/2/users/me", token)).body.data.username, "ada");
  const headers = { authorization: `Bearer ${token.access_token}` };
  const response = await fetch(`${x.origin}/2/users/me`, { headers });
  await response.body.cancel();
  assert.equal((await get(x, "/2/users/me", token)).status, 200);
});

test("closing the stand-in ends what is still delayed", async (t) => {
  const { x, token } = await connected(t);
  x.fault({ path: "/2/users/me", kind: "delay", ms: 60_000 });
  const pending = assert.rejects(get(x, "/2/users/me", token));
  while (x.requests({ path: "/2/users/me" }).length === 0) await new Promise(setImmediate);
  await x.close();
  await pending;
});

test("a mistyped fault is refused when it is switched on", async (t) => {
  const x = await start(t);
  const mistyped = [
    { kind: "explode" },
    { kind: "answer" },
    { kind: "answer", preset: "?" },
    { kind: "delay" },
    { kind: "close", paths: "/" },
  ];
  for (const fault of mistyped) {
    assert.throws(() => x.fault(fault), TypeError, JSON.stringify(fault));
  }
});
