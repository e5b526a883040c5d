/** docs/API.md, section 11, `API_ALLOWED_ORIGINS`: which pages may call with an API key (Fetch standard, §3.2). */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, request, startBench } from "../support/client.mjs";

const ALLOWED = ["https://app.example", "http://localhost:5173"];
const STRANGERS = [
  "https://evil.example",
  "https://app.example.evil.example",
  "http://app.example",
  "https://app.example:8443",
  "https://sub.app.example",
  "null",
];
const CORS = /^access-control-/;

let bench;
let closed;

before(async () => {
  const vars = { API_ALLOWED_ORIGINS: ` ${ALLOWED.join(" , ")} ` };
  bench = await startBench({ vars });
  closed = await startBench({ register: false });
});
after(() => Promise.all([bench?.stop(), closed?.stop()]));

const corsOf = ({ headers }) => Object.fromEntries([...headers].filter(([name]) => CORS.test(name)));

function preflight({ worker }, origin, path = "/v1/posts", method = "POST") {
  const headers = {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "authorization,content-type,idempotency-key",
  };
  return request(worker, "OPTIONS", path, { headers });
}

test("no page may call with a key unless it is configured", async () => {
  for (const origin of [...ALLOWED, ...STRANGERS]) {
    assert.deepEqual(corsOf(await preflight(closed, origin, "/v1/webhooks")), {});
    assert.deepEqual(corsOf(await closed.api.get("/v1/posts", { origin })), {});
  }
});

test("a configured page may ask, with every method and header that the contract has", async () => {
  for (const origin of ALLOWED) {
    const answer = await preflight(bench, origin);
    assert.deepEqual([answer.status, answer.text], [204, ""]);
    const cors = corsOf(answer);
    assert.equal(cors["access-control-allow-origin"], origin);
    for (const method of ["GET", "POST", "PATCH", "DELETE"]) {
      assert.match(cors["access-control-allow-methods"], RegExp(method));
    }
    for (const header of ["Authorization", "Content-Type", "Idempotency-Key", "Prefer"]) {
      assert.match(cors["access-control-allow-headers"], RegExp(header, "i"));
    }
  }
});

test("a configured page may read every answer, refusals too, and the request id", async () => {
  const [origin] = ALLOWED;
  const answers = [
    await bench.api.get("/v1/posts", { origin }),
    await bench.api.get("/v1/posts/post_none", { origin }),
    await bench.api.post("/v1/posts", {}, { origin }),
    await api(bench.worker, { key: null }).get("/v1/posts", { origin }),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [200, 404, 400, 401]);
  for (const answer of answers) {
    const cors = corsOf(answer);
    assert.equal(cors["access-control-allow-origin"], origin);
    assert.match(cors["access-control-expose-headers"], /X-Request-Id/i);
  }
});

test("any other page is told nothing", async () => {
  for (const origin of STRANGERS) {
    assert.deepEqual(corsOf(await preflight(bench, origin, "/v1/webhooks")), {}, origin);
    assert.deepEqual(corsOf(await bench.api.get("/v1/posts", { origin })), {}, origin);
  }
});

test("what depends on the origin says so to caches, and cookies are never let through", async () => {
  for (const origin of [ALLOWED[0], STRANGERS[0]]) {
    for (const answer of [await preflight(bench, origin), await bench.api.get("/v1/posts", { origin })]) {
      assert.match(answer.headers.get("vary"), /Origin/);
      assert.equal(answer.headers.get("access-control-allow-credentials"), null);
    }
  }
});

test("no page may read what is made for the person's own eyes", async () => {
  const [origin] = ALLOWED;
  for (const path of ["/connect/callback/x?state=none", "/connect/result/cs_none", "/connect/link/cs_none"]) {
    assert.deepEqual(corsOf(await request(bench.worker, "GET", path, { headers: { origin } })), {});
  }
});
