/** A second browser: whose a callback URL is, and that a stranger with a state ends nothing (docs/API.md, 3a and 3b). */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  atCallback, browse, codeOf, complete, confirm, confirmationCode, consent, cookieOf, createLink, exchangesOf,
  followLink, inOtherBrowser, leaves, leftForX, liveTokens, newPerson, newVerifier, openLink, request, startBench,
  startSession, stateOf, statusOf,
} from "../support/connecting.mjs";

let bench;
/** Where the thirty seconds are over at once. */
let late;
before(async () => {
  bench = await startBench();
  late = await startBench({ vars: { TAKEOVER_MS: "1" } });
});
after(() => Promise.all([bench?.stop(), late?.stop()]));

const redirect_uri = "https://acme.example/settings";
const accountsOf = async ({ api }, tenant_id) => (await api.get(`/v1/social-accounts?tenant_id=${tenant_id}`)).body.data;
const withCode = (callback, code) => callback.replace(codeOf(callback), code);
const waitsOn = (answer) => assert.deepEqual([answer.status, answer.body.data], [202, { status: "authorizing" }]);
const pageOf = (on, { headers }, cookie) => browse(on, headers.get("location"), cookie);

test("within thirty seconds and before the exchange the starter's browser may bring what a prefetcher brought", async () => {
  const attempt = await inOtherBrowser(bench);
  assert.equal(await statusOf(bench, attempt.session), "needs_confirmation");
  await browse(bench, attempt.callback, attempt.cookie);
  assert.equal(await statusOf(bench, attempt.session), "authorized");
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.account.username, attempt.username);
  assert.equal(exchangesOf(bench, attempt.callback), 1);
});

test("a prefetch and a HEAD of X's way back are no arrival, whoever's browser makes them", async () => {
  const attempt = await atCallback(bench);
  const looks = [
    ["HEAD", {}],
    ["GET", { "sec-purpose": "prefetch" }],
    ["GET", { "sec-purpose": "prefetch;prerender" }],
    ["GET", { purpose: "prefetch" }],
    ["GET", { "x-moz": "prefetch" }],
  ];
  for (const [method, headers] of looks) {
    for (const cookie of [undefined, attempt.cookie]) {
      const looked = await request(bench.worker, method, attempt.callback, { headers: { ...headers, ...(cookie && { cookie }) } });
      assert.deepEqual([looked.status, looked.headers.get("set-cookie"), looked.headers.get("location")], [204, null, null]);
      assert.equal(await statusOf(bench, attempt.session), "authorizing");
    }
  }
  await browse(bench, attempt.callback, attempt.cookie);
  assert.equal(await statusOf(bench, attempt.session), "authorized");
});

test("after the exchange the URL counts in the second browser alone, and only its digits connect", async () => {
  const attempt = await inOtherBrowser(bench, { tenant_id: "exchanged" });
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).status, 202);
  for (let n = 0; n < 2; n++) {
    await browse(bench, attempt.callback, attempt.cookie);
    assert.equal(await statusOf(bench, attempt.session), "needs_confirmation");
    assert.equal((await complete(bench, attempt.session, attempt.verifier)).status, 202);
  }
  assert.deepEqual(await accountsOf(bench, "exchanged"), []);
  assert.equal((await confirm(bench, attempt.session, confirmationCode((await attempt.reload()).text))).status, 200);
});

test("after thirty seconds the URL counts in the second browser alone, exchanged or not", async () => {
  const attempt = await inOtherBrowser(late, { tenant_id: "late" });
  await browse(late, attempt.callback, attempt.cookie);
  assert.equal(await statusOf(late, attempt.session), "needs_confirmation");
  assert.equal((await complete(late, attempt.session, attempt.verifier)).status, 202);
  await browse(late, attempt.callback, attempt.cookie);
  assert.deepEqual(await accountsOf(late, "late"), []);
  assert.equal((await confirm(late, attempt.session, confirmationCode((await attempt.reload()).text))).status, 200);
});

test("a URL that came while another second browser's waited is not the starter's either", async () => {
  const first = await inOtherBrowser(late, { tenant_id: "beside" });
  const victim = newPerson(late);
  const theirs = withCode(first.callback, codeOf(consent(late, first.location, victim)));
  await browse(late, theirs);
  await browse(late, theirs, first.cookie);
  assert.equal(await statusOf(late, first.session), "needs_confirmation");
  await complete(late, first.session, first.verifier);
  assert.deepEqual([exchangesOf(late, theirs), await accountsOf(late, "beside")], [0, []]);
});

