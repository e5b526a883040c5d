/**
 * The rules of Go's oapi-codegen, which this repository does not run: everything is one package there, so a name that two
 * things share does not compile (oapi-codegen's README, "Generating type names" and "x-go-name").
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import { DESCRIPTION } from "./generators.mjs";

let document;
before(async () => (document = JSON.parse(await readFile(DESCRIPTION, "utf8"))));

/** As the generator writes a name: words joined, each with a capital. */
const goName = (name) =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

const operations = () => Object.values(document.paths).flatMap((methods) => Object.values(methods));

/** The types that the generator makes of an operation. */
function typesOf({ operationId, parameters, requestBody, responses }) {
  const name = goName(operationId);
  const made = [`${name}Response`];
  if (parameters?.some((parameter) => parameter.in !== "path")) made.push(`${name}Params`);
  if (requestBody?.content["application/json"]) made.push(`${name}JSONRequestBody`, `${name}JSONBody`);
  if (requestBody?.content["application/x-www-form-urlencoded"]) made.push(`${name}FormdataRequestBody`);
  assert.ok(responses, operationId);
  return made;
}

const repeated = (names) => names.filter((name, at) => names.indexOf(name) !== at);

test("no two types of the package share a name, in any case of the letters", () => {
  const { schemas, parameters, headers } = document.components;
  const components = [schemas, parameters, headers].flatMap((group) => Object.keys(group).map(goName));
  const names = [...components, ...operations().flatMap(typesOf)];
  assert.ok(names.length > 200);
  assert.deepEqual(repeated(names.map((name) => name.toLowerCase())), []);
});

test("operations are named as Go's methods can be", () => {
  const names = operations().map(({ operationId }) => operationId);
  for (const name of names) assert.match(name, /^[a-z][A-Za-z0-9]*$/);
  assert.deepEqual(repeated(names.map((name) => goName(name))), []);
});

test("the constants of one list of words have different names, and none is empty", () => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const constants = (schema.enum ?? []).map((word) => goName(String(word)));
    assert.ok(constants.every(Boolean), name);
    assert.deepEqual(repeated(constants), [], name);
  }
});

test("the fields of one record have different names", () => {
  for (const [name, { properties }] of Object.entries(document.components.schemas)) {
    const fields = Object.entries(properties ?? {}).map(([field, schema]) => schema["x-go-name"] ?? goName(field));
    assert.deepEqual(repeated(fields), [], name);
  }
});
