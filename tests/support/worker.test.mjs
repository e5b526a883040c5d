import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startWorker } from "./worker.mjs";

const config = fileURLToPath(new URL("fixture/wrangler.toml", import.meta.url));
let worker;

before(async () => (worker = await startWorker({ config, vars: { GREETING: "from the test" } })));
after(() => worker?.stop());

const count = async () => (await fetch(`${worker.api}/count`)).json();

/** fetch() chooses Host and Origin itself. */
function ask(path, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(`${worker.api}${path}`, { headers }, async (response) => {
      response.setEncoding("utf8");
      resolve(JSON.parse((await response.toArray()).join("")));
    });
    sent.on("error", reject).end();
  });
}

test("Host and Origin arrive as sent", async () => {
  const host = `connect.localhost:${worker.port}`;
  const seen = await ask("/show", { host, origin: "http://acme.localhost:8789" });
  assert.equal(seen.url, `http://${host}/show`);
  assert.equal(seen.headers.host, host);
  assert.equal(seen.headers.origin, "http://acme.localhost:8789");
});

test("vars of the test replace those of wrangler.toml", async () => {
  assert.equal((await ask("/show")).greeting, "from the test");
});

test("console lines are kept", async () => {
  await ask("/a-line");
  await worker.logged("asked for /a-line");
  assert.ok(worker.logs().some((line) => line.includes("asked for /a-line")));
});

test("a restart keeps state and port", async () => {
  const before = await count();
  await worker.restart();
  assert.equal(await count(), before + 1);
});

test("a killed Worker stays dead until it is restarted, and loses nothing stored", async () => {
  const before = await count();
  const hanging = fetch(`${worker.api}/hang`);
  const cut = assert.rejects(hanging);
  await worker.kill();
  await cut;
  await assert.rejects(fetch(`${worker.api}/count`));
  await worker.restart();
  assert.equal(await count(), before + 1);
});

test("no request's URL is written to disk", async () => {
  await ask("/show?code=spotme-on-disk");
  for (const entry of await readdir(worker.stateDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    assert.ok(!bytes.includes("spotme-on-disk"), `${entry.name} has the query of a request`);
  }
});

test("a Worker that cannot start says why", async () => {
  const missing = fileURLToPath(new URL("fixture/no-such-file.toml", import.meta.url));
  await assert.rejects(startWorker({ config: missing }), /did not start[^]*no-such-file/);
});
