/** What a post is, in a word, and in how many; and when it may leave. */

import { formatTime } from "../../format.js";

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

/** `2026-11-24T09:30` of the browser's own time zone, as `<input type="datetime-local">` has it, and back. */
export function toLocal(iso) {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
export const fromLocal = (local) => new Date(local).toISOString();

/** Has `local`, a whole minute, passed? The API would publish such a post at once (docs/API.md, section 5). */
export const isPast = (local, now = new Date()) => new Date(local) <= now;

/** A post that is given a time waits for it: a time that has passed is a slip, and is not sent. */
export function requireFuture(local) {
  if (isPast(local)) throw new PastTime(local);
}

/** Shown beside the field, as a refusal of the API is. */
class PastTime extends Error {
  hint = "Choose a later time; to publish at once, open the post and press Publish now.";

  constructor(local) {
    super(`${formatTime(fromLocal(local))} has passed. Nothing was changed.`);
  }

  field(path) {
    return path === "scheduledAt" ? this.message : undefined;
  }
}

/** The same day, in the browser's time zone: a key for a calendar. */
export const dayOf = (date) => toLocal(date).slice(0, 10);
