import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  api, browse, consent, createLink, declined, exchangesOf, followLink, newPerson, openLink, request, SITE, spoilt, startBench,
  stateOf,
} from "../support/connecting.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

const redirect_uri = "https://acme.example/settings?tab=social";
const landingOf = ({ headers }) => new URL(headers.get("location"));
const session = async ({ connect_id }) => (await bench.api.get(`/v1/connect-sessions/${connect_id}`)).body.data;

test("a link is on this Worker and lives half an hour", async () => {
  const now = Date.now();
  const link = await createLink(bench);
  assert.deepEqual(Object.keys(link).sort(), ["auth_url", "connect_id", "expires_at"]);
  assert.ok(link.auth_url.startsWith(`${bench.worker.origin}/connect/`), link.auth_url);
  const lifetime = Date.parse(link.expires_at) - now;
  assert.ok(lifetime >= 1_800_000 && lifetime < 1_810_000, `${lifetime} ms`);
  assert.equal((await session(link)).status, "pending");
});

test("a link is made by POST and by GET, for the network's id and its name", async () => {
  for (const network of [bench.network.id, "x"]) {
    for (const ask of [bench.api.get, bench.api.post]) {
      const { status, body } = await ask(`/v1/social-networks/${network}/auth-url`);
      assert.equal(status, 200, network);
      await openLink(bench, body.data);
    }
  }
});

test("a link asked for by GET takes its fields from the query", async () => {
  const query = new URLSearchParams({ redirect_uri, tenant_id: "by-get", scopes: "tweet.read users.read" });
  const { status, body } = await bench.api.get(`/v1/social-networks/x/auth-url?${query}`);
  assert.equal(status, 200);
  const { arrived } = await followLink(bench, body.data);
  assert.equal(landingOf(arrived).searchParams.get("tenant_id"), "by-get");
  const misspelt = await bench.api.get("/v1/social-networks/x/auth-url?tenantid=by-get");
  assert.deepEqual([misspelt.status, misspelt.body.code], [400, "invalid_payload"]);
});

test("the landing query tells a success, and keeps the query that the redirect URI had", async () => {
  const link = await createLink(bench, { redirect_uri, tenant_id: "landing" });
  const { arrived, username, callback } = await followLink(bench, link);
  assert.equal(arrived.status, 303);
  const landing = landingOf(arrived);
  assert.equal(landing.origin + landing.pathname, "https://acme.example/settings");
  const { account } = await session(link);
  assert.deepEqual(Object.fromEntries(landing.searchParams), {
    tab: "social",
    success: "true",
    account_id: account.id,
    network_unique_id: account.network_unique_id,
    username,
    tenant_id: "landing",
    connect_id: link.connect_id,
  });
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data.username, username);
  assert.equal(exchangesOf(bench, callback), 1);
});

test("the landing query tells a failure", async () => {
  const link = await createLink(bench, { redirect_uri, tenant_id: "refused" });
  const { location, cookie } = await openLink(bench, link);
  const query = Object.fromEntries(landingOf(await browse(bench, declined(location), cookie)).searchParams);
  assert.ok(query.error_description.length > 0);
  delete query.error_description;
  assert.deepEqual(query, { tab: "social", success: "false", error: "access_denied", connect_id: link.connect_id });
  assert.equal((await bench.api.get("/v1/social-accounts?tenant_id=refused")).body.count, 0);
});

test("without a redirect URI the browser lands on a plain page", async () => {
  for (const end of [consent, (_, location) => declined(location)]) {
    const link = await createLink(bench);
    const { location, cookie } = await openLink(bench, link);
    const arrived = await browse(bench, end(bench, location), cookie);
    assert.ok(arrived.headers.get("location").startsWith(bench.worker.origin));
    const page = await browse(bench, arrived.headers.get("location"), cookie);
    assert.equal(page.status, 200);
    assert.match(page.headers.get("content-type"), /^text\/html/);
  }
});

