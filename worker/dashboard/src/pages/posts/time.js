/** When a post leaves: what a clock of the browser's own time zone shows then, and the instant that it means. */

import { formatTime } from "../../format.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SKIPPED = "No clock shows this time: the clocks are set forward over it.";
const offsetName = new Intl.DateTimeFormat("en", { timeZoneName: "longOffset" });

const offsetAt = (time) => new Date(time).getTimezoneOffset();
/** In milliseconds, as if the clock stood in UTC. */
const clockAt = (time) => time - offsetAt(time) * MINUTE_MS;

/** `2026-11-24T09:30:15.000`. */
export const toClock = (time) => new Date(clockAt(new Date(time).getTime())).toISOString().slice(0, -1);
/** `2026-11-24T09:30`, as `<input type="datetime-local">` has it. */
export const toLocal = (time) => toClock(time).slice(0, 16);
/** The same day: a key for a calendar. */
export const dayOf = (time) => toClock(time).slice(0, 10);

/** The instants at which a clock shows `local`, in order: none in the hour that spring skips, two in the hour that autumn repeats. */
function instantsOf(local) {
  const clock = Date.parse(`${local}Z`);
  const near = [clock - DAY_MS, clock + DAY_MS].map((time) => clock + offsetAt(time) * MINUTE_MS);
  return [...new Set(near)].filter((time) => clockAt(time) === clock).sort((one, other) => one - other);
}

/**
 * The instant that `local` means, in ISO 8601. `before` is that of the post so far. What shows the same is the same, to the
 * millisecond; of two instants that show the same, the one with the offset of `before` is meant, else the first.
 */
export function meant(local, before) {
  if (before && toClock(before).startsWith(local)) return before;
  const instants = instantsOf(local);
  if (instants.length === 0) throw new WrongTime(`${SKIPPED} Nothing was changed.`, "Choose a time before or after it.");
  const same = before && instants.find((time) => offsetAt(time) === offsetAt(before));
  return new Date(same ?? instants[0]).toISOString();
}

/** A post that is given a time waits for it: a time that has passed is a slip, and is not sent. */
export function meantToCome(local, before) {
  const time = meant(local, before);
  if (!isPast(time)) return time;
  throw new WrongTime(`${said(time)} has passed. Nothing was changed.`, "Choose a later time; to publish at once, open the post and press Publish now.");
}

/** Has it passed? The API would publish such a post at once (docs/API.md, section 5). */
export const isPast = (time, now = new Date()) => new Date(time) <= now;

const isTwice = (local) => instantsOf(local).length > 1;
/** "31 Oct 2027, 02:30 (GMT+01:00)": the offset where the clock alone would not tell. */
export const said = (time) => (time && isTwice(toLocal(time)) ? `${formatTime(time)} (${offsetOf(time)})` : formatTime(time));
const offsetOf = (time) => offsetName.formatToParts(new Date(time)).find(({ type }) => type === "timeZoneName").value;

/** What there is to say of `local` while it is chosen: `{problem}`, or `{hint}`. */
export function remarkOn(local, before) {
  if (!local) return {};
  if (instantsOf(local).length === 0) return { problem: SKIPPED };
  const time = meant(local, before);
  if (isPast(time)) return { problem: "This time has passed." };
  return isTwice(local) ? { hint: `Clocks show this time twice. The post leaves ${said(time)}.` } : {};
}

/** Shown beside the field, as a refusal of the API is. */
class WrongTime extends Error {
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }

  field(path) {
    return path === "scheduledAt" ? this.message : undefined;
  }
}
