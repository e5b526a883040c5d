/** docs/guide/deploy.md: `backup`, `doctor` and `rollback`, of a Worker that runs on this machine. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { callUnderWay, createPost, faultAtX, newAccount, ownApp, postIn, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { requireReadable, targetOf } from "../../cli/versions.mjs";
import { ACCOUNT, startCloudflare } from "./cloudflare.mjs";
import { installPackage, latchkey, start } from "./package.mjs";

let installed;
let bench;
let cloudflare;

before(async () => {
  installed = await installPackage();
  bench = await startBench();
  cloudflare = await startCloudflare();
  await writeFile(join(installed.operator, "latchkey.json"), JSON.stringify({ name: "shop", origin: bench.worker.api, bucket: "shop-media" }));
});
after(async () => {
  await cloudflare?.stop();
  await bench?.stop();
  await installed?.stop();
});

const call = (command, ...args) =>
  latchkey(installed, [command, ...args], {
    LATCHKEY_KEY: ADMIN_KEY, CLOUDFLARE_API_BASE_URL: cloudflare.url, CLOUDFLARE_API_TOKEN: "token", CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
  });

test("the doctor says in words what is wrong, and nothing where nothing is", async () => {
  const well = await call("doctor");
  assert.equal(well.code, 1);
  // On loopback there is no https that plain http could lead to.
  assert.match(well.stdout, /^callback URL .*\n- Files are served over plain http[^\n]*\n$/);
  bench.x.setApp({ client_id: bench.x.app.client_id, client_secret: "regenerated at X" });
  const ill = await call("doctor");
  assert.match(ill.stdout, /- [^\n]*Client Secret/);
  assert.ok(ill.stdout.split("\n- ").length > well.stdout.split("\n- ").length, ill.stdout);
});

test("a backup freezes the deployment, is one file for its owner alone, and lets the deployment go on", async () => {
  const { code, stdout, stderr } = await call("backup");
  assert.equal(code, 0, stderr);
  const [, file] = stdout.match(/^backup: (.+)$/m);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.ok((await readFile(file, "utf8")).trim().split("\n").length > 1);
  const passphrase = await readFile(join(installed.operator, ".latchkey/secrets-production/BACKUP_PASSPHRASE"), "utf8");
  assert.ok(!stdout.includes(passphrase.trim()));
  const { body } = await bench.api.get("/v1/freeze");
  assert.equal(body.data.status, "running");
});

test("a backup that is interrupted lets the deployment go on, and leaves no file that looks like a backup", async () => {
  await ownApp(bench, "waiting");
  const account = await newAccount(bench, { tenant_id: "waiting" });
  faultAtX(bench, { kind: "hold" });
  const held = await createPost(bench, account, { content: "keeps the freeze waiting" });
  await callUnderWay(bench);
  const folder = join(installed.operator, ".latchkey/backups-production");
  const before = await readdir(folder);
  const child = start(installed, "node", [join(installed.operator, "node_modules/@latchkey/latchkey/cli/latchkey.mjs"), "backup"], { LATCHKEY_KEY: ADMIN_KEY });
  const closed = once(child, "close");
  await eventually(async () => (await bench.api.get("/v1/freeze")).body.data.status, (status) => status === "handing_over");
  child.kill("SIGINT");
  assert.equal((await closed)[0], 1);
  await eventually(async () => (await bench.api.get("/v1/freeze")).body.data.status, (status) => status === "running");
  assert.deepEqual(await readdir(folder), before);
  bench.x.release();
  await postIn(bench, held.id, "published");
});

test("a rollback takes the version before, by its id", async () => {
  const { schema: { version: schema } } = (await bench.api.get("/healthz")).body;
  cloudflare.has({ secrets: {}, messages: [`latchkey 0.0.9, schema ${schema}`, `latchkey 0.1.0, schema ${schema}`] });
  const [, before] = cloudflare.deployments;
  const { code, stdout, stderr } = await call("rollback", "--yes");
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(cloudflare.unmatched, []);
  assert.equal(cloudflare.deployments[0].versions[0].version_id, before.versions[0].version_id);
  assert.match(stdout, /rolled back: .* version 0\.0\.9/);
});

const deployments = (...messages) =>
  messages.map((message, at) => ({
    created_on: new Date(at).toISOString(),
    annotations: message ? { "workers/message": message } : { "workers/triggered_by": "secret" },
    versions: [{ version_id: `v${at}` }],
  }));

test("the version before is the newest deployment of another version, its secrets included", () => {
  const all = deployments("latchkey 1.0.0, schema 5", null, "latchkey 1.1.0, schema 6", "latchkey 1.1.0, schema 6");
  assert.deepEqual(targetOf(all, "1.1.0"), { id: "v1", version: "1.0.0", schema: 5, isSecret: true });
  assert.throws(() => targetOf(all.slice(2), "1.1.0"), /no other version/);
  assert.throws(() => targetOf(all, "1.1.0", "0.9.0"), /0\.9\.0 was never deployed/);
});

test("a rollback over a change of a secret is refused: the old secret would come back", () => {
  const all = deployments("latchkey 1.0.0, schema 5", "latchkey 1.1.0, schema 6", null);
  assert.throws(() => targetOf(all, "1.1.0"), /old secret back[^]*Nothing was changed/);
});

test("a rollback to code that may not open the data is refused, and the backup is named", () => {
  const target = { version: "1.0.0", schema: 5 };
  requireReadable(target, { version: 7, oldest: 5 });
  assert.throws(() => requireReadable(target, { version: 7, oldest: 6 }, ".latchkey/backups/a.ndjson"), /schema 6 or newer[^]*backups\/a\.ndjson/);
});
