/** Posts, as they were asked for: by where they stand, by words, by tenant and account. The address says it all. */

import { useEffect, useRef } from "preact/hooks";
import { formatCount, formatUsd } from "../../format.js";
import { useLive } from "../../live.js";
import { go, href } from "../../router.js";
import { may } from "../../scope.js";
import { LinkButton } from "../../ui/button.jsx";
import { Select } from "../../ui/field.jsx";
import { Problem } from "../../ui/problem.jsx";
import { AccountField, SearchField } from "../../ui/search.jsx";
import { Empty, Loading, Page, StateBadge } from "../../ui/show.jsx";
import { Table } from "../../ui/table.jsx";
import { Time } from "../../ui/time.jsx";
import { Turn, placeOf } from "../../ui/turn.jsx";
import { Queue } from "./queue.jsx";
import { said } from "./time.js";
import { stateOf, textOf } from "./words.js";

const PAGE = 30;
const PAGE_OF_QUEUE = 10;
/** The search's index has a text by three characters each. */
const SEARCHED = 3;
/** Each is a question to the API, and some have a number in the summary. */
const VIEWS = [
  { name: "All" },
  { name: "Drafts", stage: "draft", counted: "drafts" },
  { name: "Scheduled", stage: "scheduled", counted: "scheduled" },
  { name: "Waiting for approval", approval: "pending", counted: "awaiting_approval" },
  { name: "Published", status: "published" },
  { name: "Failed", status: "failed", counted: "failed" },
  { name: "Held", status: "held" },
  { name: "Unknown", status: "unknown", counted: "unknown" },
  { name: "Deleted", status: "deleted" },
];
const ORDERS = [["createdAt.desc", "Newest first"], ["createdAt.asc", "Oldest first"], ["scheduledAt.asc", "Leaves first"], ["scheduledAt.desc", "Leaves last"]];
const KINDS = ["stage", "status", "approval"];
const FILTERS = ["q", "tenant_id", "account"];

export function List({ query, session }) {
  const asked = askedOf(query);
  const isQueue = asked.approval === "pending";
  const size = isQueue ? PAGE_OF_QUEUE : PAGE;
  const at = placeOf(query);
  const { data, error, isLoading } = useLive(`/v1/posts?${questionOf(asked, size, at)}`);
  const set = (fields) => go("posts", { ...asked, ...fields }, { replace: true });
  return (
    <Page title="Posts" intro="What was published, what waits for its time, and what needs you." actions={<NewPost session={session} />}>
      <Views asked={asked} />
      <Filters asked={asked} set={set} session={session} />
      <Problem error={error} />
      {isLoading && <Loading />}
      {data && isQueue && <Queue posts={data.posts} session={session} />}
      {data?.posts.length > 0 && !isQueue && <Rows posts={data.posts} />}
      {data?.posts.length === 0 && !isQueue && <Nothing isFiltered={[...KINDS, ...FILTERS].some((name) => asked[name])} session={session} />}
      {data && <Turn at={at} size={size} answer={data} path="posts" filters={asked} />}
    </Page>
  );
}

const askedOf = (query) => Object.fromEntries([...KINDS, ...FILTERS, "order"].map((name) => [name, query.get(name) ?? ""]));

/** What leaves next is what somebody wants to see first of what is scheduled. */
const usualOrder = ({ stage }) => (stage === "scheduled" ? "scheduledAt.asc" : "createdAt.desc");

function questionOf({ q, account, order: chosen, ...asked }, limit, { after }) {
  const [sort, order] = (chosen || usualOrder(asked)).split(".");
  const question = { ...asked, q: q.length >= SEARCHED ? q : "", social_account_id: account, sort, order, limit, after };
  return new URLSearchParams(Object.entries(question).filter(([, value]) => value));
}

