import assert from "node:assert/strict";
import { test } from "node:test";
import { dimensionsOf, fileTypeOf } from "./file-type.mjs";
import { gif, jpeg, mov, mp4, png, srt, webp } from "./sample-files.mjs";

const vp8 = (layout, hex) => Buffer.concat([Buffer.from(`RIFF....WEBP${layout}`, "latin1"), Buffer.from(hex, "hex")]);

test("a file is what its first bytes say", () => {
  const files = {
    "image/png": png(), "image/gif": gif(), "image/jpeg": jpeg(), "image/webp": webp(), "video/mp4": mp4(),
    "video/quicktime": mov(), "text/srt": srt(), "text/vtt": Buffer.from("WEBVTT\n"),
    "video/webm": Buffer.from("1a45dfa3", "hex"),
    "video/mp2t": Buffer.alloc(376, "47", "hex"),
  };
  for (const [type, bytes] of Object.entries(files)) assert.equal(fileTypeOf(bytes), type);
  for (const bytes of [Buffer.alloc(0), Buffer.from("<svg/>"), Buffer.from("%PDF-1.7")]) {
    assert.equal(fileTypeOf(bytes), null);
  }
});

test("width and height are read from every kind of picture", () => {
  for (const [type, make] of Object.entries({ png, gif, jpeg, webp })) {
    assert.deepEqual(dimensionsOf(`image/${type}`, make({ w: 1280, h: 720 })), { w: 1280, h: 720 }, type);
  }
  const lossy = vp8("VP8 ", "0a000000 000000 9d012a 00050203 0000".replaceAll(" ", ""));
  assert.deepEqual(dimensionsOf("image/webp", lossy), { w: 1280, h: 770 });
  const lossless = vp8("VP8L", "0a0000002fffc4b31000000000000000".padEnd(36, "0"));
  assert.deepEqual(dimensionsOf("image/webp", lossless), { w: 1280, h: 720 });
});

test("a picture that is cut short has no size", () => {
  for (const [type, make] of Object.entries({ png, gif, jpeg, webp })) {
    assert.equal(dimensionsOf(`image/${type}`, make().subarray(0, 9)), null, type);
  }
  assert.equal(dimensionsOf("video/mp4", mp4()), null);
});
