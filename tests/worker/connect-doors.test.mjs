/**
 * docs/SECURITY.md: a ticket opens only its own door. Every route below /connect/ of the table of routes is tried
 * with every kind of ticket in every place where a request can carry one.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import {
  api, browse, complete, consent, cookieOf, createLink, createSession, inOtherBrowser, leftForX, newPerson,
  newVerifier, openLink, request, SITE, spoilt, startBench, stateOf,
} from "../support/connecting.mjs";
import { assertRefused } from "../support/expect.mjs";
import { routedCalls } from "../support/keys.mjs";
import { announce, upload } from "../support/media.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";

const redirect_uri = `${SITE}/done`;
/** What a browser says of a request that a page of ours makes. */
const OUR_PAGE = { "sec-fetch-site": "same-origin" };

/** Which tickets a route takes. A new route fails the first test until it says. */
const DOORS = {
  "GET /connect/callback/x": ["button's state", "link's state"],
  "GET /connect/link/{id}": ["link's id"],
  "GET /connect/logo/{id}": [],
  "GET /connect/result/{id}": ["button's id", "link's id"],
  "GET /connect/result/{id}/picture": [],
  "POST /connect/result/{id}": ["link's id"],
  "POST /connect/start": ["button's token"],
  "POST /connect/start/confirmed": ["button's token"],
};

let bench;
/** By kind; `sessions` are those that no try may move. */
let tickets;
let sessions;

before(async () => {
  bench = await startBench();
  const [button, link] = [await createSession(bench, { redirect_uri }), await createLink(bench, { redirect_uri })];
  const [started, opened] = [await leftForX(bench), await openLink(bench, await createLink(bench))];
  const [there, linkThere] = [await inOtherBrowser(bench), await linkInOtherBrowser()];
  const signedIn = await api(bench.worker, { key: null }).post("/v1/dashboard/session", { key: ADMIN_KEY }, OUR_PAGE);
  const address = (url) => new URL(url).searchParams.get("token");
  const { url } = await upload(bench, png({ size: 1000 }));
  sessions = [button.id, link.connect_id];
  tickets = {
    "button's id": button.id,
    "button's token": button.token,
    "button's id, called a token": button.id.replace("cs_", "cst_"),
    "button's token, called an id": button.token.replace("cst_", "cs_"),
    "link's id": link.connect_id,
    "link's id, called a token": link.connect_id.replace("cs_", "cst_"),
    "button's state": stateOf(started.location),
    "link's state": stateOf(opened.location),
    "button's state, called an id": `cs_${stateOf(started.location)}`,
    "button's cookie": started.cookie,
    "link's cookie": opened.cookie,
    "button's confirmation": there.other,
    "link's confirmation": linkThere.other,
    "dashboard's cookie": cookieOf(signedIn),
    "API key": ADMIN_KEY,
    "upload address": address((await announce(bench)).upload_url),
    "reading address": address(url),
    "made-up id": spoilt(button.id),
    "made-up link": spoilt(link.connect_id),
    "made-up token": spoilt(button.token),
    "made-up state": spoilt(stateOf(started.location)),
  };
});
after(() => bench?.stop());

/** A link that another browser than its own came back from: what it is known by, and where its page is. */
async function linkInOtherBrowser() {
  const link = await createLink(bench);
  const { location, cookie } = await openLink(bench, link);
  const arrived = await browse(bench, consent(bench, location, newPerson(bench)));
  return { link, cookie, other: cookieOf(arrived), result: arrived.headers.get("location") };
}

const connectRoutes = async () => (await routedCalls()).filter((call) => call.includes(" /connect/"));
/** Cookies are given by their pair; everywhere else the value alone could be meant. */
const valueOf = (ticket) => ticket.replace(/^[\w-]+=/, "");

