/** After the first run: what needs somebody, and how things stand. */

import { useState } from "preact/hooks";
import { formatAgo, formatCount, formatUsd } from "../../format.js";
import { useLive } from "../../live.js";
import { href } from "../../router.js";
import { Badge, Empty, Section, StateBadge } from "../../ui/show.jsx";
import { Icon } from "../../ui/icon.jsx";

export function Overview({ accounts }) {
  const networks = useLive("/v1/social-networks").data?.data ?? [];
  const usage = useLive("/v1/account/usage").data?.usage;
  const latest = useLive("/v1/posts?limit=5").data?.posts;
  const failed = useLive("/v1/posts?status=failed&limit=1").data?.pagination.total ?? 0;
  const unknown = useLive("/v1/posts?status=unknown&limit=1").data?.pagination.total ?? 0;
  const waiting = useLive("/v1/posts?approval=pending&limit=1").data?.pagination.total ?? 0;
  return (
    <>
      <Todo todo={todoOf({ networks, accounts, failed, unknown, waiting })} />
      {usage && <Figures usage={usage} />}
      <Next />
      <Section title="Latest posts">
        {latest?.length === 0 ? <Empty icon="pen" title="No posts yet">Posts that you or your back end create show here.</Empty> : <Latest posts={latest ?? []} />}
      </Section>
    </>
  );
}

/** What leaves next by itself, if anything waits for its time. */
function Next() {
  const [from] = useState(() => new Date().toISOString());
  const posts = useLive(`/v1/posts?status=queued&scheduled_after=${encodeURIComponent(from)}&limit=100`, { every: 30_000 }).data?.posts ?? [];
  const next = posts.toSorted((one, other) => one.scheduledAt.localeCompare(other.scheduledAt)).slice(0, 3);
  if (next.length === 0) return null;
  return <Section title="Next to leave" intro={posts.length > next.length ? `${posts.length} posts are scheduled.` : undefined}><Latest posts={next} /></Section>;
}

function todoOf({ networks, accounts, failed, unknown, waiting }) {
  const paused = networks.filter((network) => network.paused);
  const lost = accounts.filter(({ status }) => status === "reconnect_required");
  return [
    ...paused.map(({ id, paused: { reason } }) => ({ id, kind: "bad", to: href("settings/networks"), text: `Your X app is paused: ${reason.replaceAll("_", " ")}` })),
    ...lost.map(({ id, username }) => ({ id, kind: "warn", to: href(`accounts/${id}`), text: `@${username} has to be connected again` })),
    ...(waiting > 0 ? [{ id: "waiting", kind: "warn", to: href("posts", { approval: "pending" }), text: `${waiting} ${waiting === 1 ? "post waits" : "posts wait"} for approval` }] : []),
    ...(unknown > 0 ? [{ id: "unknown", kind: "warn", to: href("posts", { status: "unknown" }), text: `${unknown} ${unknown === 1 ? "post" : "posts"} of which X's answer was lost` }] : []),
    ...(failed > 0 ? [{ id: "failed", kind: "bad", to: href("posts", { status: "failed" }), text: `${failed} ${failed === 1 ? "post" : "posts"} that X refused` }] : []),
  ];
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

const Figures = ({ usage: { socialAccounts, posts, x_cost } }) => (
  <dl class="figures">
    <div class="figure"><dt>Accounts</dt><dd>{formatCount(socialAccounts.current)}</dd></div>
    <div class="figure"><dt>Posts this month</dt><dd>{formatCount(posts.current)}</dd></div>
    <div class="figure"><dt>X's charges this month</dt><dd>{formatUsd(x_cost.estimate_usd)}</dd></div>
  </dl>
);

const Latest = ({ posts }) => (
  <ul class="lines">
    {posts.map(({ id, containers, socialAccounts, scheduledAt, isDraft, approval, createdAt }) => (
      <li key={id}>
        <a href={href(`posts/${id}`)}>
          <span class="lines-text">{containers[0]?.content || "Repost"}</span>
          <span class="lines-note">
            {approval?.status === "pending" ? <StateBadge state="waiting_for_approval" /> : isDraft ? <Badge>Draft</Badge> : <StateBadge state={socialAccounts[0].state} />} {formatAgo(scheduledAt ?? createdAt)}
          </span>
        </a>
      </li>
    ))}
  </ul>
);
