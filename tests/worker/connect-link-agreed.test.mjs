/** Links that need somebody's word: the button in another browser, the back end's acceptance (docs/API.md, 3a). */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  api, browse, consent, cookieOf, createLink, createPost, declined, exchangesOf, followLink, liveTokens, newPerson,
  openLink, request, startBench,
} from "../support/connecting.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

const redirect_uri = "https://acme.example/settings?tab=social";
const landingOf = ({ headers }) => Object.fromEntries(new URL(headers.get("location")).searchParams);
const session = async ({ connect_id }) => (await bench.api.get(`/v1/connect-sessions/${connect_id}`)).body.data;
const accept = ({ connect_id }, headers) =>
  bench.api.post(`/v1/connect-sessions/${connect_id}/accept`, undefined, headers);
const accountsOf = async (tenant_id) => (await bench.api.get(`/v1/social-accounts?tenant_id=${tenant_id}`)).body.data;

/** A link whose person comes back in another browser than opened it. */
async function elsewhere(fields) {
  const link = await createLink(bench, { redirect_uri, ...fields });
  const { location, cookie } = await openLink(bench, link);
  const username = newPerson(bench);
  const callback = consent(bench, location, username);
  const arrived = await browse(bench, callback);
  assert.equal(arrived.status, 303, arrived.text);
  const [other, result] = [cookieOf(arrived), arrived.headers.get("location")];
  return { link, username, callback, cookie, other, result, page: await browse(bench, result, other) };
}

/** The button of that page; `origin` is where the browser says that the page was. */
const press = ({ result }, cookie, origin = bench.worker.origin) =>
  request(bench.worker, "POST", result, { headers: { origin, ...(cookie && { cookie }) } });

test("a link in another browser shows who it is and asks, and nothing is connected until the button is pressed", async () => {
  const there = await elsewhere({ tenant_id: "asked", label: "Acme Social" });
  assert.ok(there.page.text.includes(`@${there.username}`) && there.page.text.includes("Acme Social"));
  assert.equal((await session(there.link)).status, "needs_confirmation");
  assert.deepEqual(await accountsOf("asked"), []);
  assert.equal(exchangesOf(bench, there.callback), 1);
  assert.equal(liveTokens(bench, there.username).length, 2);
  const pressed = await press(there, there.other);
  assert.equal(pressed.status, 303);
  const landed = await browse(bench, pressed.headers.get("location"), there.other);
  const { tab, success, username } = landingOf(landed);
  assert.deepEqual([tab, success, username], ["social", "true", there.username]);
  assert.equal((await accountsOf("asked")).length, 1);
});

test("the button is pressed twice and counts once", async () => {
  const there = await elsewhere({ tenant_id: "twice" });
  const pressed = await Promise.all([press(there, there.other), press(there, there.other)]);
  assert.deepEqual(pressed.map(({ status }) => status), [303, 303]);
  assert.equal((await press(there, there.other)).status, 303);
  assert.equal((await accountsOf("twice")).length, 1);
  assert.equal(exchangesOf(bench, there.callback), 1);
});

test("the page's form may post to us and end at the link's landing", async () => {
  const { page } = await elsewhere();
  assert.match(page.headers.get("content-security-policy"), /form-action 'self' https:\/\/acme\.example;/);
  assert.equal(page.headers.get("referrer-policy"), "same-origin");
});

test("no other page and no other browser can press the button", async () => {
  const there = await elsewhere({ tenant_id: "forged" });
  for (const origin of ["https://evil.example", "null", redirect_uri]) {
    assert.equal((await press(there, there.other, origin)).status, 403, origin);
  }
  for (const cookie of [undefined, there.cookie, `${there.other.split("=")[0]}=${"A".repeat(43)}`]) {
    const page = await browse(bench, there.result, cookie);
    assert.ok(!page.text.includes(there.username) && !page.text.includes("<form"));
    assert.equal((await press(there, cookie)).status, 403, cookie);
  }
  assert.deepEqual(await accountsOf("forged"), []);
});

test("a link whose button is not pressed is revoked when its session is cancelled", async () => {
  const there = await elsewhere({ tenant_id: "unpressed" });
  await bench.api.delete(`/v1/connect-sessions/${there.link.connect_id}`);
  assert.deepEqual(liveTokens(bench, there.username), []);
  await press(there, there.other);
  assert.deepEqual(await accountsOf("unpressed"), []);
});

