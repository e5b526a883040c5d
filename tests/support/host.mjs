/** The process that keeps Workers (worker-host.mjs): the run's own, if there is one, else one of this process. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const HOST = fileURLToPath(new URL("worker-host.mjs", import.meta.url));
const ADDRESS = "WORKER_HOST";

let own;

/** The path of its socket. */
export const hostSocket = async () => process.env[ADDRESS] ?? (await (own ??= startHost()));

/** For a process whose tests share a host. */
export const withHost = (socket) => ({ ...process.env, [ADDRESS]: socket });

/**
 * Starts one, which ends with this process. In a process group of its own: Ctrl-C is for the parent, which ends its
 * Workers in order.
 */
export async function startHost() {
  const host = spawn(process.execPath, [HOST], { stdio: ["ignore", 2, 2, "ipc"], detached: true });
  const [told] = await Promise.race([once(host, "message"), once(host, "exit")]);
  if (!told?.socket) throw new Error("the process that keeps Workers did not start");
  host.unref();
  host.channel.unref();
  return told.socket;
}
