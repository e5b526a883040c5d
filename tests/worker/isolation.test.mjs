/**
 * docs/API.md, section 8: a key of one tenant, or the token of a page, lists, reads, touches and infers nothing of another.
 *
 * ROWS has a row for every call that a key opens; what scope and binding the call needs is core's table's to say. A new
 * route without a row fails the first test.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { api, connect, createSession, fromNow, newAccount, ownApp, publishPost, SITE, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { ALL_SCOPES, newKey, newPage, pageApi, routes } from "../support/keys.mjs";
import { announce, put, upload } from "../support/media.mjs";
import { inObject } from "../support/stored.mjs";

/** What is the operator's own: refused to whoever is bound. */
const operator = (body) => ({ kind: "operator", body });
/** A list or a sum: there for everybody, with one's own rows only. */
const list = { kind: "list" };
/** A row of `of`: another's is as unknown as none. */
const row = (of, body) => ({ kind: "row", of, body });
/** Makes a row. `theirs` are bodies that name something of the stranger, with the answer to each. */
const create = (theirs) => ({ kind: "create", theirs });

/** Calls for X: read with GET here, and refused in X's words. */
const pass = { kind: "pass", of: "account" };

const NOBODYS = { account: "acc_AAAAAAAAAAAAAAAAAAAAAA" };
const otherTenant = (body) => ({ tenant_id }) => (tenant_id ? [[{ ...body, tenant_id }, 403, "insufficient_key_scope"]] : []);
const unknownAccount = ({ account }) => [
  [{ content: "theirs", accounts: [account.id] }, 400, "unknown_account"],
  [{ content: "theirs", accounts: [account.username] }, 400, "unknown_account"],
];
const session = (fields) => (theirs) => [
  ...otherTenant(fields)(theirs),
  [{ ...fields, reconnect_account_id: theirs.account.id }, 404, "not_found"],
];
const HOOK = { name: "theirs", url: "https://acme.example/hook", events: ["test"] };
const APP = { network: "x", client_key: "a", client_secret: "b", verify: false };

const today = new Date().toISOString().slice(0, 10);

