/** Another browser: what it brings is provisional until its code is typed where the session began (docs/API.md, 3b). */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  api, atCallback, browse, codeOf, complete, confirm, confirmationCode, consent, cookieOf, createSession, exchangesOf,
  inOtherBrowser, leaves, liveTokens, newPerson, newVerifier, SITE, startBench, startSession, statusOf, tokenCalls,
  watch,
} from "../support/connecting.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** The first page has brought its verifier: handle and code are shown in the other browser. */
async function provisional(given) {
  const attempt = await inOtherBrowser(bench, given);
  const { status, body } = await complete(bench, attempt.session, attempt.verifier);
  assert.deepEqual([status, body.data], [202, { status: "needs_confirmation" }]);
  return { ...attempt, code: confirmationCode((await attempt.reload()).text) };
}

const wrong = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
const accountsOf = async (tenant_id) => (await bench.api.get(`/v1/social-accounts?tenant_id=${tenant_id}`)).body.data;

test("the other browser's code connects the account, once, however often it is typed", async () => {
  const attempt = await provisional({ tenant_id: "typed" });
  assert.deepEqual(await accountsOf("typed"), []);
  const { status, body } = await confirm(bench, attempt.session, attempt.code);
  assert.deepEqual([status, body.data.status, body.data.account.username], [200, "connected", attempt.username]);
  const again = await confirm(bench, attempt.session, attempt.code);
  assert.deepEqual([again.status, again.body.data], [200, body.data]);
  assert.deepEqual((await complete(bench, attempt.session, attempt.verifier)).body.data, body.data);
  assert.equal(exchangesOf(bench, attempt.callback), 1);
  assert.deepEqual(await accountsOf("typed"), [body.data.account]);
  assert.ok((await attempt.reload()).text.includes("<h1>Connected</h1>"));
});

test("a code may be typed with a space, as it is shown", async () => {
  const { session, code } = await provisional();
  assert.equal((await confirm(bench, session, ` ${code.slice(0, 3)} ${code.slice(3)} `)).status, 200);
});

test("site and label are shown at once, handle and code when X has said who it is, and the page asks by itself", async () => {
  const { session, verifier, username, reload } = await inOtherBrowser(bench, { label: "Publish for Robin" });
  const waiting = await reload();
  assert.ok(waiting.text.includes(SITE) && waiting.text.includes("Publish for Robin"));
  assert.ok(!waiting.text.includes(username));
  assert.match(waiting.headers.get("refresh"), /^\d+$/);
  assert.ok(!waiting.text.includes("<script"));
  await complete(bench, session, verifier);
  const shown = await reload();
  assert.ok(shown.text.includes(`@${username}`) && shown.text.includes(`Type it only at <b><bdi>${SITE}</bdi></b>`));
  assert.ok(confirmationCode(shown.text));
  assert.equal((await reload()).text.replace(/nonce\S+/g, ""), shown.text.replace(/nonce\S+/g, ""), "the same again");
});

test("no answer to the session token has the code or the handle", async () => {
  const attempt = await inOtherBrowser(bench);
  const completed = await complete(bench, attempt.session, attempt.verifier);
  const code = confirmationCode((await attempt.reload()).text);
  const refused = await confirm(bench, attempt.session, wrong(code));
  const answers = [completed, refused, await watch(bench, attempt.session), await bench.api.get(`/v1/connect-sessions/${attempt.session.id}`)];
  for (const { text, headers } of answers) {
    const everything = text + [...headers].flat().join(" ");
    assert.ok(!everything.includes(code) && !everything.includes(attempt.username), everything);
  }
});

test("the code is shown to no browser but the one that X sent back", async () => {
  const { session, callback, cookie, code } = await provisional();
  const url = `/connect/result/${session.id}`;
  const name = cookie.split("=")[0];
  for (const stranger of [undefined, cookie, `${name}=${"A".repeat(43)}`]) {
    for (const page of [await browse(bench, url, stranger), await browse(bench, callback, stranger)]) {
      assert.ok(!page.text.includes(code.slice(0, 3) + " "), stranger);
    }
  }
  const repeated = await browse(bench, callback);
  assert.equal(repeated.headers.get("set-cookie"), null, "whoever has only the address is a stranger");
});

