/**
 * `cargo xtask dev`: the Worker, a stand-in for X, and a small site that uses both, on three origins of this machine.
 *
 * With --real there is no stand-in: the Worker talks to x.com with the credentials that you give it (README.md), and
 * is called 127.0.0.1, since X refuses callback addresses named localhost.
 */

import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startAcme } from "../acme/server.mjs";
import { startFakeX } from "../fake-x/server.mjs";
import { requireFree } from "./ports.mjs";
import { rebuildOnChange } from "./rebuild.mjs";
import { developmentSecrets } from "./secrets.mjs";
import { startWorker } from "./worker.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Of the build that `cargo xtask dev` makes. */
const config = `${ROOT}build/quick/wrangler.toml`;

const { values } = parseArgs({
  options: {
    real: { type: "boolean", default: false },
    port: { type: "string", default: "8787" },
    "x-port": { type: "string", default: "8788" },
    "site-port": { type: "string", default: "8789" },
  },
});

await requirePorts().catch((error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});
const secrets = developmentSecrets(`${ROOT}.dev.vars`);
const running = values.real ? await startReal() : await startWithStandIn();
announce(running);
const rebuilding = rebuildOnChange(ROOT, running.worker);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);

async function requirePorts() {
  const options = ["port", "site-port", ...(values.real ? [] : ["x-port"])];
  for (const option of options) await requireFree(Number(values[option]), `--${option}`);
}

async function startReal() {
  const port = Number(values.port);
  const origin = `http://127.0.0.1:${port}`;
  const persist = `${ROOT}.wrangler/dev-real`;
  const worker = await startWorker({ config, port, persist, vars: { ...secrets, PUBLIC_ORIGIN: origin } });
  const site = await startSite({ worker, workerOrigin: origin });
  return { worker, workerOrigin: origin, site };
}

/** The stand-in keeps nothing between runs, so neither does the Worker: its tokens would be unknown there. */
async function startWithStandIn() {
  const port = Number(values.port);
  const origin = `http://connect.localhost:${port}`;
  const fakeX = await startFakeX({ port: Number(values["x-port"]), callbacks: [`${origin}/connect/callback/x`] });
  const persist = `${ROOT}.wrangler/dev`;
  await rm(persist, { recursive: true, force: true });
  const worker = await startWorker({ config, port, persist, fakeX, vars: secrets });
  await registerApp(worker, fakeX.app);
  const xOrigin = fakeX.site;
  const site = await startSite({ worker, workerOrigin: origin, xOrigin });
  return { worker, workerOrigin: origin, site, fakeX, xOrigin };
}

function startSite({ worker, workerOrigin, xOrigin }) {
  const port = Number(values["site-port"]);
  return startAcme({ port, workerOrigin, workerApi: worker.api, apiKey: secrets.ADMIN_KEY, xOrigin });
}

/** What an operator does once: the X app's credentials, proved by one call to X. */
async function registerApp(worker, { client_id, client_secret }) {
  const response = await fetch(`${worker.api}/v1/social-networks`, {
    method: "POST",
    headers: { authorization: `Bearer ${secrets.ADMIN_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ network: "x", client_key: client_id, client_secret }),
  });
  if (response.ok) return;
  throw new Error([`registering the stand-in's app: ${response.status}`, await response.text(), ...worker.logs()].join("\n"));
}

function announce({ site, workerOrigin, xOrigin }) {
  const rows = [
    ["open this", site.origin, "a site whose users connect X and post"],
    ["dashboard", workerOrigin, "sign in with the key below; the API and /embed.js are there too"],
    ["X", xOrigin ?? "https://x.com", xOrigin ? "a stand-in: nothing leaves this machine" : "the real one"],
    ["key", secrets.ADMIN_KEY, "for the dashboard and the API"],
  ];
  console.log(`\nready\n${rows.map(([what, where, why]) => `  ${what.padEnd(10)} ${where}   ${why}`).join("\n")}\n`);
}

async function stop() {
  rebuilding.close();
  await Promise.all([running.site.close(), running.fakeX?.close(), running.worker.stop()]);
}
