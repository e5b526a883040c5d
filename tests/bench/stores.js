/** KV in memory and an empty R2, as workerd asks for them over HTTP: the least that raw.mjs needs. */

const values = new Map();
const EMPTY_LIST = JSON.stringify({ objects: [], truncated: false, delimitedPrefixes: [] });

export default {
  async fetch(request) {
    if (request.headers.has("cf-r2-request")) {
      return new Response(EMPTY_LIST, { headers: { "cf-r2-metadata-size": `${EMPTY_LIST.length}` } });
    }
    const { pathname } = new URL(request.url);
    if (request.method === "PUT") values.set(pathname, await request.arrayBuffer());
    if (request.method === "DELETE") values.delete(pathname);
    const value = values.get(pathname);
    return request.method === "GET" && !value ? new Response(null, { status: 404 }) : new Response(value);
  },
};