test("each opening makes fresh state, challenge and cookie, and the last one counts", async () => {
  const link = await createLink(bench, { redirect_uri });
  const [first, second] = [await openLink(bench, link), await openLink(bench, link)];
  assert.notEqual(stateOf(first.location), stateOf(second.location));
  assert.notEqual(first.cookie, second.cookie);
  const challenge = ({ location }) => new URL(location).searchParams.get("code_challenge");
  assert.notEqual(challenge(first), challenge(second));
  const username = newPerson(bench);
  assert.equal((await browse(bench, consent(bench, first.location, username), first.cookie)).status, 400);
  const arrived = await browse(bench, consent(bench, second.location, username), second.cookie);
  assert.equal(landingOf(arrived).searchParams.get("success"), "true");
});

test("HEAD and prefetch change nothing", async () => {
  const link = await createLink(bench, { redirect_uri });
  const looks = [
    ["HEAD", {}],
    ["GET", { "sec-purpose": "prefetch" }],
    ["GET", { "sec-purpose": "prefetch;prerender" }],
  ];
  for (const [method, headers] of looks) {
    const looked = await request(bench.worker, method, link.auth_url, { headers });
    assert.ok(looked.status < 300, `${method} ${looked.status}`);
    assert.equal(looked.headers.get("set-cookie"), null);
    assert.equal((await session(link)).status, "pending");
  }
  const { location, cookie } = await openLink(bench, link);
  for (const [method, headers] of looks) await request(bench.worker, method, link.auth_url, { headers });
  const arrived = await browse(bench, consent(bench, location, newPerson(bench)), cookie);
  assert.equal(landingOf(arrived).searchParams.get("success"), "true");
});

test("a link that connected cannot be opened again", async () => {
  const link = await createLink(bench, { redirect_uri });
  await followLink(bench, link);
  const again = await browse(bench, link.auth_url);
  assert.equal(again.headers.get("set-cookie"), null);
  assert.equal(again.status, 409);
});

test("a made-up link is 404", async () => {
  const { auth_url } = await createLink(bench);
  for (const url of [auth_url.slice(0, -1), spoilt(auth_url, auth_url.length - 1)]) {
    assert.equal((await browse(bench, url)).status, 404, url);
  }
});

test("a reload of the callback lands in the same place and spends nothing twice", async () => {
  const link = await createLink(bench, { redirect_uri });
  const { callback, cookie, arrived } = await followLink(bench, link);
  const again = await browse(bench, callback, cookie);
  assert.equal(again.headers.get("location"), arrived.headers.get("location"));
  assert.equal(exchangesOf(bench, callback), 1);
});

test("two loads of one callback at once make one exchange and land in the same place", async () => {
  const { location, cookie } = await openLink(bench, await createLink(bench, { redirect_uri }));
  const callback = consent(bench, location, newPerson(bench));
  const [one, two] = await Promise.all([browse(bench, callback, cookie), browse(bench, callback, cookie)]);
  assert.equal(landingOf(one).searchParams.get("success"), "true");
  assert.equal(two.headers.get("location"), one.headers.get("location"));
  assert.equal(exchangesOf(bench, callback), 1);
});

test("scopes are an array or one string, and reach X", async () => {
  for (const scopes of [["users.read", "tweet.read"], "tweet.read users.read", "tweet.read,users.read"]) {
    const { location } = await openLink(bench, await createLink(bench, { scopes }));
    assert.equal(new URL(location).searchParams.get("scope"), "tweet.read users.read", JSON.stringify(scopes));
  }
});

test("the redirect URI is https or loopback, without fragment or user info", async () => {
  const post = (redirect_uri) => bench.api.post("/v1/social-networks/x/auth-url", { redirect_uri });
  for (const uri of [redirect_uri, "http://localhost:3000/done"]) assert.equal((await post(uri)).status, 200);
  const refused = ["http://acme.example/", "https://acme.example/#a", "https://u:p@acme.example/", "data:,1", "/x"];
  for (const uri of refused) {
    const { status, body } = await post(uri);
    assert.deepEqual([status, Object.keys(body.details)], [400, ["redirect_uri"]], uri);
  }
});