/** Every request to `call` that carries `ticket` where the route could look for it. */
function* tries(call, ticket) {
  const [method, template] = call.split(" ");
  const { challenge } = newVerifier();
  const form = { token: valueOf(ticket), code_challenge: challenge, code_challenge_method: "S256" };
  const path = template.replace("{id}", encodeURIComponent(valueOf(ticket)));
  const query = new URLSearchParams({ state: valueOf(ticket), code: "made-up" });
  for (const origin of method === "POST" ? [SITE, bench.worker.origin, "null", null] : [null]) {
    const headers = {
      authorization: `Bearer ${valueOf(ticket)}`,
      cookie: ticket.includes("=") ? ticket : `c-${valueOf(ticket).slice(3, 15)}=${valueOf(ticket)}`,
      ...(origin && { origin }),
    };
    yield [method, `${path}?${query}`, { headers, ...(method === "POST" && { body: new URLSearchParams(form) }) }];
  }
}

const opens = ({ status, headers }) => status < 400 || headers.has("set-cookie") || headers.has("location");
const statusOf = async (id) => (await bench.api.get(`/v1/connect-sessions/${id}`)).body.data.status;

test("every route below /connect/ says which tickets it takes", async () => {
  assert.deepEqual(await connectRoutes(), Object.keys(DOORS).sort());
});

test("no route below /connect/ opens with a ticket of another door, wherever the request carries it", async () => {
  const opened = [];
  for (const call of await connectRoutes()) {
    for (const [kind, ticket] of Object.entries(tickets)) {
      if (DOORS[call].includes(kind)) continue;
      for (const [method, path, init] of tries(call, ticket)) {
        const answer = await request(bench.worker, method, path, init);
        if (opens(answer)) opened.push(`${call} with ${kind} from ${init.headers.origin}: ${answer.status}`);
      }
    }
  }
  assert.deepEqual(opened, []);
  assert.deepEqual(await Promise.all(sessions.map(statusOf)), ["pending", "pending"]);
});

test("the id of a button's session opens no link, whatever the session has and wherever it is, and its page goes on", async () => {
  for (const fields of [{}, { redirect_uri }, { redirect_uri, expected_username: "ada", tenant_id: "customer" }]) {
    const { verifier, challenge } = newVerifier();
    const session = await createSession(bench, fields);
    const refusedAs = async (status) => {
      const answer = await browse(bench, `/connect/link/${session.id}`);
      assert.deepEqual([answer.status, answer.headers.get("set-cookie")], [404, null]);
      assert.equal(await statusOf(session.id), status);
    };
    await refusedAs("pending");
    const body = new URLSearchParams({ token: session.token, code_challenge: challenge, code_challenge_method: "S256" });
    const left = await request(bench.worker, "POST", "/connect/start", { headers: { origin: SITE }, body });
    await refusedAs("authorizing");
    await browse(bench, consent(bench, left.headers.get("location"), "ada"), cookieOf(left));
    await refusedAs("authorized");
    assert.equal((await complete(bench, session, verifier)).body.data.status, "connected");
    await refusedAs("connected");
  }
});

test("the button of a link's page counts with the cookie of that session's other browser alone", async () => {
  const [mine, elsewhere] = [await linkInOtherBrowser(), await linkInOtherBrowser()];
  const name = mine.other.split("=")[0];
  const press = (cookie) =>
    request(bench.worker, "POST", mine.result, { headers: { origin: bench.worker.origin, ...(cookie && { cookie }) } });
  const others = [undefined, mine.cookie, elsewhere.other, ...Object.values(tickets)];
  for (const cookie of others.flatMap((ticket) => [ticket, ticket && `${name}=${valueOf(ticket)}`])) {
    assert.equal((await press(cookie)).status, 403, cookie);
  }
  assert.equal((await press(mine.other)).status, 303);
  assert.equal(await statusOf(mine.link.connect_id), "connected");
});

test("a callback counts as the starter's with the cookie of its own session alone", async () => {
  for (const kind of ["button's cookie", "link's cookie", "button's confirmation", "dashboard's cookie"]) {
    const attempt = await leftForX(bench);
    const name = attempt.cookie.split("=")[0];
    await browse(bench, consent(bench, attempt.location, newPerson(bench)), `${name}=${valueOf(tickets[kind])}`);
    assert.equal(await statusOf(attempt.session.id), "needs_confirmation", kind);
  }
});

