/** The example of Next, once it is built: a server with a back end of its own. */

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { freePort } from "../support/ports.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";

const PROGRAM = createRequire(import.meta.url).resolve("next/dist/bin/next");

/** Ends with the test. */
export async function startNext(t, folder, { worker }) {
  const port = await freePort();
  const origin = `http://acme.localhost:${port}`;
  const site = { SITE_ORIGIN: origin, CONNECT_API: worker.api, CONNECT_API_KEY: ADMIN_KEY, NEXT_TELEMETRY_DISABLED: "1" };
  const server = spawn(process.execPath, [PROGRAM, "start", "--hostname", "127.0.0.1", "--port", String(port)], {
    cwd: folder,
    env: { ...process.env, ...site },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => ended(server));
  await isReady(server);
  return { origin };
}

async function isReady(server) {
  for await (const line of createInterface(server.stdout)) if (/Ready/.test(line)) return;
  throw new Error("next start ended before it was ready");
}

function ended(server) {
  const exit = new Promise((resolve) => server.once("exit", resolve));
  server.kill();
  return exit;
}
