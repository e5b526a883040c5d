/** One post: for each account how it went or how far it is, and what can be done about it. */

import { useState } from "preact/hooks";
import { useAction } from "../../action.js";
import { del, patch, post as send } from "../../api.js";
import { formatTime, formatUsd } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { go, href } from "../../router.js";
import { may } from "../../scope.js";
import { Button, LinkButton } from "../../ui/button.jsx";
import { Confirm } from "../../ui/dialog.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Loading, Page, Section } from "../../ui/show.jsx";
import { toast } from "../../ui/toast.jsx";
import { APPROVAL } from "./advice.js";
import { draftAgain, refusedBy } from "./again.js";
import { Approval } from "./approval.jsx";
import { Content } from "./content.jsx";
import { Delivery } from "./delivery.jsx";
import { Metrics } from "./metrics.jsx";
import { said } from "./time.js";
import { change, giveTimeBack } from "./undo.js";
import { awaitsApproval, isOpen, mayChange, stateOf } from "./words.js";

const BACK = { to: href("posts"), name: "Posts" };
const SOON_MS = 1000;
const USUAL_MS = 5000;
const isMoving = ({ socialAccounts }) => socialAccounts.some(({ state }) => state === "publishing" || state === "queued");

export function PostPage({ id, session }) {
  const [every, setEvery] = useState(SOON_MS);
  const { data, error } = useLive(`/v1/posts/${id}`, { every });
  const post = data?.post;
  const wanted = post && !(isMoving(post) && !isOpen(post)) ? USUAL_MS : SOON_MS;
  if (wanted !== every) setEvery(wanted);
  if (!post) return <Page title="Post" back={BACK}>{error ? <Problem error={error} /> : <Loading />}</Page>;
  const isPublished = post.socialAccounts.some(({ state }) => state === "published");
  return (
    <Page title="Post" back={BACK} intro={introOf(post)} actions={<Actions post={post} session={session} />}>
      <Problem error={error} />
      <Content post={post} />
      <Approval post={post} session={session} />
      <Section title="Accounts">
        <ul class="deliveries">{post.socialAccounts.map((delivery) => <Delivery key={delivery.id} post={post} delivery={delivery} session={session} />)}</ul>
      </Section>
      {isPublished && <Metrics post={post} session={session} />}
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

function Actions({ post, session }) {
  const [asked, ask] = useState();
  const { run, isBusy, error } = useAction(async (work, said) => {
    await work();
    changed("/v1/posts");
    toast(said);
  });
  const states = post.socialAccounts.map(({ state }) => state);
  const path = `/v1/posts/${post.id}`;
  const again = () => run(async () => go(`posts/${await draftAgain(post)}/edit`), "A new draft. What X refused stays as it is");
  const cancel = useAction(async () => {
    const made = await change(post.id, { isDraft: true });
    toast("Cancelled. It is kept as a draft", { onUndo: () => restore(made, post) });
  });
  const state = stateOf(post);
  const isPublisher = may(session, "publish");
  const isScheduled = post.scheduled && !awaitsApproval(post);
  const refused = refusedBy(post);
  const mayRetry = post.socialAccounts.some(({ state, error_code: code }) => state === "failed" || (state === "held" && code !== APPROVAL));
  return (
    <>
      {isOpen(post) && mayChange(session, post) && <LinkButton icon="pen" href={href(`posts/${post.id}/edit`)}>Edit</LinkButton>}
      {post.isDraft && may(session, "draft") && <Button kind={isPublisher ? "plain" : "primary"} isBusy={isBusy} onPress={() => run(() => send(`${path}/approval`), "Waits for approval")}>Ask for approval</Button>}
      {isOpen(post) && isPublisher && !awaitsApproval(post) && <Button kind="primary" isBusy={isBusy} onPress={() => run(() => patch(path, { isDraft: false, scheduledAt: null }), "On its way to X")}>Publish now</Button>}
      {isPublisher && mayRetry && <Button kind="primary" icon="refresh" isBusy={isBusy} onPress={() => run(() => send(`${path}/retry`), "Sent again")}>Retry</Button>}
      {refused.length > 0 && may(session, "draft") && <Button icon="pen" isBusy={isBusy} onPress={() => again()}>Edit and post again</Button>}
      {isScheduled && isPublisher && <Button isBusy={isBusy || cancel.isBusy} onPress={() => cancel.run()}>Cancel</Button>}
      {isPublisher && states.includes("published") && <Button kind="danger" onPress={() => ask("remote")}>Delete on X</Button>}
      {mayChange(session, post) && !["publishing", "unknown"].includes(state) && <Button kind="quiet" icon="trash" onPress={() => ask("record")}>{isOpen(post) ? "Delete" : "Delete the record"}</Button>}
      <Problem error={error ?? cancel.error} />
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

/** Scheduled again, for the time that it had. */
async function restore(made, before) {
  await giveTimeBack(made, before);
  return `Scheduled again, for ${said(before.scheduledAt)}`;
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
