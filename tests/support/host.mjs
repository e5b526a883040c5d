/** The process that keeps Workers (worker-host.mjs): the run's own, if there is one, else one of this process. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const HOST = fileURLToPath(new URL("worker-host.mjs", import.meta.url));
const ADDRESS = "WORKER_HOST";
/**
 * Tests run the module as V8's first compiler makes it. The second one never pays in seconds: it took half of what
 * workerd takes. `cargo xtask dev` and the benches run both, as production does.
 */
const TEST_FLAGS = { MINIFLARE_WORKERD_V8_FLAGS: "--liftoff-only" };

let own;

/** The path of its socket. */
export const hostSocket = async () => process.env[ADDRESS] ?? (await (own ??= startHost(ownFlags())));

const ownFlags = () => (process.env.NODE_TEST_CONTEXT ? TEST_FLAGS : {});

/** One for the tests of all processes that this one starts. */
export async function shareHost() {
  process.env[ADDRESS] ??= await startHost(TEST_FLAGS);
}

/** It ends with this process, and is in a group of its own: Ctrl-C is for the parent, which ends its Workers in order. */
async function startHost(env) {
  const host = spawn(process.execPath, [HOST], {
    stdio: ["ignore", 2, 2, "ipc"],
    detached: true,
    env: { ...process.env, ...env },
  });
  const [told] = await Promise.race([once(host, "message"), once(host, "exit")]);
  if (!told?.socket) throw new Error("the process that keeps Workers did not start");
  host.unref();
  host.channel.unref();
  return told.socket;
}
