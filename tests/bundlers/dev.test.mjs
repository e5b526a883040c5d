/**
 * Vite's server for development bundles each package anew, into a folder of its own: a file that a package names by the
 * package's own address is not found there. Each test begins without a cache.
 */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { xBackend } from "../acme/backend.mjs";
import { startStage } from "../browser/stage.mjs";
import { freePort } from "../support/ports.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { installApps } from "./apps.mjs";
import { clicksThrough } from "./click-through.mjs";

let stage;
let apps;
before(async () => {
  stage = await startStage();
  apps = await installApps();
});
after(() => Promise.all([stage?.stop(), apps?.remove()]));

/** The example as its own Vite serves it, with a back end. Ends with the test. */
async function startVite(t, root) {
  const vite = dirname(createRequire(`${root}/`).resolve("vite/package.json"));
  const { createServer, version } = await import(pathToFileURL(join(vite, "dist/node/index.js")));
  const port = await freePort();
  const origin = `http://acme.localhost:${port}`;
  const plugins = [backend(xBackend({ api: stage.worker.api, apiKey: ADMIN_KEY, origin }), { id: `developer-${port}` })];
  const server = await createServer({ root, plugins, logLevel: "error", server: { host: "127.0.0.1", port, strictPort: true } });
  t.after(() => server.close());
  await server.listen();
  return { origin, version };
}

const send = (response, { data }) => response.setHeader("content-type", "application/json").end(JSON.stringify(data));

/** Each server has a user of its own. */
const backend = (site, developer) => ({
  name: "backend",
  configureServer({ middlewares }) {
    middlewares.use("/api/x/session", async (request, response) => {
      send(response, await site.startSession(developer, await json(request)));
    });
    middlewares.use("/api/x/page", async (_, response) => send(response, await site.startPage(developer)));
  },
});

for (const [major, example] of [["7", "preact"], ["8", "react"]]) {
  test(`Vite ${major} serves a page with all four elements, without a line of configuration for the package`, async (t) => {
    const app = await apps.app(example);
    const { origin, version } = await startVite(t, app.folder);
    assert.equal(version.split(".")[0], major);
    await clicksThrough(t, stage, { publicOrigin: origin, prepare: ({ traffic }) => traffic.tolerate(/favicon\.ico/) });
  });
}