/** What the router sends to the session of a token; every other call below /v1/ wants an API key or a signed address. */
const OF_SESSION = /^(GET|DELETE) \/v1\/connect-sessions\/\{id\}$|\/(complete|confirm)$/;
const OF_DASHBOARD = / \/v1\/dashboard\//;
/** What an assistant's client calls before anybody has let it in. */
const OF_CLIENTS = / \/(oauth|\.well-known)\//;
const OF_ADDRESS = ["PUT /v1/media/{id}/upload", "GET /v1/media/{id}/file", "HEAD /v1/media/{id}/file"];

test("no ticket of connecting, and no address, is an API key at any call", async () => {
  const calls = (await routedCalls()).filter(
    (call) =>
      !/ \/(connect|approve)\//.test(call) && !call.startsWith("OPTIONS") && !OF_DASHBOARD.test(call) && !OF_CLIENTS.test(call) &&
      !OF_ADDRESS.includes(call) && !/\/connect-sessions\/\{id\}\/(complete|confirm)$/.test(call),
  );
  const bearers = Object.entries(tickets).filter(([kind]) => kind !== "API key");
  const refuses = async (call, [kind, ticket]) => {
    const [method, template] = call.split(" ");
    const path = template.replaceAll("{id}", sessions[1]).replace("*", "users/me");
    const { status } = await api(bench.worker, { key: valueOf(ticket) }).send(method === "ANY" ? "GET" : method, path);
    assert.equal(status, 401, `${call} with ${kind}`);
  };
  for (const [n, call] of calls.entries()) await refuses(call, bearers[n % bearers.length]);
  for (const bearer of bearers) await refuses("GET /v1/social-accounts", bearer);
});

test("a session's calls take the token of that session alone, and an API key where docs/API.md says so", async () => {
  const mine = await createSession(bench);
  const calls = (await routedCalls()).filter((call) => OF_SESSION.test(call) && /^(GET|POST|DELETE) \/v1\/connect-sessions\//.test(call));
  assert.ok(calls.length >= 4);
  for (const call of calls) {
    const [method, template] = call.split(" ");
    const path = template.replace("{id}", mine.id);
    const isKeyed = !/\/(complete|confirm)$/.test(call);
    for (const [kind, ticket] of Object.entries(tickets)) {
      if (kind === "API key" && isKeyed) continue;
      const body = { code_verifier: newVerifier().verifier };
      const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const answer = await api(bench.worker, { key: valueOf(ticket) }).send(method, path, method === "POST" ? json : {});
      assert.equal(answer.status, 401, `${call} with ${kind}: ${answer.text}`);
    }
  }
  assert.equal(await statusOf(mine.id), "pending");
});

test("an address for one use of a medium is none for the other, and no other ticket is one", async () => {
  const { id, upload_url } = await announce(bench);
  const expires = new URL(upload_url).searchParams.get("expires");
  for (const [kind, ticket] of Object.entries({ ...tickets, "its upload address": new URL(upload_url).searchParams.get("token") })) {
    const query = new URLSearchParams({ expires, token: valueOf(ticket) });
    const read = await request(bench.worker, "GET", `/v1/media/${id}/file?${query}`);
    assert.equal(read.status, 401, `reading with ${kind}`);
    if (kind === "its upload address") continue;
    const written = await request(bench.worker, "PUT", `/v1/media/${id}/upload?${query}`, { body: "x" });
    assert.equal(written.status, 401, `writing with ${kind}`);
  }
});

test("the dashboard's cookie is nothing on the pages of connecting, and theirs is nothing to the dashboard", async () => {
  for (const kind of ["button's cookie", "link's cookie", "button's confirmation", "link's confirmation"]) {
    const cookie = `${tickets["dashboard's cookie"].split("=")[0]}=${valueOf(tickets[kind])}`;
    const headers = { cookie, ...OUR_PAGE };
    const { body } = await api(bench.worker, { key: null }).get("/v1/dashboard/session", headers);
    assert.equal(body.data, null, kind);
    assertRefused(await api(bench.worker, { key: null }).get("/v1/posts", headers), 401, "invalid_session_token");
  }
});
