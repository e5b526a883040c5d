import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  atCallback, authorized, browse, codeOf, complete, consent, cookieOf, declined, exchangesOf, newVerifier, SITE,
  spoilt, startBench, startSession, stateOf, statusOf, tokenCalls,
} from "../support/connecting.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

test("the callback leads on to a URL without code and state", async () => {
  const { callback, location, arrived } = await authorized(bench);
  const next = arrived.headers.get("location");
  for (const secret of [codeOf(callback), stateOf(location)]) assert.ok(!next.includes(secret), next);
  assert.equal(new URL(next).search, "");
  assert.equal(arrived.headers.get("referrer-policy"), "no-referrer");
  assert.equal(arrived.headers.get("cache-control"), "no-store");
  const result = await browse(bench, next);
  assert.equal(result.status, 200);
});

test("a state that was never given out is refused", async () => {
  const { callback, location, cookie, session } = await atCallback(bench);
  const state = stateOf(location);
  const url = (changed) => callback.replace(state, changed);
  for (const made of ["", "nonsense", spoilt(state), spoilt(state, 0), `${state}A`]) {
    const refused = await browse(bench, url(made), cookie);
    assert.equal(refused.status, 400, made);
    assert.equal(refused.headers.get("location"), null);
  }
  assert.equal(await statusOf(bench, session), "authorizing");
  await browse(bench, callback, cookie);
  assert.equal(await statusOf(bench, session), "authorized");
});

test("the state of a start that was replaced is refused, and the newer start goes on", async () => {
  const { session, callback, cookie } = await atCallback(bench);
  const { verifier, challenge } = newVerifier();
  const again = await startSession(bench, { token: session.token, challenge });
  assert.equal((await browse(bench, callback, cookie)).status, 400);
  assert.equal((await browse(bench, callback, cookieOf(again))).status, 400);
  assert.equal(await statusOf(bench, session), "authorizing");
  const newer = consent(bench, again.headers.get("location"));
  assert.equal((await browse(bench, newer, cookieOf(again))).status, 303);
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
  assert.equal(exchangesOf(bench, callback), 0);
});

test("a replayed callback shows the same page and spends nothing twice", async () => {
  const attempt = await authorized(bench);
  const { session, callback, cookie, verifier, arrived } = attempt;
  const next = arrived.headers.get("location");
  const before = await browse(bench, callback, cookie);
  assert.deepEqual([before.status, before.headers.get("location")], [303, next]);
  assert.equal(exchangesOf(bench, callback), 0);
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
  const after = await browse(bench, callback, cookie);
  assert.deepEqual([after.status, after.headers.get("location")], [303, next]);
  assert.equal(exchangesOf(bench, callback), 1);
  assert.equal(await statusOf(bench, session), "connected");
});

test("a replayed callback with another code changes nothing", async () => {
  const { session, callback, cookie, verifier } = await authorized(bench);
  await browse(bench, callback.replace(codeOf(callback), "another-code"), cookie);
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
  assert.equal(tokenCalls(bench.x, "code", "another-code").length, 0);
});

test("a spent session takes no new start", async () => {
  const { session, verifier } = await authorized(bench);
  const form = { token: session.token, challenge: newVerifier().challenge };
  for (const step of [() => {}, () => complete(bench, session, verifier)]) {
    await step();
    const refused = await startSession(bench, form);
    assert.deepEqual([refused.status, refused.headers.get("set-cookie")], [409, null]);
  }
});

test("a callback without the browser's cookie connects nothing by itself", async () => {
  for (const cookie of [undefined, "c-other=1", "stolen"]) {
    const { session, callback, verifier, cookie: genuine } = await atCallback(bench);
    const wrong = cookie === "stolen" ? `${genuine.split("=")[0]}=${"A".repeat(43)}` : cookie;
    const arrived = await browse(bench, callback, wrong);
    const page = await browse(bench, arrived.headers.get("location"), wrong);
    assert.equal(page.status, 200);
    assert.ok(page.text.includes(SITE));
    assert.equal(await statusOf(bench, session), "needs_confirmation");
    const { status, body } = await complete(bench, session, verifier);
    assert.deepEqual([status, body.data], [202, { status: "needs_confirmation" }]);
  }
});

test("another browser's callback does not keep the right browser from connecting", async () => {
  const { session, callback, verifier, cookie } = await atCallback(bench);
  await browse(bench, callback);
  assert.equal(await statusOf(bench, session), "needs_confirmation");
  await browse(bench, callback, cookie);
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
  assert.equal(exchangesOf(bench, callback), 1);
});

test("another browser's refusal ends nothing", async () => {
  const { session, callback, location, cookie } = await atCallback(bench);
  await browse(bench, declined(location));
  assert.equal(await statusOf(bench, session), "authorizing");
  await browse(bench, callback, cookie);
  assert.equal(await statusOf(bench, session), "authorized");
});

test("two sessions of one browser both end right", async () => {
  const [one, two] = await Promise.all([atCallback(bench), atCallback(bench)]);
  const jar = `${one.cookie}; ${two.cookie}`;
  await browse(bench, two.callback, jar);
  await browse(bench, one.callback, jar);
  const results = await Promise.all([one, two].map(({ session, verifier }) => complete(bench, session, verifier)));
  const [first, second] = results.map(({ body }) => body.data.account);
  assert.notEqual(first.username, second.username);
});