const ROWS = {
  "ANY /2/*": { ...pass, of: null },
  "ANY /v1/social-accounts/{id}/x/2/*": pass,
  "DELETE /v1/api-keys/{id}": row("key"),
  "DELETE /v1/connect-sessions/{id}": row("session"),
  "DELETE /v1/media/{id}": row("media"),
  "DELETE /v1/page-sessions/{id}": row("page"),
  "DELETE /v1/posts/{id}": row("post"),
  "DELETE /v1/posts/{id}/remote": row("post"),
  "DELETE /v1/social-accounts/{id}": row("account"),
  "DELETE /v1/social-networks/{id}": row("network"),
  "DELETE /v1/webhooks/{id}": row("webhook"),
  "GET /v1/account/usage": list,
  "GET /v1/api-keys": list,
  "GET /v1/connect-sessions/{id}": row("session"),
  "GET /v1/media": list,
  "GET /v1/media/{id}": row("media"),
  "GET /v1/page-sessions/{id}": row("page"),
  "GET /v1/posts": list,
  "GET /v1/summary": list,
  "GET /v1/calendar": { ...list, query: `from=${today}&to=${today}` },
  "GET /v1/changes": list,
  "GET /v1/posts/{id}": row("post"),
  "GET /v1/posts/{id}/analytics": row("post"),
  "GET /v1/posts/{id}/replies": row("post"),
  "DELETE /v1/handover": operator(),
  "GET /v1/export": operator(),
  "GET /v1/handover": operator(),
  "GET /v1/reseal": operator(),
  "GET /v1/metrics": operator(),
  "GET /v1/dashboard/pages/{page}": operator(),
  "GET /v1/settings": operator(),
  "GET /v1/social-accounts": list,
  "GET /v1/social-accounts/{id}": row("account"),
  "GET /v1/social-accounts/{id}/health": row("account"),
  "GET /v1/social-accounts/{id}/imports": row("account"),
  "GET /v1/social-accounts/{id}/imports/{id}": row("account"),
  "GET /v1/social-accounts/{id}/limits": row("account"),
  "GET /v1/social-accounts/{id}/metrics": row("account"),
  "GET /v1/social-networks": list,
  "GET /v1/social-networks/{id}": row("network"),
  "GET /v1/social-networks/{id}/auth-url": { ...row("network"), unknown: [400, "network_not_configured"] },
  "GET /v1/agents": list,
  "DELETE /v1/agents/{id}": row("key"),
  // Only a person who is signed in decides: agents-oauth.test.mjs.
  "POST /v1/agents": create(() => []),
  "POST /v1/agents/requests": create(() => []),
  "GET /v1/audit": list,
  "GET /v1/webhooks": list,
  "GET /v1/webhooks/{id}": row("webhook"),
  "GET /v1/webhooks/{id}/deliveries": row("webhook"),
  "PATCH /v1/posts/{id}": row("scheduled", { content: "stolen" }),
  "PATCH /v1/settings": operator({ on_unknown: "hold" }),
  "PATCH /v1/social-networks/{id}": row("network", { client_secret: "b", verify: false }),
  "PATCH /v1/webhooks/{id}": row("webhook", { enabled: false }),
  "POST /v1/api-keys": create((theirs) => [
    ...otherTenant({ name: "theirs", scopes: ["read"] })(theirs),
    [{ name: "theirs", scopes: ["read"], account_id: theirs.account.id }, 404, "not_found"],
  ]),
  "POST /v1/connect-sessions": create(session({ origin: SITE })),
  "POST /v1/connect-sessions/{id}/accept": row("session"),
  // A tool is one of the other calls, made with the same key: mcp.test.mjs tries each.
  "POST /mcp": create(() => []),
  "POST /v1/media": create(otherTenant({ data: png().toString("base64") })),
  "POST /v1/media/upload": create(otherTenant({ filename: "theirs.png" })),
  "POST /v1/media/{id}/confirm": row("pending"),
  "POST /v1/page-sessions": create(otherTenant({ origin: SITE, scopes: ["publish"] })),
  "POST /v1/posts": create(unknownAccount),
  "POST /v1/posts/{id}/approval": row("draft"),
  "POST /v1/posts/{id}/approve": row("asking"),
  "POST /v1/posts/{id}/deliveries/{id}/resolve": row("post", { as: "absent" }),
  "POST /v1/posts/{id}/reject": row("asking", { note: "no" }),
  "POST /v1/posts/{id}/replies": row("post", { content: "said by a stranger" }),
  "POST /v1/posts/{id}/repost": row("post", { account: "x" }),
  "POST /v1/posts/{id}/retry": row("post"),
  "POST /v1/handover": operator({}),
  "POST /v1/import": operator({}),
  "POST /v1/reseal": operator({}),
  "GET /v1/re-encryption": operator(),
  "POST /v1/re-encryption": operator({}),
  "GET /v1/freeze": operator(),
  "POST /v1/freeze": operator({}),
  "DELETE /v1/freeze": operator(),
  "POST /v1/social-accounts/{id}/imports": row("account", { limit: 5 }),
  "POST /v1/social-networks": create(otherTenant(APP)),
  "POST /v1/social-networks/{id}/auth-url": { ...row("network", {}), unknown: [400, "network_not_configured"] },
  "POST /v1/social-networks/{id}/resume": row("network"),
  "POST /v1/social-networks/{id}/verify": row("network"),
  "POST /v1/webhooks": create(otherTenant(HOOK)),
  "POST /v1/webhooks/{id}/deliveries/{id}/redeliver": row("webhook"),
  "POST /v1/webhooks/{id}/test": row("webhook"),
};

const WIDTHS = ["account", "tenant", "workspace"];
/** Whether a call is for a page, or for a key of this binding. */
function isOpenTo({ reach, pages, scope }, binding) {
  if (binding === "page") return pages !== null;
  if (binding === "draft page") return ["any", "draft"].includes(pages);
  if (binding === "draft") return WIDTHS.indexOf(reach) <= WIDTHS.indexOf("tenant") && ["draft", "read", "any"].includes(scope);
  return WIDTHS.indexOf(reach) <= WIDTHS.indexOf(binding);
}
const opened = (await routes()).filter(({ scope }) => scope !== null);
const nameOf = ({ method, path }) => `${path.endsWith("/*") ? "ANY" : method} ${path}`;
/** The first row of a call for X is the one that reads. */
const needs = Object.fromEntries(opened.toReversed().map((call) => [nameOf(call), { scope: call.scope, reach: call.reach, pages: call.pages }]));
const withKeys = Object.entries(ROWS).map(([call, rule]) => [call, { ...rule, ...needs[call] }]);
const ofKind = (kind) => withKeys.filter(([, call]) => call.kind === kind);
const pathOf = (call, id) => call.split(" ")[1].replaceAll(/\{\w+\}/g, id).replace("*", "users/me");
const methodOf = (call) => call.split(" ")[0].replace("ANY", "GET");

