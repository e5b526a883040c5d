/** A file's way to the Worker, in the three steps of docs/API.md, section 6. The elements and the dashboard send by it. */

/**
 * What a chooser offers: X's types, and names that go with none. The Worker decides by the bytes, since browsers know some of
 * these files under other types or under none.
 */
export const OFFERED = "image/jpeg,image/png,image/webp,image/gif,video/mp4,video/quicktime,video/x-m4v,.mov,.m4v";
/** Whether the Worker is asked: text that was pasted along with a picture, for one, is no file. */
export const isMedia = ({ type }) => type === "" || /^(image|video)\//.test(type);
/** Cloudflare takes bodies of 100 MB at most on its smaller plans. */
const PART_BYTES = 64 * 1024 * 1024;

/**
 * Resolves to the medium's id. `post(path, body)` calls the API, `addressOf` says where the bytes go, `failed({status, body, url})`
 * makes the error of bytes that were not taken, of status 0 without an answer. `onProgress` hears a share from 0 to 1.
 */
export async function upload({ post, addressOf = (url) => url, failed }, file, onProgress) {
  const { name, type, size } = file;
  const { id, upload_url } = (await post("/v1/media/upload", { filename: name, content_type: type, size })).data;
  const url = addressOf(upload_url);
  const isWhole = size <= PART_BYTES;
  for (let start = 0, part = 1; part === 1 || start < size; start += PART_BYTES, part += 1) {
    const bytes = file.slice(start, start + PART_BYTES, type);
    await send(isWhole ? url : `${url}&part=${part}`, bytes, failed, (sent) => onProgress((start + sent) / size));
  }
  await post(`/v1/media/${id}/confirm`, {});
  return id;
}

/** fetch() does not tell how much it has sent. */
function send(url, bytes, failed, onSent) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("PUT", url);
    call.responseType = "json";
    call.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
    call.addEventListener("load", () => (call.status === 200 ? resolve() : reject(failed({ status: call.status, body: call.response, url }))));
    call.addEventListener("error", () => reject(failed({ status: 0, url })));
    call.send(bytes);
  });
}
