/**
 * What the Worker answers, held against its own description: every status, code and field of every answer that a test
 * gets has to be in openapi.json, and so has every body that was accepted.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";

const DESCRIPTION = new URL("../../build/assets/openapi.json", import.meta.url);
const ID = "openapi";

let described;

/** The document, its validators, and its paths: those with words before those with names. */
function description() {
  described ??= load();
  return described;
}

function load() {
  const document = JSON.parse(readFileSync(DESCRIPTION, "utf8"));
  // Schemas are used where they stand in the document, which is no schema itself. Formats have patterns beside them.
  // Each schema is compiled once and called, and not laid out: most are used for a few answers.
  const quick = { inlineRefs: false, code: { optimize: false } };
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true, ...quick });
  ajv.addSchema(document, ID);
  const paths = Object.keys(document.paths).map((path) => ({ path, pattern: patternOf(path) }));
  paths.sort((one, other) => named(one.path) - named(other.path));
  return { document, ajv, paths };
}

const named = (path) => path.split("{").length;

/** Every event that a webhook may hear of without asking for it. */
export const everyEvent = () => description().document.components.schemas.EventKind.enum.filter((name) => name !== "test");

/** Every action of the audit. */
export const everyAction = () => description().document.components.schemas.AuditAction.enum;

/** `{path}` is the rest; any other name is one segment. */
function patternOf(path) {
  const segments = path.split("/").map((segment) => {
    if (segment === "{path}") return ".+";
    return segment.startsWith("{") ? "[^/]+" : segment;
  });
  return new RegExp(`^${segments.join("/")}/?$`);
}

/** A refusal as the Worker words it, for a test that has to answer in its place. */
export const refusal = (code, error) =>
  ({ success: false, error, code, message: error, hint: "Try again.", request_id: "req_made_up" });

/**
 * @param {{method: string, path: string, sent?: unknown}} call `sent` is its body, if that was text
 * @param {{status: number, headers: Headers, body?: unknown, text: string}} answer
 */
export function assertDescribed({ method, path, sent }, { status, headers, body, text }) {
  if (method === "OPTIONS") return;
  if (status === 405) return assertOtherMethod(`${method} ${path}`, headers, body);
  const [media] = (headers.get("content-type") ?? "").split(";");
  const operation = operationOf(method, path);
  const call = `${method} ${path}: ${status}`;
  if (!operation) return assertUnknown(call, status, body);
  const responses = [...operation.at, "responses"];
  const said = operation.responses[status] ? [...responses, `${status}`] : [...responses, "default"];
  const response = at(said);
  assert.ok(response, `${call} is not described; it has ${Object.keys(operation.responses)}: ${text}`);
  if (method === "HEAD" || !text) return;
  const content = [media, `${media.split("/")[0]}/*`, "*/*"].find((type) => response.content?.[type]);
  assert.ok(content, `${call} of type ${media} is not described: ${text}`);
  if (body === undefined || !response.content[content].schema) return;
  assertValid(call, [...said, "content", content, "schema"], body);
  assertCode(call, response, response.content[content].schema, body);
  if (status < 300 && typeof sent === "string") assertAccepted(call, operation, sent);
}

/** The code of a refusal is among those that its call and status list in `x-codes`, or that the schema of a refusal lists. */
function assertCode(call, response, { $ref }, body) {
  const schema = $ref && at($ref.replace("#/", "").split("/"));
  const codes = response["x-codes"] ?? (body.request_id && schema?.["x-codes"]);
  if (codes) assert.ok(codes.includes(body.code), `${call} has the code ${body.code}, and only ${codes} are described`);
}

/**
 * The same for whatever a browser gets of the API at `origin`. The function that comes back is to be awaited once the
 * browser has ended: some answers are still to come until then.
 */
export function holdToDescription(context, origin) {
  const problems = [];
  context.on("response", (response) => {
    if (response.url().startsWith(`${origin}/v1/`)) problems.push(problemOf(response));
  });
  return async () => {
    for (const problem of await Promise.all(problems)) if (problem) throw problem;
  };
}

async function problemOf(response) {
  // A page that has gone takes with it what it was told.
  const text = await response.text().catch(() => "");
  const request = response.request();
  const headers = new Headers(response.headers());
  const isJson = headers.get("content-type")?.startsWith("application/json");
  const isSentJson = request.headers()["content-type"]?.startsWith("application/json");
  const call = { method: request.method(), path: new URL(response.url()).pathname, sent: isSentJson ? request.postData() : undefined };
  try {
    assertDescribed(call, { status: response.status(), headers, text, body: isJson && text ? JSON.parse(text) : undefined });
  } catch (problem) {
    return problem;
  }
}

/** A path that has other methods says which, in the shape of its other refusals: a page's is for a person. */
function assertOtherMethod(call, headers, body) {
  assert.match(headers.get("allow"), /^[A-Z]+(, [A-Z]+)*$/, call);
  if (body === undefined) return;
  assertValid(call, ["components", "schemas", "success" in body ? "Failure" : "Problem"], body);
  assert.equal(body.code, "method_not_allowed", call);
}

/** A path that means nothing is 404; static files are none of the API's. */
function assertUnknown(call, status, body) {
  if (body === undefined) return;
  assert.equal(status, 404, `${call}: no such call is described`);
  assertValid(call, ["components", "schemas", "Failure"], body);
  assert.equal(body.code, "not_found", call);
}

function assertAccepted(call, operation, sent) {
  const schema = operation.requestBody?.content["application/json"]?.schema;
  assert.ok(schema, `${call} took a body, and none is described: ${sent}`);
  // X judges what is passed on to it.
  if (Object.keys(schema).length === 0) return;
  assertValid(`${call}, its body`, [...operation.at, "requestBody", "content", "application/json", "schema"], JSON.parse(sent.replace(/^\ufeff/, "")));
}

function operationOf(method, path) {
  const { document, paths } = description();
  for (const { path: template } of paths.filter(({ pattern }) => pattern.test(path))) {
    const operations = document.paths[template];
    const word = method.toLowerCase();
    const name = operations[word] ? word : method === "HEAD" && operations.get ? "get" : undefined;
    if (name) return { ...operations[name], at: ["paths", template, name] };
  }
}

const at = (place) => place.reduce((value, name) => value?.[name], description().document);

function assertValid(call, place, value) {
  const { ajv } = description();
  const pointer = place.map((name) => encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
  const validate = ajv.getSchema(`${ID}#/${pointer}`);
  assert.ok(validate, `no schema at ${pointer}`);
  if (validate(value)) return;
  const problems = validate.errors.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  assert.fail([`${call} is not as openapi.json says:`, ...problems, JSON.stringify(value, null, 1)].join("\n"));
}
