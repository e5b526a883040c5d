/** Posts by what became of them, newest first. */

import { formatAgo, formatTime, formatUsd } from "../../format.js";
import { useLive } from "../../live.js";
import { href } from "../../router.js";
import { may } from "../../scope.js";
import { LinkButton } from "../../ui/button.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Empty, Loading, Page, StateBadge } from "../../ui/show.jsx";
import { Table } from "../../ui/table.jsx";
import { Queue } from "./queue.jsx";
import { stateOf, textOf } from "./words.js";

const PAGE = 30;
/** The API's words, and what asks for somebody. */
const STATES = [["", "All"], ["pending", "Pending"], ["published", "Published"], ["failed", "Failed"], ["unknown", "Unknown"], ["held", "Held"], ["deleted", "Deleted"]];
/** Each is a question to the API. */
const [ALL, ...OTHERS] = STATES.map(([status, name]) => [name, { status }]);
const VIEWS = [ALL, ["Waiting for approval", { approval: "pending" }], ...OTHERS];

export function List({ query, session }) {
  const [status, approval, offset] = [query.get("status") ?? "", query.get("approval") ?? "", Number(query.get("offset") ?? 0)];
  const asked = Object.entries({ status, approval, limit: PAGE, offset }).filter(([, value]) => value);
  const isQueue = approval === "pending";
  const { data, error, isLoading } = useLive(`/v1/posts?${new URLSearchParams(asked)}`);
  return (
    <Page title="Posts" intro="What was published, what waits for its time, and what needs you." actions={<NewPost session={session} />}>
      <nav class="chips" aria-label="Posts by state">
        {VIEWS.map(([name, view]) => (
          <a key={name} class="chip" href={href("posts", view)} aria-current={(view.status ?? "") === status && (view.approval ?? "") === approval ? "page" : undefined}>{name}</a>
        ))}
      </nav>
      <Problem error={error} />
      {isLoading && <Loading />}
      {data && isQueue && <Queue posts={data.posts} session={session} />}
      {data?.posts.length > 0 && !isQueue && <Rows posts={data.posts} />}
      {data?.posts.length === 0 && !isQueue && <Nothing isFiltered={status !== "" || approval !== ""} session={session} />}
      {data && <Turn offset={offset} total={data.pagination.total} to={(next) => href("posts", { status, approval, offset: next || undefined })} />}
    </Page>
  );
}

const NewPost = ({ session }) =>
  may(session, "draft") && <LinkButton kind="primary" icon="pen" href={href("posts/new")}>New post</LinkButton>;

const Rows = ({ posts }) => (
  <Table
    caption="Posts"
    rows={posts}
    columns={[
      { name: "Post", kind: "main", cell: (post) => <Text post={post} /> },
      { name: "Accounts", cell: ({ socialAccounts }) => <Names accounts={socialAccounts} /> },
      { name: "State", cell: (post) => <StateBadge state={stateOf(post)} /> },
      { name: "When", cell: (post) => <When post={post} /> },
      { name: "Cost", kind: "number", cell: ({ cost }) => formatUsd(cost.actual_usd ?? cost.estimate_usd) },
    ]}
  />
);

const Text = ({ post }) => (
  <a class="post-line" href={href(`posts/${post.id}`)}>
    <span>{textOf(post)}</span>
    {post.containers.length > 1 && <small>a thread of {post.containers.length}</small>}
  </a>
);

function Names({ accounts }) {
  const [first, second, ...others] = accounts;
  if (!first) return <span class="muted">nobody yet</span>;
  return <>{[first, second].filter(Boolean).map(({ username }) => `@${username}`).join(", ")}{others.length > 0 && ` and ${others.length} more`}</>;
}

function When({ post: { scheduledAt, publishedAt, createdAt, scheduled } }) {
  if (scheduled) return <time dateTime={scheduledAt}>{formatTime(scheduledAt)}</time>;
  return <time dateTime={publishedAt ?? createdAt} title={formatTime(publishedAt ?? createdAt)}>{formatAgo(publishedAt ?? createdAt)}</time>;
}

const Nothing = ({ isFiltered, session }) =>
  isFiltered ? (
    <Empty icon="pen" title="None of these" action={<a href="#/posts">Show all</a>}>No post is in this state.</Empty>
  ) : (
    <Empty icon="pen" title="Nothing has been posted yet" action={<NewPost session={session} />}>
      Write one here, or send it from your back end by <code>POST /v1/posts</code>: both are listed here, with what X said.
    </Empty>
  );

function Turn({ offset, total, to }) {
  if (total <= PAGE) return null;
  return (
    <nav class="turn" aria-label="Pages of the list">
      {offset > 0 && <a href={to(Math.max(0, offset - PAGE))}>Newer</a>}
      <span>{offset + 1} to {Math.min(offset + PAGE, total)} of {total}</span>
      {offset + PAGE < total && <a href={to(offset + PAGE)}>Older</a>}
    </nav>
  );
}