test("the starter's own consent and a new start take over at any time, also when the URL does not", async () => {
  const own = await inOtherBrowser(late);
  await complete(late, own.session, own.verifier);
  const username = newPerson(late);
  await browse(late, withCode(own.callback, codeOf(consent(late, own.location, username))), own.cookie);
  assert.deepEqual(liveTokens(late, own.username), []);
  assert.equal((await complete(late, own.session, own.verifier)).body.data.account.username, username);

  const anew = await inOtherBrowser(late);
  const { verifier, challenge } = newVerifier();
  const left = await startSession(late, { token: anew.session.token, challenge });
  await browse(late, consent(late, left.headers.get("location"), username), cookieOf(left));
  assert.equal((await complete(late, anew.session, verifier)).body.data.account.username, username);
});

test("what a link's second browser brought counts for no other, is said so, and opening the link anew takes over", async () => {
  const link = await createLink(bench, { redirect_uri, tenant_id: "link" });
  const { location, cookie } = await openLink(bench, link);
  const callback = consent(bench, location, newPerson(bench));
  await browse(bench, callback);
  const page = await pageOf(bench, await browse(bench, callback, cookie), cookie);
  assert.ok(page.text.includes("X no longer accepts this sign-in"), page.text);
  assert.deepEqual([exchangesOf(bench, callback), await accountsOf(bench, "link")], [1, []]);
  const { arrived, username } = await followLink(bench, link);
  assert.equal(new URL(arrived.headers.get("location")).searchParams.get("username"), username);
});

test("a junk code, none at all, a refusal and another app's code from a stranger end nothing, and the person goes on", async () => {
  const attempt = await atCallback(bench, { tenant_id: "junk" });
  const stranger = async (url) => {
    const arrived = await browse(bench, url);
    assert.equal(arrived.status, 303);
    return { arrived, cookie: cookieOf(arrived) };
  };
  for (const nothing of [withCode(attempt.callback, ""), attempt.callback.replace("code=", "error=")]) {
    assert.equal((await stranger(nothing)).cookie, undefined);
    assert.equal(await statusOf(bench, attempt.session), "authorizing");
  }
  for (const code of ["junk", "x".repeat(500), "ä+%00"]) {
    const { arrived, cookie } = await stranger(withCode(attempt.callback, encodeURIComponent(code)));
    assert.equal(await statusOf(bench, attempt.session), "needs_confirmation");
    waitsOn(await complete(bench, attempt.session, attempt.verifier));
    assert.equal(await statusOf(bench, attempt.session), "authorizing");
    const page = await pageOf(bench, arrived, cookie);
    assert.ok(page.text.includes("X no longer accepts this sign-in"), "whoever brought it is told");
  }
  await browse(bench, attempt.callback, attempt.cookie);
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.status, "connected");
});

test("however many junk codes come, the starter's own callback counts", async () => {
  const attempt = await leftForX(bench, { tenant_id: "crowded" });
  const junk = (n) => browse(bench, `/connect/callback/x?${new URLSearchParams({ state: stateOf(attempt.location), code: `junk-${n}` })}`);
  for (let from = 0; from < 220; from += 20) await Promise.all(Array.from({ length: 20 }, (_, n) => junk(from + n)));
  // X's code lives 30 seconds, which the crowd may take.
  const callback = consent(bench, attempt.location, newPerson(bench));
  assert.equal((await browse(bench, callback, attempt.cookie)).status, 303);
  assert.equal(await statusOf(bench, attempt.session), "authorized");
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.status, "connected");
});

test("whatever X finds wrong with a stranger's code ends nothing", async () => {
  const attempt = await atCallback(bench);
  for (const [n, fault] of [
    { preset: "oauth-invalid-client" },
    { status: 400, body: '{"error":"invalid_request","error_description":"Value passed for the code was odd."}' },
    { status: 404, body: "<html>not here</html>" },
  ].entries()) {
    await browse(bench, withCode(attempt.callback, `odd-${n}`));
    bench.x.fault({ method: "POST", path: "/2/oauth2/token", kind: "answer", ...fault });
    waitsOn(await complete(bench, attempt.session, attempt.verifier));
  }
  await browse(bench, attempt.callback, attempt.cookie);
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.status, "connected");
});

