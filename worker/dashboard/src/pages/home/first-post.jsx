import { useState } from "preact/hooks";
import { post } from "../../api.js";
import { formatUsd } from "../../format.js";
import { changed } from "../../live.js";
import { Select, TextArea } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Notice } from "../../ui/problem.jsx";

const WAIT_SECONDS = 20;

/** One text for one account, now. */
export function FirstPost({ accounts }) {
  const active = accounts.filter(({ status }) => status === "active");
  const [text, setText] = useState("Hello from our own back end.");
  const [chosen, setChosen] = useState();
  const [sent, setSent] = useState();
  const account = chosen ?? active[0]?.id;
  const send = async () => {
    const body = { content: text, accounts: [account] };
    const answer = await post("/v1/posts", body, { headers: { prefer: `wait=${WAIT_SECONDS}` } });
    setSent(answer.post);
    changed("/v1/posts", "/v1/account/usage");
  };
  if (sent) return <Outcome post={sent} />;
  if (!account) return <p class="muted">Connect an account first.</p>;
  return (
    <Form onSend={send} send="Publish">
      {(problemOf) => (
        <>
          {active.length > 1 && (
            <Select label="Account" value={account} onText={setChosen} options={active.map(({ id, username }) => [id, `@${username}`])} />
          )}
          <TextArea label="Text" required value={text} onText={setText} problem={problemOf("content")} />
        </>
      )}
    </Form>
  );
}

/** X's answer, or that it is not there yet. */
function Outcome({ post: { socialAccounts: [delivery], cost } }) {
  if (delivery.status === "failed") {
    return <Notice kind="bad" title="X refused the post"><p>{delivery.error}</p></Notice>;
  }
  if (delivery.status !== "published") {
    return <Notice title="Accepted"><p>{delivery.error ?? "It is on its way to X, and nothing more has to be done."}</p></Notice>;
  }
  return (
    <Notice kind="good" title="Published">
      <p>
        <a href={delivery.platformPostUrl} target="_blank" rel="noreferrer">See it on X</a>
        {cost.actual_usd !== null && ` · X charges ${formatUsd(cost.actual_usd)}`}
      </p>
    </Notice>
  );
}
