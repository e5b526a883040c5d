/** A site's uploads: announced by its back end, sent by whoever holds the address, confirmed. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request } from "node:http";
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

/** An upload that is not all sent at once: `{send, end, leave, answer}`. It may be refused before its end. */
export function beginUpload({ worker }, address, length) {
  const call = request(reachable(worker, address), { method: "PUT", headers: { "content-length": length } });
  const answer = new Promise((resolve) => {
    call.on("response", async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      call.destroy();
      resolve({ status: response.statusCode, headers: new Headers(response.headers), text, body: JSON.parse(text) });
    });
    call.on("error", (error) => resolve({ status: null, text: String(error) }));
  });
  return { send: (bytes) => call.write(bytes), end: (bytes) => call.end(bytes), leave: () => call.destroy(), answer };
}

/**
 * The answer to an upload that is refused by its length and its first bytes. Only these are sent: a server that answers
 * early may close, and whoever is still sending then loses the answer (RFC 9112, section 9.6).
 */
export async function refusedAtOnce(bench, address, bytes) {
  const body = beginUpload(bench, address, bytes.length);
  body.send(bytes.subarray(0, 1000));
  const answer = await body.answer;
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
