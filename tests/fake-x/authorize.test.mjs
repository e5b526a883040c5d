import assert from "node:assert/strict";
import { test } from "node:test";
import { CHALLENGE, answerOf, exchange, start } from "./client.mjs";

const parameters = (x, changes = {}) => {
  const params = new URLSearchParams({
    response_type: "code",
    client_id: x.app.client_id,
    redirect_uri: x.app.callbacks[0],
    scope: "tweet.read tweet.write users.read offline.access",
    state: "opaque",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
  });
  for (const [name, value] of Object.entries(changes)) value === null ? params.delete(name) : params.set(name, value);
  return params;
};

const show = async (x, params) =>
  answerOf(await fetch(`${x.origin}/i/oauth2/authorize?${params}`, { redirect: "manual" }));

const decide = (x, params, answer) =>
  fetch(`${x.origin}/i/oauth2/authorize`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams([...params, ...Object.entries(answer)]),
  });

test("the consent page names the app, the scopes and the users", async (t) => {
  const x = await start(t);
  const { status, text } = await show(x, parameters(x));
  assert.equal(status, 200);
  const expected = ["Acme Social", "Post and repost for you", "@ada", "@grace_h", "@linus", "Authorize app", "Cancel"];
  for (const part of expected) assert.ok(text.includes(part), part);
});

test("the consent page cuts its opener and does not restrict where the form leads", async (t) => {
  const x = await start(t);
  const { headers } = await show(x, parameters(x));
  assert.equal(headers.get("cross-origin-opener-policy"), "same-origin-allow-popups");
  assert.match(headers.get("content-security-policy"), /^default-src 'none'/);
  assert.doesNotMatch(headers.get("content-security-policy"), /form-action/);
});

test("the consent page escapes what the app is called", async (t) => {
  const x = await start(t);
  x.setApp({ client_id: x.app.client_id, name: "<script>alert(1)</script>" });
  const { text } = await show(x, parameters(x));
  assert.ok(!text.includes("<script>"));
});

test("authorizing redirects with state before code, and the code is the chosen user's", async (t) => {
  const x = await start(t);
  const response = await decide(x, parameters(x), { user: "grace_h", decision: "authorize" });
  assert.equal(response.status, 302);
  const location = response.headers.get("location");
  assert.match(location, /^http:\/\/127\.0\.0\.1:8787\/connect\/callback\/x\?state=opaque&code=[\w-]+$/);
  const { status, body } = await exchange(x, new URL(location).searchParams.get("code"));
  assert.equal(status, 200);
  assert.equal(x.tokens({ username: "grace_h" })[0].text, body.access_token);
});

test("cancelling redirects with access_denied and the state", async (t) => {
  const x = await start(t);
  const response = await decide(x, parameters(x), { user: "ada", decision: "cancel" });
  assert.equal(response.headers.get("location"), `${x.app.callbacks[0]}?error=access_denied&state=opaque`);
});

test("the callback's own query is kept", async (t) => {
  const x = await start(t, { callbacks: ["https://app.example/cb?tenant=7"] });
  const response = await decide(x, parameters(x), { user: "ada", decision: "cancel" });
  assert.equal(response.headers.get("location"), "https://app.example/cb?tenant=7&error=access_denied&state=opaque");
});

test("a link cannot answer for the user", async (t) => {
  const x = await start(t);
  const { text } = await show(x, parameters(x, { decision: "authorize", user: "linus" }));
  assert.doesNotMatch(text, /type="hidden" name="(decision|user)"/);
});

test("s256 in lower case and plain are accepted", async (t) => {
  const x = await start(t);
  for (const code_challenge_method of ["s256", "plain"]) {
    assert.equal((await show(x, parameters(x, { code_challenge_method }))).status, 200);
  }
});

test("a bad request is never redirected", async (t) => {
  const x = await start(t);
  const bad = [
    { response_type: "token" },
    { client_id: "unknown" },
    { redirect_uri: `${x.app.callbacks[0]}/` },
    { redirect_uri: null },
    { scope: "tweet.read tweets.write" },
    { scope: "" },
    { state: null },
    { state: "s".repeat(501) },
    { code_challenge: null },
    { code_challenge: "c".repeat(42) },
    { code_challenge_method: "S512" },
    { code_challenge_method: null },
  ];
  for (const changes of bad) {
    const shown = await show(x, parameters(x, changes));
    assert.equal(shown.headers.get("location"), null);
    assert.match(shown.text, /Something went wrong/, JSON.stringify(changes));
    assert.match(shown.text, /You weren't able to give access to the App\. Go back and try logging in again\./);
    const posted = await decide(x, parameters(x, changes), { user: "ada", decision: "authorize" });
    assert.equal(posted.headers.get("location"), null, JSON.stringify(changes));
  }
});

test("a suspended user cannot consent", async (t) => {
  const x = await start(t);
  x.setUser({ username: "ada", suspended: true });
  assert.ok(!(await show(x, parameters(x))).text.includes("@ada"));
  const response = await decide(x, parameters(x), { user: "ada", decision: "authorize" });
  assert.equal(response.headers.get("location"), null);
});
