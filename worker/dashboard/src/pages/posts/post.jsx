/** One post: for each account how it went or how far it is, and what can be done about it. */

import { useState } from "preact/hooks";
import { useAction } from "../../action.js";
import { del, get, patch, post as send } from "../../api.js";
import { formatCode, formatCount, formatShare, formatTime, formatUsd } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { go, href } from "../../router.js";
import { may } from "../../scope.js";
import { Button, LinkButton } from "../../ui/button.jsx";
import { Confirm, Dialog } from "../../ui/dialog.jsx";
import { TextField } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Notice, Problem } from "../../ui/problem.jsx";
import { Loading, Page, Section, StateBadge } from "../../ui/show.jsx";
import { RankChart } from "../../ui/chart.jsx";
import { toast } from "../../ui/toast.jsx";
import { Approval } from "./approval.jsx";
import { Content } from "./content.jsx";
import { said } from "./time.js";
import { awaitsApproval, isOpen, mayChange, stateOf } from "./words.js";

/** A delivery that waits for a person's approval: the post's own section says so. */
const APPROVAL = "approval_required";
const SOON_MS = 1000;
const USUAL_MS = 5000;
const isMoving = ({ socialAccounts }) => socialAccounts.some(({ state }) => state === "publishing" || state === "queued");

export function PostPage({ id, session }) {
  const [every, setEvery] = useState(SOON_MS);
  const { data, error } = useLive(`/v1/posts/${id}`, { every });
  const post = data?.post;
  const wanted = post && !(isMoving(post) && !isOpen(post)) ? USUAL_MS : SOON_MS;
  if (wanted !== every) setEvery(wanted);
  if (!post) return <Page title="Post">{error ? <Problem error={error} /> : <Loading />}</Page>;
  const isPublished = post.socialAccounts.some(({ state }) => state === "published");
  return (
    <Page title="Post" intro={introOf(post)} actions={<Actions post={post} session={session} />}>
      <Problem error={error} />
      <Content post={post} />
      <Approval post={post} session={session} />
      <Section title="Accounts">
        <ul class="deliveries">{post.socialAccounts.map((delivery) => <Delivery key={delivery.id} post={post} delivery={delivery} session={session} />)}</ul>
      </Section>
      {isPublished && <Metrics id={id} />}
    </Page>
  );
}

function introOf({ scheduled, isDraft, approval, scheduledAt, publishedAt, createdAt, cost }) {
  const price = formatUsd(cost.actual_usd ?? cost.estimate_usd);
  if (isDraft) return `A draft, ${price} when it is published`;
  if (awaitsApproval({ approval })) return `Waits for approval, ${scheduledAt ? `then leaves ${said(scheduledAt)}` : "then leaves at once"}, ${price}`;
  if (scheduled) return `Leaves ${said(scheduledAt)}, ${price}`;
  return `${publishedAt ? `Published ${formatTime(publishedAt)}` : `Made ${formatTime(createdAt)}`}, ${price}${cost.actual_usd === null ? " estimated" : ""}`;
}

function Delivery({ post, delivery, session }) {
  const { id, username, state, error, error_code: code, platformPostUrl, next_attempt_at: next, segments } = delivery;
  const [isResolving, setResolving] = useState(false);
  const isPart = segments.length > 1;
  return (
    <li class="delivery">
      <p class="row">
        <b>@{username}</b> <StateBadge state={isOpen(post) ? stateOf(post) : state} />
        {platformPostUrl && state === "published" && <a href={platformPostUrl} target="_blank" rel="noreferrer">See it on X</a>}
      </p>
      {error && code !== APPROVAL && <Notice kind={state === "failed" ? "bad" : "warn"} title={error}><p>{code && formatCode(code)}{next && `. Next try ${formatTime(next)}`}</p></Notice>}
      {isPart && (
        <ol class="segments">
          {segments.map((segment, at) => <li key={segment.container_id}>Part {at + 1} <StateBadge state={segment.state} /></li>)}
        </ol>
      )}
      {segments.flatMap(({ media = [] }) => media).filter((one) => one.state !== "ready" && state === "publishing").map((one, at) => <Passage key={at} {...one} />)}
      {state === "unknown" && may(session, "publish") && <p><Button onPress={() => setResolving(true)}>Say what became of it</Button></p>}
      {isResolving && <Resolve post={post} account={id} username={username} onClose={() => setResolving(false)} />}
    </li>
  );
}

/** How far a file is on its way to X. */
function Passage({ state, bytes_sent: sent, bytes_total: total, processing_percent: percent }) {
  const [value, max] = state === "processing" ? [percent, 100] : [sent, total];
  const words = { waiting: "A file waits for its turn", fetching: "A file is fetched", uploading: "A file goes to X", processing: "X is processing a file" }[state];
  const known = typeof value === "number" && max > 0 && state !== "waiting";
  return <p class="passage"><span>{words}</span> <progress aria-label={words} {...(known ? { value, max } : {})} /></p>;
}

