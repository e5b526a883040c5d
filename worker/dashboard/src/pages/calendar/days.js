/** Dates without a time, `2026-11-30`, and the weeks, months and days that the calendar shows of them. */

const DAY_MS = 86_400_000;
const WEEK = 7;

const timeOf = (date) => Date.parse(`${date}T00:00:00Z`);
const dateOf = (time) => new Date(time).toISOString().slice(0, 10);
export const plusDays = (date, count) => dateOf(timeOf(date) + count * DAY_MS);

/** Dates are read in UTC, which has every hour of each. */
const format = (options) => new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" });
const [weekday, dayAndMonth, whole, month, range] = [
  { weekday: "short" }, { day: "numeric", month: "short" }, { dateStyle: "full" }, { month: "long", year: "numeric" }, { day: "numeric", month: "short", year: "numeric" },
].map(format);

export const nameOfWeekday = (date) => weekday.format(timeOf(date));
export const nameOfDay = (date) => dayAndMonth.format(timeOf(date));
export const wholeName = (date) => whole.format(timeOf(date));
export const numberOf = (date) => Number(date.slice(8));

const isDate = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "") && !Number.isNaN(timeOf(text));
const isMonth = (text) => /^\d{4}-(0[1-9]|1[0-2])$/.test(text ?? "");

/** Weeks begin on Monday. */
const mondayOf = (date) => plusDays(date, -((new Date(timeOf(date)).getUTCDay() + 6) % WEEK));

/**
 * What an address asks for: `?day=2026-11-30`, `?month=2026-11`, `?week=` with a day of it; else the week of `today`.
 * `{ kind, days, title, before, after, others }`, of which the last three are queries of addresses.
 */
export function viewOf(query, today) {
  const [day, month, week] = ["day", "month", "week"].map((name) => query.get(name));
  if (isDate(day)) return viewOfDay(day);
  if (isMonth(month)) return viewOfMonth(month);
  return viewOfWeek(mondayOf(isDate(week) ? week : today));
}

const daysFrom = (first, count) => Array.from({ length: count }, (_, at) => plusDays(first, at));

function viewOfDay(day) {
  return { kind: "day", days: [day], title: wholeName(day), before: { day: plusDays(day, -1) }, after: { day: plusDays(day, 1) }, of: day };
}

function viewOfWeek(monday) {
  const days = daysFrom(monday, WEEK);
  const title = range.formatRange(timeOf(monday), timeOf(days.at(-1)));
  return { kind: "week", days, title, before: { week: plusDays(monday, -WEEK) }, after: { week: plusDays(monday, WEEK) }, of: monday };
}

/** As many whole weeks as the month touches. */
function viewOfMonth(name) {
  const first = `${name}-01`;
  const monday = mondayOf(first);
  const next = plusDays(first, 31).slice(0, 7);
  const last = plusDays(`${next > name ? next : name}-01`, -1);
  const days = daysFrom(monday, (Math.floor((timeOf(last) - timeOf(monday)) / DAY_MS / WEEK) + 1) * WEEK);
  return { kind: "month", days, title: month.format(timeOf(first)), before: { month: plusDays(first, -1).slice(0, 7) }, after: { month: next }, of: first, month: name };
}
