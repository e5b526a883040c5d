/**
 * A site on this machine that files are fetched from. What a path answers with is given beforehand, an answer a request,
 * the last one for all that come later.
 *
 *   const site = await startFileServer();
 *   const url = site.serve("/photo", redirect("/there"));
 */

import { once } from "node:events";
import { createServer } from "node:http";

export async function startFileServer() {
  const paths = new Map();
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    const answers = paths.get(request.url) ?? [status(404)];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer(response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    serve(path, ...answers) {
      paths.set(path, answers);
      return origin + path;
    },
    /** How often it was asked for this. */
    count: (path) => requests.filter((url) => url === path).length,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export const file = ({ bytes, type }, headers = {}) => (response) =>
  response.writeHead(200, { "content-type": type, "content-length": bytes.length, ...headers }).end(bytes);

export const status = (code) => (response) => response.writeHead(code).end();

export const redirect = (location, code = 302) => (response) => response.writeHead(code, { location }).end();

/** Without a length, in chunks; `response.writableEnded` says whether anybody took the last. */
export const chunked = ({ bytes, type }, chunk = 65_536) => (response) => {
  response.writeHead(200, { "content-type": type });
  const send = (from) => {
    if (from >= bytes.length || response.destroyed) return response.end();
    return response.write(bytes.subarray(from, from + chunk)) ? setImmediate(send, from + chunk) : response.once("drain", () => send(from + chunk));
  };
  send(0);
};

/** More is announced than comes. */
export const cutShort = ({ bytes, type }) => (response) => {
  response.writeHead(200, { "content-type": type, "content-length": bytes.length + 1000 });
  response.write(bytes, () => response.destroy());
};

/** The headers come, and no more. */
export const silent = ({ type }) => (response) => response.writeHead(200, { "content-type": type }).flushHeaders();
