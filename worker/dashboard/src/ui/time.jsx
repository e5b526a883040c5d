import { formatAgo, formatTime, wholeTime } from "../format.js";

/** A moment, on one line, in `children` or as usual. Its title is the whole of it, with the name of the zone. */
export function Time({ iso, isAgo = false, zone, children }) {
  if (!iso) return <>–</>;
  return <time class="time" dateTime={iso} title={wholeTime(iso, zone)}>{children ?? (isAgo ? formatAgo(iso) : formatTime(iso, zone))}</time>;
}
