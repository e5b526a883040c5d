import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CHALLENGE, MEDIA_SCOPES, SCOPES, connect, exchange, get, refresh, start } from "./client.mjs";
import { simple } from "./media-client.mjs";
import { png } from "./sample-files.mjs";

async function control(x, method, path, body) {
  const response = await fetch(`${x.origin}/_control${path}`, { method, body: body && JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

test("the HTTP plane does what the methods do", async (t) => {
  const x = await start(t);
  const { body: app } = await control(x, "POST", "/apps", { name: "Bolt", callbacks: ["http://localhost:3000/cb"] });
  assert.deepEqual(app, x.apps()[1]);
  await control(x, "POST", "/users", { username: "mary", name: "Mary" });
  const grant = { client_id: app.client_id, username: "mary", scopes: SCOPES, code_challenge: CHALLENGE };
  const { body: granted } = await control(x, "POST", "/grants", grant);
  assert.ok(granted.code);
  const bulk = await control(x, "POST", "/users/bulk", [{ username: "rosa" }, { username: "paul" }]);
  assert.deepEqual(bulk.body.map(({ username }) => username), ["rosa", "paul"]);
  const consents = bulk.body.map(({ username }) => ({ ...grant, username }));
  assert.equal((await control(x, "POST", "/grants/bulk", consents)).body.length, 2);
  const { body: made } = await control(x, "POST", "/posts", { username: "mary", text: "hello" });
  const changed = await control(x, "PATCH", "/posts", { id: made.id, public_metrics: { like_count: 3 } });
  assert.deepEqual(changed.body.public_metrics, { like_count: 3 });
  assert.deepEqual((await control(x, "GET", "/reposts?username=mary")).body, []);
  assert.equal((await control(x, "GET", "/posts?username=mary")).body.length, 1);
  const token = await connect(x, { scopes: MEDIA_SCOPES });
  await simple(x, token, png());
  assert.deepEqual((await control(x, "GET", "/media?username=ada")).body, x.media());
  await control(x, "POST", "/faults", { kind: "close", path: "/2/tweets" });
  assert.equal((await control(x, "GET", "/faults")).body[0].kind, "close");
  await control(x, "DELETE", "/faults");
  assert.deepEqual(x.faults(), []);
  await control(x, "PATCH", "/settings", { listing_delay_ms: 5 });
  assert.equal(x.settings().listing_delay_ms, 5);
});

test("a renamed user keeps id and tokens and leaves the handle to others", async (t) => {
  const x = await start(t);
  const token = await connect(x, {});
  const [{ id }] = x.users();
  await control(x, "POST", "/users/rename", { username: "ada", to: "ada_l" });
  assert.deepEqual((await get(x, "/2/users/me", token)).body.data, { id, name: "Ada Lovelace", username: "ada_l" });
  assert.throws(() => x.renameUser({ username: "ada_l", to: "linus" }), TypeError);
  assert.equal(x.renameUser({ username: "ada_l", to: "Ada_L" }).username, "Ada_L");
  assert.notEqual(x.addUser({ username: "ada" }).id, id);
});

test("a mistake is told with what is known", async (t) => {
  const x = await start(t);
  assert.match((await control(x, "GET", "/nothing")).body.error, /known: GET \/apps/);
  const mistyped = await control(x, "PATCH", "/settings", { delay: 1 });
  assert.match(mistyped.body.error, /unknown key delay; known: acting_delay_ms/);
  const grant = { username: "nobody", scopes: SCOPES, code_challenge: CHALLENGE };
  assert.equal((await control(x, "POST", "/grants", grant)).status, 400);
});

test("callbacks are at most ten, and of a kind that X takes", async (t) => {
  const x = await start(t);
  const { client_id } = x.app;
  const ten = Array.from({ length: 10 }, (_, index) => `https://app.example/${index}`);
  assert.equal(x.setApp({ client_id, callbacks: ten }).callbacks.length, 10);
  const eleven = [...ten, "https://app.example/11"];
  for (const callbacks of [eleven, ["ftp://a.example/"], ["http://app.example/"], ["javascript:alert(1)"]]) {
    assert.throws(() => x.setApp({ client_id, callbacks }), TypeError, callbacks.at(-1));
  }
  x.setApp({ client_id, callbacks: ["http://127.0.0.1:8787/cb", "http://localhost:8080/callback", "acme://done"] });
});

test("what arrived is shown with its credentials", async (t) => {
  const x = await start(t);
  const token = await connect(x);
  await get(x, "/2/users/me?user.fields=verified", token);
  const [exchanged] = x.requests({ method: "POST", path: "/2/oauth2/token" });
  assert.match(exchanged.headers.authorization, /^Basic /);
  assert.equal(new URLSearchParams(exchanged.body).get("grant_type"), "authorization_code");
  const [read] = x.requests({ path: "/2/users/me" });
  assert.deepEqual([read.query, read.status, read.fault], [{ "user.fields": "verified" }, 200, null]);
  x.clearRequests();
  assert.deepEqual(x.requests(), []);
});

test("an unmatched request is 404 and can be asked for", async (t) => {
  const x = await start(t);
  assert.equal((await fetch(`${x.origin}/2/spaces`, { method: "POST" })).status, 404);
  assert.deepEqual(x.requests({ unmatched: true }).map(({ path }) => path), ["/2/spaces"]);
});

test("received() waits for the effect, and names what did arrive when it gives up", async (t) => {
  const x = await start(t);
  const waiting = x.received({ method: "GET", path: "/{username}", count: 2 });
  await fetch(`${x.origin}/ada`);
  await fetch(`${x.origin}/linus`);
  assert.equal((await waiting).length, 2);
  await assert.rejects(x.received({ path: "/2/tweets", wait_ms: 10 }), /arrived: GET \/ada 200, GET \/linus 200/);
});

test("an access token can be expired while its pair lives", async (t) => {
  const x = await start(t);
  const token = await connect(x);
  x.expireToken({ token: token.access_token });
  assert.equal((await get(x, "/2/users/me", token)).status, 401);
  const alive = x.tokens({ username: "ada" }).map(({ kind, live }) => [kind, live]);
  assert.deepEqual(alive, [["access", false], ["refresh", true]]);
});

test("tokens of an earlier stand-in count, and are one family", async (t) => {
  const earlier = await connect(await start(t));
  const x = await start(t);
  assert.equal((await get(x, "/2/users/me", earlier)).status, 401);
  const { access_token, refresh_token } = earlier;
  const { body } = await control(x, "POST", "/tokens", { username: "ada", scopes: SCOPES, access_token, refresh_token });
  assert.deepEqual(body, { adopted: 2 });
  assert.equal((await get(x, "/2/users/me", earlier)).status, 200);
  const renewed = await refresh(x, refresh_token);
  assert.equal(renewed.status, 200);
  assert.equal((await refresh(x, refresh_token)).status, 400);
  assert.equal((await get(x, "/2/users/me", earlier)).status, 401, "a second use ends the family");
});

test("a user can take back what was granted, codes included", async (t) => {
  const x = await start(t);
  const token = await connect(x);
  const { code } = x.grant({ scopes: SCOPES, code_challenge: CHALLENGE });
  const other = await connect(x, { username: "linus" });
  assert.deepEqual(x.revokeGrants({ username: "ada" }), { revoked: 2 });
  assert.equal((await get(x, "/2/users/me", token)).status, 401);
  assert.equal((await exchange(x, code)).status, 400);
  assert.equal((await get(x, "/2/users/me", other)).status, 200);
});

test("reset() forgets everything and seeds the same app", async (t) => {
  const x = await start(t);
  const before = x.app;
  const token = await connect(x);
  x.addApp();
  x.fault({ kind: "close" });
  x.clock({ frozen: true });
  x.reset();
  assert.deepEqual([x.app, x.apps().length, x.faults().length, x.requests().length], [before, 1, 0, 0]);
  assert.equal(x.now().frozen, false);
  assert.equal((await get(x, "/2/users/me", token)).status, 401);
});

test("the command prints its address and the seeded pair in one line", async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL(".", import.meta.url)), "--port", "0"]);
  const [line] = await once(child.stdout, "data");
  const [, origin, client_id] = /^stand-in for X on (\S+) client_id=(\S+) client_secret=\S{50}\n$/.exec(line);
  const apps = await (await fetch(`${origin}/_control/apps`)).json();
  assert.equal(apps[0].client_id, client_id);
  child.kill();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});
