import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOKEN_CALL } from "../support/calls.mjs";
import { ADMIN_KEY, MASTER_KEYS } from "../support/worker.mjs";
import {
  api,
  browse,
  complete,
  connect,
  consent,
  cookieOf,
  createSession,
  newVerifier,
  SITE,
  startBench,
  startSession,
} from "../support/client.mjs";
import {
  atCallback,
  authorized,
  codeOf,
  confirmStart,
  createLink,
  declined,
  leftForX,
  newPerson,
  openLink,
  stateOf,
} from "../support/sign-in.mjs";
import { spellings, spyOnAnswers } from "../support/spy.mjs";
import { storedFiles } from "../support/stored.mjs";

const ROTATED = "rotated-secret-of-the-operator-".padEnd(50, "9");

let bench;
let spy;
/** Each kind of secret, as the run made it. */
const made = { verifier: [], cookie: [], code: [], state: [], "session token": [] };

/** Everything that the Worker can do, well and badly, once; then its state, answers and lines are searched. */
before(async () => {
  spy = spyOnAnswers();
  bench = await startBench();
  await rotate();
  const account = await embed();
  await pageMode();
  await link();
  await unfinished();
  await failures();
  await refreshed();
  await publish(account);
  await approvals(account);
  await provisional();
  assert.equal((await bench.api.delete(`/v1/social-accounts/${account.id}`)).status, 200);
});
after(async () => {
  spy?.stop();
  await bench?.stop();
});

/** Remembers what of an attempt is secret, and answers the attempt. */
function noted(attempt) {
  const { session, verifier, cookie, callback, location } = attempt;
  if (session) made["session token"].push(session.token);
  if (verifier) made.verifier.push(verifier);
  if (cookie) made.cookie.push(cookie.split("=")[1]);
  if (callback) made.code.push(codeOf(callback));
  if (location) made.state.push(stateOf(location));
  return attempt;
}
const done = ({ session, verifier }) => complete(bench, session, verifier);
const health = ({ id }) => bench.api.get(`/v1/social-accounts/${id}/health`);

async function rotate() {
  const { client_id, client_secret } = bench.x.app;
  made["client secret"] = [client_secret, ROTATED, "a-wrong-secret-that-x-refuses"];
  const register = (secret) =>
    bench.api.post("/v1/social-networks", { network: "x", client_key: client_id, client_secret: secret });
  assert.equal((await register(made["client secret"][2])).status, 422);
  bench.x.setApp({ client_id, client_secret: ROTATED });
  assert.equal((await register(ROTATED)).status, 200);
  await bench.api.post(`/v1/social-networks/${bench.network.id}/verify`, {});
}

async function embed() {
  const attempt = noted(await authorized(bench, { tenant_id: "embed" }));
  await browse(bench, attempt.callback, attempt.cookie);
  await browse(bench, attempt.arrived.headers.get("location"), attempt.cookie);
  await complete(bench, attempt.session, noted(newVerifier()).verifier);
  await done(attempt);
  return (await done(attempt)).body.data.account;
}

async function pageMode() {
  const { verifier, challenge } = noted(newVerifier());
  const session = await createSession(bench, { redirect_uri: `${SITE}/done` });
  const form = { token: session.token, challenge, display: "page", code_verifier: verifier };
  const asked = await startSession(bench, { ...form, origin: null });
  await confirmStart(bench, asked.text);
  const left = await startSession(bench, form);
  const callback = consent(bench, left.headers.get("location"), newPerson(bench));
  noted({ session, cookie: cookieOf(left), callback });
  assert.match((await browse(bench, callback, cookieOf(left))).headers.get("location"), /connect_status=connected/);
}

async function link() {
  for (const redirect_uri of [SITE, undefined]) {
    const { location, cookie } = await openLink(bench, await createLink(bench, { redirect_uri }));
    const callback = consent(bench, location, newPerson(bench));
    noted({ location, cookie, callback });
    const arrived = await browse(bench, callback, cookie);
    if (!redirect_uri) await browse(bench, arrived.headers.get("location"), cookie);
  }
}

/** Left at every point at which something is held. */
async function unfinished() {
  noted(await leftForX(bench));
  const elsewhere = noted(await atCallback(bench));
  await browse(bench, (await browse(bench, elsewhere.callback)).headers.get("location"));
  noted(await authorized(bench));
  const cancelled = noted(await authorized(bench));
  await api(bench.worker, { key: cancelled.session.token }).delete(`/v1/connect-sessions/${cancelled.session.id}`);
}

async function failures() {
  const refused = noted(await leftForX(bench));
  await browse(bench, declined(refused.location), refused.cookie);
  made.code.push("a-code-that-nobody-gave");
  await browse(bench, "/connect/callback/x?state=made-up&code=a-code-that-nobody-gave");
  for (const fault of [
    { kind: "answer", preset: "unavailable" },
    { kind: "answer", preset: "html" },
    { kind: "answer", preset: "oauth-code" },
    { kind: "malformed" },
    { kind: "effect-then-close" },
  ]) {
    const attempt = noted(await authorized(bench));
    bench.x.fault({ ...TOKEN_CALL, ...fault });
    assert.equal((await done(attempt)).body.success, false);
  }
  const stranger = noted(await authorized(bench, { expected_username: "somebody_else" }));
  assert.equal((await done(stranger)).body.code, "account_mismatch");
}

