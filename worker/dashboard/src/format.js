/** Times, sums and names as people read them, in the browser's own language and time zone. */

/** The browser's own time zone. */
export const HERE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const formatters = new Map();

/** Made once for each zone, since making one takes longer than using it. */
function formatter(zone, name, options) {
  const key = `${zone} ${name}`;
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone }));
  return formatters.get(key);
}

const dateOnly = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const whole = new Intl.NumberFormat("en");

const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
  ["year", Infinity],
];

export const formatTime = (iso, zone = HERE) => (iso ? formatter(zone, "time", { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso)) : "–");
export const formatClock = (iso, zone = HERE) => formatter(zone, "clock", { timeStyle: "short" }).format(new Date(iso));
/** All of a time: "Monday, 30 November 2026 at 09:00:15 Central European Standard Time, Europe/Berlin". */
export const wholeTime = (iso, zone = HERE) => `${formatter(zone, "whole", { dateStyle: "full", timeStyle: "full" }).format(new Date(iso))}, ${zone}`;
/** "Europe/Berlin, GMT+1" at these times; with both offsets, "GMT+1 and GMT+2", where the clocks are changed between them. */
export function formatZone(zone, ...times) {
  const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" });
  const offsets = times.map((time) => format.formatToParts(time).find(({ type }) => type === "timeZoneName").value);
  const named = [...new Set(offsets)].join(" and ");
  return named === zone ? zone : `${zone}, ${named}`;
}

export const formatDate = (iso) => (iso ? dateOnly.format(new Date(iso)) : "–");
export const formatCount = (count) => whole.format(count);

/** "1 account", "303 accounts". */
export const formatAccounts = (count) => (count === 1 ? "1 account" : `${formatCount(count)} accounts`);

/** Per cent, when there is something to be a part of. */
export const formatShare = (percent) => (percent === null ? "–" : `${percent.toFixed(1)} %`);

/** "5 minutes ago", "in 2 hours". */
export function formatAgo(iso, now = Date.now()) {
  let amount = (new Date(iso).getTime() - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return relative.format(Math.round(amount), unit);
    amount /= size;
  }
  return formatDate(iso);
}

/** Prices go down to a tenth of a cent; sums of some dollars need no more than cents. */
export function formatUsd(amount) {
  const digits = amount !== 0 && Math.abs(amount) < 1 ? 3 : 2;
  return `$${amount.toFixed(digits)}`;
}

/** A code's words: `reconnect_required` is "Reconnect required". */
export const formatCode = (code) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll("_", " ");
