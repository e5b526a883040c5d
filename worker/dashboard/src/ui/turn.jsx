import { formatCount } from "../format.js";
import { href } from "../router.js";

/** By cursor, the page that its page was turned from: lists of the API lead on, and not back. */
const before = new Map();

/** Where a list is, as an address says: behind a cursor of the API, and how many rows are before it. */
export const placeOf = (query) => ({ after: query.get("after") ?? undefined, from: query.has("after") ? Math.max(0, Math.trunc(Number(query.get("from"))) || 0) : 0 });

/**
 * From one page of a list to the next. `at` is `placeOf` the address, `answer` has the list, `path` and `filters` are the address
 * without a place. A page that was opened by its address alone leads back to the first.
 */
export function Turn({ at, size, answer: { count: total, data, posts = data, pagination: { after } }, path, filters, names = ["Previous", "Next"] }) {
  if (total <= size && !at.after) return null;
  const shown = posts.length;
  if (after) before.set(after, at);
  const back = at.from <= size ? {} : before.get(at.after);
  const to = (place) => href(path, { ...filters, ...place });
  return (
    <nav class="turn" aria-label="Pages of the list">
      {at.after && <a href={to({ ...back, from: back?.from || undefined })}>{back ? names[0] : "First page"}</a>}
      <span>{shown > 0 ? `${formatCount(at.from + 1)} to ${formatCount(at.from + shown)}` : "None here"} of {formatCount(Math.max(total, at.from + shown))}</span>
      {after && <a href={to({ after, from: at.from + size })}>{names[1]}</a>}
    </nav>
  );
}
