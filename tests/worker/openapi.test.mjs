/** docs/API.md, section 8: `/openapi.json` describes every call, every code, and every answer (tests/support/contract.mjs). */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
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
  assert.deepEqual(without(described), without(routed.map(plain)));
});

test("every code of docs/API.md is described with its status and hint", async () => {
  const rows = (await readFile(API, "utf8")).matchAll(/^\| (\d{3}) \| `(\w+)` \| (.+) \|$/gm);
  const documented = [...rows].map(([, status, code, hint]) => ({ status: Number(status), code, hint }));
  assert.ok(documented.length > 40);
  const byName = (one, other) => one.code.localeCompare(other.code);
  const { enum: codes, "x-enum-statuses": statuses, "x-enum-descriptions": hints } = document.components.schemas.Code;
  const described = codes.map((code, at) => ({ status: statuses[at], code, hint: hints[at] }));
  assert.deepEqual(described.sort(byName), documented.sort(byName));
});

test("every parameter and every body of JSON or of a form has an example that is valid", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, "openapi");
  const problems = [];
  const hold = (what, schema, example) => {
    const validate = ajv.compile(withWholeReferences(schema));
    if (example === undefined || !validate(example)) problems.push(`${what}: ${JSON.stringify(validate.errors ?? "none")}`);
  };
  const named = Object.entries({ ...document.paths, ...document.webhooks });
  for (const [path, methods] of named) {
    for (const [method, operation] of Object.entries(methods)) {
      for (const { name, schema, example } of (operation.parameters ?? []).filter((parameter) => !parameter.$ref)) {
        hold(`${method} ${path} ${name}`, schema, example);
      }
      for (const [type, { schema, example }] of Object.entries(operation.requestBody?.content ?? {})) {
        if (schema.format !== "binary") hold(`${method} ${path} ${type}`, schema, example);
      }
    }
  }
  const { IdempotencyKey } = document.components.parameters;
  hold("Idempotency-Key", IdempotencyKey.schema, IdempotencyKey.example);
  assert.deepEqual(problems, []);
});

/** References lead into the document from wherever the schema is compiled. */
function withWholeReferences(schema) {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"openapi#'));
}

test("an answer that is not described fails its test", () => {
  const headers = new Headers({ "content-type": "application/json" });
  const answered = (status, body) => () =>
    assertDescribed({ method: "GET", path: "/healthz" }, { status, headers, body, text: JSON.stringify(body) });
  const health = { ok: true, version: "1", schema: { version: 1, oldest: 1 } };
  answered(200, health)();
  assert.throws(answered(200, { ...health, more: 1 }), /more/);
  assert.throws(answered(200, { ...health, version: undefined }), /version/);
  assert.throws(answered(418, health), /not described/);
  const failure = { success: false, error: "e", message: "e", hint: "h", request_id: "r" };
  answered(500, { ...failure, code: "internal" })();
  assert.throws(answered(500, { ...failure, code: "not_found" }), /not_found/);
});
