// One upload and what becomes of it. Its bytes are hashed and counted as they come, and not kept.
import { createHash } from "node:crypto";
import { SECOND } from "./clock.mjs";
import { dimensionsOf, fileTypeOf } from "./file-type.mjs";
import { CATEGORIES } from "./media-kinds.mjs";

/** Enough of a file to tell its type, and of a photo to reach its size behind EXIF and colour profiles. */
const HEAD_BYTES = 256 * 1024;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

export class Media {
  #hash = createHash("sha256");
  #head = Buffer.alloc(0);
  segments = [];
  size = 0;
  finalized_at = null;
  metadata = {};
  subtitles = [];
  post_ids = [];

  /** `given`: id, owner_id, owners (ids), category, media_type, total_bytes (null: as many as come), expires_at. */
  constructor(given) {
    Object.assign(this, given);
    this.kind = CATEGORIES[this.category].kind;
    this.media_key = `${CATEGORIES[this.category].key}_${this.id}`;
  }

  append(bytes) {
    this.#hash.update(bytes);
    this.size += bytes.length;
    this.segments.push({ size: bytes.length, sha256: sha256(bytes) });
    const missing = HEAD_BYTES - this.#head.length;
    if (missing > 0) this.#head = Buffer.concat([this.#head, bytes.subarray(0, missing)]);
  }

  /** The same bytes as segment `index` had. */
  repeats(index, bytes) {
    const { size, sha256: known } = this.segments[index];
    return size === bytes.length && known === sha256(bytes);
  }

  /** Of the bytes that came so far. */
  get sha256() {
    return this.#hash.copy().digest("hex");
  }

  /** What the bytes are, if the category takes it. */
  get fileType() {
    const type = fileTypeOf(this.#head);
    return CATEGORIES[this.category].types.includes(type) ? type : null;
  }

  /** From here on nothing is appended. A video that is none is found out later, by processing. */
  finalize(now, { pending_ms, processing_ms, outcome, lifetime_ms }) {
    this.file_type = this.fileType;
    this.dimensions = dimensionsOf(this.file_type, this.#head);
    this.#head = Buffer.alloc(0);
    this.finalized_at = now;
    this.expires_at = now + lifetime_ms;
    this.processing = CATEGORIES[this.category].isProcessed
      ? { pending_ms, processing_ms, outcome: this.file_type === null ? "failed" : outcome }
      : null;
  }

  /** uploading, then pending, in_progress and succeeded or failed; what needs no processing has succeeded at once. */
  state(now) {
    if (this.finalized_at === null) return "uploading";
    if (!this.processing) return "succeeded";
    const { pending_ms, processing_ms, outcome } = this.processing;
    const elapsed = now - this.finalized_at;
    if (elapsed < pending_ms) return "pending";
    return elapsed < pending_ms + processing_ms ? "in_progress" : outcome;
  }

  /** Of the time that processing takes. */
  percent(now) {
    const { pending_ms, processing_ms } = this.processing;
    return Math.floor(((now - this.finalized_at - pending_ms) / processing_ms) * 100);
  }

  secondsLeft(now) {
    return Math.max(0, Math.floor((this.expires_at - now) / SECOND));
  }

  get altText() {
    return this.metadata.alt_text?.text ?? null;
  }

  isOwnedBy(user) {
    return this.owner_id === user.id;
  }

  isUsableBy(user) {
    return this.isOwnedBy(user) || this.owners.includes(user.id);
  }
}

/** This user's own media of that id, while it lives. */
export function ownMedia(x, id, user) {
  const media = x.media.get(id);
  return media?.isOwnedBy(user) && x.now() < media.expires_at ? media : null;
}
