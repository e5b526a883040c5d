import { formatCount } from "../format.js";

/** From one page of a list to the next. `to(offset)` is the address of the page that begins there. */
export function Turn({ offset, size, total, to, names = ["Previous", "Next"] }) {
  if (total <= size) return null;
  return (
    <nav class="turn" aria-label="Pages of the list">
      {offset > 0 && <a href={to(Math.max(0, offset - size) || undefined)}>{names[0]}</a>}
      <span>{formatCount(Math.min(offset + 1, total))} to {formatCount(Math.min(offset + size, total))} of {formatCount(total)}</span>
      {offset + size < total && <a href={to(offset + size)}>{names[1]}</a>}
    </nav>
  );
}
