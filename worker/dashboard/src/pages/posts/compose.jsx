/** The composer: what is written is counted, priced and checked as it is typed, by the code that the Worker checks it with. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { isSending, MOST_PARTS, newPoll, REPLIES, writersOf } from "../../../../../wasm-client/js/posting/post.js";
import { useAction } from "../../action.js";
import { get, patch, post } from "../../api.js";
import { HERE } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { go, href } from "../../router.js";
import { may } from "../../scope.js";
import { Button } from "../../ui/button.jsx";
import { Select, TextField } from "../../ui/field.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Empty, Loading, Page } from "../../ui/show.jsx";
import { toast } from "../../ui/toast.jsx";
import { useChosen } from "./chosen.js";
import { bodyOf, changeOf, contentOf, useDraft } from "./draft.js";
import { Keys } from "./keys.jsx";
import { endOf } from "./length.js";
import { Part } from "./part.jsx";
import { partsOf } from "./parts.js";
import { kept, OFFER, Picker, useRecent } from "./picker.jsx";
import { Poll } from "./poll.jsx";
import { Preview } from "./preview.jsx";
import { Price } from "./price.jsx";
import { remarkOn, zoneAt } from "./time.js";
import { awaitsApproval } from "./words.js";

const MAY_REPLY = { "": "Everyone may reply", following: "People the account follows", mentionedUsers: "Only who is mentioned", subscribers: "Subscribers", verified: "Verified accounts" };
/** The accounts of a stored post that are asked for one by one. */
const MOST_ASKED = 20;
const ASK = "Ask for approval";
const WHEN = { now: "Publish", later: "Schedule", draft: "Save draft" };

const backOf = (id) => (id ? { to: href(`posts/${id}`), name: "Post" } : { to: href("posts"), name: "Posts" });

export function Compose({ id, at, session }) {
  return id ? <EditStored id={id} session={session} /> : <Editor at={at} session={session} />;
}

/**
 * The form is filled once, with the post as it is now: neither as an earlier page knew it, nor as it was before the last
 * saving, since only what differs is sent.
 */
function EditStored({ id, session }) {
  const [{ stored, error }, setState] = useState({});
  const load = () => {
    setState({});
    storedPost(id).then((stored) => setState({ stored }), (error) => setState({ error }));
  };
  useEffect(load, [id]);
  if (!stored) return <Page title="Edit post" back={backOf(id)}>{error ? <Problem error={error} /> : <Loading />}</Page>;
  return <Editor id={id} stored={stored} session={session} onSaved={load} />;
}

/** With what X allows each of its accounts, of the first of them: the strictest counts, and the API judges all. */
async function storedPost(id) {
  const { post: stored } = await get(`/v1/posts/${id}`);
  const [first, others] = [stored.socialAccounts.slice(0, MOST_ASKED), stored.socialAccounts.slice(MOST_ASKED)];
  const known = await Promise.all(first.map((delivery) => get(`/v1/social-accounts/${delivery.id}`).then(({ data }) => kept(data), () => delivery)));
  return { ...stored, accounts: [...known, ...others] };
}

