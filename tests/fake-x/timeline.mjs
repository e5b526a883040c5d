// Reading posts: GET /2/tweets/{id}, GET /2/tweets?ids=, GET /2/users/{id}/tweets, GET /2/tweets/search/recent.
import { charge } from "./api.mjs";
import { DAY } from "./clock.mjs";
import { ID, instant, invalidParameter, listed, pageOf, sizeOf } from "./listing.mjs";
import { asksForPrivate, isOpen, isRecent, refusedFields } from "./metrics.mjs";
import { api, resourceNotFound } from "./problems.mjs";
import { json, refuse } from "./reply.mjs";
import { includesOf, viewPost } from "./views.mjs";
import { readWish } from "./wish.mjs";

const MAX_IDS = 100;
const SEARCHED = 7 * DAY;
const EITHER = [["start_time", "since_id"], ["end_time", "until_id"], ["pagination_token", "next_token"]];
/** Dollars per returned post (https://docs.x.com/x-api/getting-started/pricing). */
const READ_PRICE = 0.005;

export function one(x, request, caller) {
  const { id } = request.params;
  if (!ID.test(id)) invalidParameter("id", id);
  const post = x.posts.get(id);
  if (!post) return json(200, { errors: [resourceNotFound("tweet", "id", id)] });
  const { data, ...rest } = read(x, request, caller, [post], "id");
  return json(200, { ...rest, ...(data && { data: data[0] }) });
}

/** Found and missing posts come together, in one 200. */
export function many(x, request, caller) {
  const ids = (request.query.get("ids") ?? "").split(",");
  if (ids.length > MAX_IDS || !ids.every((id) => ID.test(id))) invalidParameter("ids", ids.join(","));
  const posts = ids.map((id) => x.posts.get(id)).filter(Boolean);
  const missing = ids.filter((id) => !x.posts.has(id)).map((id) => resourceNotFound("tweet", "ids", id));
  return json(200, read(x, request, caller, posts, "ids", missing));
}

/** Newest first. Who asks for private metrics gets the last 30 days only (docs.x.com, timelines/integrate). */
export function ofUser(x, request, caller) {
  const { params, query } = request;
  if (!x.users.has(params.id)) return json(200, { errors: [resourceNotFound("user", "id", params.id)] });
  const excluded = (query.get("exclude") ?? "").split(",");
  const onlyRecent = asksForPrivate(readWish(x, query));
  const posts = listed(x, x.posts.by(params.id), query)
    .filter((post) => !(excluded.includes("replies") && post.in_reply_to_id))
    .filter((post) => !(excluded.includes("retweets") && post.reposted_id))
    .filter((post) => !onlyRecent || isRecent(x, post));
  return list(x, request, caller, pageOf(posts, sizeOf(query, 5), query.get("pagination_token")));
}

/**
 * Of all operators only `conversation_id:` alone, which finds the root too; another query is 400 (both assumed). Seven
 * days, and at most one of each pair of bounds, as OpenAPI 2.167 has it.
 */
export function search(x, request, caller) {
  const { query } = request;
  const [, root] = /^conversation_id:([0-9]{1,19})$/.exec(query.get("query") ?? "") ?? [];
  if (!root) invalidParameter("query", query.get("query"));
  const both = EITHER.find((pair) => pair.every((name) => query.has(name)));
  if (both) refuse(api.invalid(`At most one of ${both.join(", ")} may be given.`, {}));
  const oldest = x.now() - SEARCHED;
  if (instant(query, "start_time", Infinity) < oldest) invalidParameter("start_time", query.get("start_time"));
  const posts = listed(x, x.posts.inConversation(root), query).filter((post) => post.created_at >= oldest);
  const token = query.get("next_token") ?? query.get("pagination_token");
  return list(x, request, caller, pageOf(posts, sizeOf(query, 10), token));
}

const list = (x, request, caller, { page, meta }) => json(200, { ...read(x, request, caller, page, "id"), meta });

/** `data`, `includes` and `errors`, each only where there is something in it. Billed by the post. */
function read(x, request, { app, user }, posts, parameter, missing = []) {
  const wish = readWish(x, request.query);
  const seen = posts.filter((post) => isOpen(x, post, wish, user));
  const includes = includesOf(x, seen, wish, user);
  const closed = posts.filter((post) => !seen.includes(post));
  const errors = [...missing, ...closed.flatMap((post) => refusedFields(wish, post, parameter))];
  charge(app, READ_PRICE * seen.length);
  return {
    ...wish.errors,
    ...(errors.length > 0 && { errors }),
    ...(seen.length > 0 && { data: seen.map((post) => viewPost(x, post, wish)) }),
    ...(Object.keys(includes).length > 0 && { includes }),
  };
}
