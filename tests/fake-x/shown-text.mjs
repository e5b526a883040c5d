// A post's text as reads show it: what its author sent, with the mentions that X puts before a reply, the link that it
// puts after a quote and after media, and `RT` before a repost. That replies begin with mentions is in X's own examples
// (https://docs.x.com/x-api/fundamentals/conversation-id); exactly which, and the links, is assumed.
import { STANDARD_LENGTH, entities, published, weigh } from "./text.mjs";

const LEADING_MENTIONS = /^(?:@\w{1,15}\s+)*/;

/** Who is addressed: the author replied to and whom that post addressed, without the writer and whom the text names. */
export function replyMentions(user, text, parent, authorOf) {
  if (!parent) return [];
  const written = LEADING_MENTIONS.exec(text)[0].toLowerCase().split(/\s+/);
  const skipped = new Set([...written, `@${user.username.toLowerCase()}`]);
  const all = [authorOf(parent).username, ...parent.reply_mentions];
  return [...new Set(all)].filter((name) => !skipped.has(`@${name.toLowerCase()}`));
}

const before = ({ reply_mentions }) => reply_mentions.map((name) => `@${name} `).join("");
const words = (post) => `${before(post)}${post.text}${post.quote_link ? ` ${post.quote_link}` : ""}`.trim();
const withMedia = (text, post) => (post.media_link ? `${text} ${published(post.media_link)}`.trim() : text);

/** The whole text, before X cuts it. */
export const wholeText = (post) => withMedia(published(words(post)), post);

/** A repost has the text of what it repeats, cut like any other, and the whole of it nowhere. */
export const isLong = (post) => weigh(post.text) > STANDARD_LENGTH;

/** A long text is cut before the link of its media (assumed). */
export const shownText = (post) => withMedia(shownWords(post), post);

function shownWords(post) {
  const all = published(words(post));
  return isLong(post) ? `${[...all].slice(0, STANDARD_LENGTH - 1).join("")}…` : all;
}

/** Where the author's own words are: without the mentions before and the link after. */
export function displayRange(post) {
  const start = length(before(post));
  const end = length(published(`${before(post)}${post.text}`));
  return [start, Math.min(end, length(shownWords(post)))];
}

const length = (text) => [...text].length;

/** The long form of a post of more than 280, with entities of its own, without the link of media (assumed). */
export function note(post) {
  if (!isLong(post) || post.reposted_id) return null;
  return { text: published(words(post)), entities: entities(words(post)) };
}

/** The entities that lie within what is shown. */
export function shownEntities(post) {
  const end = length(shownWords(post));
  const within = ([name, list]) => [name, list.filter((entity) => entity.end <= end)];
  const { urls = [], ...others } = Object.fromEntries(Object.entries(entities(words(post))).map(within));
  const all = { urls: [...urls, ...mediaEntities(post)], ...others };
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0));
}

/** One for each photo, all at the one link that stands for them. */
function mediaEntities(post) {
  const { media_link, media_keys } = post;
  if (!media_link) return [];
  const url = published(media_link);
  const end = length(shownText(post));
  const place = { start: end - url.length, end, url };
  const display_url = url.replace("https://t.co/", "pic.x.com/");
  return media_keys.map((media_key) => ({ ...place, expanded_url: media_link, display_url, media_key }));
}
