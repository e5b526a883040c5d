/** Ports of this machine's loopback address. */

import { once } from "node:events";
import { createServer } from "node:net";

export async function freePort() {
  const { port } = await bindAndRelease(0);
  return port;
}

/** Fails with a sentence about the port, before anything is started that would have to be ended again. */
export async function requireFree(port, option) {
  await bindAndRelease(port).catch((error) => {
    throw new Error(`port ${port} is taken (${error.code}): choose another with ${option}`);
  });
}

async function bindAndRelease(port) {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address;
}
