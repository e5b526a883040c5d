"use client";

import "@latchkey/connect-x/define";
import "@latchkey/connect-x/elements";
import "@latchkey/connect-x/react";
import { useState } from "react";

export function ConnectButton() {
  const [outcome, setOutcome] = useState("");
  return (
    <>
      <connect-x
        session-url="/api/x/session"
        page-session-url="/api/x/page"
        labels={{ idle: "Add an X account" }}
        onconnected={({ detail }) => setOutcome(`Publishing as @${detail.account.username}`)}
        onerror={({ detail }) => setOutcome(detail.message)}
      />
      <p role="status">{outcome}</p>
      <x-accounts session-url="/api/x/page" />
      <x-composer session-url="/api/x/page" onpost-created={({ detail }) => setOutcome(`Taken: ${detail.post.containers[0].content}`)} />
      <x-posts session-url="/api/x/page" />
    </>
  );
}
