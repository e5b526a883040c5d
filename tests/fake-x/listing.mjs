// What timelines and searches share: bounds of time and id, pages, and the refusal of a bad query value.
import { api } from "./problems.mjs";
import { refuse } from "./reply.mjs";

export const ID = /^[0-9]{1,19}$/;

/** The wording is assumed. */
export const invalidParameter = (name, value) =>
  refuse(api.invalid(`The \`${name}\` query parameter value [${value}] is not valid`, { [name]: [String(value)] }));

/** Newest first. Old versions of an edited post are not listed, and neither is a post whose listing is still late. */
export function listed(x, posts, query) {
  const [from, to] = [instant(query, "start_time", -Infinity), instant(query, "end_time", Infinity)];
  const [since, until] = [idBound(query, "since_id") ?? 0n, idBound(query, "until_id")];
  const isWithin = ({ id, created_at }) =>
    created_at >= from && created_at < to && BigInt(id) > since && (until === null || BigInt(id) < until);
  const isListed = (post) => post.listed_at <= x.now() && post.edit_history.at(-1) === post.id;
  return [...posts].filter((post) => isListed(post) && isWithin(post)).reverse();
}

/** A pagination token says how many posts, counted from the oldest, lie before the page: new posts do not shift it. */
export function pageOf(posts, size, token) {
  const older = token === null ? posts.length : readToken(token);
  const start = Math.max(0, posts.length - older);
  const end = start + size;
  const page = posts.slice(start, end);
  const meta = {
    result_count: page.length,
    ...(page.length > 0 && { newest_id: page[0].id, oldest_id: page.at(-1).id }),
    ...(end < posts.length && { next_token: writeToken(posts.length - end) }),
    ...(start > 0 && { previous_token: writeToken(Math.min(posts.length, older + size)) }),
  };
  return { page, meta };
}

export function sizeOf(query, least) {
  const size = Number(query.get("max_results") ?? 10);
  const isFit = Number.isInteger(size) && size >= least && size <= 100;
  return isFit ? size : invalidParameter("max_results", query.get("max_results"));
}

const writeToken = (older) => Buffer.from(`older:${older}`).toString("base64url");

function readToken(token) {
  const [, older] = /^older:(\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  return older === undefined ? invalidParameter("pagination_token", token) : Number(older);
}

export function instant(query, name, absent) {
  if (!query.has(name)) return absent;
  const ms = Date.parse(query.get(name));
  return Number.isNaN(ms) ? invalidParameter(name, query.get(name)) : ms;
}

function idBound(query, name) {
  const text = query.get(name);
  if (text === null) return null;
  return ID.test(text) ? BigInt(text) : invalidParameter(name, text);
}
