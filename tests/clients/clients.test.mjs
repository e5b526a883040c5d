/** docs/API.md, section 8, "Two clients": what is made again, uploads, webhooks. The same rules hold for every client. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { newUser, connect, startBench } from "../support/client.mjs";
import { PNG } from "../support/files.mjs";
import { freePort } from "../support/ports.mjs";
import { ADMIN_KEY, startWorker } from "../support/worker.mjs";
import { makeClients, runPython, runTypeScript } from "./run.mjs";

const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;
const TYPESCRIPT = 'import { createClient, uploadMedia, verifyWebhook } from "@latchkey/client";\nconst { API, KEY, INPUT } = process.env as Record<string, string>;\n';
const PYTHON = "import asyncio, json, os\nfrom latchkey import ApiError, AsyncClient, Client, WebhookError, verify_webhook\nfrom latchkey.calls import Retries\nAPI, KEY, INPUT = (os.environ.get(name) for name in ('API', 'KEY', 'INPUT'))\n";

let bench;
before(async () => {
  makeClients();
  bench = await startBench();
  const { username } = newUser(bench);
  await connect(bench, { username, tenant_id: "clients" });
});
after(() => bench?.stop());

/** What programs of both clients print as JSON. */
async function outputs(programs, env) {
  const runs = { typescript: runTypeScript, python: runPython, asyncio: runPython };
  const answers = {};
  for (const [language, source] of Object.entries(programs)) {
    const { code, stdout, stderr } = await runs[language]((language === "typescript" ? TYPESCRIPT : PYTHON) + source, env);
    assert.equal(code, 0, `${language}: ${stderr}`);
    answers[language] = JSON.parse(stdout);
  }
  return answers;
}

