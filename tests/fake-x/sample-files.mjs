// Small files of every kind, for tests: their first bytes are real, what follows is filler.
import { seededBytes } from "./random.mjs";

const hex = (text) => Buffer.from(text.replaceAll(" ", ""), "hex");
const filled = (head, size) => Buffer.concat([head, seededBytes(Math.max(0, size - head.length))]);

function uint(bytes, value, endian) {
  const buffer = Buffer.alloc(bytes);
  buffer[endian === "BE" ? "writeUIntBE" : "writeUIntLE"](value, 0, bytes);
  return buffer;
}

export const png = ({ w = 3, h = 2, size = 64 } = {}) =>
  filled(Buffer.concat([hex("89504e470d0a1a0a 0000000d 49484452"), uint(4, w, "BE"), uint(4, h, "BE")]), size);

export const gif = ({ w = 3, h = 2, size = 64 } = {}) =>
  filled(Buffer.concat([Buffer.from("GIF89a"), uint(2, w, "LE"), uint(2, h, "LE")]), size);

/** An application segment stands before the frame, as in a photo with EXIF. */
export const jpeg = ({ w = 3, h = 2, size = 64 } = {}) =>
  filled(Buffer.concat([hex("ffd8 ffe1 0004 0000 ffc0 0011 08"), uint(2, h, "BE"), uint(2, w, "BE")]), size);

export const webp = ({ w = 3, h = 2, size = 64 } = {}) =>
  filled(
    Buffer.concat([
      Buffer.from("RIFF"), uint(4, size - 8, "LE"), Buffer.from("WEBPVP8X"), hex("0a000000 00000000"),
      uint(3, w - 1, "LE"), uint(3, h - 1, "LE"),
    ]),
    size,
  );

export const mp4 = ({ size = 64 } = {}) => filled(Buffer.concat([hex("00000018"), Buffer.from("ftypisom")]), size);
export const mov = ({ size = 64 } = {}) => filled(Buffer.concat([hex("00000014"), Buffer.from("ftypqt  ")]), size);

export const srt = () => Buffer.from("1\n00:00:00,000 --> 00:00:01,000\nHello\n");
