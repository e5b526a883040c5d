// POST and DELETE /2/users/{id}/retweets. https://docs.x.com/x-api/users/repost-post
import { charge } from "./api.mjs";
import { api, resourceNotFound } from "./problems.mjs";
import { json, refuse } from "./reply.mjs";
import { id, object, readJson } from "./schema.mjs";
import { addPost } from "./tweets.mjs";

const BODY = object({ tweet_id: id }, ["tweet_id"]);

/** https://docs.x.com/x-api/getting-started/pricing, in dollars: a user interaction, and its deletion. */
const PRICE = { create: 0.015, delete: 0.01 };

/** In order: (1) a user other than the caller, 400; (2) the schema, 400; (3) a missing post; (4) a second time. */
export function create(x, request, { app, user }) {
  checkSelf(request, user);
  const { tweet_id } = readJson(request, BODY);
  const found = x.posts.get(tweet_id);
  if (!found) return json(200, { errors: [resourceNotFound("tweet", "tweet_id", tweet_id)] }); // assumed
  const original = originalOf(x, found);
  if (x.posts.repostBy(user.id, original.id)) return repeated(x, original);
  addPost(x, { user, app, body: { text: repostText(x, original) }, reposted: original });
  charge(app, PRICE.create);
  return json(200, done(x, original));
}

/** Assumed: taking back what is not there is taken back. */
export function remove(x, request, { app, user }) {
  checkSelf(request, user);
  const source = x.posts.get(request.params.source_tweet_id);
  const repost = source && x.posts.repostBy(user.id, originalOf(x, source).id);
  if (repost) {
    x.posts.remove(repost);
    charge(app, PRICE.delete);
  }
  return json(200, { data: { retweeted: false } });
}

/** X was observed to refuse; that it may as well say yes again is assumed, so a setting has both. */
const repeated = (x, original) =>
  x.settings.repeated_repost === "refuse" ? api.alreadyReposted() : json(200, done(x, original));

/** OpenAPI 2.166 answers `id`, 2.167 `rest_id`: "The ID of the reposted Post". */
const done = (x, { id: original }) => ({
  data: { retweeted: true, [x.settings.dialect === "new" ? "rest_id" : "id"]: original },
});

const originalOf = (x, post) => x.posts.get(post.reposted_id) ?? post;

const repostText = (x, { author_id, text }) => `RT @${x.users.get(author_id).username}: ${text}`;

function checkSelf({ params }, user) {
  if (params.id !== user.id) refuse(api.notYourself(params.id, user.id));
}
