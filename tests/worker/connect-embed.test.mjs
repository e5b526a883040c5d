import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, browse, complete, connect, consent, cookieOf, createSession, newVerifier, SITE, startBench, startSession } from "../support/client.mjs";
import {
  atCallback,
  authorized,
  codeOf,
  confirmStart,
  declined,
  exchangesOf,
  leaves,
  leftForX,
  newPerson,
  stateOf,
  statusOf,
  tokenCalls,
  watch,
} from "../support/sign-in.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench.stop());

const evil = "https://evil.example";

// Start

test("a start from the session's own origin leaves for X with everything that X asks for", async () => {
  const session = await createSession(bench);
  const { challenge } = newVerifier();
  const left = await startSession(bench, { token: session.token, challenge });
  assert.equal(left.status, 303);
  const asked = Object.fromEntries(new URL(left.headers.get("location")).searchParams);
  assert.ok(asked.state.length > 20 && asked.state.length <= 64, asked.state);
  const { state, ...rest } = asked;
  assert.deepEqual(rest, {
    response_type: "code",
    client_id: bench.x.app.client_id,
    redirect_uri: `${bench.worker.origin}/connect/callback/x`,
    scope: "media.write offline.access tweet.read tweet.write users.read",
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  assert.equal(await statusOf(bench, session), "authorizing");
});

test("the cookie of a start is for this session, this host, this long, and no script", async () => {
  const session = await createSession(bench, { expires_in: 600 });
  const left = await startSession(bench, { token: session.token, challenge: newVerifier().challenge });
  const [pair, ...attributes] = left.headers.get("set-cookie").split("; ");
  // Plain-http loopback: without the prefix and without Secure.
  assert.match(pair, new RegExp(`^c-${session.id.slice(3, 15)}=[\\w-]{43}$`));
  const maxAge = Number(attributes.find((text) => text.startsWith("Max-Age=")).slice(8));
  assert.ok(maxAge > 590 && maxAge <= 600, `${maxAge}`);
  assert.deepEqual(attributes.filter((text) => !text.startsWith("Max-Age=")).sort(), ["HttpOnly", "Path=/", "SameSite=Lax"]);
});

test("a start posted by a hostile site is refused and sets no cookie", async () => {
  const session = await createSession(bench);
  const { challenge } = newVerifier();
  for (const origin of [evil, `${SITE}.evil.example`, SITE.replace("http:", "https:"), bench.worker.origin]) {
    const refused = await startSession(bench, { token: session.token, challenge, origin });
    assert.equal(refused.status, 403, origin);
    assert.equal(refused.headers.get("set-cookie"), null, origin);
    assert.equal(refused.headers.get("location"), null, origin);
  }
  assert.equal(await statusOf(bench, session), "pending");
});

test("a browser that hides its origin is asked on a page that names the site and the label", async () => {
  for (const origin of ["null", null]) {
    const session = await createSession(bench, { label: "Posts for <Ada> & co" });
    const { challenge } = newVerifier();
    const page = await startSession(bench, { token: session.token, challenge, origin });
    assert.equal(page.status, 200, origin);
    assert.equal(page.headers.get("set-cookie"), null, origin);
    assert.ok(page.text.includes(SITE));
    assert.ok(page.text.includes("Posts for &lt;Ada&gt; &amp; co"));
    assert.equal(await statusOf(bench, session), "pending");
  }
});

test("the start page's button leaves for X, from that page only", async () => {
  const session = await createSession(bench);
  const { verifier, challenge } = newVerifier();
  const page = await startSession(bench, { token: session.token, challenge, origin: "null" });
  for (const origin of [evil, SITE, "null"]) {
    const refused = await confirmStart(bench, page.text, origin);
    assert.equal(refused.status, 403, origin);
    assert.equal(refused.headers.get("set-cookie"), null, origin);
  }
  const left = await confirmStart(bench, page.text);
  assert.equal(left.status, 303, left.text);
  await browse(bench, consent(bench, left.headers.get("location")), cookieOf(left));
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
});

test("the start page loses nothing of what the form said", async () => {
  const redirect_uri = `${SITE}/done`;
  const session = await createSession(bench, { redirect_uri });
  const { verifier, challenge } = newVerifier();
  const form = { token: session.token, challenge, display: "page", code_verifier: verifier, origin: "null" };
  const left = await confirmStart(bench, (await startSession(bench, form)).text);
  const landed = await browse(bench, consent(bench, left.headers.get("location")), cookieOf(left));
  const landing = new URL(landed.headers.get("location"));
  assert.equal(landing.searchParams.get("connect_status"), "connected");
});

test("a start with the plain method is refused", async () => {
  const session = await createSession(bench);
  const { verifier } = newVerifier();
  const form = { token: session.token, challenge: verifier };
  for (const method of ["plain", "s256", ""]) {
    const refused = await startSession(bench, { ...form, code_challenge_method: method });
    assert.deepEqual([refused.status, refused.headers.get("set-cookie")], [400, null], method);
  }
  assert.equal(await statusOf(bench, session), "pending");
});

test("a start with a malformed challenge, display, verifier or token is refused", async () => {
  const session = await createSession(bench, { redirect_uri: `${SITE}/done` });
  const { verifier, challenge } = newVerifier();
  const form = { token: session.token, challenge };
  for (const [status, changes] of [
    [400, { challenge: challenge.slice(1) }],
    [400, { challenge: "" }],
    [400, { display: "iframe" }],
    [400, { display: "page", code_verifier: newVerifier().verifier }],
    [400, { display: "popup", code_verifier: verifier }],
    [401, { token: `${session.token}x` }],
    [401, { token: "" }],
  ]) {
    const refused = await startSession(bench, { ...form, ...changes });
    assert.deepEqual([refused.status, refused.headers.get("set-cookie")], [status, null], JSON.stringify(changes));
  }
  assert.equal(await statusOf(bench, session), "pending");
});

test("a start is a form and nothing else", async () => {
  const session = await createSession(bench);
  const form = { token: session.token, code_challenge: newVerifier().challenge, code_challenge_method: "S256" };
  const { send } = api(bench.worker, { key: null });
  for (const [type, body] of [
    ["application/json", JSON.stringify(form)],
    ["text/plain", new URLSearchParams(form).toString()],
  ]) {
    const refused = await send("POST", "/connect/start", { headers: { origin: SITE, "content-type": type }, body });
    assert.equal(refused.status, 415, type);
  }
  assert.equal((await send("GET", `/connect/start?${new URLSearchParams(form)}`)).status, 404);
});

test("page mode needs somewhere to return to", async () => {
  const session = await createSession(bench);
  const refused = await startSession(bench, { token: session.token, challenge: newVerifier().challenge, display: "page" });
  assert.deepEqual([refused.status, refused.headers.get("set-cookie")], [400, null]);
});

// Callback

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
  for (const made of ["", "nonsense", `${state.slice(0, -2)}AA`, `A${state.slice(1)}`, `${state}A`]) {
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

// Poll

test("a held poll answers as soon as the status changes", async () => {
  const { session, callback, cookie, verifier } = await atCallback(bench);
  const held = watch(bench, session, "wait=25&since=authorizing");
  await browse(bench, callback, cookie);
  assert.equal((await held).body.data.status, "authorized");
  const next = watch(bench, session, "wait=25&since=authorized");
  await complete(bench, session, verifier);
  const { data } = (await next).body;
  assert.equal(data.status, "connected");
  assert.equal(data.account.status, "active");
});

test("a poll with nothing to wait for answers at once", async () => {
  const session = await createSession(bench);
  for (const query of ["", "wait=0&since=pending", "wait=25&since=authorizing", "wait=25"]) {
    const { status, body } = await watch(bench, session, query);
    assert.equal(status, 200, query);
    assert.deepEqual(body.data, { id: session.id, status: "pending", expires_at: session.expires_at }, query);
  }
});

test("many polls of one session are all answered by one change", async () => {
  const session = await createSession(bench);
  const held = Array.from({ length: 20 }, () => watch(bench, session, "wait=25&since=pending"));
  await startSession(bench, { token: session.token, challenge: newVerifier().challenge });
  for (const { body } of await Promise.all(held)) assert.equal(body.data.status, "authorizing");
});

// Complete

test("complete before the person came back is a conflict that changes nothing", async () => {
  const { session, verifier, callback, cookie } = await atCallback(bench);
  const early = await complete(bench, session, verifier);
  assert.equal(early.status, 409);
  await browse(bench, callback, cookie);
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
});

test("a wrong verifier calls nothing and spends nothing", async () => {
  const { session, callback, verifier } = await authorized(bench);
  const refused = await complete(bench, session, newVerifier().verifier);
  assert.deepEqual([refused.status, refused.body.code], [400, "verifier_mismatch"]);
  assert.equal(exchangesOf(bench, callback), 0);
  assert.equal(await statusOf(bench, session), "authorized");
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
  const late = await complete(bench, session, newVerifier().verifier);
  assert.deepEqual([late.status, late.body.code], [400, "verifier_mismatch"]);
});

test("the verifier of a start that was replaced does not fit any more", async () => {
  const { session, verifier } = await leftForX(bench);
  const newer = newVerifier();
  const left = await startSession(bench, { token: session.token, challenge: newer.challenge });
  await browse(bench, consent(bench, left.headers.get("location"), newPerson(bench)), cookieOf(left));
  assert.equal((await complete(bench, session, verifier)).body.code, "verifier_mismatch");
  assert.equal((await complete(bench, session, newer.verifier)).body.data.status, "connected");
});

test("a repeated complete answers the stored result and asks X nothing", async () => {
  const { session, callback, verifier } = await authorized(bench);
  const first = await complete(bench, session, verifier);
  const asked = bench.x.requests().length;
  const second = await complete(bench, session, verifier);
  assert.deepEqual([second.status, second.body], [200, first.body]);
  assert.equal(bench.x.requests().length, asked);
  assert.equal(exchangesOf(bench, callback), 1);
});

test("twenty completes at once make one exchange and one account", async () => {
  const tenant_id = "twenty";
  const { session, callback, verifier } = await authorized(bench, { tenant_id });
  const answers = await Promise.all(Array.from({ length: 20 }, () => complete(bench, session, verifier)));
  for (const { status, body } of answers) assert.deepEqual([status, body], [200, answers[0].body]);
  assert.equal(exchangesOf(bench, callback), 1);
  assert.equal((await bench.api.get(`/v1/social-accounts?tenant_id=${tenant_id}`)).body.count, 1);
});

test("the account is as the contract's row, and the list has the same", async () => {
  const username = newPerson(bench, { subscription_type: "Premium" });
  const account = await connect(bench, { username, tenant_id: "row" });
  assert.equal(account.username, username);
  assert.deepEqual([account.tenantId, account.tenant_id, account.status, account.isActive], ["row", "row", "active", 1]);
  assert.equal(account.customer_social_network_id, bench.network.id);
  assert.equal(account.max_post_length, 25_000);
  assert.deepEqual(account.scopes, ["media.write", "offline.access", "tweet.read", "tweet.write", "users.read"]);
  assert.deepEqual((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data, account);
});

// Ends

test("a person who declines ends the session, and a reload says the same", async () => {
  const { session, location, cookie, verifier } = await leftForX(bench);
  const arrived = await browse(bench, declined(location), cookie);
  const { data } = (await watch(bench, session)).body;
  assert.deepEqual([data.status, data.error.code], ["failed", "access_denied"]);
  assert.ok(data.error.message && data.error.hint);
  assert.deepEqual((await complete(bench, session, verifier)).body.code, "access_denied");
  const again = await browse(bench, declined(location), cookie);
  assert.deepEqual([again.status, again.headers.get("location")], [303, arrived.headers.get("location")]);
  assert.equal((await browse(bench, arrived.headers.get("location"), cookie)).status, 200);
});

test("a cancelled session stays cancelled whatever comes after", async () => {
  const { session, callback, cookie, verifier } = await atCallback(bench);
  const held = leaves(bench, session, "authorizing");
  const byPage = api(bench.worker, { key: session.token });
  assert.equal((await byPage.delete(`/v1/connect-sessions/${session.id}`)).body.data.status, "cancelled");
  assert.equal((await held).body.data.status, "cancelled");
  assert.equal((await browse(bench, callback, cookie)).status, 303);
  assert.equal((await complete(bench, session, verifier)).status, 409);
  assert.equal((await byPage.delete(`/v1/connect-sessions/${session.id}`)).body.data.status, "cancelled");
  assert.equal(exchangesOf(bench, callback), 0);
});

test("cancelling a session that is connected changes nothing", async () => {
  const { session, verifier } = await authorized(bench);
  const { account } = (await complete(bench, session, verifier)).body.data;
  const { data } = (await bench.api.delete(`/v1/connect-sessions/${session.id}`)).body;
  assert.equal(data.status, "connected");
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data.status, "active");
});

const live = ({ x }, username) => x.tokens({ username }).filter((token) => token.live);

async function mismatches(attempt, username, tenant_id) {
  const { status, body } = await complete(bench, attempt.session, attempt.verifier);
  assert.deepEqual([status, body.code], [422, "account_mismatch"]);
  const { data } = (await watch(bench, attempt.session)).body;
  assert.deepEqual([data.status, data.error.code], ["failed", "account_mismatch"]);
  assert.deepEqual(live(bench, username), []);
  assert.equal(bench.x.tokens({ username }).length, 2);
  assert.equal((await bench.api.get(`/v1/social-accounts?tenant_id=${tenant_id}&username=${username}`)).body.count, 0);
}

test("another account than the expected one is refused, its tokens are revoked, nothing is written", async () => {
  const username = newPerson(bench);
  const attempt = await authorized(bench, { username, tenant_id: "expects", expected_username: "@somebody_else" });
  await mismatches(attempt, username, "expects");
});

test("the expected username is compared as X does, without case and without @", async () => {
  const username = newPerson(bench);
  const account = await connect(bench, { username, expected_username: `@${username.toUpperCase()}` });
  assert.equal(account.username, username);
});

test("reconnecting as somebody else is refused and leaves the account as it was", async () => {
  const account = await connect(bench, { username: newPerson(bench), tenant_id: "re-else" });
  const other = newPerson(bench);
  const fields = { tenant_id: "re-else", reconnect_account_id: account.id };
  await mismatches(await authorized(bench, { username: other, ...fields }), other, "re-else");
  assert.deepEqual((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data, account);
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}/health`)).body.data.healthy, true);
});

test("reconnecting keeps the account's id", async () => {
  const username = newPerson(bench);
  const account = await connect(bench, { username, tenant_id: "re" });
  const named = await connect(bench, { username, tenant_id: "re", reconnect_account_id: account.id });
  const unnamed = await connect(bench, { username, tenant_id: "re" });
  assert.deepEqual([named.id, named.createdAt, unnamed.id], [account.id, account.createdAt, account.id]);
  const elsewhere = await connect(bench, { username, tenant_id: "re-2" });
  assert.notEqual(elsewhere.id, account.id);
});

// Page mode

test("page mode returns to the site with the session's id and status and nothing else", async () => {
  const redirect_uri = `${SITE}/done?from=settings`;
  const { arrived, session, verifier } = await authorized(bench, { redirect_uri, start: { display: "page" } });
  const landing = new URL(arrived.headers.get("location"));
  assert.equal(landing.origin + landing.pathname, `${SITE}/done`);
  assert.deepEqual(Object.fromEntries(landing.searchParams), {
    from: "settings",
    connect_id: session.id,
    connect_status: "authorized",
  });
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
});

test("page mode with the verifier in the form connects without the first page", async () => {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench, { redirect_uri: `${SITE}/done` });
  const left = await startSession(bench, { token: session.token, challenge, display: "page", code_verifier: verifier });
  const callback = consent(bench, left.headers.get("location"), newPerson(bench));
  const landed = await browse(bench, callback, cookieOf(left));
  assert.equal(new URL(landed.headers.get("location")).searchParams.get("connect_status"), "connected");
  assert.equal(exchangesOf(bench, callback), 1);
  const again = await browse(bench, callback, cookieOf(left));
  assert.equal(again.headers.get("location"), landed.headers.get("location"));
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
  assert.equal(exchangesOf(bench, callback), 1);
});

test("page mode with the verifier in the form still waits for the right browser", async () => {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench, { redirect_uri: `${SITE}/done` });
  const left = await startSession(bench, { token: session.token, challenge, display: "page", code_verifier: verifier });
  const callback = consent(bench, left.headers.get("location"), newPerson(bench));
  const arrived = await browse(bench, callback);
  assert.ok(!arrived.headers.get("location").startsWith(SITE));
  assert.equal(await statusOf(bench, session), "needs_confirmation");
  assert.equal(exchangesOf(bench, callback), 0);
});

test("page mode tells the site of a person who declined", async () => {
  const attempt = await leftForX(bench, { redirect_uri: `${SITE}/done`, start: { display: "page" } });
  const arrived = await browse(bench, declined(attempt.location), attempt.cookie);
  assert.equal(new URL(arrived.headers.get("location")).searchParams.get("connect_status"), "failed");
});
