// What is said about media: POST /2/media/metadata (alt text and more), POST and DELETE /2/media/subtitles.
// https://docs.x.com/x-api/media/create-media-metadata
import { charge } from "./api.mjs";
import { ownMedia } from "./media.mjs";
import { api } from "./problems.mjs";
import { json, refuse } from "./reply.mjs";
import { anything, id, object, oneOf, readJson, string } from "./schema.mjs";

/** Dollars, https://docs.x.com/x-api/getting-started/pricing. */
const METADATA_PRICE = 0.005;

/** X's OpenAPI 2.167 limits the alt text; the rest is kept as it is given. */
const METADATA = object(
  {
    id,
    metadata: object({
      allow_download_status: anything,
      alt_text: object({ text: { type: "string", maxLength: 1000 } }, ["text"]),
      audience_policy: anything,
      content_expiration: anything,
      domain_restrictions: anything,
      found_media_origin: anything,
      geo_restrictions: anything,
      management_info: anything,
      preview_image: anything,
      sensitive_media_warning: anything,
      shared_info: anything,
      sticker_info: anything,
      upload_source: anything,
    }),
  },
  ["id"],
);

/** The names that these two calls have for categories, and what the upload calls them. */
const VIDEO_CATEGORIES = { TweetVideo: "tweet_video", AmplifyVideo: "amplify_video" };
const videoCategory = oneOf(...Object.keys(VIDEO_CATEGORIES));
const language = { type: "string", pattern: /^[A-Z]{2}$/ };

/** OpenAPI requires none of these in a POST; that X can do nothing without them is assumed. */
const SUBTITLES = object(
  {
    id,
    media_category: videoCategory,
    subtitles: object({ id, language_code: language, display_name: string }, ["id", "language_code"]),
  },
  ["id", "media_category", "subtitles"],
);
const DELETION = object({ id, media_category: videoCategory, language_code: language }, [
  "id", "media_category", "language_code",
]);

/** In order: (1) the schema, 400; (2) finalized media of this user's, 400. What was said before stays beside it. */
export function describe(x, request, { app, user }) {
  const { id: mediaId, metadata = {} } = readJson(request, METADATA);
  const media = finalized(x, mediaId, user);
  Object.assign(media.metadata, metadata);
  charge(app, METADATA_PRICE);
  return json(200, { data: { id: media.id, associated_metadata: media.metadata } });
}

/** In order: (1) the schema, 400; (2) a video of this user's, 400; (3) a subtitle file of theirs, 400. */
export function addSubtitles(x, request, { user }) {
  const { id: videoId, media_category, subtitles } = readJson(request, SUBTITLES);
  const video = videoOf(x, videoId, media_category, user);
  const file = finalized(x, subtitles.id, user);
  if (file.category !== "subtitles") refuse(api.mediaNotFound());
  video.subtitles = [...others(video, subtitles.language_code), subtitles];
  return json(200, { data: { id: video.id, media_category, associated_subtitles: subtitles } });
}

/** Taking back what is not there is no deletion (assumed). */
export function removeSubtitles(x, request, { user }) {
  const { id: videoId, media_category, language_code } = readJson(request, DELETION);
  const video = videoOf(x, videoId, media_category, user);
  const kept = others(video, language_code);
  const deleted = kept.length < video.subtitles.length;
  video.subtitles = kept;
  return json(200, { data: { deleted } });
}

const others = ({ subtitles }, code) => subtitles.filter(({ language_code }) => language_code !== code);

function finalized(x, mediaId, user) {
  const media = ownMedia(x, mediaId, user);
  return media && media.finalized_at !== null ? media : refuse(api.mediaNotFound());
}

function videoOf(x, mediaId, category, user) {
  const media = finalized(x, mediaId, user);
  return media.category === VIDEO_CATEGORIES[category] ? media : refuse(api.mediaNotFound());
}