function Editor({ id, stored, at, session, onSaved }) {
  const [draft, change, forget] = useDraft(stored, session);
  const { data, error: unknownAccounts } = useLive(id ? null : OFFER);
  const recent = useRecent(!id, data?.data);
  const isUnknown = !id && !(data && recent) && !unknownAccounts;
  const [chosen, gone] = useChosen(draft, data, stored, change);
  const prices = usePrices(session);
  const [counted, composer] = useCounted(draft, chosen, prices);
  const form = useRef();
  const goTo = useGoTo(form);
  useEffect(() => {
    if (at) change({ when: "later", at });
  }, [at]);
  const canAsk = draft.when !== "draft";
  const mustAsk = canAsk && (!may(session, "publish") || (stored && awaitsApproval(stored)));
  const { run, isBusy, error } = useAction(async (isWanted) => {
    const isAsking = isWanted || mustAsk;
    const postId = await save(id, draft, chosen, isAsking);
    changed("/v1/posts", "/v1/summary", "/v1/calendar", "/v1/account/usage");
    toast(isAsking ? "Waits for approval" : { now: "On its way to X", later: "Scheduled", draft: "Saved as a draft" }[draft.when]);
    if (id) onSaved();
    else forget();
    go(`posts/${postId}`);
  });
  const problemOf = (path) => error?.field?.(path);
  const waits = isSending(draft);
  if (data?.count === 0 && !id) return <Page title="New post"><NoAccounts /></Page>;
  // A form that is there before its accounts would jump when they come.
  if (isUnknown) return <Page title="New post"><Loading /></Page>;
  const { setPart, move, remove, add, split } = partsOf(draft, change, goTo);
  const schedule = () => {
    change({ when: "later" });
    goTo("[data-time]");
  };
  return (
    <Page title={id ? "Edit post" : "New post"} back={backOf(id)} intro="What you type stays in this browser until it is sent or you sign out.">
      <div class="compose">
        <form
          ref={form} class="form"
          onSubmit={(event) => {
            event.preventDefault();
            run(event.submitter?.value === "ask");
          }}
        >
          <Problem error={unknownAccounts} />
          {!id && <Picker chosen={chosen} offer={data} total={data?.count ?? 0} recent={recent ?? []} session={session} gone={gone} onChange={(update) => change(({ accounts = chosen }) => ({ accounts: update(accounts) }))} problem={problemOf("accounts")} />}
          <ol class="parts">
            {draft.parts.map((part, n) => (
              <Part
                key={part.key} part={part} at={n} count={draft.parts.length} counted={counted?.containers[n]}
                problem={problemOf(`containers.${n}`) ?? problemOf(`containers.${n}.content`) ?? problemOf(`containers.${n}.media`)}
                end={endOf(part.text, counted?.containers[n], composer, chosen)}
                onText={(text) => setPart(part.key, { text })}
                onSplit={(texts) => split(n, texts)}
                onFiles={(key) => goTo(`[data-file="${key}"]`)}
                changeMedia={(update) => setPart(part.key, ({ media }) => ({ media: update(media) }))}
                move={move}
                remove={() => remove(n)}
              />
            ))}
          </ol>
          <p class="row">
            {draft.parts.length < MOST_PARTS && <Button kind="quiet" icon="plus" onPress={add}>Add to the thread</Button>}
            {!draft.poll && <Button kind="quiet" icon="poll" onPress={() => {
              change({ poll: newPoll() });
              goTo("[data-choice]");
            }}>Add a poll</Button>}
            {id ? <Button kind="quiet" onPress={() => go(`posts/${id}`)}>Cancel</Button> : <Button kind="quiet" onPress={forget}>Start over</Button>}
            <Keys acts={{ add, schedule, send: () => form.current.requestSubmit() }} />
          </p>
          {draft.poll && <Poll poll={draft.poll} onChange={(poll) => change({ poll })} problemOf={problemOf} />}
          <div class="form-pair">
            <Select label="Replies" value={draft.replies} options={REPLIES.map((value) => [value, MAY_REPLY[value]])} onText={(replies) => change({ replies })} />
            <When draft={draft} change={change} problem={problemOf("scheduledAt")} />
          </div>
          {stored && <Consequence post={stored} />}
          <Price counted={counted} chosen={chosen} isDraft={draft.when === "draft"} />
          <Problem error={error} />
          <div class="form-end compose-end">
            <Button type="submit" kind="primary" isBusy={isBusy || waits}>{mustAsk ? ASK : WHEN[draft.when]}</Button>
            {canAsk && !mustAsk && (!stored || stored.isDraft) && <Button type="submit" value="ask" isBusy={isBusy || waits}>{ASK}</Button>}
            {waits && <span class="muted">Files are on their way …</span>}
          </div>
        </form>
        <Preview draft={draft} counted={counted} account={chosen[0]} />
      </div>
    </Page>
  );
}

/** What a change does to an approval. */
function Consequence({ post: { approval, scheduled } }) {
  if (approval?.status === "pending") return <p class="muted">A change asks for approval anew: the link that was sent opens nothing any more.</p>;
  return approval?.status === "approved" && scheduled && <p class="muted">A change ends the approval and asks anew.</p>;
}

/** Answers the post's id. A new post's call is that of this intent: pressed again after a lost answer, it is the same call, and posts once. */
async function save(id, draft, chosen, isAsking) {
  if (id) {
    const { isDraft, ...content } = changeOf(draft);
    const change = isAsking || isDraft === undefined ? content : { ...content, isDraft };
    if (Object.keys(change).length > 0) await patch(`/v1/posts/${id}`, change);
    if (isAsking && draft.stored.isDraft) await post(`/v1/posts/${id}/approval`);
    return id;
  }
  const body = { ...bodyOf({ ...draft, accounts: chosen.map((account) => account.id) }), ...(isAsking && { approval: true }) };
  return (await post("/v1/posts", body, { headers: { "idempotency-key": draft.intent } })).post.id;
}

/** The focus goes to what was just made, once it is drawn. */
function useGoTo(form) {
  const wanted = useRef();
  useEffect(() => {
    const place = wanted.current && form.current?.querySelector(wanted.current);
    if (!place) return;
    wanted.current = undefined;
    place.focus();
  });
  return (selector) => (wanted.current = selector);
}

function usePrices({ scopes, tenant_id }) {
  const { data } = useLive(scopes.includes("admin") && !tenant_id ? "/v1/settings" : null, { every: 0 });
  return data?.data.prices;
}

function useCounted(draft, chosen, prices) {
  const [composer, setComposer] = useState();
  useEffect(() => {
    import("/composer.js").then(({ loadComposer }) => loadComposer()).then(setComposer, () => {});
  }, []);
  const content = contentOf(draft);
  const question = JSON.stringify({ post: content, accounts: writersOf(chosen), ...(prices && { prices }) });
  return [useMemo(() => composer?.preview(JSON.parse(question)), [composer, question]), composer];
}

function When({ draft: { when, at, stored }, change, problem }) {
  const remark = remarkOn(at, stored?.scheduledAt);
  return (
    <div class="stack">
      <Select label="When" value={when} options={[["now", "Now"], ["later", "At a time"], ["draft", "Keep as a draft"]]} onText={(when) => change({ when })} />
      {when === "later" && <TextField label="Time" type="datetime-local" data-time required value={at} onText={(at) => change({ at })} hint={remark.hint ?? `In ${zoneAt(HERE, at)}`} problem={remark.problem ?? problem} />}
    </div>
  );
}

const NoAccounts = () => (
  <Empty icon="people" title="Nobody to post as" action={<a href="#/accounts">Connect an account</a>}>
    A post is written for one or more of the connected accounts.
  </Empty>
);
