/** Posts with media, as a back end makes them, and as the stand-in has them. */

import assert from "node:assert/strict";
import { sha256, upload } from "./media.mjs";

/** The calls that an upload consists of, in their order. */
export const INITIALIZE = { method: "POST", path: "/2/media/upload/initialize" };
export const APPEND = { method: "POST", path: "/2/media/upload/{id}/append" };
export const FINALIZE = { method: "POST", path: "/2/media/upload/{id}/finalize" };
export const STATUS = { method: "GET", path: "/2/media/upload" };
export const DESCRIBE = { method: "POST", path: "/2/media/metadata" };
export const ADD_SUBTITLES = { method: "POST", path: "/2/media/subtitles" };

/** One of the real files, uploaded. Answers the active medium. */
export const uploadMedia = (bench, { filename, type, bytes }, fields = {}) =>
  upload(bench, bytes, { filename, content_type: type, size: bytes.length, ...fields });

/** Fields of a post of one segment. */
export const withMedia = (content, ...media) => ({ containers: [{ content, media }] });

/** The media of each post that `account` has on X, in their order there. */
export function mediaAtX({ x }, { username }) {
  const uploads = new Map(x.media({ username }).map((upload) => [upload.id, upload]));
  return x.posts({ username }).map(({ media_ids }) => media_ids.map((id) => uploads.get(id)));
}

/** One post is there, with these files as its media, whatever was begun on the way. */
export function assertOnX(bench, account, ...files) {
  const posts = mediaAtX(bench, account).map((media) => media.map((upload) => upload.sha256));
  assert.deepEqual(posts, [files.map(({ bytes }) => sha256(bytes))]);
}

/** What a person who waits sees of the first medium of a post's first delivery. */
export const progressOf = ({ socialAccounts: [{ segments }] }) => segments[0].media[0];
