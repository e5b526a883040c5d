/** How a post went at one account, and what can be done about it there. */

import { useState } from "preact/hooks";
import { post as send } from "../../api.js";
import { ConnectButton } from "../../connect-button.jsx";
import { formatTime } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { href } from "../../router.js";
import { may } from "../../scope.js";
import { Button } from "../../ui/button.jsx";
import { Dialog } from "../../ui/dialog.jsx";
import { TextField } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Notice } from "../../ui/problem.jsx";
import { StateBadge } from "../../ui/show.jsx";
import { APPROVAL, adviceOn, isOfApp } from "./advice.js";
import { isOpen, stateOf } from "./words.js";

export function Delivery({ post, delivery, session }) {
  const { id, username, state, error, error_code: code, platformPostUrl, segments } = delivery;
  const [isResolving, setResolving] = useState(false);
  // Of what has not begun to leave, no part has a state of its own.
  const isPart = segments.length > 1 && !isOpen(post);
  return (
    <li class="delivery">
      <p class="row">
        <a href={href(`accounts/${id}`)}><b>@{username}</b></a> <StateBadge state={isOpen(post) ? stateOf(post) : state} />
        {platformPostUrl && state === "published" && <a href={platformPostUrl} target="_blank" rel="noreferrer">See it on X</a>}
      </p>
      {error && code !== APPROVAL && <Trouble delivery={delivery} session={session} />}
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

/** What is wrong, what to do about it, and the way there. */
function Trouble({ delivery: { id, state, error, error_code: code, next_attempt_at: next }, session }) {
  const advice = adviceOn(code, state);
  return (
    <Notice kind={state === "failed" ? "bad" : "warn"} title={error}>
      {advice && <p>{advice}</p>}
      {next && <p>{state === "unknown" ? "X is asked again" : "Next try"} {formatTime(next)}.</p>}
      {state === "held" && (isOfApp(code) ? <ToApp session={session} /> : <Reconnect id={id} session={session} />)}
    </Notice>
  );
}

const ToApp = ({ session }) => may(session, "admin") && <p><a href={href("settings/networks")}>Look at the X app</a></p>;

/** The button that mends the account, for whoever may use it, as long as the account needs it. */
function Reconnect({ id, session }) {
  const account = useLive(`/v1/social-accounts/${id}`).data?.data;
  if (!account) return null;
  const isLost = account.status === "reconnect_required" && may(session, "connect");
  return (
    <div class="row">
      {isLost && (
        <ConnectButton id={`reconnect-${id}`} wishes={{ tenant_id: account.tenant_id, reconnect_account_id: id }}>Reconnect</ConnectButton>
      )}
      <a href={href(`accounts/${id}`)}>Look at @{account.username}</a>
    </div>
  );
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

