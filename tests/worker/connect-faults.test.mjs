import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ME_CALL, TOKEN_CALL } from "../support/calls.mjs";
import {
  authorized, browse, complete, consent, cookieOf, createLink, createSession, exchangesOf, followLink, newPerson,
  newVerifier, SITE, startBench, startSession, statusOf, watch,
} from "../support/connecting.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** One complete while X misbehaves. */
async function completeDuring(attempt, fault) {
  bench.x.fault(fault);
  return complete(bench, attempt.session, attempt.verifier);
}

for (const [what, fault, status, code] of [
  ["X is down", { kind: "answer", preset: "unavailable" }, 502, "x_unavailable"],
  ["X answers an HTML error page", { kind: "answer", preset: "html" }, 502, "x_unavailable"],
  ["X answers HTML with a good status", { kind: "answer", status: 200, body: "<html>" }, 502, "x_invalid_response"],
  ["X hangs up", { kind: "close" }, 502, "x_unavailable"],
  ["X limits the app", { kind: "answer", preset: "rate-limit" }, 429, "rate_limited"],
]) {
  test(`when ${what} at the exchange, the page is told so and a second try connects`, async () => {
    const attempt = await authorized(bench);
    const refused = await completeDuring(attempt, { ...TOKEN_CALL, ...fault });
    assert.deepEqual([refused.status, refused.body.code], [status, code]);
    assert.ok(refused.body.hint);
    assert.equal(await statusOf(bench, attempt.session), "authorized");
    const again = await complete(bench, attempt.session, attempt.verifier);
    assert.equal(again.body.data?.status, "connected", again.text);
    assert.equal(exchangesOf(bench, attempt.callback), 2);
  });

  test(`when ${what} after the exchange, a second try asks only who it is`, async () => {
    const attempt = await authorized(bench);
    // workerd itself repeats a GET whose kept-alive connection was cut.
    const times = fault.kind === "close" ? 2 : 1;
    const refused = await completeDuring(attempt, { ...ME_CALL, ...fault, times });
    assert.deepEqual([refused.status, refused.body.code], [status, code]);
    const again = await complete(bench, attempt.session, attempt.verifier);
    assert.equal(again.body.data?.status, "connected", again.text);
    assert.equal(exchangesOf(bench, attempt.callback), 1);
  });
}

test("a 401 from X after the exchange may be an outage, and a second try connects", async () => {
  const attempt = await authorized(bench);
  const refused = await completeDuring(attempt, { ...ME_CALL, kind: "answer", preset: "unauthorized" });
  assert.ok(refused.status >= 400, refused.text);
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.status, "connected");
});

for (const [what, preset, status, code] of [
  ["the code", "oauth-code", 422, "invalid_grant"],
  ["the client secret", "oauth-unauthorized-client", 422, "invalid_client_secret"],
  ["the client id", "oauth-invalid-client", 422, "invalid_client_id"],
]) {
  test(`when X refuses ${what}, the session ends and the page is told why, every time`, async () => {
    const attempt = await authorized(bench);
    const refused = await completeDuring(attempt, { ...TOKEN_CALL, kind: "answer", preset });
    assert.deepEqual([refused.status, refused.body.code], [status, code]);
    const { data } = (await watch(bench, attempt.session)).body;
    assert.deepEqual([data.status, data.error.code], ["failed", code]);
    const again = await complete(bench, attempt.session, attempt.verifier);
    assert.deepEqual([again.status, again.body.code], [status, code]);
    assert.equal(exchangesOf(bench, attempt.callback), 1);
  });
}

test("when X's answer to the exchange is lost, the code is spent and the session ends", async () => {
  const attempt = await authorized(bench);
  const lost = await completeDuring(attempt, { ...TOKEN_CALL, kind: "effect-then-close" });
  assert.deepEqual([lost.status, lost.body.code], [502, "x_unavailable"]);
  const again = await complete(bench, attempt.session, attempt.verifier);
  assert.deepEqual([again.status, again.body.code], [422, "invalid_grant"]);
  assert.equal((await watch(bench, attempt.session)).body.data.status, "failed");
});

