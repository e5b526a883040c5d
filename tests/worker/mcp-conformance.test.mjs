/**
 * The protocol's own conformance suite, for what a server of tools alone has: docs/API.md, section 12. The suite sends no key, so
 * a server in between adds one.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { startBench } from "../support/client.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";

const SUITE = fileURLToPath(new URL("../../node_modules/@modelcontextprotocol/conformance/dist/index.js", import.meta.url));
const SCENARIOS = ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"];

const listening = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));

let bench;
let front;
let results;

before(async () => {
  front = await listening(createServer(withKey));
  bench = await startBench({ vars: { API_ALLOWED_ORIGINS: `http://127.0.0.1:${front.address().port}` } });
  results = await mkdtemp(join(tmpdir(), "conformance-"));
});
after(async () => {
  front?.close();
  if (results) await rm(results, { recursive: true });
  await bench?.stop();
});

/** Passes a request on as it came, with a key. */
async function withKey(incoming, outgoing) {
  const { host: _, connection: __, "content-length": ___, ...headers } = incoming.headers;
  const body = Buffer.concat(await incoming.toArray());
  const init = { method: incoming.method, headers: { ...headers, authorization: `Bearer ${ADMIN_KEY}` }, body: body.length > 0 ? body : undefined };
  const answer = await fetch(bench.worker.api + incoming.url, init);
  const type = answer.headers.get("content-type");
  outgoing.writeHead(answer.status, type ? { "content-type": type } : {});
  outgoing.end(Buffer.from(await answer.arrayBuffer()));
}

function run(scenario) {
  const url = `http://127.0.0.1:${front.address().port}/mcp`;
  const suite = spawn(process.execPath, [SUITE, "server", "--url", url, "--scenario", scenario, "--output-dir", results]);
  const said = [];
  for (const stream of [suite.stdout, suite.stderr]) stream.on("data", (text) => said.push(text));
  return new Promise((resolve) => suite.on("close", (code) => resolve({ code, said: Buffer.concat(said).toString() })));
}

for (const scenario of SCENARIOS) {
  test(`the suite's ${scenario}`, async () => {
    const { code, said } = await run(scenario);
    assert.equal(code, 0, said);
  });
}
