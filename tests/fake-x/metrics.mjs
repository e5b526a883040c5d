// What a post's numbers are, and who may see them. https://docs.x.com/x-api/fundamentals/metrics
import { DAY } from "./clock.mjs";
import { fieldNotAuthorized } from "./problems.mjs";

const PRIVATE_FOR = 30 * DAY;

/** The control plane sets these; what it does not set is counted, or zero. */
export const PUBLIC = [
  "repost_count", "reply_count", "like_count", "quote_count", "bookmark_count", "impression_count",
];
export const NON_PUBLIC = ["impression_count", "url_link_clicks", "user_profile_clicks", "engagements"];

const zeros = (names) => Object.fromEntries(names.map((name) => [name, 0]));

export function publicMetrics(post, { x, wish }) {
  const { repost_count, ...rest } = known(x, post);
  return { [repostName(wish)]: repost_count, ...rest };
}

function known(x, post) {
  const counted = {
    repost_count: x.posts.repostsOf(post.id).size,
    reply_count: x.posts.repliesTo(post.id).size,
    quote_count: x.posts.quotesOf(post.id).size,
  };
  return { ...zeros(PUBLIC), ...counted, ...post.public_metrics };
}

/** OpenAPI 2.166 says `retweet_count`, 2.167 `repost_count`. */
const repostName = ({ dialect }) => (dialect === "new" ? "repost_count" : "retweet_count");

export const nonPublicMetrics = (post) => ({ ...zeros(NON_PUBLIC), ...post.non_public_metrics });

export function organicMetrics(post, { x, wish }) {
  const { repost_count, reply_count, like_count } = known(x, post);
  const { engagements: _, ...own } = nonPublicMetrics(post);
  return { ...own, like_count, reply_count, [repostName(wish)]: repost_count };
}

export const isRecent = (x, post) => x.now() - post.created_at <= PRIVATE_FOR;

const PRIVATE_FIELDS = {
  non_public_metrics: NON_PUBLIC,
  organic_metrics: [
    "impression_count", "like_count", "reply_count", "retweet_count", "url_link_clicks", "user_profile_clicks",
  ],
};

export const asksForPrivate = (wish) => Object.keys(PRIVATE_FIELDS).some((name) => wish.post.has(name));

/** Private metrics are for the author, and for 30 days. Who asks for more does not get the post at all (observed). */
export const isOpen = (x, post, wish, reader) =>
  !asksForPrivate(wish) || (post.author_id === reader.id && post.reposted_id === null && isRecent(x, post));

/** One error per private field asked for, for a post that is not open to its reader. */
export const refusedFields = (wish, post, parameter) =>
  Object.entries(PRIVATE_FIELDS)
    .filter(([name]) => wish.post.has(name))
    .flatMap(([name, parts]) => parts.map((part) => fieldNotAuthorized(`${name}.${part}`, parameter, post.id)));