/** An API that answers as it is told, in this order, and remembers what it was asked. */
async function withAnswers(answers, work) {
  const asked = [];
  const left = [...answers];
  const server = createServer(async (request, response) => {
    await request.resume().toArray();
    asked.push({ method: request.method, key: request.headers["idempotency-key"] });
    const { status, headers = {}, body = {} } = left.shift();
    if (status === 0) return request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return asked;
}

const CALLS = {
  POST: {
    typescript: 'const api = createClient({ baseUrl: API!, key: KEY!, wait: async () => {} });\nconst { response } = await api.POST("/v1/posts", { body: { accounts: ["a"], content: "b" } });\nconsole.log(response.status);',
    python: "from unittest.mock import patch\nwith patch('time.sleep'):\n    try:\n        Client(API, KEY).post('/v1/posts', {})\n        print(200)\n    except ApiError as error:\n        print(error.status)",
    asyncio: "async def main():\n    try:\n        await AsyncClient(API, KEY, retries=Retries()).post('/v1/posts', {})\n        print(200)\n    except ApiError as error:\n        print(error.status)\nfrom unittest.mock import AsyncMock, patch\nwith patch('latchkey.client.asyncio.sleep', AsyncMock()):\n    asyncio.run(main())",
  },
  PATCH: {
    typescript: 'const api = createClient({ baseUrl: API!, key: KEY!, wait: async () => {} });\nconst { response } = await api.PATCH("/v1/posts/{id}", { params: { path: { id: "post_1" } }, body: {} });\nconsole.log(response.status);',
    python: "from unittest.mock import patch\nwith patch('time.sleep'):\n    try:\n        Client(API, KEY).patch('/v1/posts/post_1', {})\n        print(200)\n    except ApiError as error:\n        print(error.status)",
  },
};

async function assertAsked(method, answers, { status, times }) {
  for (const [language, program] of Object.entries(CALLS[method])) {
    const asked = await withAnswers(answers, async (api) => {
      assert.deepEqual(await outputs({ [language]: program }, { API: api, KEY: "k" }), { [language]: status });
    });
    assert.equal(asked.length, times, language);
    assert.equal(new Set(asked.map(({ key }) => key)).size, 1, `${language}: one key for all tries`);
    if (method === "POST") assert.match(asked[0].key, /^[0-9a-f-]{36}$/);
  }
}

test("a POST is made again under one key: after a lost connection, 429, 5xx, and while the first one runs", () =>
  assertAsked("POST", [{ status: 0 }, { status: 503 }, { status: 409, body: { code: "idempotency_in_progress" } }, { status: 200 }], { status: 200, times: 4 }));

test("a refusal is an answer, and is not made again", () =>
  assertAsked("POST", [{ status: 409, body: { code: "in_flight" } }], { status: 409, times: 1 }));

test("an answer that asks for more time than the client waits is the caller's", () =>
  assertAsked("POST", [{ status: 429, headers: { "retry-after": "900" } }], { status: 429, times: 1 }));

test("a change without a key is made again after 429 alone", async () => {
  await assertAsked("PATCH", [{ status: 429, headers: { "retry-after": "1" } }, { status: 502 }], { status: 502, times: 2 });
});

test("a file is announced, sent, confirmed, and its progress told", async (context) => {
  // Node does not resolve the names under localhost that browsers resolve, so the addresses of uploads are of 127.0.0.1.
  const port = await freePort();
  const worker = await startWorker({ port, vars: { PUBLIC_ORIGIN: `http://127.0.0.1:${port}` } });
  context.after(() => worker.stop());
  const env = { API: worker.api, KEY: ADMIN_KEY, INPUT: PNG.bytes.toString("base64") };
  const answers = await outputs(
    {
      typescript: 'const file = new Blob([Uint8Array.from(atob(INPUT!), (letter) => letter.charCodeAt(0))]);\nconst told: number[][] = [];\nconst api = createClient({ baseUrl: API!, key: KEY! });\nconst { status, content_type } = await uploadMedia(api, { file, filename: "photo.png", tenantId: "clients", onProgress: (...at) => told.push(at) });\nconsole.log(JSON.stringify({ status, content_type, told }));',
      python: "import base64\ntold = []\nmedium = Client(API, KEY).upload(base64.b64decode(INPUT), 'photo.png', tenant_id='clients', progress=lambda *at: told.append(at))\nprint(json.dumps({'status': medium['status'], 'content_type': medium['content_type'], 'told': told}))",
      asyncio: "import base64\ntold = []\nasync def main():\n    async with AsyncClient(API, KEY) as api:\n        return await api.upload(base64.b64decode(INPUT), 'photo.png', tenant_id='clients', progress=lambda *at: told.append(at))\nmedium = asyncio.run(main())\nprint(json.dumps({'status': medium['status'], 'content_type': medium['content_type'], 'told': told}))",
    },
    env,
  );
  const { length } = PNG.bytes;
  const expected = { status: "active", content_type: "image/png", told: [[length, length]] };
  assert.deepEqual(answers, { typescript: expected, python: expected, asyncio: expected });
});

test("a list is read to its end", async () => {
  const env = { API: bench.worker.api, KEY: ADMIN_KEY };
  const { python, asyncio } = await outputs(
    {
      python: "print(json.dumps([row['tenant_id'] for row in Client(API, KEY).rows('/v1/social-accounts', limit=1, tenant_id=None)]))",
      asyncio: "async def main():\n    return [row['tenant_id'] async for row in AsyncClient(API, KEY).rows('/v1/social-accounts', limit=1, tenant_id=None)]\nprint(json.dumps(asyncio.run(main())))",
    },
    env,
  );
  assert.deepEqual([python, asyncio], [["clients"], ["clients"]]);
});

test("a webhook's signature is checked: the secret, the body, the time", async () => {
  const now = new Date();
  const body = JSON.stringify({ event: "test", timestamp: now.toISOString(), data: {} });
  const signed = (secret, at = now) => ({
    "webhook-id": "evt_1",
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": new Webhook(secret).sign("evt_1", at, body),
  });
  const other = `whsec_${Buffer.alloc(32, 6).toString("base64")}`;
  const cases = [
    [signed(SECRET), body],
    [{ ...signed(SECRET), "webhook-signature": `v1,AAAA ${signed(SECRET)["webhook-signature"]}` }, body],
    [signed(other), body],
    [signed(SECRET), `${body} `],
    [signed(SECRET, new Date(now - 400_000)), body],
    [{}, body],
    [{ ...signed(SECRET), "webhook-timestamp": "soon" }, body],
  ];
  const answers = await outputs(
    {
      typescript: `const cases: [Record<string, string>, string][] = JSON.parse(INPUT!);\nconst verify = ([headers, body]: [Record<string, string>, string]) => verifyWebhook(${JSON.stringify(SECRET)}, new Headers(headers), body).then(({ event }) => event.event, (error) => error.constructor.name);\nconsole.log(JSON.stringify(await Promise.all(cases.map(verify))));`,
      python: `def verify(headers, body):\n    try:\n        return verify_webhook(${JSON.stringify(SECRET)}, headers, body.encode())['event']\n    except WebhookError as error:\n        return type(error).__name__\nprint(json.dumps([verify(*case) for case in json.loads(INPUT)]))`,
    },
    { INPUT: JSON.stringify(cases), API: "", KEY: "" },
  );
  const expected = ["test", "test", ...Array(5).fill("WebhookError")];
  assert.deepEqual(answers, { typescript: expected, python: expected });
});
