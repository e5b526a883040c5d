// POST /2/media/upload and its steps initialize, append, finalize; GET /2/media/upload is the status.
// https://docs.x.com/x-api/media/quickstart/media-upload-chunked
import { SECOND } from "./clock.mjs";
import { ID, invalidParameter } from "./listing.mjs";
import { CATEGORIES, MIB, limitOf } from "./media-kinds.mjs";
import { Media, ownMedia } from "./media.mjs";
import { api } from "./problems.mjs";
import { json, refuse } from "./reply.mjs";
import { readJson } from "./schema.mjs";
import { ANNOUNCEMENT, FILE, SEGMENT, readUpload } from "./upload-body.mjs";

/** Third parties: segments of at most 5 MB, where the server's limit of a whole body is 8 MB. */
const SEGMENT_LIMIT = 5 * MIB;
export const SEGMENT_BODY_LIMIT = 8 * MIB;
/** The stand-in's own: room for the largest GIF in base64. Larger files come in segments. */
export const FILE_BODY_LIMIT = 32 * MIB;

/** In order: (1) the schema, 400; (2) the category's limit, 400; (3) bytes that the category does not take, 400. */
export function simple(x, request, { user }) {
  const { media: bytes, ...given } = readUpload(request, FILE);
  checkSize(x, given.media_category, bytes.length, user);
  const media = begin(x, given, user);
  media.append(bytes);
  finish(x, media);
  x.media.set(media.id, media);
  return json(200, { data: viewUpload(x, media) });
}

/** In order: (1) the schema, 400; (2) a type that the category does not take, 400; (3) the category's limit, 400. */
export function initialize(x, request, { user }) {
  const given = readJson(request, ANNOUNCEMENT);
  const { media_category, media_type, total_bytes } = given;
  const isTaken = CATEGORIES[media_category].types.includes(media_type);
  if (!isTaken) refuse(api.invalid(`${media_category} does not take this type`, { media_type: [media_type] }));
  checkSize(x, media_category, total_bytes, user);
  const media = begin(x, given, user);
  x.media.set(media.id, media);
  return json(200, { data: identity(x, media) });
}

/**
 * In order: (1) an upload of this user's that is open, 400; (2) the schema, 400; (3) the segment's size, 400; (4) its
 * place, 400: the next one, or one that came before with the same bytes, which changes nothing.
 */
export function append(x, request, { user }) {
  const media = openUpload(x, request, user);
  const { media: bytes, segment_index } = readUpload(request, SEGMENT);
  const isSized = bytes.length > 0 && bytes.length <= SEGMENT_LIMIT;
  if (!isSized) refuse(api.invalid(`$.media: must have 1 to ${SEGMENT_LIMIT} bytes`, {}));
  if (segment_index === media.segments.length) media.append(bytes);
  else if (!(segment_index < media.segments.length && media.repeats(segment_index, bytes))) outOfOrder(segment_index);
  return json(200, { data: { expires_at: Math.floor(media.expires_at / SECOND) } });
}

/**
 * In order: (1) no body, 400; (2) an upload of this user's that is open, 400; (3) bytes missing or too many, 400;
 * (4) bytes that the category does not take, 400. After (3) and (4) the upload is still open (assumed).
 */
export function finalize(x, request, { user }) {
  if (!["", "{}"].includes(request.body.trim())) refuse(api.invalid("$: no body is expected", {}));
  const media = ownMedia(x, request.params.id, user) ?? refuse(api.mediaNotFound());
  if (media.finalized_at !== null) return repeated(x, media);
  if (media.size !== media.total_bytes) refuse(api.segmentsMissing());
  finish(x, media);
  return json(200, { data: viewUpload(x, media) });
}

/** X was observed to have no status for media that is not processed: only finalize says that a photo is ready. */
export function status(x, { query }, { user }) {
  const [id, command] = [query.get("media_id"), query.get("command")];
  if (!ID.test(id ?? "")) invalidParameter("media_id", id);
  if (![null, "STATUS"].includes(command)) invalidParameter("command", command);
  const media = ownMedia(x, id, user);
  const hasStatus = media?.finalized_at && (media.processing || x.settings.status_of_photos === "answer");
  return hasStatus ? json(200, { data: viewUpload(x, media) }) : api.mediaNotFound();
}

/** Nobody has published what X answers; a setting has both. */
const repeated = (x, media) =>
  x.settings.repeated_finalize === "accept" ? json(200, { data: viewUpload(x, media) }) : api.mediaNotFound();

function openUpload(x, { params }, user) {
  const media = ownMedia(x, params.id, user);
  return media && media.finalized_at === null ? media : refuse(api.mediaNotFound());
}

const outOfOrder = (index) =>
  refuse(api.invalid("Segments must be appended in order", { segment_index: [String(index)] }));

function checkSize(x, category, size, user) {
  const limit = limitOf(x, category, user);
  if (size <= limit) return;
  refuse(api.invalid(`File size exceeds ${limit} bytes, the limit of ${category}`, { total_bytes: [String(size)] }));
}

function begin(x, { media_category, media_type = null, total_bytes = null, additional_owners = [] }, user) {
  const expires_at = x.now() + x.settings.media_lifetime_ms;
  const given = { id: x.nextId(), owner_id: user.id, owners: additional_owners, category: media_category };
  return new Media({ ...given, media_type, total_bytes, expires_at });
}

/** Pictures and subtitles are looked at here, videos by processing. */
function finish(x, media) {
  if (media.fileType === null && media.kind !== "video") refuse(api.mediaType());
  const { media_pending_ms, media_processing_ms, media_outcome, media_lifetime_ms } = x.settings;
  media.finalize(x.now(), {
    pending_ms: media_pending_ms,
    processing_ms: media_processing_ms,
    outcome: media_outcome,
    lifetime_ms: media_lifetime_ms,
  });
}

const identity = (x, media) => ({
  id: media.id,
  media_key: media.media_key,
  expires_after_secs: media.secondsLeft(x.now()),
});

function viewUpload(x, media) {
  const { kind, file_type, dimensions, processing, size } = media;
  const isPicture = ["photo", "animated_gif"].includes(kind);
  return {
    ...identity(x, media),
    size,
    ...(isPicture && { image: { image_type: file_type, ...dimensions } }),
    ...(kind === "video" && file_type && { video: { video_type: file_type } }),
    ...(processing && { processing_info: processingInfo(x, media) }),
  };
}

function processingInfo(x, media) {
  const state = media.state(x.now());
  const check_after_secs = x.settings.media_check_after_secs;
  if (state === "pending") return { state, check_after_secs };
  if (state === "in_progress") return { state, check_after_secs, progress_percent: media.percent(x.now()) };
  return { state, progress_percent: 100 };
}
