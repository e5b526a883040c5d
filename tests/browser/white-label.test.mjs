/** White label, literally: a person who connects, and a site that is told, never meet the product's name. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSession, publishPost } from "../support/client.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";
import { blockWindows, keepOpen, startStage, statusOf } from "./stage.mjs";
import { OUR_NAME } from "./traffic.mjs";

const BRAND = { name: "Acme Social", color: "#7a1fa2" };

let stage;
let receiver;
before(async () => {
  stage = await startStage();
  receiver = await startReceiver();
  await stage.api.patch("/v1/settings", { brand: BRAND });
});
after(async () => {
  await stage?.stop();
  receiver?.close();
});

/** What an answer says, in every part that a reader could see. */
async function saidBy(response) {
  return [response.status, ...[...response.headers].map((pair) => pair.join(": ")), await response.text()].join("\n");
}

/** The visit itself looks through every page, request, answer and cookie of the browser (traffic.mjs). */
test("from the button over X's consent to the result every page is the operator's, refused or agreed", async (t) => {
  const visit = await stage.visit(t);
  const refused = await visit.pressUntilX();
  await refused.getByText(stage.x.app.name, { exact: false }).first().waitFor();
  await visit.answer(refused, "cancel");
  await visit.events(1);
  const popup = await visit.pressUntilX();
  await keepOpen(popup);
  await visit.answer(popup, "authorize");
  await popup.getByText(BRAND.name, { exact: false }).first().waitFor();
  await visit.events(2);
  await popup.reload();
  await visit.traffic.assertClean();
});

test("what an end user can come upon by an address alone has no name in it", async () => {
  const session = await createSession(stage, { origin: "https://acme.example" });
  const link = (await stage.api.post("/v1/social-networks/x/auth-url", {})).body.data;
  const calls = [
    ["/embed.js"], ["/embed_attempt.js"], ["/embed_bg.wasm"], ["/composer.js"], ["/composer_bg.wasm"],
    ["/elements.js"], ["/elements-accounts.js"], ["/elements-posts.js"], ["/elements-composer.js"], ["/elements-button.js"], ["/elements-failure.js"],
    ["/connect/callback/x"], ["/connect/callback/x?state=x&code=y"], ["/connect/callback/x?error=access_denied"],
    [`/connect/result/${session.id}`], ["/connect/result/cs_nobody"], ["/connect/link/nobody"], ["/connect/logo/nothing"],
    ["/connect/start", { method: "POST" }], ["/connect/start", { method: "POST", body: new URLSearchParams({ connect_id: session.id }) }],
    [`/v1/connect-sessions/${session.id}`], ["/v1/connect-sessions/cs_nobody", { headers: { authorization: "Bearer cst_x" } }],
    [`/v1/connect-sessions/${session.id}/complete`, { method: "POST" }], [`/v1/connect-sessions/${session.id}/confirm`, { method: "POST" }],
    ["/v1/media/med_x/upload?expires=1&token=x", { method: "PUT", body: "x" }], ["/v1/media/med_x/file?expires=1&token=x"],
    ["/2/users/me"], ["/"], ["/oauth/authorize?client_id=c"], ["/favicon.ico"], ["/nothing"], ["/healthz"],
  ];
  for (const [path, init] of [...calls, [new URL(link.auth_url).pathname]]) {
    const said = await saidBy(await fetch(stage.worker.api + path, { redirect: "manual", ...init }));
    assert.doesNotMatch(said, OUR_NAME, path);
  }
});

test("webhooks are the operator's: address, headers and body", async (t) => {
  const visit = await stage.visit(t);
  const events = ["account.connected", "post.published"];
  const hook = await newWebhook(stage, receiver.address(), { events, tenant_id: visit.tenant });
  await visit.answer(await visit.pressUntilX(), "authorize");
  await visit.onlyEvent();
  const [account] = await visit.accounts();
  await publishPost(stage, account, { content: "told" });
  await hook.events(2);
  for (const call of hook.address.calls) assert.doesNotMatch(JSON.stringify(call), OUR_NAME);
});

test("an error in the page is in the site's language and has no name in it", async (t) => {
  const visit = await stage.visit(t);
  await blockWindows(visit.page);
  await visit.page.locator("connect-x [part=button]").click();
  const [{ detail }] = await visit.events(1);
  assert.doesNotMatch(JSON.stringify([detail, await statusOf(visit.page).textContent()]), OUR_NAME);
});
