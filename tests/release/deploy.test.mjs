/**
 * docs/guide/deploy.md: `latchkey deploy`, `rollback` and their refusals. The package's own wrangler runs, against a stand-in
 * for Cloudflare's API on this machine: Cloudflare itself was not asked.
 */

import assert from "node:assert/strict";
import { mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { ACCOUNT, startCloudflare } from "./cloudflare.mjs";
import { installPackage, latchkey } from "./package.mjs";

const ORIGIN = "https://connect.acme.invalid";
const FIRST = ["deploy", "--name", "shop", "--origin", ORIGIN, "--yes"];

let installed;
let cloudflare;

before(async () => (installed = await installPackage()));
after(() => installed?.stop());
beforeEach(async () => {
  await cloudflare?.stop();
  cloudflare = await startCloudflare();
  for (const path of [".latchkey", "latchkey.json"]) await rm(join(installed.operator, path), { recursive: true, force: true });
});
after(() => cloudflare?.stop());

/** The last argument may be more of the environment. */
function deploy(...given) {
  const more = typeof given.at(-1) === "object" ? given.pop() : {};
  return latchkey(installed, given, { CLOUDFLARE_API_BASE_URL: cloudflare.url, CLOUDFLARE_API_TOKEN: "token", CLOUDFLARE_ACCOUNT_ID: ACCOUNT, ...more });
}

const secretFile = (name) => join(installed.operator, ".latchkey/secrets-production", name);
const KEPT = { ADMIN_KEY: "a".repeat(64), MASTER_KEYS: "k1:old" };

/** The shop as an earlier deployment left it: at Cloudflare, and in the operator's folder. */
async function deployedBefore() {
  cloudflare.has({ secrets: KEPT, messages: ["latchkey 0.0.9, schema 5"] });
  const settings = { name: "shop", origin: ORIGIN, bucket: "shop-media", kv: "fedcba9876543210fedcba9876543210" };
  await writeFile(join(installed.operator, "latchkey.json"), JSON.stringify(settings));
  await mkdir(dirname(secretFile("x")), { recursive: true });
  for (const [name, value] of Object.entries(KEPT)) await writeFile(secretFile(name), `${value}\n`);
}

const changes = () => cloudflare.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);

async function assertDeployed(answer) {
  assert.equal(answer.code, 0, answer.stdout + answer.stderr);
  assert.deepEqual(cloudflare.unmatched, []);
}

function assertRefused({ code, stderr }, reason) {
  assert.equal(code, 1, stderr);
  assert.match(stderr, reason);
  assert.deepEqual(changes(), []);
}

/** Every file below a folder that has the text. */
async function filesWith(folder, text) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(files.map(async (file) => ((await readFile(file)).includes(text) ? file : undefined)));
  return found.filter(Boolean);
}

test("a dry run says what would happen, and makes nothing here or at Cloudflare", async () => {
  const answer = await deploy(...FIRST, "--dry-run");
  assert.equal(answer.code, 0, answer.stderr);
  assert.match(answer.stdout, /Workers Paid[^]*R2[^]*shop-secrets[^]*nothing was uploaded, and no secret was made/);
  assert.deepEqual(cloudflare.requests, []);
  assert.deepEqual((await readdir(installed.operator)).filter((name) => /latchkey/.test(name)), []);
});

test("the first deployment makes namespace, bucket and secrets, and uploads the bytes of the package", async () => {
  const answer = await deploy(...FIRST);
  await assertDeployed(answer);
  assert.deepEqual([cloudflare.namespaces[0].title, cloudflare.buckets], ["shop-secrets", ["shop-media"]]);
  assert.match(answer.stdout, /callback URL +https:\/\/connect\.acme\.invalid\/connect\/callback\/x/);
  const [{ metadata, body }] = cloudflare.scripts;
  assert.equal(metadata.annotations["workers/message"], "latchkey 0.1.0, schema " + JSON.parse(await readFile(new URL("../../build/release.json", import.meta.url))).schema.version);
  const script = await readFile(new URL("../../build/worker/index.js", import.meta.url), "latin1");
  assert.ok(body.includes(script), "the script is not the one of the build");
  assert.deepEqual(cloudflare.domains, [{ hostname: "connect.acme.invalid" }]);
  assert.equal(cloudflare.requests.find(({ path }) => path.endsWith("/subdomain")).body, '{"enabled":false,"previews_enabled":false}');
  assert.deepEqual(JSON.parse(await readFile(join(installed.operator, "latchkey.json"))), {
    bucket: "shop-media", name: "shop", origin: ORIGIN, kv: cloudflare.namespaces[0].id,
  });
  await assertSecret(answer);
});