function Views({ asked }) {
  const here = useRef();
  // On a phone the views are wider than the screen.
  useEffect(() => here.current?.scrollIntoView({ block: "nearest", inline: "center" }), KINDS.map((kind) => asked[kind]));
  const summary = useLive(`/v1/summary${asked.tenant_id ? `?tenant_id=${encodeURIComponent(asked.tenant_id)}` : ""}`).data?.data;
  const filters = Object.fromEntries(FILTERS.map((name) => [name, asked[name]]));
  return (
    <nav class="chips views" aria-label="Posts by state">
      {VIEWS.map(({ name, counted, ...view }) => {
        const isHere = KINDS.every((kind) => (view[kind] ?? "") === asked[kind]);
        const count = asked.account || asked.q ? 0 : summary?.[counted];
        return (
          <a key={name} ref={isHere ? here : undefined} class="chip" href={href("posts", { ...view, ...filters })} aria-current={isHere ? "page" : undefined}>
            {name}{count > 0 && " "}{count > 0 && <span class="chip-count">{formatCount(count)}</span>}
          </a>
        );
      })}
    </nav>
  );
}

const Filters = ({ asked, set, session }) => (
  <div class="filters" role="search" aria-label="Posts">
    <SearchField label="Text" value={asked.q} onText={(q) => set({ q })} hint={asked.q && asked.q.length < SEARCHED ? "Three characters or more" : undefined} />
    {!session.tenant_id && <SearchField label="Tenant" isVerbatim value={asked.tenant_id} onText={(tenant_id) => set({ tenant_id })} />}
    {!session.account_id && <AccountField id={asked.account} tenant={asked.tenant_id} onChoose={(account) => set({ account })} />}
    <Select label="Order" value={asked.order || usualOrder(asked)} options={ORDERS} onText={(order) => set({ order })} />
  </div>
);

const NewPost = ({ session }) =>
  may(session, "draft") && <LinkButton kind="primary" icon="pen" href={href("posts/new")}>New post</LinkButton>;

const Rows = ({ posts }) => (
  <Table
    caption="Posts" name="table-posts"
    rows={posts}
    columns={[
      { name: "Post", kind: "main", cell: (post) => <Text post={post} /> },
      { name: "Accounts", cell: (post) => <Names post={post} /> },
      { name: "State", kind: "end", cell: (post) => <StateBadge state={stateOf(post)} /> },
      { name: "When", cell: (post) => <When post={post} /> },
      { name: "Cost", kind: "number", cell: ({ cost }) => formatUsd(cost.actual_usd ?? cost.estimate_usd) },
    ]}
  />
);

const Text = ({ post }) => (
  <a class="post-line" href={href(`posts/${post.id}`)}>
    <span dir="auto">{textOf(post)}</span>
    {post.containers.length > 1 && <small>a thread of {post.containers.length}</small>}
  </a>
);

function Names({ post: { socialAccounts: [first, second, ...others], tenant_id: tenant } }) {
  if (!first) return <span class="muted">nobody yet</span>;
  return (
    <span class="post-names">
      {[first, second].filter(Boolean).map(({ username }) => `@${username}`).join(", ")}{others.length > 0 && ` and ${others.length} more`}
      {tenant && <small class="mono" title={tenant}>{tenant}</small>}
    </span>
  );
}

const When = ({ post: { scheduledAt, publishedAt, createdAt, scheduled, isDraft } }) =>
  scheduled || (isDraft && scheduledAt) ? <Time iso={scheduledAt}>{said(scheduledAt)}</Time> : <Time iso={publishedAt ?? createdAt} isAgo />;

const Nothing = ({ isFiltered, session }) =>
  isFiltered ? (
    <Empty icon="pen" title="No posts here" action={<a href="#/posts">Show all posts</a>}>No post is in this state with these words, of this tenant and account.</Empty>
  ) : (
    <Empty icon="pen" title="Nothing has been posted yet" action={<NewPost session={session} />}>
      Write one here, or send it from your back end by <code>POST /v1/posts</code>: both are listed here, with what X said.
    </Empty>
  );
