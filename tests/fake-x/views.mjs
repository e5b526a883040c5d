// Users and posts as X's reads show them, in both dialects.
import { HOUR } from "./clock.mjs";
import { STANDARD_LENGTH, entities, published, weigh } from "./text.mjs";

const iso = (ms) => new Date(ms).toISOString();

const USER_FIELDS = {
  created_at: (user) => user.created_at,
  description: (user) => user.description,
  profile_image_url: (user, { x }) => `${x.site}/${user.username}/avatar.svg`,
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
  const count = [...x.posts.values()].filter((post) => post.author_id === user.id).length;
  const posts = wish.dialect === "new" ? "post_count" : "tweet_count";
  return { followers_count: 0, following_count: 0, [posts]: count, listed_count: 0, like_count: 0, media_count: 0 };
}

const OWN_METRICS = { impression_count: 0, url_link_clicks: 0, user_profile_clicks: 0 };

const POST_FIELDS = {
  attachments: (post) => post.poll && { poll_ids: [post.poll.id] },
  author_id: (post) => post.author_id,
  conversation_id: (post) => post.conversation_id,
  created_at: (post) => iso(post.created_at),
  display_text_range: (post) => [0, [...shownText(post)].length],
  edit_controls: (post) => ({
    is_edit_eligible: post.in_reply_to_id === null,
    editable_until: iso(post.created_at + HOUR),
    edits_remaining: 6 - post.edit_history.length,
  }),
  edit_history_post_ids: (post) => post.edit_history,
  edit_history_tweet_ids: (post) => post.edit_history,
  entities: (post) => nonEmpty(entities(post.text)),
  in_reply_to_user_id: (post) => post.in_reply_to_user_id,
  lang: () => "en",
  non_public_metrics: (post, { reader }) => (post.author_id === reader?.id ? { ...OWN_METRICS, engagements: 0 } : null),
  note_post: longText,
  note_tweet: longText,
  organic_metrics: (post, { reader }) =>
    post.author_id === reader?.id ? { ...OWN_METRICS, like_count: 0, reply_count: 0, retweet_count: 0 } : null,
  paid_partnership: (post) => post.paid_partnership,
  possibly_sensitive: () => false,
  public_metrics: postMetrics,
  referenced_posts: references,
  referenced_tweets: references,
  reply_settings: (post) => post.reply_settings,
  source: (post, { x }) => x.apps.get(post.client_id)?.name,
};

/** In the new dialect these are expansions that also bring their key. */
const EXPANDED_FIELDS = ["author_id", "in_reply_to_user_id", "edit_history_post_ids", "referenced_posts"];

export function viewPost(x, post, wish, reader) {
  const data = { id: post.id, text: shownText(post) };
  const names = new Set([
    ...wish.post,
    ...EXPANDED_FIELDS.filter((name) => wish.expansions.has(name)),
    ...(wish.dialect === "old" ? ["edit_history_tweet_ids"] : []),
  ]);
  for (const name of names) {
    const value = POST_FIELDS[name]?.(post, { x, wish, reader });
    if (value !== null && value !== undefined) data[name] = value;
  }
  return data;
}

/** A long post's `text` is cut; the whole is in `note_post` or `note_tweet`. */
function shownText(post) {
  if (!longText(post)) return published(post.text);
  return published(`${[...post.text].slice(0, STANDARD_LENGTH - 1).join("")}…`);
}

function longText(post) {
  return weigh(post.text) > STANDARD_LENGTH ? { text: published(post.text) } : null;
}

function references(post) {
  const list = [
    post.in_reply_to_id && { type: "replied_to", id: post.in_reply_to_id },
    post.quoted_id && { type: "quoted", id: post.quoted_id },
  ].filter(Boolean);
  return nonEmpty(list);
}

const nonEmpty = (value) => (Object.keys(value).length > 0 ? value : null);

function postMetrics(post, { x, wish }) {
  const count = (key) => [...x.posts.values()].filter((other) => other[key] === post.id).length;
  return {
    [wish.dialect === "new" ? "repost_count" : "retweet_count"]: 0,
    reply_count: count("in_reply_to_id"),
    like_count: 0,
    quote_count: count("quoted_id"),
    bookmark_count: 0,
    impression_count: 0,
  };
}

/** `includes`: what the expansions point to, each once. */
export function includesOf(x, posts, wish) {
  const asked = (...names) => names.some((name) => wish.expansions.has(name));
  const userIds = new Set();
  if (asked("author_id")) for (const post of posts) userIds.add(post.author_id);
  if (asked("in_reply_to_user_id")) for (const post of posts) userIds.add(post.in_reply_to_user_id);
  const referenced = asked("referenced_posts", "referenced_tweets.id", "referenced_tweets.id.author_id")
    ? posts.flatMap((post) => [post.in_reply_to_id, post.quoted_id])
    : [];
  const found = [...new Set(referenced)].map((id) => x.posts.get(id)).filter(Boolean);
  if (asked("referenced_tweets.id.author_id")) for (const post of found) userIds.add(post.author_id);
  const includes = {
    users: [...userIds].map((id) => x.users.get(id)).filter(Boolean).map((user) => viewUser(x, user, wish)),
    [wish.dialect === "new" ? "posts" : "tweets"]: found.map((post) => viewPost(x, post, wish)),
    polls: asked("attachments.poll_ids") ? posts.flatMap((post) => post.poll ?? []).map(viewPoll) : [],
  };
  return Object.fromEntries(Object.entries(includes).filter(([, list]) => list.length > 0));
}

const viewPoll = ({ id, options }) => ({ id, options });
