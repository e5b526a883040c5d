/** What a post is, in a word, and in how many. */

import { may } from "../../scope.js";

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

/** Nothing has been sent of it, so it can be changed. */
export const isOpen = ({ isDraft, scheduled, approval }) => isDraft || scheduled || awaitsApproval({ approval });

/** Whether the key may change or delete it: with `draft` alone only what nobody has approved or sent. */
export const mayChange = (session, post) =>
  may(session, "publish") || (may(session, "draft") && (post.isDraft || awaitsApproval(post)));

export const textOf = ({ containers }) => containers[0]?.content || "Without text";
