/** Small real files of every kind that a post carries, and long ones: the same with filler where their format has room. */

import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { seededBytes } from "../fake-x/random.mjs";

const read = (name) => readFileSync(new URL(`files/${name}`, import.meta.url));

/** What each is called, and what X is to be told of it. */
export const FILES = {
  jpeg: { bytes: read("photo.jpg"), filename: "photo.jpg", type: "image/jpeg", category: "tweet_image" },
  png: { bytes: read("photo.png"), filename: "photo.png", type: "image/png", category: "tweet_image" },
  webp: { bytes: read("photo.webp"), filename: "photo.webp", type: "image/webp", category: "tweet_image" },
  gif: { bytes: read("animation.gif"), filename: "animation.gif", type: "image/gif", category: "tweet_gif" },
  mp4: { bytes: read("video.mp4"), filename: "video.mp4", type: "video/mp4", category: "tweet_video" },
};

export const { jpeg: JPEG, png: PNG, webp: WEBP, gif: GIF, mp4: MP4 } = FILES;

const text = (filename, type, words) => ({ bytes: Buffer.from(words), filename, type, category: "subtitles" });

export const SRT = text("captions.srt", "text/srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n");
export const VTT = text("captions.vtt", "text/vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHola\n");

/** The video with `bytes` in all: a box that players skip stands behind it (ISO/IEC 14496-12, 8.1.2). */
export function video(bytes) {
  const length = bytes - MP4.bytes.length;
  return { ...MP4, bytes: Buffer.concat([MP4.bytes, uint32(length), Buffer.from("free"), seededBytes(length - 8)]) };
}

/** The photo with `bytes` in all: a private chunk stands before the last (PNG 1.2, 3.3). */
export function photo(bytes) {
  const [head, end] = [PNG.bytes.subarray(0, -12), PNG.bytes.subarray(-12)];
  const data = seededBytes(bytes - PNG.bytes.length - 12);
  const chunk = Buffer.concat([Buffer.from("fiLl"), data]);
  return { ...PNG, bytes: Buffer.concat([head, uint32(data.length), chunk, uint32(crc32(chunk)), end]) };
}

/** The animation with no fewer than `bytes` in all: a comment stands before its end (GIF89a, 24). */
export function animation(bytes) {
  const blocks = Array.from({ length: Math.ceil(bytes / 256) }, () => [Buffer.of(255), seededBytes(255)]).flat();
  const comment = [Buffer.of(0x21, 0xfe), ...blocks, Buffer.of(0)];
  return { ...GIF, bytes: Buffer.concat([GIF.bytes.subarray(0, -1), ...comment, Buffer.of(0x3b)]) };
}

function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
