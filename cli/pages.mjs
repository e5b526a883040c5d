/** Serves a folder of static pages on loopback. Only files that were there at the start are served. */

import { once } from "node:events";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, relative } from "node:path";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8" };
const HEADERS = {
  // The pages have no script, and nothing of theirs comes from elsewhere.
  "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

export async function startPages(folder, port) {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new Error(`--port takes a port, and not \`${port}\``);
  const files = filesOf(folder);
  const server = createServer((request, response) => void answer(files, request, response));
  server.listen(number, "127.0.0.1");
  await once(server, "listening").catch((error) => {
    throw new Error(error.code === "EADDRINUSE" ? `port ${port} is taken: name another by --port` : error.message);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** By the path of a request; a folder is its `index.html`. */
function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  const named = paths.map((path) => [`/${relative(folder, path)}`, path]);
  return new Map([...named, ...named.map(([name, path]) => [name.replace(/index\.html$/, ""), path])]);
}

async function answer(files, { method, url }, response) {
  const file = files.get(new URL(url, "http://pages").pathname);
  if (!["GET", "HEAD"].includes(method)) return response.writeHead(405, { ...HEADERS, allow: "GET, HEAD" }).end();
  if (!file) return response.writeHead(404, { ...HEADERS, "content-type": "text/plain" }).end("There is no such page.\n");
  const bytes = await readFile(file);
  response.writeHead(200, { ...HEADERS, "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-length": bytes.length });
  response.end(method === "HEAD" ? undefined : bytes);
}