function Actions({ post, session }) {
  const [asked, ask] = useState();
  const { run, isBusy, error } = useAction(async (work, said) => {
    await work();
    changed("/v1/posts");
    toast(said);
  });
  const states = post.socialAccounts.map(({ state }) => state);
  const path = `/v1/posts/${post.id}`;
  const state = stateOf(post);
  const isPublisher = may(session, "publish");
  const mayRetry = post.socialAccounts.some(({ state, error_code: code }) => state === "failed" || (state === "held" && code !== APPROVAL));
  return (
    <>
      {isOpen(post) && mayChange(session, post) && <LinkButton icon="pen" href={href(`posts/${post.id}/edit`)}>Edit</LinkButton>}
      {post.isDraft && may(session, "draft") && <Button kind={isPublisher ? "plain" : "primary"} isBusy={isBusy} onPress={() => run(() => send(`${path}/approval`), "Waits for approval")}>Ask for approval</Button>}
      {isOpen(post) && isPublisher && !awaitsApproval(post) && <Button kind="primary" isBusy={isBusy} onPress={() => run(() => patch(path, { isDraft: false, scheduledAt: null }), "On its way to X")}>Publish now</Button>}
      {isPublisher && mayRetry && <Button kind="primary" icon="refresh" isBusy={isBusy} onPress={() => run(() => send(`${path}/retry`), "Sent again")}>Retry</Button>}
      {isPublisher && states.includes("published") && <Button kind="danger" onPress={() => ask("remote")}>Delete on X</Button>}
      {mayChange(session, post) && !["publishing", "unknown"].includes(state) && <Button kind="quiet" icon="trash" onPress={() => ask("record")}>{isOpen(post) ? "Delete" : "Delete the record"}</Button>}
      <Problem error={error} />
      {asked === "remote" && (
        <Confirm title="Delete it on X?" act="Delete on X" onClose={() => ask()} onAct={() => removeAtX(path)}>
          <p>It goes from every account that published it. Likes and replies go with it, and X does not bring it back.</p>
        </Confirm>
      )}
      {asked === "record" && (
        <Confirm title={isOpen(post) ? "Delete this post?" : "Delete the record?"} act="Delete" onClose={() => ask()} onAct={() => forget(path)}>
          <p>{isOpen(post) ? "It will not be published." : "What is on X stays there; what is pending is called off."}</p>
        </Confirm>
      )}
    </>
  );
}

async function removeAtX(path) {
  const { results } = await del(`${path}/remote`);
  changed("/v1/posts");
  const failed = results.filter(({ status }) => status === "failed");
  if (failed.length > 0) throw Object.assign(new Error(failed.map(({ username, error }) => `@${username}: ${error}`).join(" ")), { hint: "Try again in a moment." });
  toast("Deleted on X");
}

async function forget(path) {
  await del(path);
  changed("/v1/posts");
  toast("Deleted");
  go("posts");
}

/** Only a person can see whether X has it: the API looked twice and was not sure (docs/API.md, section 5, promise 2). */
function Resolve({ post, account, username, onClose }) {
  const [id, setId] = useState("");
  const settle = async (body) => {
    await send(`/v1/posts/${post.id}/deliveries/${account}/resolve`, body);
    changed("/v1/posts");
    onClose();
  };
  return (
    <Dialog title={`Is it on X, as @${username}?`} onClose={onClose}>
      <div class="stack">
        <p>X's answer was lost, and looking did not settle it. <a href={`https://x.com/${username}`} target="_blank" rel="noreferrer">Look at the account</a>.</p>
        <Form send="It is on X" onSend={() => settle({ as: "published", platform_post_id: id.split("/").at(-1) })}>
          {(problemOf) => <TextField label="Its address or id" isVerbatim required value={id} onText={setId} problem={problemOf("platform_post_id")} />}
        </Form>
        <Form kind="plain" send="It is not there: send it again" onSend={() => settle({ as: "absent" })}>{() => null}</Form>
      </div>
    </Dialog>
  );
}

/** What people did with it, the sums over accounts and parts. Views are of another order of magnitude, and stand above. */
const DEEDS = [["Likes", "likes"], ["Reposts and quotes", "shares"], ["Replies", "comments"], ["Bookmarks", "saves"], ["Link clicks", "url_link_clicks"], ["Profile visits", "user_profile_clicks"]];

const deedsOf = (accounts) =>
  DEEDS.map(([name, figure]) => ({ name, value: accounts.reduce((sum, { metrics }) => sum + (metrics[figure] ?? metrics.platform_specific[figure] ?? 0), 0) }));

/** X bills each look, so nobody but the person asks: not the page by itself, nor when its tab is seen again. */
function Metrics({ id }) {
  const [data, setData] = useState();
  const { run, isBusy, error } = useAction(async () => setData(await get(`/v1/posts/${id}/analytics`)));
  const sums = data?.aggregated_metrics;
  return (
    <Section title="How it did" intro="As X counts, at this moment. X bills each look as a read.">
      <p><Button icon="refresh" isBusy={isBusy} onPress={() => run()}>{sums ? "Ask X again" : "Ask X for the figures"}</Button></p>
      {error && <Problem error={error} />}
      {sums && (
        <>
          <dl class="figures">
            <div class="figure"><dt>Views</dt><dd>{formatCount(sums.total_views)}</dd></div>
            <div class="figure"><dt>Engagement</dt><dd>{formatShare(sums.average_engagement_rate)}</dd></div>
          </dl>
          <h3>What people did</h3>
          <RankChart rows={deedsOf(data.metrics_by_account)} format={formatCount} />
          {data.metrics_by_account.length > 1 && (
            <>
              <h3>By account</h3>
              <RankChart rows={data.metrics_by_account.map(({ social_account: { username }, metrics }) => ({ name: `@${username}`, value: metrics.views }))} format={(views) => `${formatCount(views)} views`} />
            </>
          )}
        </>
      )}
    </Section>
  );
}
