// Users and posts as X's reads show them, in both dialects.
import { viewMedia } from "./attachments.mjs";
import { HOUR, SECOND } from "./clock.mjs";
import { isOpen, nonPublicMetrics, organicMetrics, publicMetrics } from "./metrics.mjs";
import { displayRange, note, shownEntities, shownText } from "./shown-text.mjs";

/** X's times are whole seconds, in all of its examples and in every answer that was observed. */
const iso = (ms) => new Date(Math.floor(ms / SECOND) * SECOND).toISOString();

const USER_FIELDS = {
  created_at: (user) => user.created_at,
  description: (user) => user.description,
  profile_image_url: (user, { x }) => user.profile_image_url ?? `${x.site}/${user.username}/avatar.svg`,
  protected: () => false,
  public_metrics: userMetrics,
  subscription_type: (user) => user.subscription_type,
  url: (user, { x }) => `${x.site}/${user.username}`,
  verified: (user) => user.subscription_type !== "None",
  verified_type: (user) => (user.subscription_type === "None" ? "none" : "blue"),
  confirmed_email: (user, { mayReadEmail }) => (mayReadEmail ? user.email : undefined),
};

export function viewUser(x, user, wish, mayReadEmail = false) {
  const data = { id: user.id, name: user.name, username: user.username };
  for (const name of wish.user) {
    if (Object.hasOwn(USER_FIELDS, name)) data[name] = USER_FIELDS[name](user, { x, wish, mayReadEmail });
  }
  return data;
}

function userMetrics(user, { x, wish }) {
  const posts = wish.dialect === "new" ? "post_count" : "tweet_count";
  const count = x.posts.by(user.id).size;
  return { followers_count: 0, following_count: 0, [posts]: count, listed_count: 0, like_count: 0, media_count: 0 };
}

const POST_FIELDS = {
  attachments: (post) =>
    nonEmpty({
      ...(post.media_keys.length > 0 && { media_keys: post.media_keys }),
      ...(post.poll && { poll_ids: [post.poll.id] }),
    }),
  author_id: (post) => post.author_id,
  conversation_id: (post) => post.conversation_id,
  created_at: (post) => iso(post.created_at),
  display_text_range: displayRange,
  edit_controls: (post) => ({
    is_edit_eligible: post.in_reply_to_id === null,
    editable_until: iso(post.created_at + HOUR),
    edits_remaining: 6 - post.edit_history.length,
  }),
  edit_history_post_ids: (post) => post.edit_history,
  edit_history_tweet_ids: (post) => post.edit_history,
  entities: (post) => nonEmpty(shownEntities(post)),
  in_reply_to_user_id: (post) => post.in_reply_to_user_id,
  lang: () => "en",
  non_public_metrics: nonPublicMetrics,
  note_post: note,
  note_tweet: note,
  organic_metrics: organicMetrics,
  paid_partnership: (post) => post.paid_partnership,
  possibly_sensitive: () => false,
  public_metrics: publicMetrics,
  referenced_posts: references,
  referenced_tweets: references,
  reply_settings: (post) => post.reply_settings,
  source: (post, { x }) => x.apps.get(post.client_id)?.name,
};

/** In the new dialect these are expansions that also bring their key. */
const EXPANDED_FIELDS = ["author_id", "in_reply_to_user_id", "edit_history_post_ids", "referenced_posts"];
/** In both dialects, as X's examples have it. */
const ATTACHED = ["attachments.media_keys", "attachments.poll_ids"];

export function viewPost(x, post, wish) {
  const data = { id: post.id, text: shownText(post) };
  const names = new Set([
    ...wish.post,
    ...EXPANDED_FIELDS.filter((name) => wish.expansions.has(name)),
    ...(ATTACHED.some((name) => wish.expansions.has(name)) ? ["attachments"] : []),
    ...(wish.dialect === "old" ? ["edit_history_tweet_ids"] : []),
  ]);
  for (const name of names) {
    const value = POST_FIELDS[name]?.(post, { x, wish });
    if (value !== null && value !== undefined) data[name] = value;
  }
  return data;
}

function references(post) {
  const list = [
    post.in_reply_to_id && { type: "replied_to", id: post.in_reply_to_id },
    post.quoted_id && { type: "quoted", id: post.quoted_id },
    post.reposted_id && { type: "retweeted", id: post.reposted_id },
  ].filter(Boolean);
  return nonEmpty(list);
}

const nonEmpty = (value) => (Object.keys(value).length > 0 ? value : null);

/** `includes`: what the expansions point to, each once. */
export function includesOf(x, posts, wish, reader) {
  const asked = (...names) => names.some((name) => wish.expansions.has(name));
  const userIds = new Set();
  if (asked("author_id")) for (const post of posts) userIds.add(post.author_id);
  if (asked("in_reply_to_user_id")) for (const post of posts) userIds.add(post.in_reply_to_user_id);
  const referenced = asked("referenced_posts", "referenced_tweets.id", "referenced_tweets.id.author_id")
    ? posts.flatMap((post) => [post.in_reply_to_id, post.quoted_id, post.reposted_id])
    : [];
  const existing = [...new Set(referenced)].map((id) => x.posts.get(id)).filter(Boolean);
  const found = existing.filter((post) => isOpen(x, post, wish, reader));
  if (asked("referenced_tweets.id.author_id")) for (const post of found) userIds.add(post.author_id);
  const includes = {
    users: [...userIds].map((id) => x.users.get(id)).filter(Boolean).map((user) => viewUser(x, user, wish)),
    [wish.dialect === "new" ? "posts" : "tweets"]: found.map((post) => viewPost(x, post, wish)),
    media: asked("attachments.media_keys") ? attachedTo(x, posts).map((media) => viewMedia(media, wish)) : [],
    polls: asked("attachments.poll_ids") ? posts.flatMap((post) => post.poll ?? []).map(viewPoll) : [],
  };
  return Object.fromEntries(Object.entries(includes).filter(([, list]) => list.length > 0));
}

const attachedTo = (x, posts) => [...new Set(posts.flatMap((post) => post.media_ids))].map((id) => x.media.get(id));

const viewPoll = ({ id, options }) => ({ id, options });
