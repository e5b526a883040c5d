import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN_KEY } from "../support/worker.mjs";
import {
  api, browse, connect, consent, cookieOf, createLink, createSession, declined, newPerson, newVerifier, openLink,
  request, SITE, spoilt, startBench, startSession, watch,
} from "../support/connecting.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

const create = (fields) => bench.api.post("/v1/connect-sessions", fields);
const sessionPath = ({ id }) => `/v1/connect-sessions/${id}`;

async function refusesField(name, fields) {
  const { status, body } = await create({ origin: SITE, ...fields });
  assert.equal(status, 400, JSON.stringify(fields));
  assert.equal(body.code, "invalid_payload");
  assert.deepEqual(Object.keys(body.details), [name], JSON.stringify(fields));
}

test("a session is made for one origin, and says until when and where it starts", async () => {
  const before = Date.now();
  const { status, body } = await create({ origin: SITE });
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(body.data).sort(), ["connect_url", "expires_at", "id", "token"]);
  assert.match(body.data.id, /^cs_[\w-]+$/);
  assert.match(body.data.token, /^cst_[\w-]+$/);
  assert.equal(body.data.connect_url, `${bench.worker.origin}/connect/start`);
  const lifetime = Date.parse(body.data.expires_at) - before;
  assert.ok(lifetime >= 1_800_000 && lifetime < 1_810_000, `${lifetime} ms`);
});

test("an origin is what a browser sends, on https or loopback", async () => {
  const [secure, refused] = [
    ["https://acme.example", "https://acme.example:8443", "http://127.0.0.1:3000", "http://localhost"],
    ["http://acme.example", "https://acme.example/", "https://acme.example/x", "https://ACME.example", "null"],
  ];
  for (const origin of secure) assert.equal((await create({ origin })).status, 201, origin);
  for (const origin of refused) await refusesField("origin", { origin });
  const { body } = await create({});
  assert.deepEqual(Object.keys(body.details), ["origin"]);
});

test("a redirect URI stays on the session's origin, without fragment or user info", async () => {
  const origin = "https://acme.example";
  const uris = ["https://acme.example/done?from=x", "https://acme.example"];
  for (const redirect_uri of uris) assert.equal((await create({ origin, redirect_uri })).status, 201, redirect_uri);
  for (const redirect_uri of [
    "https://evil.example/done",
    "http://acme.example/done",
    "https://acme.example:8443/",
    "https://acme.example/#a",
    "https://user@acme.example/",
    "javascript:alert(1)",
    "/done",
  ]) {
    await refusesField("redirect_uri", { origin, redirect_uri });
  }
});

test("a session lives 60 to 1800 seconds", async () => {
  const now = Date.now();
  const { expires_at } = await createSession(bench, { expires_in: 60 });
  const lifetime = Date.parse(expires_at) - now;
  assert.ok(lifetime >= 60_000 && lifetime < 70_000, `${lifetime} ms`);
  for (const expires_in of [59, 1801, 0, -1, 60.5, "60"]) await refusesField("expires_in", { expires_in });
});

test("scopes are an array or one string, and include what tells who connected", async () => {
  for (const scopes of [["tweet.read", "users.read"], "tweet.read users.read", "users.read,tweet.read"]) {
    assert.equal((await create({ origin: SITE, scopes })).status, 201, JSON.stringify(scopes));
  }
  const refused = [["tweet.write"], [], "", ["tweet.read", 'users"read']];
  for (const scopes of refused) await refusesField("scopes", { scopes });
});

test("a label is one line of at most 80 characters", async () => {
  for (const label of ["é".repeat(80), "👩\u200D💻 می\u200Cخواهم"]) assert.equal((await create({ origin: SITE, label })).status, 201);
  for (const label of ["x".repeat(81), "two\nlines", "\u202Eemca", "Ac\u200Bme", "Ac\u200Dme"]) await refusesField("label", { label });
});

test("a tenant id has 1 to 128 characters of printable ASCII", async () => {
  assert.equal((await create({ origin: SITE, tenant_id: `A-_9${"x".repeat(124)}` })).status, 201);
  assert.equal((await create({ origin: SITE, tenant_id: "ada+x@example.com|{1}/2" })).status, 201);
  for (const tenant_id of ["", "a b", "ä", "x".repeat(129), "a<b"]) await refusesField("tenant_id", { tenant_id });
});

