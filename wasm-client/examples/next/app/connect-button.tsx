"use client";

import "@latchkey/connect-x/define";
import "@latchkey/connect-x/react";
import { useState } from "react";

export function ConnectButton() {
  const [outcome, setOutcome] = useState("");
  return (
    <>
      <connect-x
        session-url="/api/x/session"
        labels={{ idle: "Add an X account" }}
        onconnected={({ detail }) => setOutcome(`Publishing as @${detail.account.username}`)}
        onerror={({ detail }) => setOutcome(detail.message)}
      />
      <p role="status">{outcome}</p>
    </>
  );
}
