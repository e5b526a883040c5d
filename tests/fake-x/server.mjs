// The HTTP side: reads a request, finds its route and its fault, lets it act, records it, answers.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { serveControl } from "./control-http.mjs";
import { Control } from "./control.mjs";
import { CUT, play, takeFault } from "./faults.mjs";
import { api } from "./problems.mjs";
import { Refusal } from "./reply.mjs";
import { findRoute } from "./routes.mjs";
import { State } from "./state.mjs";

const TRICKLE_STEPS = 10;

/**
 * Starts a stand-in of its own. The answer has `origin`, `site`, `close()` and every method of `Control`.
 * Options: host, port (0: any), callbacks (of the seeded app), acting_delay_ms, listing_delay_ms.
 */
export async function startFakeX({ host = "127.0.0.1", port = 0, ...options } = {}) {
  const state = new State(options);
  const control = new Control(state);
  const stopping = new AbortController();
  const server = createServer((req, res) => serve({ state, control, stopping }, req, res));
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const shown = host.includes(":") ? `[${host}]` : host;
  const { port: bound } = server.address();
  control.origin = `http://${shown}:${bound}`;
  // What its pages are on, to a browser: a site of its own, and the same one for all links and pictures.
  control.site = state.site = `http://x.localhost:${bound}`;
  control.close = () => close(server, stopping);
  return control;
}

function close(server, stopping) {
  stopping.abort();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  return closed;
}

async function serve(fakeX, req, res) {
  try {
    const request = requestOf(req);
    const { route, params } = findRoute(request);
    Object.assign(request, { params }, await bodyOf(req, route));
    if (request.path.startsWith("/_control")) await send(res, await serveControl(fakeX.control, request), fakeX);
    else await serveX(fakeX, route, request, res);
  } catch (error) {
    if (!fakeX.stopping.signal.aborted && !res.destroyed) fail(res, error);
  }
}

/** A fault of the stand-in itself: loud, and unlike anything that X would say. */
function fail(res, error) {
  console.error(error);
  if (!res.headersSent) res.writeHead(500, { "content-type": "text/plain" });
  res.end(`the stand-in for X failed: ${error.stack}`);
}

function requestOf(req) {
  const url = new URL(req.url, "http://x");
  return {
    method: req.method,
    path: url.pathname,
    query: url.searchParams,
    headers: req.headers,
    remote: req.socket.remoteAddress,
  };
}

/**
 * `size` is what came; a body above the route's limit is read to its end and dropped. An upload is `bytes` and no text.
 * A body that breaks off is no request: nothing acts and nothing is logged.
 */
async function bodyOf(req, route) {
  const limit = route?.maxBody ?? Infinity;
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  const bytes = Buffer.concat(size <= limit ? chunks : []);
  return { size, isTooLarge: size > limit, bytes, body: route?.isUpload ? null : bytes.toString("utf8") };
}

async function serveX(fakeX, route, request, res) {
  const { state, stopping } = fakeX;
  const { log } = state;
  const entry = log.add(request, route, state.callerOf(request));
  const fault = takeFault(state.faults, request, route, entry.username);
  entry.fault = fault?.kind ?? null;
  const { signal } = stopping;
  const stage = {
    sleep: (ms) => sleep(ms, undefined, { signal }),
    released: () => once(state.held, "release", { signal }),
    cut: () => res.destroy(),
  };
  const act = async () => {
    const delay = request.method === "GET" ? 0 : state.settings.acting_delay_ms;
    if (delay > 0) await stage.sleep(delay);
    return handle(state, route, request);
  };
  const answer = await (fault ? play(fault, act, stage, state.now()) : act());
  log.settle(entry, answer === CUT ? "closed" : answer.status);
  if (answer === CUT) stage.cut();
  else await send(res, answer, fakeX);
}

/** Synchronous, so that a request's effect is whole or none. */
function handle(state, route, request) {
  if (!route) return api.notFound();
  if (request.isTooLarge) return api.tooLarge();
  try {
    return route.handle(state, request, route);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

async function send(res, { status, headers, body, trickle_ms }, { stopping }) {
  const bytes = Buffer.from(body);
  res.writeHead(status, { ...headers, "content-length": bytes.length });
  if (trickle_ms) await trickle(res, bytes, trickle_ms, stopping.signal);
  else res.end(bytes);
}

async function trickle(res, bytes, ms, signal) {
  const step = Math.ceil(bytes.length / TRICKLE_STEPS);
  for (let from = 0; from < bytes.length; from += step) {
    await sleep(ms / TRICKLE_STEPS, undefined, { signal });
    res.write(bytes.subarray(from, from + step));
  }
  res.end();
}
