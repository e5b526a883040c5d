/** API keys of an operator's customers (docs/API.md, section 8). */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { SITE, api } from "./client.mjs";

/** Written by the build, of core's table. */
const ROUTES = new URL("../../build/routes.json", import.meta.url);

export const ALL_SCOPES = ["admin", "publish", "draft", "read", "connect"];

/** A new key, and whoever calls with it: `{id, key, api, …}`. */
export async function newKey(bench, fields, by = bench.api) {
  const answer = await by.post("/v1/api-keys", { name: "a test's", scopes: ["admin"], ...fields });
  assert.equal(answer.status, 201, answer.text);
  const { data } = answer.body;
  return { ...data, api: api(bench.worker, { key: data.key }) };
}

export const PAGE_SCOPES = ["accounts", "draft", "publish"];

/** A new page session, and the page that calls with its token: `{id, token, api, …}`. */
export async function newPage(bench, fields, by = bench.api) {
  const answer = await by.post("/v1/page-sessions", { origin: SITE, scopes: PAGE_SCOPES, ...fields });
  assert.equal(answer.status, 201, answer.text);
  const { data } = answer.body;
  return { ...data, api: pageApi(bench, data.token, data.origin) };
}

/** Calls with a token from a page of `origin`; none is sent for null. */
export function pageApi({ worker }, token, origin = SITE) {
  const by = api(worker, { key: token });
  const from = origin === null ? {} : { origin };
  return {
    send: (method, path, { headers, ...rest } = {}) => by.send(method, path, { headers: { ...from, ...headers }, ...rest }),
    get: (path, headers) => by.get(path, { ...from, ...headers }),
    post: (path, value, headers) => by.post(path, value, { ...from, ...headers }),
    patch: (path, value, headers) => by.patch(path, value, { ...from, ...headers }),
    delete: (path, headers) => by.delete(path, { ...from, ...headers }),
  };
}

/** Every row of core's table of routes: `{method, path, scope, reach, effect, answers, hasHead, …}`. Ids are `{id}`. */
export async function routes() {
  const rows = JSON.parse(await readFile(ROUTES, "utf8"));
  return rows.map((row) => ({ ...row, path: row.path.replace(/{(digest|token)}/, "{id}") }));
}

/** Every call below `/v1`, `/connect` and `/2`, as `GET /v1/posts/{id}`; those for X are `ANY /2/*`. */
export async function routedCalls() {
  const rows = (await routes()).filter(({ path }) => path !== "/" && path !== "/healthz");
  return [...new Set(rows.map(({ method, path }) => `${path.endsWith("/*") ? "ANY" : method} ${path}`))].sort();
}