async function refreshed() {
  bench.x.set({ access_token_ms: 600_000 });
  const people = [];
  for (let i = 0; i < 3; i++) people.push(await connect(bench, { username: newPerson(bench) }));
  bench.x.set({ access_token_ms: 7_200_000 });
  const [well, lost, ended] = people;
  await health(well);
  bench.x.fault({ ...TOKEN_CALL, kind: "effect-then-close" });
  await health(lost);
  bench.x.revokeGrants({ username: ended.username });
  await health(ended);
}

async function publish({ id }) {
  const post = (content, headers) => bench.api.post("/v1/posts", { content, accounts: [id] }, headers);
  const waiting = { prefer: "wait=10", "idempotency-key": "k1" };
  for (let time = 0; time < 2; time++) assert.equal((await post("a post", waiting)).status, 200);
  bench.x.fault({ method: "POST", path: "/2/tweets", kind: "effect-then-close" });
  await post("a lost post");
  await bench.x.received({ method: "POST", path: "/2/tweets", count: 2 });
}

/** The address of an approval: in answers, in answers that are kept, in the log of a webhook, and on the page. */
async function approvals({ id, tenant_id }) {
  const hook = { name: "told", url: "https://127.0.0.1:9/hook", events: ["post.approval_requested"], tenant_id };
  assert.equal((await bench.api.post("/v1/webhooks", hook)).status, 201);
  const body = { content: "asks", accounts: [id], approval: true };
  const ask = () => bench.api.post("/v1/posts", body, { "idempotency-key": "asks" });
  const [first, again] = [await ask(), await ask()];
  assert.equal(again.text, first.text);
  const { post } = first.body;
  const token = (url) => new URL(url).pathname.split("/")[2];
  made["approval token"] = [token(post.approval.url)];
  await browse(bench, post.approval.url);
  const changed = await bench.api.patch(`/v1/posts/${post.id}`, { content: "asks anew" });
  made["approval token"].push(token(changed.body.post.approval.url));
  await bench.api.post(`/v1/posts/${post.id}/reject`);
  const asked = await bench.api.post(`/v1/posts/${post.id}/approval`, {}, { "idempotency-key": "asks again" });
  made["approval token"].push(token(asked.body.post.approval.url));
}

/** X's tokens are here, and it has not said yet whose they are. */
async function provisional() {
  const username = newPerson(bench);
  const attempt = noted(await authorized(bench, { username }));
  bench.x.fault({ method: "GET", path: "/2/users/me", kind: "answer", preset: "unavailable" });
  assert.equal((await done(attempt)).status, 502);
}

function secrets() {
  const tokens = (wanted) => bench.x.tokens().filter(({ kind }) => kind === wanted).map(({ text }) => text);
  const verifiers = bench.x.requests(TOKEN_CALL).map(({ body }) => new URLSearchParams(body).get("code_verifier"));
  const basics = bench.x.requests(TOKEN_CALL).map(({ headers }) => headers.authorization.split(" ")[1]);
  return {
    ...made,
    verifier: [...new Set([...made.verifier, ...verifiers.filter(Boolean)])],
    "access token": tokens("access"),
    "refresh token": tokens("refresh"),
    "basic credential": [...new Set(basics)],
    "admin key": [ADMIN_KEY],
    "master key": [MASTER_KEYS.split(":")[1]],
  };
}

/** Where a secret stands, as lines that name its kind and the place, and never the secret. */
function found(places, kinds) {
  const hits = [];
  for (const [kind, list] of Object.entries(kinds)) {
    for (const spelling of list.flatMap(spellings)) {
      for (const [place, content] of places) if (content.includes(spelling)) hits.push(`${kind} in ${place}`);
    }
  }
  return [...new Set(hits)];
}

test("the run made secrets of every kind", () => {
  for (const [kind, list] of Object.entries(secrets())) {
    assert.ok(list.length > 0, kind);
    for (const secret of list) assert.ok(secret.length >= 16, kind);
  }
});

test("the state folder has no secret in plain text, in no file and no byte", async () => {
  const places = await storedFiles(bench.worker);
  const readable = places.filter(([, bytes]) => bytes.includes(bench.x.app.client_id));
  assert.ok(readable.length >= 2, "what is public can be found, so what is secret would be");
  assert.deepEqual(found(places, secrets()), []);
});

test("no line of the log has a secret or a query", () => {
  const lines = bench.worker.logs().map((line) => [line, line]);
  assert.ok(lines.length > 50);
  assert.deepEqual(found(lines, secrets()), []);
  assert.ok(!lines.some(([line]) => /[?&](state|code)=/.test(line)));
});

/** What some answers are there to carry: which secret, and to whom. */
const CARRIERS = {
  cookie: /^set-cookie: .*$/gm,
  state: /^location: http:\/\/x\.localhost.*$/gm,
  "session token": /^POST \/(v1\/connect-sessions|connect\/start)\n[^]*$/,
  "approval token": /^(POST|PATCH|GET) \/(v1\/posts|approve\/)[^]*$/,
};

test("no answer has a secret but the one that it is for", () => {
  for (const [kind, list] of Object.entries(secrets())) {
    const places = spy.answers.map((text) => [text.split("\n")[0], text.replace(CARRIERS[kind] ?? "", "")]);
    assert.deepEqual(found(places, { [kind]: list }), []);
  }
});
