/** A video of any length that is never held: the small real one, and behind it a box that players skip. */

import { createHash, randomBytes } from "node:crypto";
import { MP4 } from "../support/files.mjs";

const CHUNK_BYTES = 2 ** 20;

export class LongVideo {
  #noise = randomBytes(CHUNK_BYTES);
  #head;

  constructor(bytes) {
    this.bytes = bytes;
    const box = Buffer.alloc(8);
    box.writeUInt32BE(bytes - MP4.bytes.length);
    box.write("free", 4);
    this.#head = Buffer.concat([MP4.bytes, box]);
  }

  /** From byte `from` up to `to`; both begin a chunk, or `to` is the end. No two chunks are equal. */
  *chunks(from, to) {
    for (let at = from; at < to; at += CHUNK_BYTES) {
      const chunk = Buffer.from(this.#noise.subarray(0, Math.min(CHUNK_BYTES, to - at)));
      chunk.writeUInt32BE(at / CHUNK_BYTES, chunk.length - 4);
      if (at === 0) this.#head.copy(chunk);
      yield chunk;
    }
  }

  sha256() {
    const hash = createHash("sha256");
    for (const chunk of this.chunks(0, this.bytes)) hash.update(chunk);
    return hash.digest("hex");
  }
}