let bench;
/** Whose rows are looked for: another tenant, the operator itself, another account of the same tenant. */
let strangers;
let intruder;
let narrow;
let page;
/** A key that may not publish, and a page that may not. */
let drafter;
let draftPage;

before(async () => {
  bench = await startBench();
  intruder = await newKey(bench, { tenant_id: "intruder" });
  page = await newPage(bench, { tenant_id: "intruder" });
  drafter = await newKey(bench, { tenant_id: "intruder", scopes: ["draft"] });
  draftPage = await newPage(bench, { tenant_id: "intruder", scopes: ["draft"] });
  await newAccount(bench, { tenant_id: "intruder" });
  const mine = await newAccount(bench, { tenant_id: "victim" });
  narrow = await newKey(bench, { account_id: mine.id, scopes: ALL_SCOPES });
  const { network } = await ownApp(bench, "victim", { name: "victim" });
  strangers = [await newVictim("victim", network), await newVictim(undefined, bench.network)];
});
after(() => bench?.stop());

/** One of each kind of row. */
async function newVictim(tenant_id, network) {
  const account = await newAccount(bench, { tenant_id, name: `Secret ${tenant_id}` });
  const post = await publishPost(bench, account, { content: `secret of ${tenant_id}` });
  const later = { content: `plan of ${tenant_id}`, accounts: [account.id], scheduledAt: fromNow(3_600_000) };
  const scheduled = (await bench.api.post("/v1/posts", later)).body.post;
  const asking = (await bench.api.post("/v1/posts", { content: `asked by ${tenant_id}`, accounts: [account.id], approval: true })).body.post;
  const draft = (await bench.api.post("/v1/posts", { content: `draft of ${tenant_id}`, accounts: [account.id], isDraft: true })).body.post;
  const session = await createSession(bench, { tenant_id });
  const key = await newKey(bench, { tenant_id, name: `key of ${tenant_id}` });
  const page = await newPage(bench, { tenant_id: tenant_id ?? "of-nobody-else" });
  const webhook = (await bench.api.post("/v1/webhooks", { ...HOOK, tenant_id })).body.data;
  const media = await upload(bench, png(), { tenant_id, filename: `secret of ${tenant_id}.png` });
  const pending = await announce(bench, { tenant_id });
  await put(bench, pending.upload_url, png());
  return { tenant_id, network, account, post, scheduled, asking, draft, session, key, page, webhook, media, pending };
}

/** Whatever a stranger could be known by. */
const traces = ({ account, post, scheduled, asking, draft, session, key, page, webhook, media, pending, network, tenant_id }) => [
  account.id,
  account.username,
  account.network_unique_id,
  account.nickname,
  post.id,
  post.socialAccounts[0].platformPostId,
  scheduled.id,
  asking.id,
  asking.approval.url,
  draft.id,
  session.id,
  key.id,
  page.id,
  webhook.id,
  media.id,
  media.filename,
  pending.id,
  network.client_key,
  ...(tenant_id ? [tenant_id, network.id] : []),
];

/** The stranger's rows as the operator sees them. */
async function rowsOf({ account, post, scheduled, asking, draft, network, session, key, page, webhook, media, pending }) {
  const paths = [
    `/v1/social-accounts/${account.id}`,
    `/v1/posts/${post.id}`,
    `/v1/posts/${scheduled.id}`,
    `/v1/posts/${asking.id}`,
    `/v1/posts/${draft.id}`,
    `/v1/social-networks/${network.id}`,
    `/v1/connect-sessions/${session.id}`,
    `/v1/page-sessions/${page.id}`,
    `/v1/webhooks/${webhook.id}`,
    `/v1/media/${media.id}`,
    `/v1/media/${pending.id}`,
  ];
  const rows = await Promise.all(paths.map(async (path) => (await bench.api.get(path)).body));
  for (const { success } of rows) assert.equal(success, true);
  // An address is signed anew for each answer.
  for (const { data } of rows) if (data?.url) delete data.url;
  const keys = (await bench.api.get("/v1/api-keys")).body.data.filter(({ id }) => id === key.id);
  return JSON.stringify([rows.map(({ request_id: _, ...row }) => row), keys]);
}

function send(by, call, id, body) {
  const method = methodOf(call);
  const path = pathOf(call, id);
  return method === "GET" || method === "DELETE" ? by.send(method, path) : by[method.toLowerCase()](path, body);
}

