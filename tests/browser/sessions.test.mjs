/** Where the button gets its session from, and when it asks for another. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSession } from "../support/client.mjs";
import { buttonOf, startStage, statusOf } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

const wishesOf = (request) => JSON.parse(request.postData());

/** A session in the page's own attributes. */
async function given(visit) {
  const session = await createSession(stage, { origin: visit.acme.origin, tenant_id: visit.tenant });
  await visit.configure({ "session-id": session.id, token: session.token, "connect-url": session.connect_url });
  return session;
}

test("a session in the attributes is used without asking the site", async (t) => {
  const visit = await stage.visit(t);
  const session = await given(visit);
  await visit.answer(await visit.pressUntilX(), "authorize");
  assert.equal((await visit.onlyEvent()).detail.connectId, session.id);
  assert.deepEqual(visit.traffic.to("/api/x/session"), []);
});

test("a session that ended while the page stood there is replaced by asking the site", async (t) => {
  const visit = await stage.visit(t);
  const stale = await given(visit);
  await stage.api.delete(`/v1/connect-sessions/${stale.id}`);
  await visit.answer(await visit.pressUntilX(), "authorize");
  const { type, detail } = await visit.onlyEvent();
  assert.equal(type, "connected");
  assert.notEqual(detail.connectId, stale.id);
  assert.equal(visit.traffic.to("/api/x/session").length, 1);
});

test("a session that ended with nobody to ask for another is an error", async (t) => {
  const visit = await stage.visit(t);
  const stale = await given(visit);
  await stage.api.delete(`/v1/connect-sessions/${stale.id}`);
  await visit.configure({ "session-url": null });
  await visit.press();
  const { detail } = await visit.onlyEvent();
  assert.equal(detail.code, "session_expired");
  assert.equal(await statusOf(visit.page).textContent(), "This took too long. Please try again.");
});

test("a function makes the session, once for each press, and is told what the page wishes", async (t) => {
  const visit = await stage.visit(t);
  await visit.configure({ "session-url": null, "expected-username": "ada" });
  await visit.page.locator("connect-x").evaluate((element) => {
    globalThis.wishes = [];
    element.fetchSession = async ({ signal, ...wishes }) => {
      globalThis.wishes.push({ ...wishes, isSignal: signal instanceof AbortSignal });
      return (await fetch("/api/x/session", { method: "POST", body: "{}", signal })).json();
    };
  });
  await visit.answer(await visit.pressUntilX(), "cancel");
  await visit.events(1);
  await visit.answer(await visit.pressUntilX(), "authorize");
  await visit.events(2);
  const wish = { redirect_uri: `${visit.acme.origin}/`, expected_username: "ada", isSignal: true };
  assert.deepEqual(await visit.page.evaluate(() => globalThis.wishes), [wish, wish]);
});

test("a function that was given before the element was defined is the element's", async (t) => {
  const visit = await stage.visit(t);
  const calls = await visit.page.evaluate(async () => {
    const { constructor } = document.querySelector("connect-x");
    const early = document.createElement("connect-y");
    early.fetchSession = () => "early";
    document.body.append(early);
    customElements.define("connect-y", class extends constructor {});
    return [early.fetchSession(), "fetchSession" in early, "labels" in early];
  });
  assert.deepEqual(calls, ["early", true, true]);
});

test("a function that fails is an error worth another press", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/no session today/);
  await visit.page.locator("connect-x").evaluate((element) => {
    element.fetchSession = () => Promise.reject(new Error("no session today"));
  });
  await visit.press();
  const { detail } = await visit.onlyEvent();
  assert.deepEqual([detail.code, detail.retryable], ["session_unavailable", true]);
  assert.equal(await statusOf(visit.page).textContent(), "This site could not reach X just now.");
});

test("an API key that the site's function hands out is refused, and never sent anywhere", async (t) => {
  const visit = await stage.visit(t);
  const url = `${stage.worker.origin}/connect/start`;
  await visit.page.locator("connect-x").evaluate((element, connect_url) => {
    element.fetchSession = async () => ({ id: "cs_1", token: "an-api-key", connect_url });
  }, url);
  await visit.press();
  const { detail } = await visit.onlyEvent();
  assert.deepEqual([detail.code, detail.retryable], ["invalid_session_token", false]);
  assert.match(detail.hint, /API key/);
  assert.deepEqual(visit.traffic.to(stage.worker.origin).filter((request) => JSON.stringify(request.headers()).includes("an-api-key")), []);
});

test("the site hears which account is to be connected again, and another one is refused", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/status of 422/);
  await visit.answer(await visit.pressUntilX(), "authorize");
  const { detail } = await visit.onlyEvent();
  await visit.configure({ "reconnect-account-id": detail.account.id });
  const popup = await visit.pressUntilX();
  assert.equal(wishesOf(visit.traffic.to("/api/x/session").at(-1)).reconnect_account_id, detail.account.id);
  await visit.answer(popup, "authorize", { username: "ada" });
  const [, refused] = await visit.events(2);
  assert.deepEqual([refused.detail.code, refused.detail.retryable], ["account_mismatch", true]);
  assert.match(await statusOf(visit.page).textContent(), /another X account/);
  await visit.answer(await visit.pressUntilX(), "authorize");
  const [, , again] = await visit.events(3);
  assert.deepEqual([again.type, again.detail.account.id], ["connected", detail.account.id]);
});

test("the expected username is passed on, and another person at X is refused", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/status of 422/);
  await visit.configure({ "expected-username": visit.user.username });
  await visit.answer(await visit.pressUntilX(), "authorize", { username: "ada" });
  assert.equal((await visit.onlyEvent()).detail.code, "account_mismatch");
  assert.deepEqual(await visit.accounts(), []);
  assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "false");
});
