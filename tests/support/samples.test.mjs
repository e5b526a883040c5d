/** The samples of a site's back end: visitors get no answer of the API but the session, and the customer's id is a string. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { startAcme } from "../acme/server.mjs";
import { startSite } from "./site.mjs";

const SECRET_WORDS = "The API key is missing or not valid.";
const REFUSAL = { success: false, code: "invalid_api_key", error: SECRET_WORDS, hint: "Send a key.", request_id: "req_1" };
const SESSION = { id: "cs_1", token: "cst_1", connect_url: "https://connect.example.com/connect/start" };

/** Runs the sample's handler for the user 42, with what the API answers. */
async function runSample(file, apiAnswers) {
  const text = (await readFile(new URL(`../../${file}`, import.meta.url), "utf8")).replaceAll(/^ {3}/gm, "");
  const source = [...text.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code).find((code) => code.includes("connect-sessions"));
  const asked = [];
  const fetch = async (url, { body }) => (asked.push(JSON.parse(body)), apiAnswers());
  const given = { status: 200 };
  const response = { status: (status) => Object.assign(response, { given: Object.assign(given, { status }) }), json: (body) => Object.assign(given, { body }) };
  const log = { error: () => {} };
  let handler;
  const app = { post: (path, login, handle) => (handler = handle) };
  new Function("app", "requireLogin", "fetch", "console", "process", source)(app, undefined, fetch, log, { env: {} });
  await handler({ user: { id: 42 } }, response);
  return { given, asked };
}

for (const file of ["README.md", "docs/guide/first-post.md"]) {
  test(`the sample of ${file} hands on a session, and of a refusal nothing`, async () => {
    const good = await runSample(file, () => Response.json({ success: true, data: SESSION }, { status: 201 }));
    assert.deepEqual([good.given, good.asked[0].tenant_id], [{ status: 200, body: SESSION }, "42"]);
    const bad = await runSample(file, () => Response.json(REFUSAL, { status: 401 }));
    assert.equal(bad.given.status, 502);
    assert.deepEqual(Object.keys(bad.given.body), ["error"]);
    assert.ok(!JSON.stringify(bad.given).includes(SECRET_WORDS));
  });
}

let api;
let acme;
before(async () => {
  const refusal = (status, body) => ({ status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  api = await startSite({
    "/v1/connect-sessions": refusal(401, REFUSAL),
    "/v1/media/upload": refusal(422, { ...REFUSAL, code: "unsupported_media", error: "Text is no medium." }),
    "/v1/posts": refusal(400, { ...REFUSAL, code: "ambiguous_account" }),
  });
  acme = await startAcme({ port: 0, workerOrigin: api.origin, apiKey: "wrong" });
});
after(() => Promise.all([acme?.close(), api?.stop()]));

test("the demo site tells a visitor what is wrong with a file, and nothing of what the API says of the site", async () => {
  const { port } = new URL(acme.origin);
  const post = async (path, body) => {
    const headers = { origin: acme.origin, "content-type": "application/json" };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return [answer.status, await answer.json()];
  };
  const sorry = { error: "Acme could not do that just now. Please try again." };
  assert.deepEqual(await post("/api/x/session", {}), [502, sorry]);
  assert.deepEqual(await post("/api/x/post", { account: "a", content: "b", draft: "c" }), [502, sorry]);
  assert.deepEqual(await post("/api/x/file", { filename: "a.txt", size: 1 }), [422, { error: "Text is no medium." }]);
});
