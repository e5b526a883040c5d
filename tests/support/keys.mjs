/** API keys of an operator's customers (docs/API.md, section 8). */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { api } from "./client.mjs";

const ROUTES = new URL("../../core/src/api/route.rs", import.meta.url);
/** What the paths of `fn parse_<area>` begin with, where it is not `/v1/<area>`. */
const ROOTS = { v1: "/v1", connect: "/connect" };

export const ALL_SCOPES = ["admin", "publish", "read", "connect"];

/** A new key, and whoever calls with it: `{id, key, api, …}`. */
export async function newKey(bench, fields, by = bench.api) {
  const answer = await by.post("/v1/api-keys", { name: "a test's", scopes: ["admin"], ...fields });
  assert.equal(answer.status, 201, answer.text);
  const { data } = answer.body;
  return { ...data, api: api(bench.worker, { key: data.key }) };
}

/** Every call that `Route::parse` knows, as `GET /v1/posts/{id}`: read from its source, so that a new one is there. */
export async function routedCalls() {
  const source = await readFile(ROUTES, "utf8");
  const functions = source.split(/\n {4}(?:pub )?fn /).filter((text) => text.startsWith("parse_"));
  assert.ok(functions.length >= 3, "the areas of routes");
  const passed = [...source.matchAll(/"(\w+)" if is_passed\(method\) => Some\(Self::pass/g)].map(([, root]) => `ANY /${root}/*`);
  return [...functions.flatMap(callsOf), ...passed].sort();
}

function callsOf(text) {
  const [, area] = /^parse_(\w+)/.exec(text);
  const root = ROOTS[area] ?? `/v1/${area}`;
  const arms = [...text.matchAll(/\(((?:"[A-Z]+"(?: \| )?)+), (\[[^\]]*\](?:\s*\| \[[^\]]*\])*)\)/g)];
  assert.ok(arms.length > 0, `fn parse_${area} has no arm that can be read`);
  const named = arms.flatMap(([, methods, patterns]) => {
    const paths = [...patterns.matchAll(/\[([^\]]*)\]/g)].flatMap(([, segments]) => pathsOf(root, segments));
    return [...methods.matchAll(/[A-Z]+/g)].flatMap(([method]) => paths.map((path) => `${method} ${path}`));
  });
  const passed = [...text.matchAll(/\(_, \[([^\]]*), rest @ \.\.\]\) if is_passed\(method\) => \{\s+Self::pass/g)];
  return [...named, ...passed.flatMap(([, segments]) => pathsOf(root, segments).map((path) => `ANY ${path}/*`))];
}

/** The paths that a list of segments stands for: one may be `"this" | "that"`. */
function pathsOf(root, segments) {
  const each = segments.split(", ").filter(Boolean).map((pattern) => pattern.split(" | ").map(segment));
  return each.reduce((paths, words) => paths.flatMap((path) => words.map((word) => `${path}/${word}`)), [root]);
}

/** A quoted word is itself, a name is an id. */
const segment = (pattern) => (pattern.startsWith('"') ? pattern.slice(1, -1) : "{id}");
