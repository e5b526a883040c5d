import { formatAgo, formatTime, wholeTime } from "../format.js";

/** A moment, on one line. Its title is the whole of it, with the name of the zone. */
export function Time({ iso, isAgo = false, zone }) {
  if (!iso) return <>–</>;
  return <time class="time" dateTime={iso} title={wholeTime(iso, zone)}>{isAgo ? formatAgo(iso) : formatTime(iso, zone)}</time>;
}