/** A new secret is in one file that its owner alone can read and git ignores, at Cloudflare, and nowhere else. */
async function assertSecret(answer) {
  assert.equal(await readFile(join(installed.operator, ".latchkey/.gitignore"), "utf8"), "*\n");
  for (const name of ["ADMIN_KEY", "MASTER_KEYS"]) {
    const value = (await readFile(secretFile(name), "utf8")).trim();
    assert.equal((await stat(secretFile(name))).mode & 0o777, 0o600);
    assert.equal(cloudflare.secrets.get(name), value);
    assert.ok(!(answer.stdout + answer.stderr).includes(value));
    assert.deepEqual(await filesWith(installed.home, value), [], "a log has the secret");
    assert.deepEqual(await filesWith(join(installed.operator, ".latchkey"), value), [secretFile(name)]);
  }
}

test("a secret that Cloudflare has is never replaced, with or without a copy here", async () => {
  await deployedBefore();
  await rm(join(installed.operator, ".latchkey"), { recursive: true });
  await assertDeployed(await deploy("deploy", "--yes"));
  assert.deepEqual(Object.fromEntries(cloudflare.secrets), KEPT);
  assert.equal(cloudflare.scripts.length, 2);
  assert.deepEqual(await filesWith(join(installed.operator, ".latchkey"), "k1:").catch(() => []), []);
});

test("a deployment that broke off before its secrets goes on with the same ones", async () => {
  await deployedBefore();
  cloudflare.secrets.clear();
  await assertDeployed(await deploy("deploy", "--yes"));
  assert.deepEqual(Object.fromEntries(cloudflare.secrets), KEPT);
});

test("a Worker that has lost MASTER_KEYS gets no second one", async () => {
  await deployedBefore();
  cloudflare.secrets.delete("MASTER_KEYS");
  await rm(secretFile("MASTER_KEYS"));
  assertRefused(await deploy("deploy", "--yes"), /only the old value opens them/);
});

test("an answer of Cloudflare that proves nothing about the secrets ends the deployment", async () => {
  await deployedBefore();
  cloudflare.fail("/secrets", 403);
  assertRefused(await deploy("deploy", "--yes"), /listing the Worker's secrets failed, so nothing was changed/);
});

test("a key of development is not deployed", async () => {
  await deployedBefore();
  cloudflare.secrets.delete("ADMIN_KEY");
  await writeFile(secretFile("ADMIN_KEY"), "dev_0123456789abcdef0123456789abcdef\n");
  assertRefused(await deploy("deploy", "--yes"), /key of development/);
});

test("an address that is no origin of https, or that exists already, is refused", async () => {
  assertRefused(await deploy("deploy", "--name", "shop", "--origin", "http://connect.acme.invalid", "--yes"), /no address of https/);
  assertRefused(await deploy("deploy", "--name", "shop", "--origin", "https://localhost", "--yes"), /exists already/);
});

test("without a person at a terminal, a missing option is named", async () => {
  assertRefused(await deploy("deploy"), /add --name/);
});

test("another environment has another name: two deployments of one name would be one Worker", async () => {
  await deployedBefore();
  assertRefused(await deploy("deploy", "--env", "staging", "--name", "shop", "--origin", "https://staging.acme.invalid", "--yes"), /latchkey\.json deploys shop already/);
});

test("an environment that the operator's shell names for wrangler leads to no other Worker", async () => {
  await deployedBefore();
  await assertDeployed(await deploy("deploy", "--yes", { CLOUDFLARE_ENV: "staging" }));
  const scripts = cloudflare.requests.map(({ path }) => path.match(/\/workers\/scripts\/([^/]+)/)?.[1]).filter(Boolean);
  assert.deepEqual([...new Set(scripts)], ["shop"]);
  assert.deepEqual(Object.fromEntries(cloudflare.secrets), KEPT);
});
