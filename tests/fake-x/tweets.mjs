// POST and DELETE /2/tweets: what X lets a user publish. Reading is in timeline.mjs.
// https://docs.x.com/x-api/posts/manage-tweets/integrate
import { charge } from "./api.mjs";
import { attachedMedia, mediaLink } from "./attachments.mjs";
import { DAY, HOUR, MINUTE } from "./clock.mjs";
import { readPostBody } from "./post-body.mjs";
import { api, resourceNotFound } from "./problems.mjs";
import { json, refuse } from "./reply.mjs";
import { replyMentions, wholeText } from "./shown-text.mjs";
import { PREMIUM_LENGTH, STANDARD_LENGTH, cashtags, isValid, mentions, segments, stored, weigh } from "./text.mjs";

/** X publishes no window for duplicates; a day makes a blind retry visible however late it comes. */
const DUPLICATE_WINDOW = DAY;
/** Changelog 2025-10-03: an edit comes "within the last hour". */
const EDIT_WINDOW = HOUR;

/** https://docs.x.com/x-api/getting-started/pricing, in dollars. */
const PRICE = { post: 0.015, postWithUrl: 0.2, summonedReply: 0.01, delete: 0.01 };

/**
 * In order: (1) the schema, 400; (2) media, 400; (3) the text, 400 or 403; (4) the post replied to, 400 or 403;
 * (5) the post quoted, 403; (6) the post edited, 403; (7) a duplicate, 403.
 */
export function create(x, request, { app, user }) {
  const body = readPostBody(request);
  const media = body.media ? attachedMedia(x, body.media.media_ids, user) : [];
  checkText(body.text, app, user);
  const parent = body.reply && repliedTo(x, body.reply.in_reply_to_tweet_id, app, user);
  const quoted = body.quote_tweet_id && quotedPost(x, body.quote_tweet_id, app);
  const previous = body.edit_options && editedPost(x, body.edit_options.previous_post_id, user);
  if (media.length === 0 && isDuplicate(x, user, body.text)) refuse(api.duplicate());
  const post = addPost(x, { user, app, body, parent, quoted, previous, media });
  charge(app, priceOf(post, parent, user));
  return json(201, { data: created(x, post) });
}

export function remove(x, request, { app, user }) {
  const { id } = request.params;
  const post = x.posts.get(id);
  if (!post) return json(200, { errors: [resourceNotFound("tweet", "id", id)] }); // assumed: a repeated DELETE
  if (post.author_id !== user.id) refuse(api.notPermitted());
  x.posts.remove(post);
  charge(app, PRICE.delete);
  return json(200, { data: { deleted: true } });
}

function created(x, post) {
  const history = x.settings.dialect === "new" ? "edit_history_post_ids" : "edit_history_tweet_ids";
  return { id: post.id, text: wholeText(post), [history]: post.edit_history };
}

function checkText(text, app, user) {
  if (!isValid(text)) refuse(api.invalid("$.text: contains characters that are not allowed", {}));
  const limit = user.subscription_type === "None" ? STANDARD_LENGTH : PREMIUM_LENGTH;
  if (weigh(text) > limit) refuse(api.notPermitted());
  if (cashtags(text).length > 1 && !app.enterprise) refuse(api.cashtags());
}

/** Since 2026-02-23 a self-serve app replies only where it was summoned: own posts, mentions, quotes of the user. */
function repliedTo(x, id, app, user) {
  const parent = x.posts.get(id) ?? refuse(api.replyId(id));
  const quotesUser = x.posts.get(parent.quoted_id)?.author_id === user.id;
  const summoned = parent.author_id === user.id || mentions(wholeText(parent), user.username) || quotesUser;
  return summoned || app.enterprise ? parent : refuse(api.replyNotSummoned());
}

/** Quoting is for Enterprise apps since 2026-04-20. */
function quotedPost(x, id, app) {
  const quoted = x.posts.get(id);
  return quoted && app.enterprise ? quoted : refuse(api.quoteNotAllowed());
}

/** One's own latest version, by Premium users. */
function editedPost(x, id, user) {
  const previous = x.posts.get(id);
  const mayEdit =
    previous?.author_id === user.id &&
    user.subscription_type !== "None" &&
    previous.edit_history.at(-1) === id &&
    x.now() - previous.created_at < EDIT_WINDOW;
  return mayEdit ? previous : refuse(api.notPermitted());
}

/** A post with media is no duplicate and has none: nothing at X protects it from being sent twice (assumed). */
function isDuplicate(x, user, text) {
  const since = x.now() - DUPLICATE_WINDOW;
  return [...x.posts.sameAs(user.id, text)].some((post) => post.created_at > since && post.media_ids.length === 0);
}

/** `listed_at`: timelines may show a post later than it exists, if the switch says so. */
export function addPost(x, { user, app, body, parent, quoted, reposted, previous, media = [] }) {
  const id = x.nextId();
  const authorOf = (post) => x.users.get(post.author_id);
  const post = {
    id,
    author_id: user.id,
    client_id: app?.client_id ?? null,
    text: stored(body.text),
    created_at: x.now(),
    listed_at: x.now() + x.settings.listing_delay_ms,
    conversation_id: parent?.conversation_id ?? id,
    in_reply_to_id: parent?.id ?? null,
    in_reply_to_user_id: parent?.author_id ?? null,
    reply_mentions: replyMentions(user, body.text, parent, authorOf),
    quoted_id: quoted?.id ?? null,
    quote_link: quoted ? `https://x.com/${authorOf(quoted).username}/status/${quoted.id}` : null,
    media_ids: media.map((one) => one.id),
    media_keys: media.map(({ media_key }) => media_key),
    media_link: mediaLink(user.username, id, media),
    tagged_user_ids: body.media?.tagged_user_ids ?? [],
    reposted_id: reposted?.id ?? null,
    reply_settings: body.reply_settings ?? "everyone",
    paid_partnership: body.paid_partnership ?? false,
    poll: body.poll ? newPoll(x, body.poll) : null,
    edit_history: [...(previous?.edit_history ?? []), id],
    public_metrics: {},
    non_public_metrics: {},
  };
  if (previous) for (const version of previous.edit_history) updateHistory(x, version, post.edit_history);
  for (const { post_ids } of media) post_ids.push(id);
  x.posts.add(post);
  return post;
}

function updateHistory(x, id, history) {
  const version = x.posts.get(id);
  if (version) version.edit_history = history;
}

const newPoll = (x, { options, duration_minutes }) => ({
  id: x.nextId(),
  options: options.map((label, index) => ({ position: index + 1, label, votes: 0 })),
  duration_minutes,
  end_datetime: new Date(x.now() + duration_minutes * MINUTE).toISOString(),
});

function priceOf(post, parent, user) {
  if (parent && parent.author_id !== user.id) return PRICE.summonedReply;
  return segments(post.text).some(({ url }) => url) ? PRICE.postWithUrl : PRICE.post;
}
