import type { FetchPageSession, FetchSession } from "@latchkey/connect-x";

/** Both ask the site's own back end, which holds the API key: for a session of one connection, */
export const fetchSession: FetchSession = async ({ signal, ...input }) => {
  const headers = { "content-type": "application/json" };
  const answer = await fetch("/api/x/session", { method: "POST", headers, body: JSON.stringify(input), signal });
  return answer.json();
};

/** and for a page session, which button and elements share. */
export const fetchPageSession: FetchPageSession = async ({ signal }) => (await fetch("/api/x/page", { method: "POST", signal })).json();