test("every call that a key opens has its row here", () => {
  assert.deepEqual(Object.keys(needs).sort(), Object.keys(ROWS).sort());
});

for (const [name, by, binding] of [
  ["a tenant's key", () => intruder.api, "tenant"],
  ["an account's key", () => narrow.api, "account"],
  ["a page's token", () => page.api, "page"],
  ["a key that may not publish", () => drafter.api, "draft"],
  ["a page that may not publish", () => draftPage.api, "draft page"],
]) {
  test(`${name} finds none of a stranger's rows and changes none`, async () => {
    for (const victim of strangers) {
      const before = await rowsOf(victim);
      bench.x.clearRequests();
      for (const [call, { of, body, unknown = [404, "not_found"], ...rule }] of ofKind("row")) {
        const answer = await send(by(), call, victim[of].id, body);
        const isShared = of === "network" && victim.tenant_id === undefined;
        if (!isOpenTo(rule, binding)) assertRefused(answer, 403, "insufficient_key_scope");
        else if (isShared && rule.scope === "admin") assertRefused(answer, 403, "insufficient_key_scope");
        else if (isShared) assert.equal(answer.status, 200, `${call}: ${answer.text}`);
        else assertRefused(answer, ...unknown);
        for (const trace of traces(victim)) assert.ok(!answer.text.includes(trace), `${call} shows ${trace}`);
      }
      assert.deepEqual(bench.x.requests(), [], "X was called for a stranger");
      assert.equal(await rowsOf(victim), before);
    }
  });

  test(`${name} gets lists and sums of its own rows alone`, async () => {
    for (const [call, rule] of ofKind("list")) {
      const filters = ["", ...strangers.flatMap(({ tenant_id }) => (tenant_id ? [`?tenant_id=${tenant_id}`] : []))];
      for (const filter of /(usage|keys|agents|changes)$/.test(call) ? [""] : filters) {
        const query = rule.query ? `?${rule.query}&${filter.slice(1)}` : filter;
        const answer = await by().get(pathOf(call) + query);
        if (!isOpenTo(rule, binding)) assertRefused(answer, 403, "insufficient_key_scope");
        else assert.equal(answer.status, 200, `${call}: ${answer.text}`);
        const others = binding !== "account" ? strangers : strangers.map(({ tenant_id: _, ...rest }) => rest);
        for (const trace of others.flatMap(traces)) assert.ok(!answer.text.includes(trace), `${call} shows ${trace}`);
      }
    }
  });

  test(`${name} makes nothing of a stranger's`, async () => {
    for (const victim of strangers) {
      bench.x.clearRequests();
      for (const [call, { theirs, ...rule }] of ofKind("create")) {
        for (const [body, status, code] of theirs(victim)) {
          const answer = await send(by(), call, "", body);
          if (isOpenTo(rule, binding)) assertRefused(answer, status, code);
          else assertRefused(answer, 403, "insufficient_key_scope");
        }
      }
      assert.deepEqual(bench.x.requests(), []);
    }
  });
}

test("a call for X is for one's own account, by whichever door", async () => {
  for (const victim of strangers) {
    bench.x.clearRequests();
    for (const [call] of ofKind("pass")) {
      for (const key of [intruder, narrow, page]) {
        const { status, body, text } = await send(key.api, call, victim.account.id);
        if (pathOf(call).startsWith("/2/") && key === narrow) {
          assert.equal(body.data.id === victim.account.network_unique_id, false, text);
          continue;
        }
        const refused = key === page || pathOf(call).startsWith("/2/") ? [403, "insufficient_key_scope"] : [404, "not_found"];
        assert.deepEqual([status, body.code], refused, `${call}: ${text}`);
      }
    }
    assert.equal(bench.x.requests().length, 1, "the narrow key's own");
  }
});

test("what is the operator's own is for no bound key", async () => {
  for (const [call, { body }] of ofKind("operator")) {
    for (const key of [intruder, narrow, page]) {
      assertRefused(await send(key.api, call, "start", body), 403, "insufficient_key_scope");
    }
  }
});

test("each call refuses a missing and a made-up key, and says nothing else", async () => {
  for (const key of [null, `lk_${"A".repeat(43)}`]) {
    const stranger = api(bench.worker, { key });
    for (const [call, { body }] of withKeys) {
      const answer = await send(stranger, call, NOBODYS.account, body && {});
      assert.deepEqual([answer.status, answer.body?.code], [401, "invalid_api_key"], `${call}: ${answer.text}`);
    }
  }
});

