/**
 * docs/guide/agents.md, "A transcript": an assistant finds an account, prices a thread and drafts it, a person approves it, and X has
 * it. The guide shows what happens here, word for word.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { newAccount, textsAt } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { startOffice } from "./desk.mjs";

const GUIDE = new URL("../../docs/guide/agents.md", import.meta.url);
const THREAD = [{ content: "We are live." }, { content: "Thank you, all who tried it early." }];
const tenant_id = "customer-42";

let office;
before(async () => (office = await startOffice({ register: true })));
after(() => office?.stop());

/** The assistant, with the key that a program has. */
async function connected(key) {
  const client = new Client({ name: "assistant", version: "1" }, { versionNegotiation: { mode: "auto" } });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", office.worker.api), { requestInit }));
  return client;
}

/** Only what `shape` names: a value for a value, and the fields of each row of a list. */
function cut(value, shape) {
  if (Array.isArray(shape)) return value.map((row) => cut(row, shape[0]));
  if (shape === true) return value;
  return Object.fromEntries(Object.entries(shape).map(([name, inner]) => [name, cut(value[name], inner)]));
}

const inOneLine = (value) => JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, " ");

/** What differs from run to run, under a name of its own. */
function named(text, names) {
  const told = Object.entries(names).reduce((all, [found, name]) => all.replaceAll(found, name), text);
  return told.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME").replaceAll(/status\/\d+/g, "status/ID");
}

const shownInGuide = () => readFileSync(GUIDE, "utf8").match(/^## A transcript\n[^]*?^```text\n([^]*?)^```$/m)?.[1];

test("the guide's transcript is what an assistant and a person do, and the thread is on X", async (t) => {
  const account = await newAccount(office, { tenant_id, username: "acme" });
  const agent = await newKey(office, { tenant_id, name: "Assistant", scopes: ["read", "draft"] });
  const person = await newKey(office, { tenant_id, name: "Person", scopes: ["read", "publish"] });
  const client = await connected(agent.key);
  const lines = [];
  const use = async (name, args, shape) => {
    const { structuredContent: result, isError, content } = await client.callTool({ name, arguments: args });
    assert.ok(!isError, content[0].text);
    lines.push(`> ${name} ${inOneLine(args)}`, `  ${inOneLine(cut(result, shape))}`);
    return result;
  };
  const accounts = [(await use("list_social_accounts", {}, { data: [{ id: true, username: true, status: true }] })).data[0].id];
  const thread = { accounts, containers: THREAD, x: { made_with_ai: true } };
  await use("preview_post", thread, { post: { containers: [{ weighted_length: true }], cost: { estimate_usd: true, reasons: true } }, warnings: true });
  const { post } = await use("create_post", { ...thread, isDraft: true }, { post: { id: true, isDraft: true } });
  const pending = { approval: { status: true, page: true, expires_at: true }, socialAccounts: [{ state: true, error_code: true }] };
  const { approval } = (await use("request_approval", { post_id: post.id }, { post: pending })).post;
  assert.deepEqual(textsAt(office, account), []);

  const desk = await office.sit(t, { key: null });
  lines.push(`  a person opens ${approval.page}, signs in, and presses "Approve"`);
  await desk.page.goto(approval.page);
  await desk.signIn(person.key);
  await desk.shows("Post");
  await desk.page.getByText(THREAD[1].content).first().waitFor();
  await desk.press(desk.page.getByRole("button", { name: "Approve", exact: true }));
  await desk.page.getByRole("link", { name: "See it on X" }).first().waitFor();

  const done = { approval: { status: true, decided_by: true }, socialAccounts: [{ username: true, status: true, platformPostUrl: true }], cost: { actual_usd: true } };
  await use("get_post", { post_id: post.id }, { post: done });
  await client.close();
  assert.deepEqual(textsAt(office, account), THREAD.map(({ content }) => content));
  const names = { [account.id]: "acc_1", [post.id]: "post_1", [person.id]: "key_1", [office.worker.origin]: "https://YOUR-WORKER" };
  assert.equal(shownInGuide(), `${named(lines.join("\n"), names)}\n`);
});
