/** One day of the calendar: its posts, how many more there are, and the place to drop another one. */

import { useState } from "preact/hooks";
import { formatCount, wholeTime } from "../../format.js";
import { href } from "../../router.js";
import { Button } from "../../ui/button.jsx";
import { Icon } from "../../ui/icon.jsx";
import { meant, saidClock, toClock, toLocal } from "../posts/time.js";
import { textOf } from "../posts/words.js";
import { nameOfDay, nameOfWeekday, numberOf, wholeName } from "./days.js";

/** Of a month's day; the others are a number, so that no day grows. */
const SHOWN_IN_MONTH = 3;
const FIRST_HOUR = "09:00";

/** As the calendar counts a post, and the picture of it. */
const ICONS = { scheduled: "clock", published: "check", failed: "warning" };

function standingOf({ scheduled, socialAccounts }) {
  if (socialAccounts.some(({ state }) => state === "failed")) return "failed";
  return scheduled || socialAccounts.some(({ status }) => status === "pending") ? "scheduled" : "published";
}

const timeOf = ({ scheduledAt, publishedAt, createdAt }) => scheduledAt ?? publishedAt ?? createdAt;

/** `onMove(post, local)` and `onAsk(post)` are there for whoever may move posts. `all` are the posts that may be dropped here. */
export function Day({ date, posts, count, kind, zone, now, isOther, all, onMove, onAsk, isWriter }) {
  const [isOver, setOver] = useState(false);
  const today = toLocal(now, zone).slice(0, 10);
  const isPast = date < today;
  const shown = kind === "month" ? posts.slice(0, SHOWN_IN_MONTH) : posts;
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    const post = all.find(({ id }) => id === event.dataTransfer.getData("text/plain"));
    // It keeps its hour, to the millisecond.
    if (post) onMove(post, `${date}${toClock(post.scheduledAt, zone).slice(10)}`);
  };
  const hover = (event) => {
    event.preventDefault();
    setOver(true);
  };
  // Without a handler the browser shows that nothing can be dropped.
  const target = onMove && !isPast ? { onDrop: drop, onDragOver: hover, onDragLeave: () => setOver(false) } : {};
  const name = ["day", isOther && "day-other", date === today && "day-today", isPast && "day-past", count === 0 && "day-empty", isOver && "day-over"].filter(Boolean).join(" ");
  return (
    <section class={name} data-day={date} aria-label={`${wholeName(date)}, ${count === 1 ? "1 post" : `${formatCount(count)} posts`}`} {...target}>
      <p class="day-head">
        <a class="day-number" href={href("calendar", { day: date })}><span class="day-weekday">{nameOfWeekday(date)}</span> <span class="day-date">{numberOf(date)}</span><span class="day-name">{nameOfDay(date)}</span></a>
        {isWriter && <NewPost date={date} zone={zone} now={now} today={today} />}
      </p>
      {shown.length > 0 && <ul class="day-posts">{shown.map((post) => <Post key={post.id} post={post} kind={kind} zone={zone} onMove={onMove} onAsk={onAsk} />)}</ul>}
      {count > shown.length && kind !== "day" && <a class="day-more" href={href("calendar", { day: date })}>+{formatCount(count - shown.length)} more<span class="unseen"> on {nameOfDay(date)}</span></a>}
    </section>
  );
}

/** Leads to a new post of that day, at a time that is still to come. */
function NewPost({ date, zone, now, today }) {
  const at = [`${date}T${FIRST_HOUR}`, nextHour(now, zone)].find((time) => time.startsWith(date) && time > toLocal(now, zone));
  if (date < today || !at) return null;
  return <a class="day-new" href={href("posts/new", { at: toLocal(meant(at, undefined, zone)) })} aria-label={`New post on ${nameOfDay(date)}`}><Icon name="plus" size={16} /></a>;
}

const HOUR_MS = 3_600_000;
/** By the clock of the zone, some of which are half an hour beside others. */
const nextHour = (now, zone) => `${toLocal(now.getTime() + HOUR_MS, zone).slice(0, 13)}:00`;

function Post({ post, kind, zone, onMove, onAsk }) {
  const standing = standingOf(post);
  const isMovable = onMove !== undefined && post.scheduled && standing === "scheduled";
  const time = timeOf(post);
  // A month has many posts: each gets its button once somebody is there, and keeps it, so that focus can come back to it.
  const [isNear, setNear] = useState(kind !== "month");
  const come = isNear ? {} : { onFocusIn: () => setNear(true), onMouseEnter: () => setNear(true) };
  const drag = isMovable ? { draggable: true, onDragStart: (event) => event.dataTransfer.setData("text/plain", post.id) } : { draggable: false };
  return (
    <li class={`day-post day-post-${standing}`} {...(isMovable ? come : {})}>
      <a href={href(`posts/${post.id}`)} title={wholeTime(time, zone)} {...drag}>
        <span class="day-time"><Icon name={ICONS[standing]} size={14} />{saidClock(time, zone)}<span class="unseen"> {standing}</span></span> <span class="day-text" dir="auto">{textOf(post)}</span>
        {kind !== "month" && <small class="day-who">{namesOf(post)}</small>}
      </a>
      {isMovable && isNear && <Button kind="quiet" icon="calendar" label={`Move ${textOf(post)}`} onPress={() => onAsk(post)} />}
    </li>
  );
}

function namesOf({ socialAccounts: [first, ...others] }) {
  return first ? `@${first.username}${others.length > 0 ? ` +${others.length}` : ""}` : "nobody yet";
}
