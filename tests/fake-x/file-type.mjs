// What a file is by its first bytes, and how large a picture it is: X looks at the bytes, not at the declared type.

const ascii = (head, from, to) => head.toString("latin1", from, to);
const starts = (hex) => (head) => head.toString("hex", 0, hex.length / 2) === hex;

const FORMATS = {
  "image/jpeg": { is: starts("ffd8ff"), dimensions: jpegDimensions },
  "image/png": {
    is: starts("89504e470d0a1a0a"),
    dimensions: (head) => head.length >= 24 && { w: head.readUInt32BE(16), h: head.readUInt32BE(20) },
  },
  "image/gif": {
    is: (head) => /^GIF8[79]a/.test(ascii(head, 0, 6)),
    dimensions: (head) => head.length >= 10 && { w: head.readUInt16LE(6), h: head.readUInt16LE(8) },
  },
  "image/webp": {
    is: (head) => ascii(head, 0, 4) === "RIFF" && ascii(head, 8, 12) === "WEBP",
    dimensions: (head) => head.length >= 30 && webpDimensions(head),
  },
  "video/quicktime": { is: (head) => /^(?:ftypqt {2}|moov|mdat|wide)/.test(ascii(head, 4, 12)) },
  "video/mp4": { is: (head) => ascii(head, 4, 8) === "ftyp" },
  "video/webm": { is: starts("1a45dfa3") },
  "video/mp2t": { is: (head) => head[0] === 0x47 && head[188] === 0x47 },
  "text/vtt": { is: (head) => /^(?:\uFEFF)?WEBVTT/.test(head.toString("utf8", 0, 16)) },
  "text/srt": { is: (head) => /^(?:\uFEFF)?\d+\r?\n\d\d:\d\d:\d\d,\d{3} -->/.test(head.toString("utf8", 0, 64)) },
};

/** The media type, or null for a file of no kind that X takes. */
export const fileTypeOf = (head) => Object.keys(FORMATS).find((type) => FORMATS[type].is(head)) ?? null;

/** `{w, h}` of a picture; null for a video, and for a picture whose size does not stand in `head`. */
export const dimensionsOf = (type, head) => FORMATS[type]?.dimensions?.(head) || null;

/** Three layouts: https://developers.google.com/speed/webp/docs/riff_container. */
function webpDimensions(head) {
  const layout = ascii(head, 12, 16);
  if (layout === "VP8X") return { w: head.readUIntLE(24, 3) + 1, h: head.readUIntLE(27, 3) + 1 };
  const bits = head.readUInt32LE(layout === "VP8L" ? 21 : 26);
  if (layout === "VP8L") return { w: (bits & 0x3fff) + 1, h: ((bits >>> 14) & 0x3fff) + 1 };
  return { w: bits & 0x3fff, h: (bits >>> 16) & 0x3fff };
}

/** ITU T.81, B.1.1.3: start-of-frame markers are C0 to CF but for C4 (tables), C8 (reserved) and CC (tables). */
const isFrame = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegDimensions(head) {
  let at = 2;
  while (at + 9 <= head.length && head[at] === 0xff) {
    if (isFrame(head[at + 1])) return { w: head.readUInt16BE(at + 7), h: head.readUInt16BE(at + 5) };
    at += 2 + head.readUInt16BE(at + 2);
  }
  return null;
}
