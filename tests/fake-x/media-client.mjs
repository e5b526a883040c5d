// Uploads as a client of X makes them, for the stand-in's own tests.
import { createHash } from "node:crypto";
import { MEDIA_SCOPES, answerOf, call, connect, start } from "./client.mjs";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A stand-in whose clock stands still, and a user who may upload. */
export async function uploading(t, given) {
  const x = await start(t);
  x.clock({ frozen: true });
  return { x, token: await connect(x, { scopes: MEDIA_SCOPES, ...given }) };
}

/** One call with a form; a Buffer goes as a file. */
export async function form(x, path, { access_token }, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    body.append(name, Buffer.isBuffer(value) ? new Blob([value], { type: "application/octet-stream" }) : String(value));
  }
  const headers = { authorization: `Bearer ${access_token}` };
  return answerOf(await fetch(x.origin + path, { method: "POST", headers, body }));
}

export const simple = (x, token, media, media_category = "tweet_image") =>
  form(x, "/2/media/upload", token, { media, media_category });

const MEDIA_TYPES = { tweet_image: "image/png", tweet_gif: "image/gif", subtitles: "text/srt" };

export const initialize = (x, token, total_bytes, media_category = "tweet_video", given = {}) =>
  call(x, "POST", "/2/media/upload/initialize", token, {
    media_category, media_type: MEDIA_TYPES[media_category] ?? "video/mp4", total_bytes, ...given,
  });

export const append = (x, token, id, segment_index, media) =>
  form(x, `/2/media/upload/${id}/append`, token, { segment_index, media });

export const finalize = (x, token, id) => call(x, "POST", `/2/media/upload/${id}/finalize`, token, {});

export const status = (x, token, id) => call(x, "GET", `/2/media/upload?media_id=${id}`, token);

/** The id of media that all steps were made for, in segments of `segment` bytes. */
export async function upload(x, token, bytes, { category = "tweet_video", segment = bytes.length } = {}) {
  const { id } = (await initialize(x, token, bytes.length, category)).body.data;
  for (let index = 0; index * segment < bytes.length; index += 1) {
    await append(x, token, id, index, bytes.subarray(index * segment, (index + 1) * segment));
  }
  await finalize(x, token, id);
  return id;
}
