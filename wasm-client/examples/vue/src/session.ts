import type { FetchSession } from "@latchkey/connect-x";

/** Asks the site's own back end, which holds the API key. */
export const fetchSession: FetchSession = async ({ signal, ...input }) => {
  const headers = { "content-type": "application/json" };
  const answer = await fetch("/api/x/session", { method: "POST", headers, body: JSON.stringify(input), signal });
  return answer.json();
};
