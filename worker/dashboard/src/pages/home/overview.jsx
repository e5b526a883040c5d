/** After the first run: what needs somebody, and how things stand. The summary counts, so it is as true of 100,000 posts as of ten. */

import { formatCount, formatUsd } from "../../format.js";
import { useLive } from "../../live.js";
import { href } from "../../router.js";
import { Problem } from "../../ui/problem.jsx";
import { Badge, Empty, Loading, Section, StateBadge } from "../../ui/show.jsx";
import { Icon } from "../../ui/icon.jsx";
import { Time } from "../../ui/time.jsx";
import { stateOf, textOf } from "../posts/words.js";

/** Accounts that are named one by one; the others are a number. */
const NAMED = 3;

/** No account is lost, and nobody has to be asked which. */
const NONE = { data: { data: [], count: 0 } };

export function Overview({ networks }) {
  const known = useLive("/v1/summary");
  const hasLost = known.data?.data.accounts.reconnect_required > 0;
  const named = useLive(hasLost ? `/v1/social-accounts?status=reconnect_required&limit=${NAMED}` : null);
  const asked = [known, hasLost ? named : NONE, useLive("/v1/account/usage"), useLive("/v1/posts?limit=5")];
  const error = asked.find((answer) => answer.error)?.error;
  // All of it at once: nothing moves under whoever has begun to read.
  if (asked.some(({ data }) => !data)) return error ? <Problem error={error} /> : <Loading rows={6} />;
  const [{ data: summary }, lost, { usage }, { posts: latest }] = asked.map(({ data }) => data);
  return (
    <>
      <Problem error={error} />
      <Todo todo={todoOf(summary, networks, lost)} />
      <Figures usage={usage} summary={summary} />
      {summary.next.length > 0 && (
        <Section title="Next to leave" intro={<Scheduled count={summary.scheduled} />}><Lines posts={summary.next} /></Section>
      )}
      <Section title="Latest posts">
        {latest.length === 0 ? <Empty icon="pen" title="No posts yet">Posts that you or your back end create show here.</Empty> : <Lines posts={latest} />}
      </Section>
    </>
  );
}

const Scheduled = ({ count }) => (
  <a href={href("posts", { stage: "scheduled" })}>{count === 1 ? "1 post is scheduled" : `${formatCount(count)} posts are scheduled`}</a>
);

const posts = (count, one, more) => `${formatCount(count)} ${count === 1 ? one : more}`;

function todoOf({ awaiting_approval: waiting, held, unknown, failed }, networks, { data: accounts, count }) {
  const paused = networks.filter((network) => network.paused);
  const others = count - accounts.length;
  // What waits for approval is held as well.
  const stopped = held - waiting;
  return [
    ...paused.map(({ id, paused: { reason } }) => ({ id, kind: "bad", to: href("settings/networks"), text: `Your X app is paused: ${reason.replaceAll("_", " ")}` })),
    ...accounts.map(({ id, username, tenant_id: tenant }) => ({ id, kind: "warn", to: href(`accounts/${id}`), text: `@${username}${tenant ? ` of ${tenant}` : ""} has to be connected again` })),
    others > 0 && { id: "accounts", kind: "warn", to: href("accounts", { status: "reconnect_required" }), text: posts(others, "more account has to be connected again", "more accounts have to be connected again") },
    waiting > 0 && { id: "waiting", kind: "warn", to: href("posts", { approval: "pending" }), text: posts(waiting, "post waits for approval", "posts wait for approval") },
    unknown > 0 && { id: "unknown", kind: "warn", to: href("posts", { status: "unknown" }), text: posts(unknown, "post of which X's answer was lost", "posts of which X's answer was lost") },
    stopped > 0 && { id: "held", kind: "warn", to: href("posts", { status: "held" }), text: heldOf(held, waiting) },
    failed > 0 && { id: "failed", kind: "bad", to: href("posts", { status: "failed" }), text: posts(failed, "post that X refused", "posts that X refused") },
  ].filter(Boolean);
}

/** The number of the list that the line leads to: the API has none without those that wait for approval. */
function heldOf(held, waiting) {
  if (waiting === 0) return posts(held, "post is held until its account or app is mended", "posts are held until their account or app is mended");
  return `${formatCount(held)} posts are held: ${formatCount(waiting)} until somebody approves them, the others until their account or app is mended`;
}

function Todo({ todo }) {
  if (todo.length === 0) {
    return <p class="all-well"><Icon name="check" /> Nothing needs you.</p>;
  }
  return (
    <ul class="todo">
      {todo.map(({ id, kind, to, text }) => (
        <li key={id}>
          <a href={to}><Badge kind={kind}>{kind === "bad" ? "Problem" : "To do"}</Badge> <span>{text}</span> <Icon name="chevron" size={18} /></a>
        </li>
      ))}
    </ul>
  );
}

/** Accounts are those that can post: one that has to be connected again is none of them. */
const Figures = ({ usage: { posts, x_cost }, summary }) => (
  <dl class="figures">
    <div class="figure"><dt>Accounts connected</dt><dd>{formatCount(summary.accounts.active)}</dd></div>
    <div class="figure"><dt>Posts this month</dt><dd>{formatCount(posts.current)}</dd></div>
    <div class="figure"><dt>X's charges this month</dt><dd>{formatUsd(x_cost.estimate_usd)}</dd></div>
  </dl>
);

const Lines = ({ posts }) => (
  <ul class="lines">
    {posts.map((post) => (
      <li key={post.id}>
        <a href={href(`posts/${post.id}`)}>
          <span class="lines-text" dir="auto">{textOf(post)}</span>
          <span class="lines-note">
            <StateBadge state={stateOf(post)} /> <span class="lines-names">{namesOf(post)}</span> <Time iso={post.scheduledAt ?? post.publishedAt ?? post.createdAt} isAgo />
          </span>
        </a>
      </li>
    ))}
  </ul>
);

function namesOf({ socialAccounts: [first, ...others] }) {
  if (!first) return "nobody yet";
  return `@${first.username}${others.length > 0 ? ` and ${others.length} more` : ""}`;
}
