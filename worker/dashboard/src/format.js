/** Times, sums and names as people read them, in the browser's own language and time zone. */

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
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

export const formatTime = (iso) => (iso ? dateTime.format(new Date(iso)) : "–");
export const formatDate = (iso) => (iso ? dateOnly.format(new Date(iso)) : "–");
export const formatCount = (count) => whole.format(count);

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