test("a tenant nobody has heard of is as good as any", async () => {
  assert.equal((await create({ origin: SITE, tenant_id: "brand-new" })).status, 201);
});

test("an unknown field is named and nothing is made", async () => {
  await refusesField("redirectUri", { redirectUri: "https://acme.example" });
});

test("a network other than x is refused", async () => {
  const { status, body } = await create({ origin: SITE, network: "mastodon" });
  assert.deepEqual([status, body.code], [400, "unsupported_network"]);
});

test("an account to reconnect must exist under the session's tenant", async () => {
  const { status, body } = await create({ origin: SITE, reconnect_account_id: "acc_AAAAAAAAAAAAAAAAAAAAAA" });
  assert.deepEqual([status, body.code], [404, "not_found"]);
  const account = await connect(bench, { tenant_id: "one" });
  const foreign = await create({ origin: SITE, tenant_id: "two", reconnect_account_id: account.id });
  assert.deepEqual([foreign.status, foreign.body.code], [404, "not_found"]);
  assert.equal((await create({ origin: SITE, tenant_id: "one", reconnect_account_id: account.id })).status, 201);
});

test("without an API key there is no session", async () => {
  const { status, body } = await api(bench.worker, { key: null }).post("/v1/connect-sessions", { origin: SITE });
  assert.deepEqual([status, body.code], [401, "invalid_api_key"]);
});

test("a session's token opens its own session and nothing else", async () => {
  const [mine, other] = [await createSession(bench), await createSession(bench)];
  const withMine = api(bench.worker, { key: mine.token });
  assert.equal((await withMine.get(sessionPath(mine))).body.data.status, "pending");
  for (const key of [mine.token, `${mine.token}x`, mine.token.slice(0, -1), mine.id, null]) {
    const { status, body } = await api(bench.worker, { key }).get(sessionPath(other));
    assert.equal(status, 401, key);
    assert.ok(["invalid_session_token", "invalid_api_key"].includes(body.code), body.code);
  }
  assert.equal((await withMine.get("/v1/social-accounts")).status, 401);
  assert.equal((await withMine.post("/v1/posts", { content: "hi", accounts: ["x"] })).status, 401);
});

test("an API key may watch and cancel a session, and not complete it", async () => {
  const session = await createSession(bench);
  assert.equal((await bench.api.get(sessionPath(session))).body.data.status, "pending");
  const completed = await bench.api.post(`${sessionPath(session)}/complete`, { code_verifier: "v".repeat(43) });
  assert.deepEqual([completed.status, completed.body.code], [401, "invalid_session_token"]);
  assert.equal((await bench.api.delete(sessionPath(session))).body.data.status, "cancelled");
});

test("the token appears in no answer but the one that made it", async () => {
  const session = await createSession(bench);
  for (const answer of [await watch(bench, session), await bench.api.get(sessionPath(session))]) {
    assert.ok(!answer.text.includes(session.token));
  }
});

test("a made-up id is 404, and no page may read that", async () => {
  const session = await createSession(bench);
  for (const id of ["cs_nothing", "cs_", spoilt(session.id), session.id.slice(0, -1)]) {
    for (const key of [session.token, ADMIN_KEY]) {
      const answer = await api(bench.worker, { key }).get(`/v1/connect-sessions/${id}`, { origin: SITE });
      assert.deepEqual([answer.status, answer.body.code], [404, "not_found"], id);
      assert.equal(answer.headers.get("access-control-allow-origin"), null, id);
    }
  }
});

const allowed = ({ headers }) => headers.get("access-control-allow-origin");
const preflight = (path, origin) =>
  request(bench.worker, "OPTIONS", path, {
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
  });

