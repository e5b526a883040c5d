/** Ports of this machine's loopback address. */

import { once } from "node:events";
import { connect, createServer } from "node:net";

const LOOPBACK = "127.0.0.1";

/**
 * A port that belongs to this process until it ends, for a server that another process starts, ends and starts again.
 *
 * The kernel gives it to a connection that stays open, and nobody else gets it as "any free port" meanwhile. A server
 * can listen there all the same, as one does that starts again while connections of its predecessor are still open:
 * both sides set SO_REUSEADDR, and neither of the two listened before.
 */
export async function freePort() {
  const held = connect({ host: LOOPBACK, port: await keeper(), localAddress: LOOPBACK });
  await once(held, "connect");
  return held.unref().localPort;
}

let keeping;

/** The port of a server that takes such connections, and keeps them. */
function keeper() {
  keeping ??= listen(0, (connection) => connection.on("error", () => {}).unref());
  return keeping.then((server) => server.unref().address().port);
}

/** Fails with a sentence about the port, before anything is started that would have to be ended again. */
export async function requireFree(port, option) {
  const server = await listen(port).catch((error) => {
    throw new Error(`port ${port} is taken (${error.code}): choose another with ${option}`);
  });
  server.close();
  await once(server, "close");
}

async function listen(port, taken) {
  const server = createServer(taken).listen(port, LOOPBACK);
  await once(server, "listening");
  return server;
}