test("without the X app there are no links and no sessions", async (t) => {
  const unregistered = await startBench({ register: false });
  t.after(() => unregistered.stop());
  for (const [path, body] of [
    ["/v1/social-networks/x/auth-url", {}],
    ["/v1/social-networks/net_AAAAAAAAAAAAAAAAAAAAAA/auth-url", {}],
    ["/v1/connect-sessions", { origin: SITE }],
  ]) {
    const answer = await unregistered.api.post(path, body);
    assert.deepEqual([answer.status, answer.body.code], [400, "network_not_configured"], path);
    assert.match(answer.body.hint, /POST \/v1\/social-networks/);
  }
});

test("a name of the original that X has no use for is a warning", async () => {
  const { status, body } = await bench.api.post("/v1/social-networks/x/auth-url", { force_account_selection: true });
  assert.equal(status, 200);
  assert.equal(body.warnings.length, 1);
  assert.match(body.warnings[0], /force_account_selection/);
});

test("a link needs an API key", async () => {
  const { status, body } = await api(bench.worker, { key: null }).post("/v1/social-networks/x/auth-url", {});
  assert.deepEqual([status, body.code], [401, "invalid_api_key"]);
});

test("a callback without the link's cookie connects nothing and is asked, and the link can be opened anew", async () => {
  const link = await createLink(bench, { redirect_uri, label: "Acme <Social>", tenant_id: "no-cookie" });
  const { location } = await openLink(bench, link);
  const callback = consent(bench, location, newPerson(bench));
  const arrived = await browse(bench, callback);
  assert.ok(arrived.headers.get("location").startsWith(bench.worker.origin), "not to the site");
  const page = await browse(bench, arrived.headers.get("location"));
  assert.equal(page.status, 200);
  assert.ok(page.text.includes("Acme &lt;Social&gt;"));
  assert.equal((await session(link)).status, "needs_confirmation");
  assert.equal((await bench.api.get("/v1/social-accounts?tenant_id=no-cookie")).body.count, 0);
  assert.equal(exchangesOf(bench, callback), 1);
  assert.equal(landingOf((await followLink(bench, link)).arrived).searchParams.get("success"), "true");
});

test("another account than the expected one lands as a failure, and its tokens are revoked", async () => {
  const link = await createLink(bench, { redirect_uri, expected_username: "somebody_else" });
  const { arrived, username } = await followLink(bench, link);
  assert.equal(landingOf(arrived).searchParams.get("error"), "account_mismatch");
  assert.deepEqual(bench.x.tokens({ username }).map(({ live }) => live), [false, false]);
});

test("reconnecting by a link keeps the account's id", async () => {
  const username = newPerson(bench);
  const connected = async (fields) => {
    const link = await createLink(bench, { redirect_uri, tenant_id: "re-link", ...fields });
    const { arrived } = await followLink(bench, link, username);
    return landingOf(arrived).searchParams.get("account_id");
  };
  const id = await connected();
  assert.equal(await connected({ reconnect_account_id: id }), id);
});

test("a back end can wait for its link, and cancel it", async () => {
  const link = await createLink(bench, { redirect_uri });
  const path = `/v1/connect-sessions/${link.connect_id}`;
  const held = bench.api.get(`${path}?wait=25&since=pending`);
  const { location, cookie } = await openLink(bench, link);
  assert.equal((await held).body.data.status, "authorizing");
  assert.equal((await bench.api.delete(path)).body.data.status, "cancelled");
  const landing = landingOf(await browse(bench, consent(bench, location), cookie));
  assert.equal(landing.searchParams.get("success"), "false");
});

test("no page may read a link's session", async () => {
  const { connect_id } = await createLink(bench, { redirect_uri });
  for (const origin of ["https://acme.example", "null"]) {
    const answer = await bench.api.get(`/v1/connect-sessions/${connect_id}`, { origin });
    assert.equal(answer.headers.get("access-control-allow-origin"), null, origin);
  }
});
