// Media in posts: which may be attached, how a post's text and entities show them, and GET /2/media.
import { invalidParameter } from "./listing.mjs";
import { CATEGORIES } from "./media-kinds.mjs";
import { api, resourceNotFound } from "./problems.mjs";
import { json, refuse } from "./reply.mjs";
import { readWish } from "./wish.mjs";

const MAX_KEYS = 100;
const KEY = /^\d+_\d+$/;

/**
 * Photos (four at most, says the schema), or one GIF, or one video, each once; uploaded for posts, by this user or for
 * them, processed and alive. If one is not, the post is refused and all are named.
 */
export function attachedMedia(x, ids, user) {
  const media = ids.map((id) => x.media.get(id));
  const areReady = new Set(ids).size === ids.length && media.every((one) => one && isAttachable(x, one, user));
  const goTogether = areReady && (media.length === 1 || media.every(({ kind }) => kind === "photo"));
  return goTogether ? media : refuse(api.mediaIds(ids));
}

function isAttachable(x, media, user) {
  const isReady = media.state(x.now()) === "succeeded" && x.now() < media.expires_at;
  return isReady && media.isUsableBy(user) && CATEGORIES[media.category].isForPosts === true;
}

/** What the t.co link behind a post's text stands for. A GIF counts as a photo here (assumed). */
export function mediaLink(username, postId, media) {
  if (media.length === 0) return null;
  return `https://x.com/${username}/status/${postId}/${media[0].kind === "video" ? "video" : "photo"}/1`;
}

export function one(x, { params, query }, { user }) {
  if (!KEY.test(params.media_key)) invalidParameter("media_key", params.media_key);
  const wish = readWish(x, query);
  const media = visible(x, params.media_key, user);
  if (media) return json(200, { data: viewMedia(media, wish) });
  return json(200, { errors: [resourceNotFound("media", "media_key", params.media_key)] });
}

/** Found and missing ones come together, in one 200. */
export function many(x, { query }, { user }) {
  const keys = (query.get("media_keys") ?? "").split(",");
  if (keys.length > MAX_KEYS || !keys.every((key) => KEY.test(key))) invalidParameter("media_keys", keys.join(","));
  const wish = readWish(x, query);
  const found = keys.map((key) => visible(x, key, user)).filter(Boolean);
  const missing = keys.filter((key) => !visible(x, key, user));
  const errors = missing.map((key) => resourceNotFound("media", "media_keys", key));
  return json(200, {
    ...(errors.length > 0 && { errors }),
    ...(found.length > 0 && { data: found.map((media) => viewMedia(media, wish)) }),
  });
}

/** Everybody sees what is in a post; one's own uploads are seen before, once they are ready (assumed). */
function visible(x, key, user) {
  const media = x.media.get(key.split("_")[1]);
  if (media?.media_key !== key || media.state(x.now()) !== "succeeded") return null;
  return media.isOwnedBy(user) || media.post_ids.some((id) => x.posts.has(id)) ? media : null;
}

const MEDIA_FIELDS = {
  alt_text: (media) => media.altText,
  height: (media) => media.dimensions?.h,
  width: (media) => media.dimensions?.w,
  public_metrics: ({ kind }) => (kind === "video" ? { view_count: 0 } : null),
};

/** Key and type always; of the other fields those that a file's first bytes tell. */
export function viewMedia(media, wish) {
  const data = { media_key: media.media_key, type: media.kind };
  for (const name of wish.media) {
    const value = Object.hasOwn(MEDIA_FIELDS, name) ? MEDIA_FIELDS[name](media) : null;
    if (value !== null && value !== undefined) data[name] = value;
  }
  return data;
}