test("each call needs the scope of its row, and no other one opens it", async () => {
  const keys = Object.fromEntries(
    await Promise.all(ALL_SCOPES.map(async (scope) => [scope, (await newKey(bench, { scopes: [scope] })).api])),
  );
  for (const [call, { scope, body, ...rule }] of withKeys) {
    for (const held of ALL_SCOPES) {
      // An id that nobody has, and no body: whatever passes the key has no effect.
      const answer = await send(keys[held], call, NOBODYS.account, body && {});
      const isRefused = answer.body?.code === "insufficient_key_scope" && !/one account/.test(answer.body.detail);
      const isOpen = [held, "any"].includes(scope) || held === "admin" || ["draft read", "publish draft"].includes(`${held} ${scope}`);
      assert.equal(isRefused, !isOpen, `${call} with ${held}: ${answer.text}`);
      if (isRefused && rule.kind !== "pass") assertRefused(answer, 403, "insufficient_key_scope");
    }
  }
  // One of them made the deployment stand still.
  assert.equal((await bench.api.delete("/v1/handover")).status, 200);
  await eventually(() => bench.api.get("/v1/handover"), ({ body }) => body.data.status === "running");
});

test("each call refuses the token of a page of another origin, and shows no page why", async () => {
  for (const origin of ["https://evil.example", "null", `${SITE}.evil.example`, null]) {
    const elsewhere = pageApi(bench, page.token, origin);
    for (const [call, { body }] of withKeys) {
      const { status, headers, ...answer } = await send(elsewhere, call, NOBODYS.account, body && {});
      assert.deepEqual([status, answer.body?.code], [403, "origin_not_allowed"], `${call}: ${answer.text}`);
      assert.deepEqual([...headers.keys()].filter((name) => name.startsWith("access-control-")), [], call);
    }
  }
});

test("each call refuses the token of a page that has ended, was deleted, or whose key is gone", async () => {
  const parent = await newKey(bench, { tenant_id: "intruder" });
  const [deleted, orphan, ended] = [
    await newPage(bench, { tenant_id: "intruder" }),
    await newPage(bench, { tenant_id: "intruder" }, parent.api),
    await newPage(bench, { tenant_id: "intruder" }),
  ];
  for (const { api } of [deleted, orphan, ended]) assert.equal((await api.get("/v1/social-accounts")).status, 200);
  assert.equal((await bench.api.delete(`/v1/page-sessions/${deleted.id}`)).status, 200);
  assert.equal((await bench.api.delete(`/v1/api-keys/${parent.id}`)).status, 200);
  await bench.worker.kill();
  inObject(bench.worker.stateDir, "Workspace", (db) => db.prepare("UPDATE keys SET expires_at = ? WHERE id = ?").run(Date.now(), ended.id));
  await bench.worker.restart();
  for (const { api } of [deleted, orphan, ended]) {
    for (const [call, { body }] of withKeys) {
      const answer = await send(api, call, NOBODYS.account, body && {});
      // Pages of other origins are refused there whatever they hold.
      const refused = call === "POST /mcp" ? [403, "origin_not_allowed"] : [401, "invalid_api_key"];
      assert.deepEqual([answer.status, answer.body?.code], refused, `${call}: ${answer.text}`);
    }
  }
});

test("one tenant's Idempotency-Key is not another's, nor the operator's", async () => {
  const headers = { "idempotency-key": "the-same" };
  const body = { name: "idempotent", scopes: ["read"] };
  const make = (by) => by.post("/v1/api-keys", body, headers);
  const answers = [await make(intruder.api), await make(strangers[0].key.api), await make(bench.api)];
  assert.deepEqual(answers.map(({ status }) => status), [201, 201, 201]);
  assert.deepEqual(answers.map((answer) => answer.body.data.tenant_id), ["intruder", "victim", null]);
  const again = await make(intruder.api);
  assert.equal(again.text, answers[0].text);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
});

test("an account of two tenants is two rows, each for its own key", async () => {
  const { username } = strangers[0].account;
  const shared = await connect(bench, { username, tenant_id: "intruder" });
  const { data } = (await intruder.api.get("/v1/social-accounts")).body;
  assert.ok(data.some(({ id }) => id === shared.id));
  assertRefused(await intruder.api.get(`/v1/social-accounts/${strangers[0].account.id}`), 404, "not_found");
  const posts = (await intruder.api.get(`/v1/posts?social_account_id=${shared.id}`)).body;
  assert.deepEqual(posts.posts, []);
});
