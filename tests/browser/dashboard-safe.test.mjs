/** Safe in any hand: what cannot be undone is typed, what can be has its Undo, nothing ends in a dead end, and nothing is said in the words of callers. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, createPost, faultAtX, fromNow, newAccount, newUser, postIn, publishPost } from "../support/client.mjs";
import { CREATE_CALL } from "../support/calls.mjs";
import { eventually } from "../support/eventually.mjs";
import { addAccounts } from "../support/many-rows.mjs";
import { PHONE, connectX, startOffice } from "./desk.mjs";

const TOTAL = 303;

let office;
let account;
before(async () => {
  office = await startOffice({ register: true });
  account = await newAccount(office, { tenant_id: "customer-1" });
  await office.worker.kill();
  addAccounts(office.worker.stateDir, TOTAL - 1);
  await office.worker.restart();
});
after(() => office?.stop());

const read = async (id) => (await office.api.get(`/v1/posts/${id}`)).body.post;

test("another client id says how many accounts stop before anything is sent, and a key of OAuth 1.0a is said first", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open("settings/networks", "Social Networks");
  await desk.press(desk.button("Replace credentials"));
  const dialog = page.getByRole("dialog");
  const [id, secret] = [dialog.getByLabel("Client ID / API Key"), dialog.getByLabel("Client Secret / API Secret")];
  await dialog.getByText("The OAuth 2.0 Client ID: X's console").waitFor();
  await dialog.getByText("not the API Key Secret of OAuth 1.0a").waitFor();
  await id.fill("rG9n6402A3dbUJKzXTNX4oWHJ");
  await dialog.getByText("This is the API Key of OAuth 1.0a").waitFor();
  assert.equal(await dialog.getByText(/accounts stop/).count(), 0, "nothing of accounts before that");
  await secret.fill("anything");
  await desk.press(dialog.getByRole("button", { name: "Replace credentials" }));
  await dialog.getByText("Press again").waitFor();
  await desk.assertAccessible("a key of OAuth 1.0a");
  const other = office.x.addApp({ name: "another" });
  await id.fill(other.client_id);
  await dialog.getByText(`Another app: ${TOTAL} accounts stop until connected again`).waitFor();
  await dialog.getByRole("link", { name: `See the ${TOTAL} accounts` }).waitFor();
  await desk.assertAccessible("another app");
  assert.equal((await office.api.get("/v1/social-networks/x")).body.data.client_key, office.x.app.client_id);
});

test("an app with 303 accounts is removed once 303 is typed, and not before", async (t) => {
  const desk = await office.sit(t, PHONE);
  const { page } = desk;
  await desk.open("settings/networks", "Social Networks");
  await desk.press(desk.button("Remove this app"));
  const dialog = page.getByRole("dialog", { name: /303 accounts stop/ });
  await dialog.getByLabel("Type 303 to confirm").waitFor();
  await desk.assertAccessible("removing an app");
  await page.keyboard.type("302");
  await desk.press(dialog.getByRole("button", { name: "Remove it: 303 accounts stop" }), { force: true });
  await dialog.getByText("Type 303, then press the button.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal((await office.api.get("/v1/social-networks")).body.count, 1);
  // The focus goes back to where it was.
  await page.waitForFunction(() => document.activeElement.getAttribute("aria-label") === "Remove this app");
});

test("cancelling a scheduled post is undone by one press, and the post is at its time again", async (t) => {
  const { id, scheduledAt } = await createPost(office, account, { content: "for later", scheduledAt: fromNow(86_400_000) });
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open(`posts/${id}`, "Post");
  await desk.press(desk.button("Cancel", true));
  await desk.hears("Cancelled. It is kept as a draft");
  // Whoever is at the button has all the time.
  await desk.button("Undo").focus();
  assert.deepEqual([(await read(id)).isDraft, (await read(id)).scheduled], [true, false]);
  await desk.assertAccessible("an Undo");
  await desk.press(page.locator(".toast").getByRole("button", { name: "Undo" }));
  await desk.hears("Scheduled again");
  const post = await read(id);
  assert.deepEqual([post.isDraft, post.scheduled, post.scheduledAt], [false, true, scheduledAt ?? post.scheduledAt]);
});

test("an Undo of a cancel publishes nothing: neither at a time that is over, nor a text that is another by now", async (t) => {
  const desk = await office.sit(t);
  const { page } = desk;
  const cancelled = async (content) => {
    const post = await createPost(office, account, { content, scheduledAt: fromNow(86_400_000) });
    await desk.open(`posts/${post.id}`, "Post");
    await page.locator(".texts", { hasText: content }).waitFor();
    await desk.press(desk.button("Cancel", true));
    await undo.focus();
    return post;
  };
  const undo = page.locator(".toast").getByRole("button", { name: "Undo" });
  const changed = await cancelled("a text of then");
  await office.api.patch(`/v1/posts/${changed.id}`, { content: "another text" });
  await desk.press(undo);
  await desk.hears("The post has been changed since");
  assert.equal((await read(changed.id)).isDraft, true);
  const late = await cancelled("too late");
  await page.clock.setFixedTime(Date.now() + 2 * 86_400_000);
  await desk.press(undo);
  await desk.hears(/has passed. The post stays a draft/);
  assert.equal((await read(late.id)).isDraft, true);
});

test("a held post leads to its account and mends the account where it stands", async (t) => {
  const user = newUser(office);
  const own = await connect(office, { username: user.username });
  office.x.revokeGrants({ username: user.username });
  const { id } = await createPost(office, own, { content: "held" });
  await postIn(office, id, "held");
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open(`posts/${id}`, "Post");
  await page.getByText("Reconnect it here. The post then goes out by itself.").waitFor();
  const link = page.getByRole("link", { name: `Look at @${user.username}` });
  assert.equal(await link.getAttribute("href"), `#/accounts/${own.id}`);
  await desk.assertAccessible("a held post");
  await desk.press(link);
  await desk.shows(own.nickname);
  await page.getByText("not renewed: connect it again").waitFor();
  assert.equal(await page.getByText("renewed by itself").count(), 0);
  await page.goBack();
  await desk.shows("Post");
  await desk.connect(connectX(page, `reconnect-${own.id}`), user.username);
  await postIn(office, id, "published");
});

test("a failed post says what to change, and is written again for the accounts that refused it", async (t) => {
  const [good, bad] = [await newAccount(office), await newAccount(office)];
  faultAtX(office, { username: bad.username, ...CREATE_CALL, kind: "answer", preset: "duplicate" });
  const created = await office.api.post("/v1/posts", { accounts: [good.id, bad.id], containers: [{ content: "One" }, { content: "Two" }], x: { reply_settings: "following" } });
  const { id } = created.body.post;
  await eventually(() => read(id), ({ socialAccounts }) => socialAccounts.every(({ state }) => ["published", "failed"].includes(state)));
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open(`posts/${id}`, "Post");
  await page.getByText("X has had the same text from this account lately.").waitFor();
  await desk.press(desk.button("Edit and post again"));
  await desk.shows("Edit post");
  const draft = await read(new URL(page.url()).hash.split("/")[2]);
  assert.equal(draft.isDraft, true);
  assert.deepEqual(draft.socialAccounts.map((delivery) => delivery.id), [bad.id]);
  assert.deepEqual([draft.containers.map(({ content }) => content), draft.x], [["One", "Two"], { reply_settings: "following" }]);
  assert.equal((await read(id)).socialAccounts.filter(({ state }) => state === "failed").length, 1, "the record stays");
});

test("a thread that is partly out has Retry, and no second beginning", async (t) => {
  const own = await newAccount(office);
  faultAtX(office, { username: own.username, ...CREATE_CALL, kind: "answer", preset: "duplicate" }, { after: 1 });
  const created = await office.api.post("/v1/posts", { accounts: [own.id], containers: [{ content: "Begun" }, { content: "Ended" }] });
  const { id } = created.body.post;
  await postIn(office, id, "failed");
  const desk = await office.sit(t);
  await desk.open(`posts/${id}`, "Post");
  await desk.button("Retry").waitFor();
  assert.equal(await desk.button("Edit and post again").count(), 0);
  await desk.press(desk.button("Retry"));
  await postIn(office, id, "published");
});

test("figures say their price before anybody asks for them", async (t) => {
  const own = await newAccount(office);
  const { id } = await publishPost(office, own, { content: "counted" });
  const desk = await office.sit(t);
  await desk.open(`posts/${id}`, "Post");
  await desk.button("Ask X for the figures, $0.005").waitFor();
  await desk.page.getByText("Opening this page asks X nothing. Each look is a read at X, $0.005.").waitFor();
});

test("a deployment that stands still says so on every page, and where it goes on", async (t) => {
  const { body } = await office.api.post("/v1/handover");
  t.after(() => office.api.delete("/v1/handover"));
  assert.equal(body.success, true);
  const desk = await office.sit(t);
  const { page } = desk;
  for (const [place, heading] of [["accounts", "Accounts"], ["posts", "Posts"], ["settings/keys", "API keys"]]) {
    await desk.open(place, heading);
    await page.getByText("This deployment stands still.").first().waitFor();
  }
  await desk.press(page.getByRole("main").getByRole("link", { name: "Backup and export" }));
  await desk.shows("Backup and export");
  await desk.press(desk.button("Go on here"));
  await page.locator(".frozen").waitFor({ state: "detached" });
});

test("every page below another has a way back", async (t) => {
  const { id } = await createPost(office, account, { content: "somewhere", scheduledAt: fromNow(86_400_000) });
  const { data: webhook } = (await office.api.post("/v1/webhooks", { name: "Told", url: "https://acme.example/hook", events: ["post.published"] })).body;
  const desk = await office.sit(t);
  for (const [place, heading, back] of [
    [`posts/${id}`, "Post", "Posts"],
    [`accounts/${account.id}`, account.nickname, "Accounts"],
    [`settings/webhooks/${webhook.id}`, "Told", "Webhooks"],
  ]) {
    await desk.open(place, heading);
    await desk.press(desk.page.locator(".page-back"));
    await desk.shows(back);
  }
});

test("a cancelled edit goes back, and connecting for a tenant is a whole dialog", async (t) => {
  const { id } = await createPost(office, account, { content: "stays", scheduledAt: fromNow(86_400_000) });
  const desk = await office.sit(t);
  const { page } = desk;
  await desk.open(`posts/${id}/edit`, "Edit post");
  await page.getByLabel("Text", { exact: true }).fill("changed, and thought better of");
  await desk.press(desk.button("Cancel", true));
  await desk.shows("Post");
  assert.equal((await read(id)).containers[0].content, "stays");
  await desk.open("accounts", "Accounts");
  await desk.press(desk.button("For a tenant"));
  const dialog = page.getByRole("dialog");
  await dialog.locator(".button-primary").click({ force: true });
  await dialog.getByText("Type the id of the customer first.").waitFor();
  await desk.assertAccessible("connecting for a tenant");
  await dialog.getByLabel("Tenant").fill("customer-9");
  await connectX(page, "connect-tenant").waitFor();
  await desk.press(dialog.getByRole("button", { name: "Cancel" }));
  await dialog.waitFor({ state: "detached" });
});

/** Words for callers of the API, which mean nothing to whoever reads a dialog. */
const OF_CALLERS = /Authorization|Bearer|`|tenant_id|\bdetails\b|POST \/v1|GET \/v1/;

test("a refusal at the dashboard is said in words for people", async (t) => {
  const desk = await office.sit(t, { key: null });
  desk.tolerate(/status of 4\d\d/);
  const { page } = desk;
  await page.getByLabel("API key").fill("wrong");
  await desk.press(desk.button("Sign in"));
  const problem = page.getByRole("alert").filter({ hasText: "Request" });
  await problem.getByText("Paste the whole key").waitFor();
  assert.doesNotMatch(await problem.textContent(), OF_CALLERS);
  const other = await office.sit(t);
  other.tolerate(/status of 4\d\d/);
  await other.open("settings/webhooks", "Webhooks");
  await other.press(other.button("Add webhook"));
  const dialog = other.page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("x");
  await dialog.getByLabel("Address").fill("http://10.0.0.1/hook");
  await other.press(dialog.getByRole("button", { name: "Add webhook" }));
  await dialog.getByRole("alert").filter({ hasText: "Request" }).waitFor();
  assert.doesNotMatch(await dialog.getByRole("alert").filter({ hasText: "Request" }).textContent(), OF_CALLERS);
});
