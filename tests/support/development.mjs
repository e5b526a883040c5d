/**
 * The Worker, a stand-in for X, and a small site that uses both, on three origins of this machine: what `cargo xtask dev`
 * and the `dev` of the npm package run.
 *
 * With --real there is no stand-in: the Worker talks to x.com with the credentials that you give it (README.md), and
 * is called 127.0.0.1, since X refuses callback addresses named localhost.
 */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startAcme } from "../acme/server.mjs";
import { startFakeX } from "../fake-x/server.mjs";
import { lockFolder } from "./folder-lock.mjs";
import { requireFree } from "./ports.mjs";
import { developmentSecrets } from "./secrets.mjs";
import { setUp } from "./set-up.mjs";
import { startWorker } from "./worker.mjs";

const PORTS = { port: "8787", "x-port": "8788", "site-port": "8789" };

/** The options, once they can be met: fails with a sentence about the option or the port. */
export async function developmentOptions(args) {
  const options = { real: { type: "boolean", default: false } };
  for (const [name, value] of Object.entries(PORTS)) options[name] = { type: "string", default: value };
  const { values } = parseArgs({ args, options });
  for (const name of Object.keys(PORTS)) {
    const port = Number(values[name]);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--${name} takes a port, and not \`${values[name]}\``);
    if (name !== "x-port" || !values.real) await requireFree(port, `--${name}`);
    const other = Object.keys(PORTS).find((earlier) => values[earlier] === port);
    if (other) throw new Error(`--${name} and --${other} are the same port, ${port}`);
    values[name] = port;
  }
  return values;
}

/**
 * Starts everything, prints the addresses and the key, and ends it by Ctrl-C.
 *
 * @param {object} options
 * @param {string[]} options.args `--real` and the ports
 * @param {string} options.folder where the Worker's state is kept
 * @param {string} options.secretsFile where the development secrets are kept
 * @param {string} [options.config] the configuration of the Worker
 * @param {(worker: object) => {close: () => void}} [options.follow] runs beside the servers until the end
 */
export async function startDevelopment({ args, folder, secretsFile, config, follow }) {
  const values = await developmentOptions(args);
  const context = { values, folder, config, secrets: developmentSecrets(secretsFile) };
  const running = await setUp(async (opened) => {
    const lock = opened(await lockFolder(folder), "release");
    return { lock, ...(await (values.real ? startReal : startWithStandIn)(context, opened)) };
  });
  announce(running, context.secrets);
  const following = follow?.(running.worker);
  const stop = async () => {
    following?.close();
    await Promise.all([running.site.close(), running.fakeX?.close(), running.worker.stop()]);
    await running.lock.release();
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
}

async function startReal({ values: { port, ...values }, folder, config, secrets }, opened) {
  const origin = `http://127.0.0.1:${port}`;
  const persist = join(folder, "dev-real");
  const worker = opened(await startWorker({ port, persist, config, vars: { ...secrets, PUBLIC_ORIGIN: origin } }), "stop");
  const site = await startSite({ worker, workerOrigin: origin, port: values["site-port"], secrets });
  return { worker, workerOrigin: origin, site };
}

/** The stand-in keeps nothing between runs, so neither does the Worker: its tokens would be unknown there. */
async function startWithStandIn({ values: { port, ...values }, folder, config, secrets }, opened) {
  const origin = `http://connect.localhost:${port}`;
  const fakeX = opened(await startFakeX({ port: values["x-port"], callbacks: [`${origin}/connect/callback/x`] }), "close");
  const persist = join(folder, "dev");
  await rm(persist, { recursive: true, force: true });
  const worker = opened(await startWorker({ port, persist, fakeX, config, vars: secrets }), "stop");
  await registerApp(worker, fakeX.app, secrets);
  const xOrigin = fakeX.site;
  const site = await startSite({ worker, workerOrigin: origin, xOrigin, port: values["site-port"], secrets });
  return { worker, workerOrigin: origin, site, fakeX, xOrigin };
}

function startSite({ worker, workerOrigin, xOrigin, port, secrets }) {
  return startAcme({ port, workerOrigin, workerApi: worker.api, apiKey: secrets.ADMIN_KEY, xOrigin });
}

/** What an operator does once: the X app's credentials, proved by one call to X. */
async function registerApp(worker, { client_id, client_secret }, { ADMIN_KEY }) {
  const response = await fetch(`${worker.api}/v1/social-networks`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ network: "x", client_key: client_id, client_secret }),
  });
  if (response.ok) return;
  throw new Error([`registering the stand-in's app: ${response.status}`, await response.text(), ...worker.logs()].join("\n"));
}

function announce({ site, worker, workerOrigin, xOrigin }, { ADMIN_KEY }) {
  const rows = [
    ["open this", site.origin, "a site whose users connect X and post"],
    ["dashboard", workerOrigin, "sign in with the key below; the API and /embed.js are there too"],
    ["X", xOrigin ?? "https://x.com", xOrigin ? "a stand-in: nothing leaves this machine" : "the real one"],
    ["API", worker.api, "for programs, and /mcp for agents: Node and Python know no names under localhost"],
    ["key", ADMIN_KEY, "for the dashboard and the API"],
  ];
  console.log(`\nready\n${rows.map(([what, where, why]) => `  ${what.padEnd(10)} ${where}   ${why}`).join("\n")}\n`);
}
