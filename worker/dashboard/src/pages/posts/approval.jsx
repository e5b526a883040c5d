/** A post's request for approval: who asks, until when, and the answer, for whoever may publish. */

import { useState } from "preact/hooks";
import { useAction } from "../../action.js";
import { post as send } from "../../api.js";
import { formatTime } from "../../format.js";
import { KeyName } from "../../key-name.jsx";
import { changed, useLive } from "../../live.js";
import { may } from "../../scope.js";
import { Button } from "../../ui/button.jsx";
import { Copy } from "../../ui/copy.jsx";
import { Dialog } from "../../ui/dialog.jsx";
import { TextArea } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Notice, Problem } from "../../ui/problem.jsx";
import { Section } from "../../ui/show.jsx";
import { Seen } from "../../ui/seen.jsx";
import { toast } from "../../ui/toast.jsx";
import { awaitsApproval } from "./words.js";

const NOTE_CHARACTERS = 500;

/** On the post's own page. */
export function Approval({ post, session }) {
  const { approval } = post;
  if (!approval) return null;
  return (
    <Section title="Approval">
      <div class="stack">
        <Request approval={approval} session={session} />
        {approval.url && <Copy label="link to the approval page" text={approval.url} />}
        {awaitsApproval(post) && <Decide post={post} session={session} />}
      </div>
    </Section>
  );
}

/** Who asks, and what has become of it. */
export const Request = ({ approval: { status, requested_by: who, requested_at: at, expires_at: until, decided_at: decided, decided_by: by, note }, session }) => (
  <div>
    <p>
      <b><bdi><Seen text={who.name} /></bdi></b> asked <time dateTime={at}>{formatTime(at)}</time>.{" "}
      {status === "pending" && <>Nothing is published before somebody approves it, until <time dateTime={until}>{formatTime(until)}</time>.</>}
      {status === "expired" && <>Nobody answered until <time dateTime={until}>{formatTime(until)}</time>: it is a draft again.</>}
      {decided && <>{status === "approved" ? "Approved" : "Rejected"} <time dateTime={decided}>{formatTime(decided)}</time> <By id={by} session={session} />.</>}
    </p>
    {note && <p class="texts-text" dir="auto"><b>Note:</b> <Seen text={note} /></p>}
  </div>
);

/** The API tells an admin alone what keys are called. */
function By({ id, session }) {
  const isKey = id !== "link" && id !== session.key_id;
  const keys = useLive(isKey && may(session, "admin") ? "/v1/api-keys" : null, { every: 0 }).data?.data ?? [];
  return id === "link" ? "on the approval page" : <>with <KeyName id={id} keys={keys} session={session} /></>;
}

/** What was not seen is not approved: the answer names the version that is on the screen since the person looked. */
export function Decide({ post: { id, approval: { number } }, session }) {
  const [seen, setSeen] = useState(number);
  const [isRejecting, setRejecting] = useState(false);
  const { run, isBusy, error } = useAction(() => answer(id, "approve", { number: seen }, "Approved"));
  if (!may(session, "publish")) return <p class="muted">Somebody with a key that may publish has to approve it.</p>;
  if (seen !== number) return <Changed onSeen={() => setSeen(number)} />;
  return (
    <>
      <p class="row">
        <Button kind="primary" icon="check" isBusy={isBusy} onPress={() => run()}>Approve</Button>
        <Button onPress={() => setRejecting(true)}>Reject</Button>
      </p>
      <Problem error={error} />
      {isRejecting && <Reject id={id} number={seen} onClose={() => setRejecting(false)} />}
    </>
  );
}

const Changed = ({ onSeen }) => (
  <Notice kind="warn" title="The post has changed since you looked at it">
    <p>Nothing was decided. Read the post again, then decide.</p>
    <p><Button onPress={onSeen}>I have read it again</Button></p>
  </Notice>
);

function Reject({ id, number, onClose }) {
  const [note, setNote] = useState("");
  const reject = async () => {
    await answer(id, "reject", { number, ...(note.trim() && { note }) }, "Rejected");
    onClose();
  };
  return (
    <Dialog title="Reject this post?" onClose={onClose}>
      <Form onSend={reject} send="Reject" kind="danger" extra={<Button kind="quiet" onPress={onClose}>Cancel</Button>}>
        {(problemOf) => (
          <TextArea label="Note" isOptional rows={3} maxLength={NOTE_CHARACTERS} value={note} onText={setNote} problem={problemOf("note")} hint="Whoever asked reads it. The post becomes a draft again." />
        )}
      </Form>
    </Dialog>
  );
}

/** A refusal may mean that the post is another by now: it is read again at once. */
async function answer(id, what, body, said) {
  try {
    await send(`/v1/posts/${id}/${what}`, body);
    toast(said);
  } finally {
    changed("/v1/posts");
  }
}
