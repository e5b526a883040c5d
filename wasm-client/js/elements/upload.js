/** A file's way to the Worker, in the three steps of docs/API.md, section 6. */

import { problem } from "../page-session.js";

/** What the chooser offers: X's types, and names that go with none. The Worker decides by the bytes. */
export const OFFERED = "image/jpeg,image/png,image/webp,image/gif,video/mp4,video/quicktime,.mov,.m4v";
export const isMedia = ({ type }) => type === "" || /^(image|video)\//.test(type);
/** Cloudflare takes bodies of 100 MB at most on its smaller plans. */
const PART_BYTES = 64 * 1024 * 1024;

/** Resolves to the medium's id. `onProgress` hears a share from 0 to 1. */
export async function upload(session, file, onProgress) {
  const { name, type, size } = file;
  const body = { filename: name, content_type: type, size };
  const { id, upload_url: url } = (await session.call("POST", "/v1/media/upload", { body })).data;
  const isWhole = size <= PART_BYTES;
  for (let start = 0, part = 1; part === 1 || start < size; start += PART_BYTES, part += 1) {
    await send(isWhole ? url : `${url}&part=${part}`, file.slice(start, start + PART_BYTES, type), (sent) => onProgress((start + sent) / size));
  }
  await session.call("POST", `/v1/media/${id}/confirm`, { body: {} });
  return id;
}

/** fetch() does not tell how much it has sent. */
function send(url, bytes, onSent) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    const facts = { method: "PUT", url };
    call.open("PUT", url);
    call.responseType = "json";
    call.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
    call.addEventListener("load", () => (call.status === 200 ? resolve() : reject(problem(call.response?.code ?? "unexpected_answer", { ...facts, status: call.status, body: call.response }))));
    call.addEventListener("error", () => reject(problem("unanswered", facts)));
    call.send(bytes);
  });
}
