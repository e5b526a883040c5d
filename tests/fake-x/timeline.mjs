// Reading posts: GET /2/tweets/{id}, GET /2/tweets?ids=, GET /2/users/{id}/tweets.
import { charge } from "./api.mjs";
import { api, resourceNotFound } from "./problems.mjs";
import { json, refuse } from "./reply.mjs";
import { includesOf, viewPost } from "./views.mjs";
import { readWish } from "./wish.mjs";

const MAX_IDS = 100;
const ID = /^[0-9]{1,19}$/;
/** Dollars per returned post (https://docs.x.com/x-api/getting-started/pricing). */
const READ_PRICE = 0.005;

export function one(x, request, caller) {
  const { id } = request.params;
  if (!ID.test(id)) invalidParameter("id", id);
  const post = x.posts.get(id);
  if (!post) return json(200, { errors: [resourceNotFound("tweet", "id", id)] });
  return answer(x, request, caller, [post], ([data]) => ({ data }));
}

/** Found and missing posts come together, in one 200. */
export function many(x, request, caller) {
  const ids = (request.query.get("ids") ?? "").split(",");
  if (ids.length > MAX_IDS || !ids.every((id) => ID.test(id))) invalidParameter("ids", ids.join(","));
  const posts = ids.map((id) => x.posts.get(id)).filter(Boolean);
  const errors = ids.filter((id) => !x.posts.has(id)).map((id) => resourceNotFound("tweet", "ids", id));
  return answer(x, request, caller, posts, (data) => ({
    ...(data.length > 0 && { data }),
    ...(errors.length > 0 && { errors }),
  }));
}

/** Newest first. An empty page has no `data`. */
export function ofUser(x, request, caller) {
  const { id } = request.params;
  if (!x.users.has(id)) return json(200, { errors: [resourceNotFound("user", "id", id)] });
  const { page, ...tokens } = pageOf(selected(x, id, request.query), request.query);
  const meta = {
    result_count: page.length,
    ...(page.length > 0 && { newest_id: page[0].id, oldest_id: page.at(-1).id }),
    ...tokens,
  };
  return answer(x, request, caller, page, (data) => ({ ...(data.length > 0 && { data }), meta }));
}

function answer(x, request, { app, user }, posts, shape) {
  const wish = readWish(x, request.query);
  const includes = includesOf(x, posts, wish);
  charge(app, READ_PRICE * posts.length);
  const body = shape(posts.map((post) => viewPost(x, post, wish, user)));
  return json(200, { ...wish.errors, ...body, ...(Object.keys(includes).length > 0 && { includes }) });
}

/** Old versions of an edited post are not listed, and neither is a post whose listing is still late. */
function selected(x, userId, query) {
  const [from, to] = [instant(query, "start_time", -Infinity), instant(query, "end_time", Infinity)];
  const [since, until] = [idBound(query, "since_id") ?? 0n, idBound(query, "until_id")];
  const excluded = (query.get("exclude") ?? "").split(",");
  return [...x.posts.values()]
    .filter((post) => post.author_id === userId && post.listed_at <= x.now() && post.edit_history.at(-1) === post.id)
    .filter((post) => post.created_at >= from && post.created_at < to)
    .filter((post) => BigInt(post.id) > since && (until === null || BigInt(post.id) < until))
    .filter((post) => !(excluded.includes("replies") && post.in_reply_to_id))
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
}

/** A pagination token says how many posts, counted from the oldest, lie before the page: new posts do not shift it. */
function pageOf(posts, query) {
  const size = Number(query.get("max_results") ?? 10);
  if (!Number.isInteger(size) || size < 5 || size > 100) invalidParameter("max_results", query.get("max_results"));
  const token = query.get("pagination_token");
  const older = token === null ? posts.length : readToken(token);
  const start = Math.max(0, posts.length - older);
  const end = start + size;
  return {
    page: posts.slice(start, end),
    ...(end < posts.length && { next_token: writeToken(posts.length - end) }),
    ...(start > 0 && { previous_token: writeToken(Math.min(posts.length, older + size)) }),
  };
}

const writeToken = (older) => Buffer.from(`older:${older}`).toString("base64url");

function readToken(token) {
  const [, older] = /^older:(\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  return older === undefined ? invalidParameter("pagination_token", token) : Number(older);
}

function instant(query, name, absent) {
  if (!query.has(name)) return absent;
  const ms = Date.parse(query.get(name));
  return Number.isNaN(ms) ? invalidParameter(name, query.get(name)) : ms;
}

function idBound(query, name) {
  const text = query.get(name);
  if (text === null) return null;
  return ID.test(text) ? BigInt(text) : invalidParameter(name, text);
}

/** The wording is assumed. */
const invalidParameter = (name, value) =>
  refuse(api.invalid(`The \`${name}\` query parameter value [${value}] is not valid`, { [name]: [String(value)] }));
