/** Clients of agents: the official ones of both eras, and one that sends what a test says. Every answer is valid by its revision. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import Ajv2020 from "ajv/dist/2020.js";
import { request } from "./client.mjs";
import { ADMIN_KEY } from "./worker.mjs";

export const MODERN = "2026-07-28";
export const LEGACY = "2025-11-25";

const INFO = { name: "a test's", version: "1" };
const RESULTS = {
  initialize: "InitializeResult", "server/discover": "DiscoverResult", "tools/list": "ListToolsResult", "tools/call": "CallToolResult", ping: "EmptyResult",
};

const schemas = new Map();
/** By bench: the schemas of its tools' results. */
const outputs = new WeakMap();

/** The protocol's own schema of a revision, for its definitions. */
function schemaOf(version) {
  if (!schemas.has(version)) {
    const file = new URL(`mcp-schemas/${version}.json`, import.meta.url);
    const ajv = new Ajv2020({ strict: false, validateFormats: false, inlineRefs: false });
    schemas.set(version, ajv.addSchema(JSON.parse(readFileSync(file, "utf8")), "mcp"));
  }
  return schemas.get(version);
}

export function assertValid(version, definition, value) {
  const validate = schemaOf(version).getSchema(`mcp#/$defs/${definition}`);
  assert.ok(validate(value), `${definition} of ${version}: ${JSON.stringify(validate.errors)}: ${JSON.stringify(value)}`);
}

/** Whether an answer is one of the revision to a request of this method. */
export function assertAnswer(version, method, body) {
  if (body.error) return assertValid(version, "JSONRPCErrorResponse", body);
  assertValid(version, "JSONRPCResultResponse", body);
  assertValid(version, RESULTS[method], body.result);
}

/** One message, as it is given; `headers` win. */
export function post(bench, message, { key = ADMIN_KEY, headers = {} } = {}) {
  return request(bench.worker, "POST", "/mcp", {
    headers: {
      "content-type": "application/json", accept: "application/json, text/event-stream",
      ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers,
    },
    body: typeof message === "string" ? message : JSON.stringify(message),
  });
}

let requests = 0;

/** A request of the revision in force. Answers `{status, headers, body, result, error}`. */
export async function ask(bench, method, params = {}, { key, headers, id = (requests += 1) } = {}) {
  const meta = { "io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {} };
  const named = params.name === undefined ? {} : { "mcp-name": params.name };
  const answer = await post(bench, { jsonrpc: "2.0", id, method, params: { ...params, _meta: meta } }, {
    key, headers: { "mcp-protocol-version": MODERN, "mcp-method": method, ...named, ...headers },
  });
  if (answer.body?.jsonrpc) assertAnswer(MODERN, method, answer.body);
  return { ...answer, result: answer.body?.result, error: answer.body?.error };
}

/** What a tool shows is what `tools/list` says that it shows. */
async function assertShown(bench, name, shown) {
  if (!outputs.has(bench)) {
    const { tools } = (await ask(bench, "tools/list", {}, { key: ADMIN_KEY })).result;
    outputs.set(bench, new Map(tools.map(({ name, outputSchema }) => [name, outputSchema])));
  }
  const known = outputs.get(bench);
  if (typeof known.get(name) !== "function") {
    known.set(name, new Ajv2020({ strict: false, validateFormats: false }).compile(known.get(name)));
  }
  const validate = known.get(name);
  assert.ok(validate(shown), `${name}: ${JSON.stringify(validate.errors)}: ${JSON.stringify(shown)}`);
}

/** A tool's call: what it shows, or `{isError, text}`. */
export async function use(bench, name, args = {}, options) {
  const { result, status, text } = await ask(bench, "tools/call", { name, arguments: args }, options);
  assert.ok(result, `${name}: ${status} ${text}`);
  if (result.isError) return { isError: true, text: result.content[0].text };
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
  await assertShown(bench, name, result.structuredContent);
  return result.structuredContent;
}

export const toolsOf = async (bench, key) => (await ask(bench, "tools/list", {}, { key })).result.tools.map(({ name }) => name);

/** A client's fetch, by which each answer to a message is judged too. */
export const judging = (version, send = fetch) => async (input, init = {}) => {
  const answer = await send(input, init);
  const isMessage = init.method === "POST" && new URL(input).pathname === "/mcp";
  if (isMessage && answer.headers.get("content-type")?.startsWith("application/json")) {
    const body = await answer.clone().json();
    if (body.jsonrpc) assertAnswer(version, JSON.parse(init.body).method, body);
  }
  return answer;
};

/** The official client of an era, connected: `modern` or `legacy`. */
export async function officialClient({ worker }, era, { key = ADMIN_KEY, url = new URL("/mcp", worker.api), ...options } = {}) {
  const requestInit = key === null ? {} : { headers: { authorization: `Bearer ${key}` } };
  const isModern = era === "modern";
  const judged = judging(isModern ? MODERN : LEGACY, options.fetch);
  const client = isModern ? new ModernClient(INFO, { versionNegotiation: { mode: { pin: MODERN } } }) : new LegacyClient(INFO);
  const Transport = isModern ? ModernTransport : LegacyTransport;
  await client.connect(new Transport(url, { requestInit, ...options, fetch: judged }));
  return client;
}
