/** Bundles the peer and starts it at the same stand-in, with accounts whose tokens it is simply given. */

import assert from "node:assert/strict";
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
  const peer = { x, api: api(worker, { isDescribed: false }), stop: () => worker.stop() };
  return { ...peer, accounts: await addAccounts(peer, accountCount) };
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
