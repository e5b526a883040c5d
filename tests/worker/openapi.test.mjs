/** docs/API.md, section 8: `/openapi.json` describes every call, every code, and every answer (tests/support/contract.mjs). */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { assertDescribed } from "../support/contract.mjs";
import { routedCalls } from "../support/keys.mjs";
import { startWorker } from "../support/worker.mjs";

const API = new URL("../../docs/API.md", import.meta.url);

let worker;
let document;
before(async () => {
  worker = await startWorker();
  document = await (await fetch(`${worker.api}/openapi.json`)).json();
});
after(() => worker?.stop());

const callsOf = ({ paths }) =>
  Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));

/** Names of ids are for readers. */
const plain = (call) => call.replace("{path}", "*").replaceAll(/\{[^}]*\}/g, "{id}");

test("/openapi.json is served without a key, to every page, and can be revalidated", async () => {
  const answer = await fetch(`${worker.api}/openapi.json`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /^application\/json/);
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  assert.equal(answer.headers.get("cache-control"), "public, max-age=0, must-revalidate");
  const again = await fetch(`${worker.api}/openapi.json`, { headers: { "if-none-match": answer.headers.get("etag") } });
  assert.equal(again.status, 304);
});

test("/openapi.json is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, "3.1");
});

test("every routed call is described, and every described call is routed", async () => {
  const routed = (await routedCalls()).filter((call) => !call.startsWith("OPTIONS "));
  // HEAD answers wherever GET does; it is described where it has a meaning of its own.
  const described = callsOf(document).map(plain).filter((call) => !call.startsWith("HEAD "));
  const passes = (call) => call.endsWith("/*");
  for (const call of routed.filter(passes)) {
    const path = call.replace("ANY ", "");
    const methods = described.filter((call) => call.endsWith(` ${path}`)).map((call) => call.split(" ")[0]);
    assert.deepEqual(methods.sort(), ["DELETE", "GET", "PATCH", "POST", "PUT"], path);
  }
  // These three are not below /v1 or /connect; the dashboard and healthz have tests of their own.
  const elsewhere = ["GET /", "GET /healthz"];
  const without = (calls) => calls.filter((call) => !passes(call) && !elsewhere.includes(call)).sort();
  assert.deepEqual(without(described), without(routed));
});

test("every code of docs/API.md is described with its status and hint", async () => {
  const rows = (await readFile(API, "utf8")).matchAll(/^\| (\d{3}) \| `(\w+)` \| (.+) \|$/gm);
  const documented = [...rows].map(([, title, code, description]) => ({ title, const: code, description }));
  assert.ok(documented.length > 40);
  const byName = (one, other) => one.const.localeCompare(other.const);
  assert.deepEqual([...document.components.schemas.Code.oneOf].sort(byName), documented.sort(byName));
});

test("an answer that is not described fails its test", () => {
  const headers = new Headers({ "content-type": "application/json" });
  const answered = (status, body) => () =>
    assertDescribed({ method: "GET", path: "/healthz" }, { status, headers, body, text: JSON.stringify(body) });
  answered(200, { ok: true, version: "1" })();
  assert.throws(answered(200, { ok: true, version: "1", more: 1 }), /more/);
  assert.throws(answered(200, { ok: true }), /version/);
  assert.throws(answered(418, { ok: true, version: "1" }), /not described/);
  const failure = { success: false, error: "e", message: "e", hint: "h", request_id: "r" };
  answered(500, { ...failure, code: "internal" })();
  assert.throws(answered(500, { ...failure, code: "not_found" }), /code/);
});
