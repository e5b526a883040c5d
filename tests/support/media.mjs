/** A site's uploads: announced by its back end, sent by whoever holds the address, confirmed. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { assertDescribed } from "./contract.mjs";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** `{id, upload_url, expires_in}` of a file to come. */
export async function announce({ api }, fields = {}) {
  const answer = await api.post("/v1/media/upload", { filename: "picture.png", ...fields });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data;
}

/** Sends bytes to an address of the Worker's, which may be a name under localhost. Answers like `request`. */
export async function put({ worker }, address, bytes, headers = { "content-type": "image/png" }) {
  const response = await fetch(reachable(worker, address), { method: "PUT", body: bytes, headers });
  const text = await response.text();
  const answer = { status: response.status, headers: response.headers, text, body: text && JSON.parse(text) };
  assertDescribed({ method: "PUT", path: new URL(address).pathname }, answer);
  return answer;
}

export const confirm = ({ api }, id, body) => api.post(`/v1/media/${id}/confirm`, body);

export const readMedia = async ({ api }, id) => (await api.get(`/v1/media/${id}`)).body.data;

/** All three steps: the active row. */
export async function upload(bench, bytes, { content_type = "image/png", ...fields } = {}) {
  const { id, upload_url } = await announce(bench, { content_type, ...fields });
  const sent = await put(bench, upload_url, bytes, { "content-type": content_type });
  assert.equal(sent.status, 200, sent.text);
  const confirmed = await confirm(bench, id);
  assert.equal(confirmed.status, 200, confirmed.text);
  return confirmed.body.data;
}

/** What an address answers: `{status, headers, bytes}`. */
export async function download({ worker }, address, init = {}) {
  const response = await fetch(reachable(worker, address), init);
  const bytes = Buffer.from(await response.arrayBuffer());
  const answer = { status: response.status, headers: response.headers, bytes };
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  const said = { ...answer, text: bytes.toString("latin1"), body: isJson ? JSON.parse(bytes) : undefined };
  assertDescribed({ method: init.method ?? "GET", path: new URL(address).pathname }, said);
  return answer;
}

/** Names under localhost are for browsers; Node calls the Worker at `api`. */
export function reachable(worker, address) {
  const { origin, pathname, search } = new URL(address);
  assert.equal(origin, worker.origin);
  return worker.api + pathname + search;
}
