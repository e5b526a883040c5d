/**
 * docs/guide/deploy.md, "Look, upgrade, go back": from the folder of an earlier release to the present one, and no way back
 * where the earlier code may not open the data. The package's own wrangler runs against a stand-in for Cloudflare, and the
 * address of the deployment is a Worker on this machine behind https.
 */

import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startBench } from "../support/client.mjs";
import { freePort } from "../support/ports.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { ACCOUNT, startCloudflare } from "./cloudflare.mjs";
import { startHttps } from "./https.mjs";
import { install, installPackage, latchkey, packEarlier, tarballOf } from "./package.mjs";

const EARLIER = { version: "0.0.9", schema: { version: 5, oldest: 1 } };

let installed;
let bench;
let cloudflare;
let https;
let earlier;

before(async () => {
  installed = await installPackage();
  earlier = await packEarlier(installed, EARLIER);
  bench = await startBench();
  cloudflare = await startCloudflare();
  // Until the second upload the earlier release runs at the address.
  const runsEarlier = (path) => (path === "/healthz" && cloudflare.scripts.length < 2 ? { ok: true, ...EARLIER } : undefined);
  https = await startHttps(installed.folder, bench.worker.api, runsEarlier);
});
after(async () => {
  await https?.stop();
  await cloudflare?.stop();
  await bench?.stop();
  await installed?.stop();
});

const call = (...args) =>
  latchkey(installed, args, {
    LATCHKEY_KEY: ADMIN_KEY, NODE_EXTRA_CA_CERTS: https.certificate,
    CLOUDFLARE_API_BASE_URL: cloudflare.url, CLOUDFLARE_API_TOKEN: "token", CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
  });

const settings = async () => JSON.parse(await readFile(join(installed.operator, "latchkey.json"), "utf8"));
const frozen = async () => (await bench.api.get("/v1/freeze")).body.data.status;
const messages = () => cloudflare.scripts.map(({ metadata }) => metadata.annotations["workers/message"]);

async function assertDone({ code, stdout, stderr }) {
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(cloudflare.unmatched, []);
  return stdout;
}

test("the folder of an earlier release is upgraded: a backup first, then the new code, with the settings and secrets as they were", async () => {
  await install(installed, earlier);
  await assertDone(await call("deploy", "--name", "shop", "--origin", https.origin, "--replace-address", "--yes"));
  const [before, secrets] = [await settings(), new Map(cloudflare.secrets)];
  await install(installed, tarballOf(installed));
  const stdout = await assertDone(await call("upgrade", "--yes"));
  const { version, schema } = JSON.parse(await readFile(new URL("../../build/release.json", import.meta.url), "utf8"));
  assert.match(stdout, new RegExp(`runs version 0\\.0\\.9; this package is version ${version.replaceAll(".", "\\.")}`));
  assert.deepEqual(messages(), ["latchkey 0.0.9, schema 5", `latchkey ${version}, schema ${schema.version}`]);
  const { backup, ...after } = await settings();
  assert.deepEqual(after, before);
  assert.deepEqual(cloudflare.secrets, secrets);
  assert.equal((await stat(backup)).mode & 0o777, 0o600);
  assert.ok(["running", "resuming"].includes(await frozen()));
});

test("going back to code that may not open the data is refused, by `rollback` and by an older package, and the backup is named", async () => {
  const { backup } = await settings();
  const changes = () => cloudflare.requests.filter(({ method }) => method !== "GET").length;
  const before = changes();
  const refused = async (...args) => {
    const { code, stderr } = await call(...args);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /version 0\.0\.9 reads stored data of schema 5 and older, and the data needs code of schema 6/);
    assert.ok(stderr.includes(backup), stderr);
  };
  await refused("rollback", "--yes");
  await install(installed, earlier);
  await refused("upgrade", "--yes");
  await refused("deploy", "--yes");
  assert.equal(changes(), before, "something was changed at Cloudflare");
  await install(installed, tarballOf(installed));
});

test("an upgrade of a deployment that is frozen for something else is refused, and the doctor says that it is frozen", async () => {
  assert.equal((await bench.api.post("/v1/freeze")).status, 202);
  const { code, stderr } = await call("upgrade", "--yes");
  assert.equal(code, 1);
  assert.match(stderr, /the deployment is frozen already \(`hand/);
  assert.match(await frozen(), /^hand/);
  assert.equal(cloudflare.scripts.length, 2);
  assert.match((await call("doctor")).stdout, /The deployment is frozen[^]*DELETE \/v1\/freeze/);
  await bench.api.delete("/v1/freeze");
});

test("an address that does not answer ends an upgrade with a sentence", async () => {
  const [kept, origin] = [await settings(), `https://127.0.0.1:${await freePort()}`];
  await writeFile(join(installed.operator, "latchkey.json"), JSON.stringify({ ...kept, origin }));
  const { code, stderr } = await call("upgrade", "--yes");
  assert.deepEqual([code, stderr], [1, `error: ${origin} does not answer as a deployment does (ECONNREFUSED): nothing was changed\n`]);
  const backup = await call("backup");
  assert.deepEqual([backup.code, backup.stderr], [1, `error: ${origin}/v1/freeze does not answer: ECONNREFUSED\n`]);
});
