/** A file's way to the Worker, in the three steps of docs/API.md, section 6. */

import { ApiError, post } from "../../api.js";

/**
 * What the chooser offers: X's types, and names that go with none. The Worker decides by the bytes, since browsers know some of
 * these files under other types or under none.
 */
export const OFFERED = "image/jpeg,image/png,image/webp,image/gif,video/mp4,video/quicktime,video/x-m4v,.mov,.m4v";
/** Whether the Worker is asked: text that was pasted along with a picture, for one, is no file. */
export const isMedia = ({ type }) => type === "" || /^(image|video)\//.test(type);
/** Cloudflare takes bodies of 100 MB at most on its smaller plans. */
const PART_BYTES = 64 * 1024 * 1024;

/** Resolves to the medium's id. `onProgress` hears a share from 0 to 1. */
export async function upload(file, onProgress) {
  const { name, type, size } = file;
  const { id, upload_url } = (await post("/v1/media/upload", { filename: name, content_type: type, size })).data;
  const { pathname, search } = new URL(upload_url);
  const onSent = (sent) => onProgress(sent / size);
  if (size <= PART_BYTES) await send(pathname + search, file, type, onSent);
  else {
    for (let start = 0, part = 1; start < size; start += PART_BYTES, part += 1) {
      const bytes = file.slice(start, start + PART_BYTES);
      await send(`${pathname}${search}&part=${part}`, bytes, type, (sent) => onSent(start + sent));
    }
  }
  await post(`/v1/media/${id}/confirm`, {});
  return id;
}

/** fetch() does not tell how much it has sent. */
function send(address, bytes, type, onSent) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    const fail = (status, body) => reject(new ApiError({ status, body }));
    call.open("PUT", address);
    call.setRequestHeader("content-type", type);
    call.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
    call.addEventListener("load", () => (call.status === 200 ? resolve() : fail(call.status, parsed(call.responseText))));
    call.addEventListener("error", () => fail(0));
    call.send(bytes);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
