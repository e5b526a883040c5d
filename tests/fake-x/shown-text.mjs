// A post's text as reads show it: what its author sent, with the mentions that X puts before a reply, the link that it
// puts after a quote, and `RT` before a repost. That replies begin with mentions is in X's own examples
// (https://docs.x.com/x-api/fundamentals/conversation-id); exactly which, and the link of a quote, is assumed.
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
const raw = (post) => `${before(post)}${post.text}${post.quote_link ? ` ${post.quote_link}` : ""}`.trim();

/** The whole text, before X cuts it. */
export const wholeText = (post) => published(raw(post));

/** A repost has the text of what it repeats, cut like any other, and the whole of it nowhere. */
export const isLong = (post) => weigh(post.text) > STANDARD_LENGTH;

export function shownText(post) {
  if (!isLong(post)) return wholeText(post);
  return `${[...wholeText(post)].slice(0, STANDARD_LENGTH - 1).join("")}…`;
}

/** Where the author's own words are: without the mentions before and the link after. */
export function displayRange(post) {
  const start = length(before(post));
  const end = length(published(`${before(post)}${post.text}`));
  return [start, Math.min(end, length(shownText(post)))];
}

const length = (text) => [...text].length;

/** The long form of a post of more than 280, with entities of its own. */
export function note(post) {
  if (!isLong(post) || post.reposted_id) return null;
  return { text: wholeText(post), entities: entities(raw(post)) };
}

/** The entities that lie within what is shown. */
export function shownEntities(post) {
  const end = length(shownText(post));
  const within = ([name, list]) => [name, list.filter((entity) => entity.end <= end)];
  return Object.fromEntries(Object.entries(entities(raw(post))).map(within).filter(([, list]) => list.length > 0));
}