test("a stranger's own consent where somebody else is expected ends nothing, and is revoked", async () => {
  const [expected, stranger] = [newPerson(bench), newPerson(bench)];
  const attempt = await atCallback(bench, { username: expected, expected_username: expected });
  const arrived = await browse(bench, withCode(attempt.callback, codeOf(consent(bench, attempt.location, stranger))));
  waitsOn(await complete(bench, attempt.session, attempt.verifier));
  assert.deepEqual(liveTokens(bench, stranger), []);
  const page = await pageOf(bench, arrived, cookieOf(arrived));
  assert.ok(page.text.includes("another account"), page.text);
  await browse(bench, attempt.callback, attempt.cookie);
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.account.username, expected);
});

test("a refusal resets the clock: what a prefetcher brings next is the starter's again", async () => {
  const attempt = await atCallback(bench);
  await browse(bench, withCode(attempt.callback, "junk"));
  waitsOn(await complete(bench, attempt.session, attempt.verifier));
  await browse(bench, attempt.callback);
  assert.equal(await statusOf(bench, attempt.session), "needs_confirmation");
  await browse(bench, attempt.callback, attempt.cookie);
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.status, "connected");
});

test("after five refused codes X is asked about no other stranger's, and the starter's connects", async () => {
  const attempt = await atCallback(bench);
  for (let n = 0; n < 5; n++) {
    await browse(bench, withCode(attempt.callback, `junk-${n}`));
    waitsOn(await complete(bench, attempt.session, attempt.verifier));
  }
  const sixth = withCode(attempt.callback, "junk-5");
  await browse(bench, sixth);
  assert.equal(await statusOf(bench, attempt.session), "authorizing");
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).status, 409);
  assert.equal(exchangesOf(bench, sixth), 0);
  await browse(bench, attempt.callback, attempt.cookie);
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.status, "connected");
});

test("a refused code that comes again is not asked about again", async () => {
  const attempt = await atCallback(bench);
  const junk = withCode(attempt.callback, "the-same-junk");
  await browse(bench, junk);
  waitsOn(await complete(bench, attempt.session, attempt.verifier));
  for (let n = 0; n < 6; n++) await browse(bench, junk);
  assert.equal(await statusOf(bench, attempt.session), "authorizing");
  assert.equal(exchangesOf(bench, junk), 1);
});

test("a link's stranger ends nothing either, junk or an X that is down", async () => {
  const link = await createLink(bench, { redirect_uri });
  const { location, cookie } = await openLink(bench, link);
  const callback = consent(bench, location, newPerson(bench));
  const status = async () => (await bench.api.get(`/v1/connect-sessions/${link.connect_id}`)).body.data.status;
  await browse(bench, withCode(callback, "junk"));
  assert.equal(await status(), "authorizing");
  bench.x.fault({ method: "POST", path: "/2/oauth2/token", kind: "answer", preset: "unavailable" });
  await browse(bench, withCode(callback, "while-x-is-down"));
  assert.equal(await status(), "authorizing");
  const landed = await browse(bench, callback, cookie);
  assert.equal(new URL(landed.headers.get("location")).searchParams.get("success"), "true");
});

test("a page that watches hears that the stranger's code came to nothing, and then of the person", async () => {
  const attempt = await atCallback(bench);
  await browse(bench, withCode(attempt.callback, "junk"));
  const held = leaves(bench, attempt.session, "needs_confirmation");
  await complete(bench, attempt.session, attempt.verifier);
  assert.equal((await held).body.data.status, "authorizing");
  const next = leaves(bench, attempt.session, "authorizing");
  await browse(bench, attempt.callback, attempt.cookie);
  assert.equal((await next).body.data.status, "authorized");
});

test("what the starter's own browser brought and X refuses still ends the session with the reason", async () => {
  const attempt = await atCallback(bench);
  await browse(bench, withCode(attempt.callback, "junk"), attempt.cookie);
  const { status, body } = await complete(bench, attempt.session, attempt.verifier);
  assert.deepEqual([status, body.code], [422, "invalid_grant"]);
});