test("the session's own origin may read every answer about it", async () => {
  const session = await createSession(bench);
  const from = (key) => api(bench.worker, { key });
  const finish = [`${sessionPath(session)}/complete`, { code_verifier: "v".repeat(43) }, { origin: SITE }];
  const answers = [
    [200, await from(session.token).get(sessionPath(session), { origin: SITE })],
    [401, await from(null).get(sessionPath(session), { origin: SITE })],
    [401, await from("wrong").post(...finish)],
    [409, await from(session.token).post(...finish)],
    [204, await preflight(sessionPath(session), SITE)],
    [204, await preflight(`${sessionPath(session)}/complete`, SITE)],
  ];
  for (const [status, answer] of answers) {
    assert.equal(answer.status, status, answer.text);
    assert.equal(allowed(answer), SITE, `${status}`);
    assert.match(answer.headers.get("vary"), /origin/i);
  }
  const { headers } = answers[4][1];
  assert.match(headers.get("access-control-allow-headers"), /authorization/i);
  assert.match(headers.get("access-control-allow-headers"), /content-type/i);
  assert.match(headers.get("access-control-allow-methods"), /POST/);
  assert.equal(headers.get("access-control-allow-credentials"), null);
});

test("another origin may read nothing about a session", async () => {
  const session = await createSession(bench);
  for (const origin of ["https://evil.example", `${SITE}.evil.example`, "http://acme.localhost", "null"]) {
    for (const answer of [
      await api(bench.worker, { key: session.token }).get(sessionPath(session), { origin }),
      await api(bench.worker, { key: null }).get(sessionPath(session), { origin }),
      await preflight(sessionPath(session), origin),
      await preflight(`${sessionPath(session)}/complete`, origin),
    ]) {
      assert.equal(allowed(answer), null, origin);
    }
  }
});

test("no page may make a session with an API key", async () => {
  const answer = await bench.api.post("/v1/connect-sessions", { origin: SITE }, { origin: SITE });
  assert.equal(allowed(answer), null);
  assert.equal(allowed(await preflight("/v1/connect-sessions/cs_none/accept", SITE)), null);
});

test("what can never come true is refused when the session is made: no handle of X's, no origin that a page can have", async () => {
  const button = (fields) => bench.api.post("/v1/connect-sessions", { origin: SITE, ...fields });
  const link = (fields) => bench.api.post("/v1/social-networks/x/auth-url", fields);
  for (const expected_username of ["", "@", "ada lovelace", "ada.lovelace", "a".repeat(16), "https://x.com/ada", "ädä"]) {
    for (const make of [button, link]) {
      const { status, body } = await make({ expected_username });
      assert.deepEqual([status, Object.keys(body.details)], [400, ["expected_username"]], expected_username);
    }
  }
  for (const expected_username of ["@ada", "Ada_99", "a".repeat(15)]) assert.equal((await button({ expected_username })).status, 201);
  for (const origin of ["https://*.example.com", "https://*", "https://a..example", "https://a,b.example", "https://a.example:0"]) {
    const { status, body } = await button({ origin });
    assert.deepEqual([status, Object.keys(body.details)], [400, ["origin"]], origin);
    assert.equal((await link({ redirect_uri: `${origin}/done` })).status, 400, origin);
  }
});

test("a redirect_uri that carries an earlier answer gets it replaced, and keeps what is its own", async () => {
  const { verifier, challenge } = newVerifier();
  const earlier = "connect_id=cs_old&connect_status=failed&success=false&error=access_denied";
  const session = await createSession(bench, { redirect_uri: `${SITE}/done?tab=a%20b&${earlier}&x` });
  const left = await startSession(bench, { token: session.token, challenge, display: "page", code_verifier: verifier });
  const landed = await browse(bench, consent(bench, left.headers.get("location"), newPerson(bench)), cookieOf(left));
  const expected = `${SITE}/done?tab=a%20b&x&connect_id=${session.id}&connect_status=connected`;
  assert.equal(landed.headers.get("location"), expected);

  const link = await createLink(bench, { redirect_uri: `${landed.headers.get("location")}&success=true&account_id=acc_old` });
  const { location, cookie } = await openLink(bench, link);
  const query = new URL((await browse(bench, declined(location), cookie)).headers.get("location")).searchParams;
  assert.deepEqual([...query.keys()], ["tab", "x", "success", "error", "error_description", "connect_id"]);
  assert.equal(query.get("connect_id"), link.connect_id);
});
