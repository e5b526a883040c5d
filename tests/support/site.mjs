/** Somebody's web server on loopback: answers each path as it is told, and remembers what it was asked. */

import { once } from "node:events";
import { createServer } from "node:http";

/** @param {Record<string, {status?: number, headers?: Record<string, string>, body?: string | Buffer}>} pages by path */
export async function startSite(pages) {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method, path: request.url, headers: request.headers });
    const { status = 200, headers = {}, body = "" } = pages[request.url] ?? { status: 404 };
    response.writeHead(status, headers).end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requests,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
