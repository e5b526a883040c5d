/**
 * docs/API.md, section 8: generators of clients take `/openapi.json` without a warning. What they make is correct code, and
 * runs against the Worker: it lists accounts, makes a draft, and reads an error (`smoke/`).
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { connect, newUser, startBench } from "../support/client.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { DESCRIPTION, MADE, generate, node, python } from "./generators.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const smoke = (name) => join(HERE, "smoke", name);
const STRICT = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"];
const IMPORTS = ["--allowImportingTsExtensions", "--types", "node", "--skipLibCheck"];

let bench;
let username;
let env;

before(async () => {
  bench = await startBench();
  ({ username } = newUser(bench));
  await connect(bench, { username, tenant_id: "customer-17" });
  env = { API: bench.worker.api, KEY: ADMIN_KEY };
});
after(() => bench?.stop());

/** Nothing went wrong, and nothing was left out. */
function assertQuiet({ code, stdout, stderr }) {
  assert.equal(code, 0, stdout + stderr);
  assert.equal(stderr.replace(/^[✨🚀].*\n/gmu, ""), "");
  assert.doesNotMatch(stdout, /warn|skip|unable|cannot|ignored/i);
}

function assertRan({ code, stdout, stderr }) {
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(JSON.parse(stdout), { username, isDraft: true, code: "not_found" });
}

/** As a user of TypeScript does: the types are checked with those of the generated code, and a bundle is run. */
async function runTypeScript(name) {
  const checked = await node("tsc", [...STRICT, ...IMPORTS, smoke(`${name}.ts`)], { cwd: HERE });
  assert.equal(checked.code, 0, checked.stdout);
  const outfile = join(MADE, `${name}.mjs`);
  await build({ entryPoints: [smoke(`${name}.ts`)], bundle: true, format: "esm", platform: "node", outfile, logLevel: "error" });
  assertRan(await node(process.execPath, [outfile], { env }));
}

const runPython = async (name, folder) => assertRan(await python("python", ["-W", "error", smoke(name)], { env: { ...env, PYTHONPATH: folder } }));

test("openapi-typescript takes the description, and its types check a program of openapi-fetch", async () => {
  assertQuiet(await generate("openapi-typescript"));
  await runTypeScript("openapi-fetch");
});

test("@hey-api/openapi-ts takes the description, and its functions run", async () => {
  assertQuiet(await generate("@hey-api/openapi-ts"));
  await runTypeScript("hey-api");
});

test("openapi-python-client takes the description, and its package compiles and runs", async () => {
  assertQuiet(await generate("openapi-python-client"));
  const made = join(MADE, "python-client");
  const { code, stdout } = await python("python", ["-W", "error", "-m", "compileall", "-q", "-f", made]);
  assert.equal(code, 0, stdout);
  await runPython("python_client.py", made);
});

test("datamodel-codegen takes the description, numbers no type, and its models take the answers", async () => {
  assertQuiet(await generate("datamodel-codegen"));
  const models = await readFile(join(MADE, "models.py"), "utf8");
  const names = [...models.matchAll(/^class (\w+)\(/gm)].map(([, name]) => name);
  const { schemas } = JSON.parse(await readFile(DESCRIPTION, "utf8")).components;
  assert.ok(names.length > 100);
  assert.deepEqual(names.filter((name) => !schemas[name]), []);
  await runPython("python_models.py", MADE);
});
