/** What a post is, in a word, and in how many. */

/** The state that a post as a whole is in: the one that a person would ask about first. */
export function stateOf({ isDraft, scheduled, socialAccounts }) {
  if (isDraft) return "draft";
  const states = socialAccounts.map(({ state }) => state);
  const first = ["unknown", "held", "publishing"].find((state) => states.includes(state));
  if (first) return first;
  if (scheduled) return "scheduled";
  if (states.includes("queued")) return "queued";
  if (states.includes("failed")) return states.includes("published") ? "partial" : "failed";
  return states.includes("published") ? "published" : (states[0] ?? "draft");
}

/** Nothing has been sent of it, so it can be changed. */
export const isOpen = ({ isDraft, scheduled }) => isDraft || scheduled;

export const textOf = ({ containers }) => containers[0]?.content || "Without text";
