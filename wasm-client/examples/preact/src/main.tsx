import "@latchkey/connect-x/define";
import "@latchkey/connect-x/preact";
import { render } from "preact";
import { useState } from "preact/hooks";
import { fetchSession } from "./session";

function Accounts() {
  const [outcome, setOutcome] = useState("");
  return (
    <>
      <h1>Accounts</h1>
      <connect-x
        fetchSession={fetchSession}
        labels={{ idle: "Add an X account" }}
        onconnected={({ detail }) => setOutcome(`Publishing as @${detail.account.username}`)}
        onerror={({ detail }) => setOutcome(detail.message)}
      />
      <p role="status">{outcome}</p>
    </>
  );
}

render(<Accounts />, document.getElementById("app")!);
