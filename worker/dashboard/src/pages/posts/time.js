/** When a post leaves: what a clock of a time zone shows then, and the instant that it means. Without a zone it is the browser's own. */

import { isPast } from "../../../../../wasm-client/js/posting/post.js";
import { formatClock, formatTime, formatZone, HERE } from "../../format.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SKIPPED = "No clock shows this time: the clocks are set forward over it.";
const PARTS = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };

const clocks = new Map();

function clockOf(zone) {
  if (!clocks.has(zone)) clocks.set(zone, new Intl.DateTimeFormat("en-US", { ...PARTS, timeZone: zone, hourCycle: "h23" }));
  return clocks.get(zone);
}

/** By how many minutes the clocks of a zone are behind UTC. */
function offsetAt(time, zone = HERE) {
  if (zone === HERE) return new Date(time).getTimezoneOffset();
  const instant = new Date(time);
  const { year, month, day, hour, minute, second } = Object.fromEntries(clockOf(zone).formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  return Math.round((instant.setMilliseconds(0) - Date.UTC(year, month - 1, day, hour, minute, second)) / MINUTE_MS);
}

/** In milliseconds, as if the clock stood in UTC. */
const clockAt = (time, zone) => time - offsetAt(time, zone) * MINUTE_MS;

/** `2026-11-24T09:30:15.000`. */
export const toClock = (time, zone) => new Date(clockAt(new Date(time).getTime(), zone)).toISOString().slice(0, -1);
/** `2026-11-24T09:30`, as `<input type="datetime-local">` has it. */
export const toLocal = (time, zone) => toClock(time, zone).slice(0, 16);
/** The same day: a key for a calendar. */
export const dayOf = (time, zone) => toClock(time, zone).slice(0, 10);

/** The instants at which a clock shows `local`, in order: none in the hour that spring skips, two in the hour that autumn repeats. */
function instantsOf(local, zone) {
  const clock = Date.parse(`${local}Z`);
  const near = [clock - DAY_MS, clock + DAY_MS].map((time) => clock + offsetAt(time, zone) * MINUTE_MS);
  return [...new Set(near)].filter((time) => clockAt(time, zone) === clock).sort((one, other) => one - other);
}

/**
 * The instant that `local` means, in ISO 8601. `before` is that of the post so far. What shows the same is the same, to the
 * millisecond; of two instants that show the same, the one with the offset of `before` is meant, else the first.
 */
export function meant(local, before, zone) {
  if (before && toClock(before, zone).startsWith(local)) return before;
  const instants = instantsOf(local, zone);
  if (instants.length === 0) throw new WrongTime(`${SKIPPED} Nothing was changed.`, "Choose a time before or after it.");
  const same = before && instants.find((time) => offsetAt(time, zone) === offsetAt(before, zone));
  return new Date(same ?? instants[0]).toISOString();
}

/** A post that is given a time waits for it: a time that has passed is a slip, and is not sent. */
export function meantToCome(local, before, zone) {
  const time = meant(local, before, zone);
  if (!isPast(time)) return time;
  throw new WrongTime(`${said(time, zone)} has passed. Nothing was changed.`, "Choose a later time; to publish at once, open the post and press Publish now.");
}

/** The zone with its offset when its clocks show these: the offset of a summer is not that of the winter in which somebody plans it. */
export const zoneAt = (zone, ...locals) => formatZone(zone, ...locals.map((local) => (local ? (instantsOf(local, zone)[0] ?? aroundOf(local, zone)) : Date.now())));
/** No clock shows it: an hour beside is as good. */
const aroundOf = (local, zone) => Date.parse(`${local}Z`) + offsetAt(Date.parse(`${local}Z`), zone) * MINUTE_MS;

const isTwice = (local, zone) => instantsOf(local, zone).length > 1;
/** "31 Oct 2027, 02:30 (GMT+01:00)": the offset where the clock alone would not tell. */
export const said = (time, zone) => (time && isTwice(toLocal(time, zone), zone) ? `${formatTime(time, zone)} (${offsetOf(time, zone)})` : formatTime(time, zone));
/** The same of the hour alone, for a calendar. */
export const saidClock = (time, zone) => (isTwice(toLocal(time, zone), zone) ? `${formatClock(time, zone)} (${offsetOf(time, zone)})` : formatClock(time, zone));
const offsetOf = (time, zone) =>
  new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(new Date(time)).find(({ type }) => type === "timeZoneName").value;

/** What there is to say of `local` while it is chosen: `{problem}`, or `{hint}`. */
export function remarkOn(local, before, zone) {
  if (!local) return {};
  if (instantsOf(local, zone).length === 0) return { problem: SKIPPED };
  const time = meant(local, before, zone);
  if (isPast(time)) return { problem: "This time has passed." };
  return isTwice(local, zone) ? { hint: `Clocks show this time twice. The post leaves ${said(time, zone)}.` } : {};
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