test("when X's answer to the exchange is cut in half, the session does not connect half", async () => {
  const attempt = await authorized(bench, { tenant_id: "half" });
  const cut = await completeDuring(attempt, { ...TOKEN_CALL, kind: "malformed" });
  assert.equal(cut.status, 502, cut.text);
  const again = await complete(bench, attempt.session, attempt.verifier);
  assert.equal(again.body.code, "invalid_grant");
  assert.equal((await bench.api.get("/v1/social-accounts?tenant_id=half")).body.count, 0);
});

test("when the code is older than X allows, the session ends with that", async () => {
  const attempt = await authorized(bench);
  bench.x.clock({ advance_ms: 30_000 });
  const { status, body } = await complete(bench, attempt.session, attempt.verifier);
  assert.deepEqual([status, body.code], [422, "invalid_grant"]);
});

test("a suspended person is not connected, and their tokens are revoked", async () => {
  const username = newPerson(bench);
  const attempt = await authorized(bench, { username, tenant_id: "suspended" });
  bench.x.setUser({ username, suspended: true });
  const { status } = await complete(bench, attempt.session, attempt.verifier);
  assert.ok(status >= 400);
  assert.equal(await statusOf(bench, attempt.session), "failed");
  assert.deepEqual(bench.x.tokens({ username }).map(({ live }) => live), [false, false]);
  assert.equal((await bench.api.get("/v1/social-accounts?tenant_id=suspended")).body.count, 0);
});

test("a secret that was rotated while the person was at X is the one that is used", async () => {
  const app = bench.x.addApp({ callbacks: bench.x.app.callbacks, client_secret: "the-first-secret-".padEnd(50, "1") });
  const own = { network: "x", client_key: app.client_id, tenant_id: "rotates" };
  const register = (client_secret) => bench.api.post("/v1/social-networks", { ...own, client_secret });
  assert.equal((await register(app.client_secret)).status, 201);
  const attempt = await authorized(bench, { tenant_id: "rotates" });
  bench.x.setApp({ client_id: app.client_id, client_secret: "the-second-secret-".padEnd(50, "2") });
  assert.equal((await register("the-second-secret-".padEnd(50, "2"))).status, 200);
  assert.equal((await complete(bench, attempt.session, attempt.verifier)).body.data.status, "connected");
});

test("a page-mode callback that fails at X returns to the site, which can still complete", async () => {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench, { redirect_uri: `${SITE}/done` });
  const left = await startSession(bench, { token: session.token, challenge, display: "page", code_verifier: verifier });
  bench.x.fault({ ...TOKEN_CALL, kind: "answer", preset: "unavailable" });
  const landed = await browse(bench, consent(bench, left.headers.get("location"), newPerson(bench)), cookieOf(left));
  assert.equal(new URL(landed.headers.get("location")).searchParams.get("connect_status"), "authorized");
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
});

const landedWith = ({ headers }) => new URL(headers.get("location")).searchParams.get("error");

test("when X fails at the exchange, the link ends at once and says so", async () => {
  for (const [fault, code] of [
    [{ kind: "answer", preset: "unavailable" }, "x_unavailable"],
    [{ kind: "answer", preset: "html" }, "x_unavailable"],
    [{ kind: "answer", status: 200, body: "<html>maintenance</html>" }, "x_invalid_response"],
    [{ kind: "close" }, "x_unavailable"],
    [{ kind: "answer", preset: "oauth-code" }, "invalid_grant"],
    [{ kind: "answer", preset: "oauth-unauthorized-client" }, "invalid_client_secret"],
  ]) {
    const link = await createLink(bench, { redirect_uri: SITE });
    bench.x.fault({ ...TOKEN_CALL, ...fault });
    const { arrived } = await followLink(bench, link);
    const { status, error } = (await bench.api.get(`/v1/connect-sessions/${link.connect_id}`)).body.data;
    assert.deepEqual([status, error.code], ["failed", code], JSON.stringify(fault));
    assert.equal(landedWith(arrived), code);
  }
});

test("when X fails to say who connected, the link ends and its tokens are revoked", async () => {
  const link = await createLink(bench, { redirect_uri: SITE });
  bench.x.fault({ ...ME_CALL, kind: "answer", preset: "unavailable" });
  const { arrived, username } = await followLink(bench, link);
  assert.equal(landedWith(arrived), "x_unavailable");
  assert.deepEqual(bench.x.tokens({ username }).map(({ live }) => live), [false, false]);
});
