/** A file's way to the Worker: by the browser's cookie, to the dashboard's own origin. */

import { upload as send } from "../../../../../wasm-client/js/posting/upload.js";
import { ApiError, post } from "../../api.js";

export { isMedia, OFFERED } from "../../../../../wasm-client/js/posting/upload.js";

/** The address of the bytes may name another host of the Worker. */
function addressOf(url) {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

const failed = ({ status, body }) => new ApiError({ status, body: body ?? undefined });

/** Resolves to the medium's id. `onProgress` hears a share from 0 to 1. */
export const upload = (file, onProgress) => send({ post, addressOf, failed }, file, onProgress);
