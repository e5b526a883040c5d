/** docs/API.md, section 11: what is missing or malformed is named, never shown, and stops every route but one. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import { describe, test } from "node:test";
import { api, request } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { ADMIN_KEY, startWorker } from "../support/worker.mjs";

const CALLS = [
  ["POST", "/v1/social-networks"],
  ["GET", "/v1/social-networks"],
  ["GET", "/v1/social-networks/x"],
  ["PATCH", "/v1/social-networks/x"],
  ["DELETE", "/v1/social-networks/x"],
  ["POST", "/v1/social-networks/x/verify"],
  ["POST", "/v1/social-networks/x/auth-url"],
  ["POST", "/v1/connect-sessions"],
  ["GET", "/v1/connect-sessions/cs_1"],
  ["DELETE", "/v1/connect-sessions/cs_1"],
  ["POST", "/v1/connect-sessions/cs_1/complete"],
  ["OPTIONS", "/v1/posts"],
  ["GET", "/v1/social-accounts"],
  ["GET", "/v1/social-accounts/acc_1"],
  ["DELETE", "/v1/social-accounts/acc_1"],
  ["GET", "/v1/social-accounts/acc_1/health"],
  ["POST", "/v1/posts"],
  ["GET", "/v1/posts"],
  ["GET", "/v1/posts/post_1"],
];
const PAGES = [
  ["POST", "/connect/start"],
  ["POST", "/connect/start/confirmed"],
  ["GET", "/connect/link/cs_1"],
  ["GET", "/connect/callback/x"],
  ["GET", "/connect/result/cs_1"],
];

const ring = (name, bytes) => `${name}:${Buffer.alloc(bytes, 7).toString("base64")}`;
const WRONG = [
  ["ADMIN_KEY", "that is missing", null],
  ["ADMIN_KEY", "of 31 characters", "one-character-short-0123456789a"],
  ["MASTER_KEYS", "with a key of 16 bytes", ring("short", 16)],
  ["X_API_ORIGIN", "in the clear", "http://plain.example"],
  ["X_API_ORIGIN", "with a path", "https://api.example/with/a/path"],
  ["PUBLIC_ORIGIN", "with a path", "https://site.example/with/a/path"],
  ["API_ALLOWED_ORIGINS", "with a name that is no origin", "https://one.example,two-is-no-origin"],
  ["ALLOW_LOOPBACK", "that is neither true nor false", "perhaps"],
];

async function withWorker(vars, check) {
  const worker = await startWorker({ vars });
  try {
    await check(worker);
  } finally {
    await worker.stop();
  }
}

/** fetch() chooses Host itself. */
async function getAs(worker, host, path) {
  const headers = { host, authorization: `Bearer ${ADMIN_KEY}` };
  const [response] = await once(get(`${worker.api}${path}`, { headers }), "response");
  response.setEncoding("utf8");
  return JSON.parse((await response.toArray()).join(""));
}

describe("a wrong configuration", { concurrency: 2 }, () => {
  for (const [name, what, value] of WRONG) {
    test(`${name} ${what} is named and not shown`, () =>
      withWorker({ [name]: value }, async (worker) => {
        const answer = await api(worker).get("/v1/posts");
        const { message } = assertRefused(answer, 500, "misconfigured");
        assert.ok(message.includes(name), message);
        await worker.logged(answer.headers.get("x-request-id"));
        const said = [answer.text, ...answer.headers.values(), ...worker.logs()].join("\n");
        if (value) assert.ok(!said.includes(value), said);
        const health = await api(worker).get("/healthz");
        assert.deepEqual([health.status, health.body.ok], [200, true]);
      }));
  }

  test("MASTER_KEYS that is missing stops every route but /healthz", () =>
    withWorker({ MASTER_KEYS: null }, async (worker) => {
      for (const [method, path] of CALLS) {
        const { message } = assertRefused(await api(worker).send(method, path), 500, "misconfigured");
        assert.match(message, /MASTER_KEYS/);
      }
      for (const [method, path] of PAGES) {
        const { status, headers } = await request(worker, method, path);
        assert.deepEqual([status, headers.get("content-type")], [500, "text/html; charset=utf-8"], path);
      }
      assert.equal((await api(worker).get("/healthz")).status, 200);
    }));
});

test("only a request to this machine may do without PUBLIC_ORIGIN", () =>
  withWorker({ PUBLIC_ORIGIN: "" }, async (worker) => {
    const path = "/v1/social-networks";
    assert.equal((await getAs(worker, `127.0.0.1:${worker.port}`, path)).success, true);
    assert.equal((await getAs(worker, `connect.localhost:${worker.port}`, path)).success, true);
    const { code, message } = await getAs(worker, "connect.example.com", path);
    assert.equal(code, "misconfigured");
    assert.match(message, /PUBLIC_ORIGIN/);
  }));

test("without PUBLIC_ORIGIN every route of a public deployment names it, and so it does if it is white space", () =>
  withWorker({ PUBLIC_ORIGIN: " \n" }, async (worker) => {
    for (const path of ["/v1/posts", "/v1/dashboard/session", "/v1/media", "/2/users/me"]) {
      const answer = await getAs(worker, "connect.example.com", path);
      assert.match(answer.message ?? answer.detail, /PUBLIC_ORIGIN/, path);
    }
    assert.equal((await getAs(worker, "connect.example.com", "/healthz")).ok, true);
  }));

test("white space around secrets and variables is not part of them", () => {
  const key = "k".repeat(32);
  const vars = {
    ADMIN_KEY: `${key}\n`,
    MASTER_KEYS: `\t${ring("new", 32)}, ${ring("old", 32)}\r\n`,
    PUBLIC_ORIGIN: " http://127.0.0.1:8787\n",
    X_API_ORIGIN: " https://api.x.example\n",
    X_AUTHORIZE_URL: " https://x.example/authorize \n",
    API_ALLOWED_ORIGINS: " https://one.example , https://two.example\n",
    ALLOW_LOOPBACK: " true\n",
    SETTLE_MS: " 100 \n",
  };
  return withWorker(vars, async (worker) => {
    const answer = await api(worker, { key }).get("/v1/posts");
    assert.equal(answer.status, 200, answer.text);
    const padded = { ...vars, ADMIN_KEY: `${key.slice(1)}\n` };
    await withWorker(padded, async (short) => {
      assert.match(assertRefused(await api(short).get("/v1/posts"), 500, "misconfigured").message, /ADMIN_KEY/);
    });
  });
});

test("a ring of several keys and the shortest good admin key are taken", () => {
  const vars = { MASTER_KEYS: `${ring("new", 32)},${ring("old", 32)}`, ADMIN_KEY: "k".repeat(32) };
  return withWorker(vars, async (worker) => {
    assert.equal((await api(worker, { key: vars.ADMIN_KEY }).get("/v1/posts")).status, 200);
  });
});
