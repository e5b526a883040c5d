import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  api, browse, complete, confirmStart, consent, cookieOf, createSession, newVerifier, request, SITE, startBench,
  startSession, statusOf,
} from "../support/connecting.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

const evil = "https://evil.example";

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
  const others = attributes.filter((text) => !text.startsWith("Max-Age="));
  assert.deepEqual(others.sort(), ["HttpOnly", "Path=/", "SameSite=Lax"]);
});

test("on https the cookie is bound to this very host and to TLS, and is read there", async () => {
  const session = await createSession(bench);
  const { verifier, challenge } = newVerifier();
  const form = { token: session.token, code_challenge: challenge, code_challenge_method: "S256" };
  const left = await overTls("POST", "/connect/start", { headers: { origin: SITE }, body: new URLSearchParams(form) });
  assert.match(left.headers.get("set-cookie"), new RegExp(`^__Host-c-${session.id.slice(3, 15)}=`));
  assert.match(left.headers.get("set-cookie"), /; Path=\/;.*; Secure/);
  const callback = new URL(consent(bench, left.headers.get("location")));
  await overTls("GET", callback.pathname + callback.search, { headers: { cookie: cookieOf(left) } });
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
});

/** Miniflare lets a request say which URL the Worker is to see. */
const overTls = (method, path, { headers, ...init }) =>
  request(bench.worker, method, path, {
    headers: { ...headers, "mf-original-url": `https://connect.example${path}` },
    ...init,
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

test("the start page carries no verifier, and the site's page completes", async () => {
  const session = await createSession(bench, { redirect_uri: `${SITE}/done` });
  const { verifier, challenge } = newVerifier();
  const form = { token: session.token, challenge, display: "page", code_verifier: verifier, origin: "null" };
  const page = await startSession(bench, form);
  assert.ok(!page.text.includes(verifier));
  const left = await confirmStart(bench, page.text);
  const landed = await browse(bench, consent(bench, left.headers.get("location")), cookieOf(left));
  const landing = new URL(landed.headers.get("location"));
  assert.deepEqual([landing.origin, landing.searchParams.get("connect_status")], [SITE, "authorized"]);
  assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
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
  assert.equal((await send("GET", `/connect/start?${new URLSearchParams(form)}`)).status, 405);
});

test("page mode needs somewhere to return to", async () => {
  const session = await createSession(bench);
  const { challenge } = newVerifier();
  const refused = await startSession(bench, { token: session.token, challenge, display: "page" });
  assert.deepEqual([refused.status, refused.headers.get("set-cookie")], [400, null]);
});
