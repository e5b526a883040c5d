/** What the flow outlasts: a slow X, a lost connection, a restart of the Worker. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buttonOf, startStage } from "./stage.mjs";

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

test("a slow X is waited for, at its page and at the exchange", async (t) => {
  const visit = await stage.visit(t);
  stage.x.fault({ method: "GET", path: "/i/oauth2/authorize", kind: "delay", ms: 1000 });
  stage.x.fault({ method: "POST", path: "/2/oauth2/token", kind: "delay", ms: 1500 });
  const popup = await visit.pressUntilX();
  await visit.answer(popup, "authorize");
  assert.equal((await visit.onlyEvent()).type, "connected");
  assert.equal((await visit.accounts()).length, 1);
});

test("a Worker that is restarted while the person is at X connects all the same", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/Failed to load resource: net::ERR_/);
  const popup = await visit.pressUntilX();
  await stage.worker.restart();
  await visit.answer(popup, "authorize");
  assert.equal((await visit.onlyEvent()).type, "connected");
  assert.equal((await visit.accounts()).length, 1);
});

test("a connection that drops is taken up again, and the button waits meanwhile", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/ERR_INTERNET_DISCONNECTED/, /ERR_CONNECTION/);
  const popup = await visit.pressUntilX();
  const cut = (route) => route.abort("internetdisconnected");
  await visit.page.route("**/v1/connect-sessions/**", cut, { times: 2 });
  const lost = visit.page.waitForEvent("requestfailed");
  await visit.answer(popup, "authorize");
  await lost;
  assert.equal(await buttonOf(visit.page).getAttribute("aria-busy"), "true");
  assert.equal((await visit.onlyEvent()).type, "connected");
});

test("X's failure at the exchange is tried again while its code lives", async (t) => {
  const visit = await stage.visit(t);
  visit.traffic.tolerate(/status of 502/);
  stage.x.fault({ method: "POST", path: "/2/oauth2/token", kind: "answer", preset: "unavailable" });
  await visit.connects();
});