test("a reload of the callback in the other browser shows the same and spends nothing", async () => {
  const attempt = await provisional();
  const again = await browse(bench, attempt.callback, attempt.other);
  assert.equal(again.headers.get("set-cookie"), null);
  const page = await browse(bench, again.headers.get("location"), attempt.other);
  assert.equal(confirmationCode(page.text), attempt.code);
  assert.equal(exchangesOf(bench, attempt.callback), 1);
});

test("a wrong code changes nothing but the tries that are left; the third ends the session and revokes the tokens", async () => {
  const { session, username, code, verifier, reload } = await provisional({ tenant_id: "guessed" });
  assert.equal(liveTokens(bench, username).length, 2);
  for (const left of [/2 tries are left/, /one try is left/]) {
    const { status, body } = await confirm(bench, session, wrong(code));
    assert.deepEqual([status, body.code], [403, "confirmation_failed"]);
    assert.match(body.message, left);
    assert.equal(await statusOf(bench, session), "needs_confirmation");
  }
  assert.equal((await confirm(bench, session, wrong(code))).body.code, "confirmation_failed");
  const { data } = (await watch(bench, session)).body;
  assert.deepEqual([data.status, data.error.code], ["failed", "confirmation_failed"]);
  assert.deepEqual(liveTokens(bench, username), []);
  assert.equal((await confirm(bench, session, code)).status, 403, "the right one comes too late");
  assert.equal((await complete(bench, session, verifier)).body.code, "confirmation_failed");
  assert.deepEqual(await accountsOf("guessed"), []);
  assert.ok(!(await reload()).text.includes(code.slice(0, 3) + " "));
});

test("two of three guesses and then the code", async () => {
  const { session, code } = await provisional();
  await confirm(bench, session, wrong(code));
  await confirm(bench, session, wrong(code));
  assert.equal((await confirm(bench, session, code)).status, 200);
});

test("guesses at once are counted one by one", async () => {
  const { session, username, code } = await provisional();
  const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(bench, session, wrong(code))));
  assert.ok(answers.every(({ status }) => status === 403));
  assert.equal(await statusOf(bench, session), "failed");
  assert.deepEqual(liveTokens(bench, username), []);
});

test("what is not six digits is no try", async () => {
  const { session, code } = await provisional();
  for (const value of ["", "12345", "1234567", "12345a", 123456, null, undefined]) {
    const { status, body } = await confirm(bench, session, value);
    assert.deepEqual([status, body.code], [400, "invalid_payload"], String(value));
  }
  assert.equal((await confirm(bench, session, code)).status, 200);
});

test("a code is only for who has the session's token", async () => {
  const { session, code } = await provisional();
  const elsewhere = await createSession(bench);
  for (const key of [null, "wrong", elsewhere.token]) {
    const answer = await api(bench.worker, { key }).post(`/v1/connect-sessions/${session.id}/confirm`, { code });
    assert.deepEqual([answer.status, answer.body.code], [401, "invalid_session_token"]);
  }
  assert.equal((await bench.api.post(`/v1/connect-sessions/${session.id}/confirm`, { code })).status, 401);
  assert.equal((await confirm(bench, session, code)).status, 200);
});

test("the page's browser may confirm by CORS, and no other page's", async () => {
  const { session, code } = await provisional();
  const path = `/v1/connect-sessions/${session.id}/confirm`;
  const { send } = api(bench.worker, { key: session.token });
  for (const [origin, allowed] of [[SITE, SITE], ["https://evil.example", null]]) {
    const preflight = await send("OPTIONS", path, { headers: { origin } });
    assert.equal(preflight.headers.get("access-control-allow-origin"), allowed);
  }
  assert.equal((await confirm(bench, session, code)).headers.get("access-control-allow-origin"), SITE);
});

test("before there is a code there is nothing to confirm, and that is no try", async () => {
  const early = await atCallback(bench);
  for (let i = 0; i < 4; i++) {
    const { status, body } = await confirm(bench, early.session, "000000");
    assert.deepEqual([status, body.code], [409, "in_flight"]);
  }
  await browse(bench, early.callback, early.cookie);
  assert.equal((await confirm(bench, early.session, "000000")).status, 409, "the right browser needs no code");
  assert.equal((await complete(bench, early.session, early.verifier)).body.data.status, "connected");
});

