import "@latchkey/connect-x/define";
import "@latchkey/connect-x/elements";
import "@latchkey/connect-x/preact";
import { render } from "preact";
import { useState } from "preact/hooks";
import { fetchPageSession, fetchSession } from "./session";

function Accounts() {
  const [outcome, setOutcome] = useState("");
  return (
    <>
      <h1>Accounts</h1>
      <connect-x
        fetchSession={fetchSession}
        fetchPageSession={fetchPageSession}
        labels={{ idle: "Add an X account" }}
        onconnected={({ detail }) => setOutcome(`Publishing as @${detail.account.username}`)}
        onerror={({ detail }) => setOutcome(detail.message)}
      />
      <p role="status">{outcome}</p>
      <x-accounts fetchSession={fetchPageSession} />
      <x-composer fetchSession={fetchPageSession} onpost-created={({ detail }) => setOutcome(`Taken: ${detail.post.containers[0].content}`)} />
      <x-posts fetchSession={fetchPageSession} />
    </>
  );
}

render(<Accounts />, document.getElementById("app")!);
