/** What a post is, in a word, and what can be done about it (docs/API.md, section 5, "Deliveries"): in the elements and in the dashboard. */

/** The state that a post as a whole is in: the one that a person would ask about first. */
export function stateOf({ isDraft, scheduled, approval, socialAccounts }) {
  if (awaitsApproval({ approval })) return "waiting_for_approval";
  if (isDraft) return ["rejected", "expired"].includes(approval?.status) ? approval.status : "draft";
  const states = socialAccounts.map(({ state }) => state);
  const first = ["unknown", "held", "publishing"].find((state) => states.includes(state));
  if (first) return first;
  if (scheduled) return "scheduled";
  if (states.includes("queued")) return "queued";
  if (states.includes("failed")) return states.includes("published") ? "partial" : "failed";
  return states.includes("published") ? "published" : (states[0] ?? "draft");
}

export const awaitsApproval = ({ approval }) => approval?.status === "pending";

/** Something of it has not been sent. Of what was approved only a page that publishes may take back. */
export const isCancellable = (post, mayPublish) =>
  post.isDraft || awaitsApproval(post) || (mayPublish && post.socialAccounts.some(({ state }) => ["queued", "held"].includes(state)));

/** An approval that is missing is not to be forced. */
export const isRetriable = (post) =>
  !awaitsApproval(post) && !post.isDraft && post.socialAccounts.some(({ state }) => ["failed", "held"].includes(state)) && !post.socialAccounts.some(({ state }) => state === "publishing");
