/** docs/API.md, section 3: whoever has shown nothing that is ours wakes no object; the brand is asked for once a minute. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import {
  browse, createLink, createSession, leftForX, newVerifier, request, SITE, spoilt, startBench, stateOf,
} from "../support/connecting.mjs";

let bench;
let untouched;
before(async () => {
  bench = await startBench();
  untouched = await startBench({ register: false });
});
after(() => Promise.all([bench?.stop(), untouched?.stop()]));

/** The databases of all objects that have ever been woken. */
function objects({ worker }) {
  const root = join(worker.stateDir, "do");
  try {
    const names = readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".sqlite"));
    return names.filter((name) => !name.includes("metadata")).map((name) => join(root, name));
  } catch {
    return [];
  }
}

test("a made-up id, token, state or picture wakes nothing, and is refused on a page", async () => {
  const session = await createSession(bench);
  const { connect_id } = await createLink(bench);
  const state = stateOf((await leftForX(bench)).location);
  const { challenge } = newVerifier();
  const form = (token) => ({
    headers: { origin: SITE },
    body: new URLSearchParams({ token, code_challenge: challenge, code_challenge_method: "S256" }),
  });
  const wrong = (text) => [spoilt(text), `${text}A`, text.slice(0, 20), "x"];
  const calls = [
    ...[...wrong(connect_id), ...wrong(session.id), session.id].map((id) => ["GET", `/connect/link/${id}`]),
    ...[connect_id, session.id].flatMap(wrong).flatMap((id) => [
      ["GET", `/connect/result/${id}`],
      ["POST", `/connect/result/${id}`, { headers: { origin: untouched.worker.origin } }],
      ["GET", `/v1/connect-sessions/${id}`, { headers: { authorization: `Bearer ${session.token.slice(0, -1)}` } }],
    ]),
    ["POST", `/connect/result/${session.id}`, { headers: { origin: untouched.worker.origin } }],
    ...[...wrong(state), ""].map((text) => ["GET", `/connect/callback/x?state=${text}&code=c`]),
    ...[...wrong(session.token), ""].map((token) => ["POST", "/connect/start", form(token)]),
    ["POST", "/connect/start", { headers: { origin: SITE, "content-type": "text/plain" }, body: "x" }],
    ["POST", "/connect/start/confirmed", form("cst_made-up")],
  ];
  for (const [method, path, init] of calls) {
    const { status, headers } = await request(untouched.worker, method, path, init);
    assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status}`);
    assert.equal(headers.get("set-cookie"), null);
  }
  assert.deepEqual(objects(untouched), []);
  await untouched.api.get("/v1/posts");
  assert.equal(objects(untouched).length, 1, "what is asked does leave a trace");
});

/** What the stored brand is called, changed past the Worker. */
function renameBrand(name) {
  for (const file of objects(bench)) {
    const database = new DatabaseSync(file);
    const [found] = database.prepare("SELECT name FROM sqlite_master WHERE name = 'brand'").all();
    if (found) database.prepare("UPDATE brand SET doc = json_set(doc, '$.name', ?)").run(name);
    database.close();
  }
}

const isWorn = async (name) => (await browse(bench, "/connect/result/" + (await createSession(bench)).id)).text.includes(`<span>${name}</span>`);

test("an isolate asks for the brand once a minute, and anew when it was changed by way of it", async () => {
  await bench.api.patch("/v1/settings", { brand: { name: "First" } });
  assert.ok(await isWorn("First"));
  renameBrand("Second");
  assert.equal((await bench.api.get("/v1/settings")).body.data.brand.name, "Second", "the object has it");
  assert.ok(await isWorn("First"), "and was not asked");
  assert.ok((await browse(bench, "/connect/callback/x")).text.includes("<span>First</span>"), "nor for a refusal, which wears what is known");
  await bench.api.patch("/v1/settings", { brand: { name: "Third" } });
  assert.ok(await isWorn("Third"));
});

test("a picture that the brand does not name is 404", async () => {
  for (const digest of ["a", "A".repeat(43), "..%2f", "x".repeat(2000)]) {
    assert.equal((await browse(bench, `/connect/logo/${digest}`)).status, 404, digest);
  }
});
