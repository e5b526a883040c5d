import "@latchkey/connect-x/define";
import "@latchkey/connect-x/elements";
import "@latchkey/connect-x/solid";
import { createSignal } from "solid-js";
import { render } from "solid-js/web";
import { fetchPageSession, fetchSession } from "./session";

function Accounts() {
  const [outcome, setOutcome] = createSignal("");
  return (
    <>
      <h1>Accounts</h1>
      <connect-x
        prop:fetchSession={fetchSession}
        prop:fetchPageSession={fetchPageSession}
        prop:labels={{ idle: "Add an X account" }}
        on:connected={({ detail }) => setOutcome(`Publishing as @${detail.account.username}`)}
        on:error={({ detail }) => setOutcome(detail.message)}
      />
      <p role="status">{outcome()}</p>
      <x-accounts prop:fetchSession={fetchPageSession} />
      <x-composer prop:fetchSession={fetchPageSession} on:post-created={({ detail }) => setOutcome(`Taken: ${detail.post.containers[0].content}`)} />
      <x-posts prop:fetchSession={fetchPageSession} />
    </>
  );
}

render(() => <Accounts />, document.getElementById("app")!);
