/** The posts that wait for approval, each whole: what is approved here was seen here. */

import { href } from "../../router.js";
import { formatUsd } from "../../format.js";
import { Empty } from "../../ui/show.jsx";
import { Decide, Request } from "./approval.jsx";
import { Content } from "./content.jsx";
import { Time } from "../../ui/time.jsx";
import { said } from "./time.js";

const NAMES_SHOWN = 5;

export function Queue({ posts, session }) {
  if (posts.length === 0) {
    return <Empty icon="check" title="Nothing waits for approval">A post that asks for approval is shown here until somebody has answered.</Empty>;
  }
  return <ol class="queue">{posts.map((post) => <Waiting key={post.id} post={post} session={session} />)}</ol>;
}

const Waiting = ({ post, session }) => (
  <li class="queue-post">
    <h2 class="queue-head"><a href={href(`posts/${post.id}`)}>{namesOf(post.socialAccounts)}</a></h2>
    <p class="muted">{post.scheduledAt ? <>Leaves <Time iso={post.scheduledAt}>{said(post.scheduledAt)}</Time></> : "Leaves as soon as it is approved"}, {formatUsd(post.cost.estimate_usd)}</p>
    <Content post={post} />
    <Request approval={post.approval} session={session} />
    <Decide post={post} session={session} />
  </li>
);

function namesOf(accounts) {
  const names = accounts.slice(0, NAMES_SHOWN).map(({ username }) => `@${username}`).join(", ");
  return accounts.length > NAMES_SHOWN ? `${names} and ${accounts.length - NAMES_SHOWN} more` : names;
}
