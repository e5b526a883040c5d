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

test("host_and_origin_arrive_as_sent", async () => {
  const host = `connect.localhost:${worker.port}`;
  const seen = await ask("/show", { host, origin: "http://acme.localhost:8789" });
  assert.equal(seen.url, `http://${host}/show`);
  assert.equal(seen.headers.host, host);
  assert.equal(seen.headers.origin, "http://acme.localhost:8789");
});

test("vars_of_the_test_replace_those_of_the_file", async () => {
  assert.equal((await ask("/show")).greeting, "from the test");
});

test("console_lines_are_kept", async () => {
  await ask("/a-line");
  await worker.logged("asked for /a-line");
  assert.ok(worker.logs().some((line) => line.includes("asked for /a-line")));
});

test("restart_keeps_state_and_port", async () => {
  const before = await count();
  await worker.restart();
  assert.equal(await count(), before + 1);
});

test("a_killed_worker_stays_dead_until_restart_and_loses_nothing_stored", async () => {
  const before = await count();
  const hanging = fetch(`${worker.api}/hang`);
  const cut = assert.rejects(hanging);
  await worker.kill();
  await cut;
  await assert.rejects(fetch(`${worker.api}/count`));
  await worker.restart();
  assert.equal(await count(), before + 1);
});

test("no_request_url_is_written_to_disk", async () => {
  await ask("/show?code=spotme-on-disk");
  for (const entry of await readdir(worker.stateDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    assert.ok(!bytes.includes("spotme-on-disk"), `${entry.name} has the query of a request`);
  }
});

test("a_worker_that_cannot_start_says_why", async () => {
  const missing = fileURLToPath(new URL("fixture/no-such-file.toml", import.meta.url));
  await assert.rejects(startWorker({ config: missing }), /did not start[^]*no-such-file/);
});
