/** COPY ME. How a page sends a file: straight to the Worker, past the site's own back end, and sees how far it is. */

/** Cloudflare takes bodies of 100 MB at most on its smaller plans; every part but the last has to have the same size. */
const PART_BYTES = 64 * 1024 * 1024;

/**
 * @param {File} file
 * @param {string} address the `upload_url` that the back end was given for this file
 * @param {(sent: number) => void} onProgress bytes so far
 */
export async function upload(file, address, onProgress) {
  if (file.size <= PART_BYTES) return send(address, file, file.type, onProgress);
  for (let start = 0, part = 1; start < file.size; start += PART_BYTES, part += 1) {
    const bytes = file.slice(start, start + PART_BYTES);
    await send(`${address}&part=${part}`, bytes, file.type, (sent) => onProgress(start + sent));
  }
}

/** fetch() does not tell how much it has sent. */
function send(address, bytes, type, onProgress) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("PUT", address);
    call.setRequestHeader("content-type", type);
    call.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded));
    call.addEventListener("load", () => (call.status === 200 ? resolve() : reject(new Error(sentence(call)))));
    call.addEventListener("error", () => reject(new Error("The upload broke off. Please try again.")));
    call.send(bytes);
  });
}

function sentence({ responseText }) {
  try {
    return JSON.parse(responseText).error;
  } catch {
    return "The upload was not taken. Please try again.";
  }
}
