/** Acme Social: a small third-party site, on an origin of its own. backend.mjs and page/connect.js are what it adds. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { SORRY, xBackend } from "./backend.mjs";

/** A real site reads its own login cookie here. */
const signedInUser = ({ userId }) => ({ id: userId });

const FILES = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/acme.css": ["acme.css", "text/css; charset=utf-8"],
  "/acme.js": ["acme.js", "text/javascript; charset=utf-8"],
  "/connect.js": ["connect.js", "text/javascript; charset=utf-8"],
  "/upload.js": ["upload.js", "text/javascript; charset=utf-8"],
};

/**
 * @param {object} options
 * @param {number} options.port 0 takes any free port
 * @param {string} [options.host]
 * @param {string} options.workerOrigin where browsers find the button and its sessions
 * @param {string} [options.workerApi] where this server finds the API, if elsewhere: Node does not resolve *.localhost
 * @param {string} options.apiKey
 * @param {string} [options.publicOrigin] where browsers find this site
 * @param {string} [options.xOrigin] a stand-in for https://x.com
 * @param {string} [options.userId] who is signed in
 * @param {Record<string, [text: string | Buffer, type: string]>} [options.files] other pages in place of its own, by path
 * @returns {Promise<{origin: string, close: () => Promise<void>}>}
 */
export async function startAcme(options) {
  const server = createServer((request, response) => {
    handle(site, request).then(
      (answer) => send(response, answer),
      (error) => send(response, failure(error)),
    );
  });
  const { port } = await listen(server, options);
  const site = describe(options, port);
  return { origin: site.origin, close: () => close(server) };
}

function describe({ workerOrigin, workerApi = workerOrigin, apiKey, publicOrigin, ...rest }, port) {
  const { xOrigin = "https://x.com", userId = "acme-user-1042", files } = rest;
  const origin = publicOrigin ?? `http://acme.localhost:${port}`;
  return { origin, workerOrigin, xOrigin, userId, files, x: xBackend({ api: workerApi, apiKey, origin }) };
}

async function handle(site, request) {
  const { pathname, searchParams } = new URL(request.url, site.origin);
  const files = site.files ?? FILES;
  if (request.method === "GET" && Object.hasOwn(files, pathname)) return file(site, files[pathname]);
  // Another site's page can make this user's browser post here; its Origin gives it away.
  if (request.method === "POST" && request.headers.origin !== site.origin) return json(403, { error: "Wrong origin." });
  const user = signedInUser(site);
  switch (`${request.method} ${pathname}`) {
    case "POST /api/x/session":
      return json(200, (await site.x.startSession(user, await readJson(request))).data);
    case "POST /api/x/page":
      return json(200, (await site.x.startPage(user)).data);
    case "GET /api/x/accounts":
      return json(200, (await site.x.accounts(user)).data);
    case "POST /api/x/file":
      return json(200, (await site.x.announceFile(user, await readJson(request))).data);
    case "POST /api/x/file/confirm":
      return json(200, (await site.x.confirmFile(user, (await readJson(request)).id)).data);
    case "GET /api/x/post":
      return json(200, shown(site, await site.x.showPost(user, searchParams.get("id"))));
    case "POST /api/x/post":
      return json(200, await post(site, user, request));
    default:
      return json(404, { error: "There is nothing here." });
  }
}

/** The page's `draft` names one intent to post, so that a repeated click or a lost answer posts once. */
async function post(site, user, request) {
  const { account, content, media, draft } = await readJson(request);
  return shown(site, await site.x.post(user, { account, content, media }, draft));
}

/** What the page needs of a post: how it went, or how far it is. */
function shown({ xOrigin }, { post: { id, socialAccounts } }) {
  const [{ state, error, platformPostUrl, segments }] = socialAccounts;
  const url = platformPostUrl?.replace("https://x.com", xOrigin);
  return { id, state, error, url, media: segments[0].media?.[0] };
}

async function file({ workerOrigin, xOrigin, files }, [content, type]) {
  const given = files ? content : await readFile(new URL(`page/${content}`, import.meta.url), "utf8");
  const headers = { "content-type": type, "content-security-policy": policy(workerOrigin, xOrigin) };
  const body = typeof given === "string" ? given.replaceAll("{{worker}}", workerOrigin) : given;
  return { status: 200, headers, body };
}

/** COPY ME. What a page with a strict policy allows for the button, marked `button`; the rest is Acme's own. */
function policy(worker, x) {
  return [
    "default-src 'none'",
    `script-src 'self' ${worker} 'wasm-unsafe-eval'`, // button
    `connect-src 'self' ${worker}`, // button
    `form-action ${worker} https://x.com ${x}`, // button: Chromium checks the redirect to X too
    `img-src https://pbs.twimg.com ${x}`,
    "style-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const MAX_BODY_BYTES = 64 * 1024;

async function readJson(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw Object.assign(new Error("That is too long."), { status: 413 });
  }
  return JSON.parse(text);
}

function failure(error) {
  if (error.status) return json(error.status, { error: error.message });
  console.error("acme:", error);
  return json(502, { error: SORRY });
}

function json(status, value) {
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
  return { status, headers, body: JSON.stringify(value) };
}

function send(response, { status, headers, body }) {
  response.writeHead(status, { "x-content-type-options": "nosniff", ...headers }).end(body);
}

function listen(server, { port, host = "127.0.0.1" }) {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, host, () => resolve(server.address()));
  });
}

function close(server) {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}
