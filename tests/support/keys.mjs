/** API keys of an operator's customers (docs/API.md, section 8). */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { api } from "./client.mjs";

/** Written by the build, of core's table. */
const ROUTES = new URL("../../build/routes.json", import.meta.url);

export const ALL_SCOPES = ["admin", "publish", "read", "connect"];

/** A new key, and whoever calls with it: `{id, key, api, …}`. */
export async function newKey(bench, fields, by = bench.api) {
  const answer = await by.post("/v1/api-keys", { name: "a test's", scopes: ["admin"], ...fields });
  assert.equal(answer.status, 201, answer.text);
  const { data } = answer.body;
  return { ...data, api: api(bench.worker, { key: data.key }) };
}

/** Every row of core's table of routes: `{method, path, scope, reach, effect, answers, hasHead, …}`. Ids are `{id}`. */
export async function routes() {
  const rows = JSON.parse(await readFile(ROUTES, "utf8"));
  return rows.map((row) => ({ ...row, path: row.path.replace("{digest}", "{id}") }));
}

/** Every call below `/v1`, `/connect` and `/2`, as `GET /v1/posts/{id}`; those for X are `ANY /2/*`. */
export async function routedCalls() {
  const rows = (await routes()).filter(({ path }) => path !== "/" && path !== "/healthz");
  return [...new Set(rows.map(({ method, path }) => `${path.endsWith("/*") ? "ANY" : method} ${path}`))].sort();
}
