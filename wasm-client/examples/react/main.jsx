import "@latchkey/connect-x/define";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

/** With a bundler the button asks a function of the page for its session. */
const fetchSession = async ({ signal, ...wishes }) => {
  const headers = { "content-type": "application/json" };
  const answer = await fetch("/api/x/session", { method: "POST", headers, body: JSON.stringify(wishes), signal });
  return answer.json();
};

function Accounts() {
  const [outcome, setOutcome] = useState("");
  return (
    <>
      <h1>Accounts</h1>
      <connect-x
        fetchSession={fetchSession}
        onconnected={({ detail }) => setOutcome(`Publishing as @${detail.account.username}`)}
        onerror={({ detail }) => setOutcome(detail.message)}
      />
      <p role="status">{outcome}</p>
    </>
  );
}

createRoot(document.getElementById("app")).render(
  <StrictMode>
    <Accounts />
  </StrictMode>,
);