test("a cancelled session revokes what another browser brought", async () => {
  const { session, username, code } = await provisional();
  assert.equal((await bench.api.delete(`/v1/connect-sessions/${session.id}`)).body.data.status, "cancelled");
  assert.deepEqual(liveTokens(bench, username), []);
  assert.equal((await confirm(bench, session, code)).status, 409);
});

test("the browser that started takes over, and what the other one brought is revoked", async () => {
  const attempt = await provisional({ tenant_id: "taken-over" });
  const right = newPerson(bench);
  const callback = attempt.callback.replace(codeOf(attempt.callback), codeOf(consent(bench, attempt.location, right)));
  await browse(bench, callback, attempt.cookie);
  assert.deepEqual(liveTokens(bench, attempt.username), []);
  assert.equal((await confirm(bench, attempt.session, attempt.code)).status, 409);
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.account.username, right);
});

test("a new start takes over too", async () => {
  const attempt = await provisional();
  const newer = newVerifier();
  const left = await startSession(bench, { token: attempt.session.token, challenge: newer.challenge });
  assert.equal(left.status, 303);
  assert.deepEqual(liveTokens(bench, attempt.username), []);
  const username = newPerson(bench);
  await browse(bench, consent(bench, left.headers.get("location"), username), cookieOf(left));
  assert.equal((await complete(bench, attempt.session, newer.verifier)).body.data.account.username, username);
});

test("somebody else than was expected is refused before any code is shown, and the session waits on", async () => {
  const attempt = await inOtherBrowser(bench, { expected_username: "somebody_else" });
  const { status, body } = await complete(bench, attempt.session, attempt.verifier);
  assert.deepEqual([status, body.data], [202, { status: "authorizing" }], "nor is the page that began told who it is");
  assert.deepEqual(liveTokens(bench, attempt.username), []);
  const page = await attempt.reload();
  assert.ok(page.text.includes("another account"), page.text);
});

test("tokens that X does not revoke at first are revoked later", async () => {
  const { session, username } = await provisional();
  bench.x.fault({ method: "POST", path: "/2/oauth2/revoke", kind: "answer", preset: "unavailable", times: 2 });
  await bench.api.delete(`/v1/connect-sessions/${session.id}`);
  assert.equal(liveTokens(bench, username).length, 2);
  await bench.worker.restart();
  // Cancelling again changes nothing, and asks X once more.
  assert.equal((await bench.api.delete(`/v1/connect-sessions/${session.id}`)).body.data.status, "cancelled");
  assert.deepEqual(liveTokens(bench, username), []);
});

test("a poll hears of the code's success", async () => {
  const { session, code } = await provisional();
  const held = leaves(bench, session, "needs_confirmation");
  await confirm(bench, session, code);
  assert.match((await held).body.data.status, /^(authorized|connected)$/);
  assert.equal((await leaves(bench, session, "authorized")).body.data.status, "connected");
});

test("with the verifier in the session the code is shown without the first page", async () => {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench, { redirect_uri: `${SITE}/done` });
  const left = await startSession(bench, { token: session.token, challenge, display: "page", code_verifier: verifier });
  const callback = consent(bench, left.headers.get("location"), newPerson(bench));
  const arrived = await browse(bench, callback);
  assert.ok(!arrived.headers.get("location").startsWith(SITE));
  assert.equal(await statusOf(bench, session), "needs_confirmation");
  const page = await browse(bench, arrived.headers.get("location"), cookieOf(arrived));
  assert.equal((await confirm(bench, session, confirmationCode(page.text))).body.data.status, "connected");
  assert.equal(tokenCalls(bench.x, "code", codeOf(callback)).length, 1);
});

test("after a power cut the code answers the stored result and X is not asked again", async () => {
  const { session, username, code } = await provisional({ tenant_id: "power-cut" });
  const asked = bench.x.requests({ path: "/2/users/me" }).length;
  await confirm(bench, session, code);
  await bench.worker.kill();
  await bench.worker.restart();
  assert.equal((await confirm(bench, session, code)).body.data.account.username, username);
  assert.equal(bench.x.requests({ path: "/2/users/me" }).length, asked);
});
