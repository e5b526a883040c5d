// What X takes as media: the categories of an upload, and the limits of each.
// https://docs.x.com/x-api/media/quickstart/best-practices and, for video, https://docs.x.com/x-api/media/introduction

/** Megabytes are 2^20: the largest `total_bytes` of X's OpenAPI 2.167, 17179869184, is 16 GB as its page says. */
export const MIB = 2 ** 20;
const GIB = 2 ** 30;

const IMAGES = ["image/jpeg", "image/pjpeg", "image/png", "image/gif", "image/webp"];
const VIDEOS = ["video/mp4", "video/webm", "video/mp2t", "video/quicktime"];
const TEXTS = ["text/srt", "text/vtt"];

/** X's OpenAPI 2.167. No category takes the last four. */
export const MEDIA_TYPES = [
  ...IMAGES, ...VIDEOS, ...TEXTS, "image/bmp", "image/tiff", "model/gltf-binary", "model/vnd.usdz+zip",
];

const image = (key) => ({ kind: "photo", key, types: IMAGES, limit: 5 * MIB });
const gif = (key) => ({ kind: "animated_gif", key, types: ["image/gif"], limit: 15 * MIB, isProcessed: true });
const video = (key, limit, premium) => ({ kind: "video", key, types: VIDEOS, limit, premium, isProcessed: true });

/** `key` is what a media key begins with; those of photos, GIFs and videos were seen, the others are assumed. */
export const CATEGORIES = {
  tweet_image: { ...image(3), isForPosts: true },
  tweet_gif: { ...gif(16), isForPosts: true },
  tweet_video: { ...video(7, 8 * GIB, 16 * GIB), isForPosts: true },
  amplify_video: { ...video(13, 8 * GIB, 16 * GIB), isForPosts: true },
  dm_image: image(3),
  dm_gif: gif(16),
  dm_video: video(7, 512 * MIB, GIB),
  subtitles: { kind: "subtitles", key: 61, types: TEXTS, limit: MIB },
};

export const CATEGORY_NAMES = Object.keys(CATEGORIES);

/** Limits follow the user who uploads. `settings.media_limits` replaces X's numbers. */
export function limitOf(x, category, user) {
  const { limit, premium = limit } = CATEGORIES[category];
  return x.settings.media_limits[category] ?? (user.subscription_type === "None" ? limit : premium);
}
