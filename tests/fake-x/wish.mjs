// What a read asks for: dialect, fields, expansions. Two dialects work side by side since 2026-08-07:
// `tweet.fields` brings the old keys, `post.fields` the new ones.

const list = (query, name) => new Set(query.getAll(name).flatMap((value) => value.split(",")).filter(Boolean));

export const POST_FIELDS = {
  common: [
    "attachments", "conversation_id", "created_at", "display_text_range", "edit_controls", "entities", "id", "lang",
    "non_public_metrics", "organic_metrics", "paid_partnership", "possibly_sensitive", "public_metrics",
    "reply_settings", "source", "text",
  ],
  old: ["author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet", "referenced_tweets"],
  new: ["community_id", "note_post"],
};

export const EXPANSIONS = {
  common: ["attachments.media_keys", "attachments.poll_ids", "author_id", "in_reply_to_user_id"],
  old: ["referenced_tweets.id", "referenced_tweets.id.author_id", "edit_history_tweet_ids"],
  new: ["referenced_posts", "edit_history_post_ids"],
};

const known = (table, dialect) => new Set([...table.common, ...table[dialect]]);

/**
 * A field or expansion that the dialect does not know is dropped without a word: 200, with an empty `errors`.
 * Fields that X has and the stand-in does not keep are dropped the same way.
 */
export function readWish(x, query) {
  const dialect = query.has("post.fields") ? "new" : query.has("tweet.fields") ? "old" : x.settings.dialect;
  const asked = list(query, dialect === "new" ? "post.fields" : "tweet.fields");
  const askedExpansions = list(query, "expansions");
  const post = keep(asked, known(POST_FIELDS, dialect));
  const expansions = keep(askedExpansions, known(EXPANSIONS, dialect));
  const dropped = post.size < asked.size || expansions.size < askedExpansions.size;
  const [user, media] = [list(query, "user.fields"), list(query, "media.fields")];
  return { dialect, post, expansions, user, media, errors: dropped ? { errors: [] } : {} };
}

const keep = (asked, allowed) => new Set([...asked].filter((name) => allowed.has(name)));
