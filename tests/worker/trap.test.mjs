/**
 * docs/ARCHITECTURE.md, "Errors": a trap ends the module for all calls of the isolate. The next call starts the
 * module anew.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL, ME_CALL } from "../support/calls.mjs";
import { newAccount, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";
import { openInspector } from "../support/memory.mjs";

const PAGE = "https://page.example";

let bench;
let account;
let door;
let inspector;
before(async () => {
  bench = await startBench({ inspect: true, vars: { API_ALLOWED_ORIGINS: PAGE } });
  account = await newAccount(bench);
  door = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
  inspector = await openInspector(bench.worker);
});
after(async () => {
  inspector?.close();
  await bench?.stop();
});

/** As a task of the module does: the platform reports what nobody catches. */
const trap = () => inspector.evaluate(`queueMicrotask(() => { throw new WebAssembly.RuntimeError("unreachable"); })`);

const create = (content, headers) => bench.api.post("/v1/posts", { content, accounts: [account.id] }, headers);
const textsOnX = () => bench.x.posts({}).map(({ text }) => text);

test("a call that waits while the module ends has its 500 at once, in the form of its route, and its post is on X once", async () => {
  bench.x.fault({ ...CREATE_CALL, kind: "hold", times: 1 });
  bench.x.fault({ ...ME_CALL, kind: "hold", times: 1 });
  const post = create("held at X", { prefer: "wait=60" });
  // A page's call goes no fast path.
  const passed = door.api.get("/2/users/me", { origin: PAGE });
  const held = ({ fault }) => fault === "hold";
  for (const call of [CREATE_CALL, ME_CALL]) await eventually(async () => bench.x.requests({ ...call, status: null }), (calls) => calls.some(held));
  await trap();
  const [posted, read] = await Promise.all([post, passed]);
  assert.deepEqual([posted.status, posted.body.code, read.status, read.body.status], [500, "internal", 500, 500]);
  for (const { headers } of [posted, read]) assert.ok(headers.get("x-request-id"));
  assert.deepEqual(["access-control-allow-origin", "vary"].map((name) => read.headers.get(name)), [PAGE, "Origin"]);
  bench.x.release();
  const { id } = (await bench.api.get("/v1/posts")).body.data[0];
  await eventually(async () => (await bench.api.get(`/v1/posts/${id}`)).body.post.socialAccounts[0].state, (state) => state === "published");
  assert.deepEqual(textsOnX(), ["held at X"]);
});

test("every call under way at the end of the module is answered, and every accepted post is published once", async () => {
  const accepted = [];
  for (let round = 0; round < 6; round++) {
    const texts = Array.from({ length: 6 }, (_, call) => `round ${round}, ${call}`);
    const posts = texts.map((text) => create(text));
    const passed = texts.map((text) => door.api.post("/2/tweets", { text: `passed on, ${text}` }));
    // The end comes later in each round, and so meets another step of the calls.
    for (let step = 0; step < round * 2; step++) await bench.api.get("/healthz");
    await inspector.evaluate("globalThis.__worker_init_state.criticalError = true");
    const statuses = (await Promise.all([...posts, ...passed])).map(({ status }) => status);
    for (const status of statuses) assert.ok([200, 201, 500, 502].includes(status), String(status));
    accepted.push(...texts.filter((_, call) => statuses[call] === 200));
    assert.equal((await create(`after round ${round}`, { prefer: "wait=30" })).body.post.socialAccounts[0].state, "published");
    assert.equal((await door.api.post("/2/tweets", { text: `passed on, after round ${round}` })).status, 201);
  }
  await eventually(async () => textsOnX(), (texts) => accepted.every((text) => texts.includes(text)));
  assert.equal(new Set(textsOnX()).size, textsOnX().length);
});