test("opening the link again gives up what another browser brought", async () => {
  const there = await elsewhere({ tenant_id: "reopened" });
  const { location, cookie } = await openLink(bench, there.link);
  assert.deepEqual(liveTokens(bench, there.username), []);
  assert.equal((await press(there, there.other)).status, 403);
  const username = newPerson(bench);
  const landed = await browse(bench, consent(bench, location, username), cookie);
  assert.equal(landingOf(landed).username, username);
});

test("a person who declines in another browser ends nothing", async () => {
  const link = await createLink(bench, { redirect_uri });
  const { location } = await openLink(bench, link);
  const arrived = await browse(bench, declined(location));
  assert.equal(arrived.headers.get("set-cookie"), null);
  assert.equal((await session(link)).status, "authorizing");
});

test("a manual link lands without an account, which nobody can use until the back end has accepted it", async () => {
  const link = await createLink(bench, { redirect_uri, tenant_id: "manual", accept: "manual" });
  const { arrived, username } = await followLink(bench, link);
  const { network_unique_id, ...landing } = landingOf(arrived);
  const expected = { tab: "social", success: "true", username, tenant_id: "manual", connect_id: link.connect_id };
  assert.deepEqual(landing, expected);
  const { status, awaiting, identity, account } = await session(link);
  assert.deepEqual([status, awaiting, account], ["authorized", "acceptance", undefined]);
  assert.deepEqual([identity.username, identity.network_unique_id], [username, network_unique_id]);
  assert.deepEqual(await accountsOf("manual"), []);
  const refused = await bench.api.post("/v1/posts", { accounts: [username], content: "too early" });
  assert.deepEqual([refused.status, refused.body.code], [400, "unknown_account"]);

  const accepted = await accept(link);
  assert.deepEqual([accepted.status, accepted.body.data.status], [200, "connected"]);
  assert.equal(accepted.body.data.account.username, username);
  await createPost(bench, accepted.body.data.account, { content: "in time" });
  assert.deepEqual((await accept(link)).body.data, accepted.body.data);
});

test("acceptance is remembered under its Idempotency-Key, and a refusal is not", async () => {
  const link = await createLink(bench, { accept: "manual" });
  const key = { "idempotency-key": "accept-1" };
  assert.deepEqual([(await accept(link, key)).status, (await accept(link, key)).status], [409, 409]);
  await followLink(bench, link);
  const first = await accept(link, key);
  const second = await accept(link, key);
  assert.deepEqual([first.status, second.headers.get("idempotency-replayed")], [200, "true"]);
  assert.deepEqual(second.body, first.body);
});

test("only an API key accepts", async () => {
  const link = await createLink(bench, { accept: "manual" });
  await followLink(bench, link);
  for (const key of [null, "wrong"]) {
    const answer = await api(bench.worker, { key }).post(`/v1/connect-sessions/${link.connect_id}/accept`);
    assert.deepEqual([answer.status, answer.body.code], [401, "invalid_api_key"]);
  }
  assert.equal((await accept({ connect_id: "cs_made-up" })).status, 404);
  assert.equal((await session(link)).awaiting, "acceptance");
});

test("a link that is accepted by itself has nothing to accept, and says what became of it", async () => {
  const link = await createLink(bench);
  assert.equal((await accept(link)).status, 409);
  const { username } = await followLink(bench, link);
  assert.equal((await accept(link)).body.data.account.username, username);
});

test("a manual link in another browser needs the person first and the back end then", async () => {
  const there = await elsewhere({ tenant_id: "both", accept: "manual" });
  assert.equal((await accept(there.link)).status, 409);
  const pressed = await press(there, there.other);
  const landed = await browse(bench, pressed.headers.get("location"), there.other);
  assert.equal(landingOf(landed).success, "true");
  assert.deepEqual(await accountsOf("both"), []);
  assert.equal((await accept(there.link)).body.data.status, "connected");
  assert.equal((await accountsOf("both")).length, 1);
});

test("a manual link that is cancelled is revoked", async () => {
  const link = await createLink(bench, { accept: "manual" });
  const { username } = await followLink(bench, link);
  await bench.api.delete(`/v1/connect-sessions/${link.connect_id}`);
  assert.deepEqual(liveTokens(bench, username), []);
  assert.deepEqual([(await accept(link)).status, await session(link).then(({ status }) => status)], [409, "cancelled"]);
});
