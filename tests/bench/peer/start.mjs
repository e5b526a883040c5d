/** The Workers beside which ours is measured, at the same stand-in, with accounts whose tokens they are simply given. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { connect } from "../../fake-x/client.mjs";
import { api, newUser } from "../../support/client.mjs";
import { BARE, HONO, KEEPER, RUST } from "../measurements.mjs";
import { startRaw } from "../raw.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export async function startPlain(x, accountCount) {
  await build({
    entryPoints: [here("worker.ts")],
    outfile: here("../../../build/peer/worker.js"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:workers"],
    logLevel: "warning",
  });
  return withAccounts(HONO, x, await startRaw({ config: here("wrangler.toml"), fakeX: x }), accountCount);
}

/** The same in Rust, which `cargo xtask bench` builds. */
export async function startRust(x, accountCount) {
  assert.ok(existsSync(here("../../../build/peer/rust/index.js")), "build/peer/rust is not there: `cargo xtask bench` builds it");
  return withAccounts(RUST, x, await startRaw({ config: here("rust/wrangler.toml"), fakeX: x }), accountCount);
}

/** The Workers that do the least (bare.js, keeper.js), for one person at X. */
export const startBare = (x, person) => startLeast(BARE, x, person);
export const startKeeper = (x, person) => startLeast(KEEPER, x, person);

async function startLeast(name, x, { username }) {
  await mkdir(here(`../../../build/peer/${name}`), { recursive: true });
  await cp(here(`${name}.js`), here(`../../../build/peer/${name}/worker.js`));
  const { access_token } = await connect(x, { username });
  const worker = await startRaw({ config: here(`${name}.toml`), fakeX: x, vars: { TOKEN: access_token } });
  return { name, worker, stop: () => worker.stop() };
}

async function withAccounts(name, x, worker, count) {
  const side = { name, x, worker, api: api(worker, { isDescribed: false }), stop: () => worker.stop() };
  return { ...side, accounts: await addAccounts(side, count) };
}

async function addAccounts(side, count) {
  const ids = [];
  for (const { id, username } of Array.from({ length: count }, () => newUser(side))) {
    const { access_token } = await connect(side.x, { username });
    const added = await side.api.post("/accounts", { id, token: access_token });
    assert.equal(added.status, 201, added.text);
    ids.push(id);
  }
  return ids;
}
