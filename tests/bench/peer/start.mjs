/** The Workers beside which ours is measured, at the same stand-in, with accounts whose tokens they are simply given. */

import assert from "node:assert/strict";
import { cp, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { connect } from "../../fake-x/client.mjs";
import { api, newUser } from "../../support/client.mjs";
import { startWorker } from "../../support/worker.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export async function startPeer(x, accountCount) {
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
  const worker = await startWorker({ config: here("wrangler.toml"), fakeX: x });
  const peer = { x, worker, api: api(worker, { isDescribed: false }), stop: () => worker.stop() };
  return { ...peer, accounts: await addAccounts(peer, accountCount) };
}

/** The bare Worker, for one person at X. */
export async function startBare(x, { username }) {
  await mkdir(here("../../../build/peer/bare"), { recursive: true });
  await cp(here("bare.js"), here("../../../build/peer/bare/worker.js"));
  const { access_token } = await connect(x, { username });
  return startWorker({ config: here("bare.toml"), fakeX: x, vars: { TOKEN: access_token } });
}

async function addAccounts(peer, count) {
  const ids = [];
  for (const { id, username } of Array.from({ length: count }, () => newUser(peer))) {
    const { access_token } = await connect(peer.x, { username });
    const added = await peer.api.post("/accounts", { id, token: access_token });
    assert.equal(added.status, 201, added.text);
    ids.push(id);
  }
  return ids;
}
