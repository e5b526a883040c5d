/** What leaves when: a month of scheduled posts, moved by dragging or by typing another time. */

import { useState } from "preact/hooks";
import { useAction } from "../action.js";
import { patch } from "../api.js";
import { changed, useLive } from "../live.js";
import { href } from "../router.js";
import { may } from "../scope.js";
import { Button, LinkButton } from "../ui/button.jsx";
import { Problem } from "../ui/problem.jsx";
import { Empty, Loading, Page, Section } from "../ui/show.jsx";
import { toast } from "../ui/toast.jsx";
import { dayOf, isPast, meantToCome, said, toClock, toLocal } from "./posts/time.js";
import { textOf } from "./posts/words.js";

const DAYS_SHOWN = 42;
const DAY_MS = 86_400_000;
const monthName = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

export default function Calendar({ route, session }) {
  const month = monthOf(route.query.get("month"));
  const days = daysOf(month);
  const [after, before] = [days[0], new Date(days.at(-1).getTime() + DAY_MS)].map((date) => date.toISOString());
  const { data, error, isLoading } = useLive(`/v1/posts?limit=100&scheduled_after=${after}&scheduled_before=${before}`);
  const posts = (data?.posts ?? []).filter(({ scheduled }) => scheduled).sort((a, b) => a.scheduledAt.localeCompare(b.scheduledAt));
  const { run, error: unmoved } = useAction(async (post, local) => {
    const scheduledAt = meantToCome(local, post.scheduledAt);
    if (scheduledAt === post.scheduledAt) return;
    await patch(`/v1/posts/${post.id}`, { scheduledAt });
    changed("/v1/posts");
    toast(`Moved to ${said(scheduledAt)}`);
  });
  const onMove = may(session, "publish") ? run : undefined;
  const beside = (by) => href("calendar", { month: toLocal(new Date(month.getFullYear(), month.getMonth() + by, 1)).slice(0, 7) });
  return (
    <Page title="Calendar" intro="In this browser's time zone." actions={may(session, "draft") && <LinkButton kind="primary" icon="pen" href={href("posts/new")}>New post</LinkButton>}>
      <nav class="month-turn" aria-label="Month">
        <a class="button button-plain" href={beside(-1)} aria-label="Month before">←</a>
        <h2>{monthName.format(month)}</h2>
        <a class="button button-plain" href={beside(1)} aria-label="Month after">→</a>
      </nav>
      <Problem error={error ?? unmoved} />
      <Month days={days} month={month} posts={posts} onMove={onMove} />
      <Section title="In their order">
        {isLoading && <Loading />}
        {data && posts.length === 0 && <Empty icon="calendar" title="Nothing is left to go out here">A post that is given a time appears on its day until it goes out, and can be dragged to another.</Empty>}
        <ul class="due">{posts.map((post) => <Due key={post.id} post={post} onMove={onMove} />)}</ul>
      </Section>
    </Page>
  );
}

function Month({ days, month, posts, onMove }) {
  const today = dayOf(new Date());
  return (
    <div class="month">
      {days.slice(0, 7).map((day) => <span key={day} class="month-name" aria-hidden="true">{weekday.format(day)}</span>)}
      {days.map((day) => (
        <Day key={dayOf(day)} day={day} isOther={day.getMonth() !== month.getMonth()} isToday={dayOf(day) === today} posts={posts.filter(({ scheduledAt }) => dayOf(scheduledAt) === dayOf(day))} all={posts} onMove={onMove} />
      ))}
    </div>
  );
}

/** A post that is dropped here keeps its hour, to the millisecond. */
function Day({ day, isOther, isToday, posts, all, onMove }) {
  const [isOver, setOver] = useState(false);
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    const post = all.find(({ id }) => id === event.dataTransfer.getData("text/plain"));
    if (post) onMove?.(post, `${dayOf(day)}${toClock(post.scheduledAt).slice(10)}`);
  };
  const name = ["day", isOther && "day-other", isToday && "day-today", isOver && "day-over"].filter(Boolean).join(" ");
  return (
    <div
      class={name} data-day={dayOf(day)} onDrop={drop} onDragLeave={() => setOver(false)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
    >
      <DayNumber day={day} />
      {posts.map((post) => (
        <a key={post.id} class="day-post" draggable={onMove !== undefined} href={href(`posts/${post.id}`)} onDragStart={(event) => event.dataTransfer.setData("text/plain", post.id)}>
          <b>{clock.format(new Date(post.scheduledAt))}</b> {textOf(post)}
        </a>
      ))}
    </div>
  );
}

/** Leads to a new post of that day, at a time that is still to come. */
function DayNumber({ day }) {
  const at = [`${dayOf(day)}T09:00`, nextHour()].find((time) => time.startsWith(dayOf(day)) && !isPast(time));
  if (!at) return <span class="day-number">{day.getDate()}</span>;
  return <a class="day-number" href={href("posts/new", { at })} aria-label={`${day.getDate()}: new post on ${dayOf(day)}`}>{day.getDate()}</a>;
}

function nextHour() {
  const hour = new Date();
  hour.setHours(hour.getHours() + 1, 0, 0, 0);
  return toLocal(hour);
}

function Due({ post, onMove }) {
  const [at, setAt] = useState(toLocal(post.scheduledAt));
  const isMoved = at !== toLocal(post.scheduledAt);
  const move = (event) => {
    event.preventDefault();
    onMove(post, at);
  };
  return (
    <li class="due-post">
      <a href={href(`posts/${post.id}`)}>{textOf(post)}</a>
      {onMove && (
        <form class="row" onSubmit={move}>
          <input class="input" type="datetime-local" required aria-label={`Time of ${textOf(post)}`} value={at} onInput={(event) => setAt(event.currentTarget.value)} />
          {isMoved && <Button type="submit">Move</Button>}
        </form>
      )}
    </li>
  );
}

function monthOf(text) {
  const [year, month] = /^\d{4}-\d{2}$/.test(text ?? "") ? text.split("-").map(Number) : [new Date().getFullYear(), new Date().getMonth() + 1];
  return new Date(year, month - 1, 1);
}

/** Six weeks from a Monday. */
function daysOf(month) {
  const lead = (month.getDay() + 6) % 7;
  return Array.from({ length: DAYS_SHOWN }, (_, at) => new Date(month.getFullYear(), month.getMonth(), 1 - lead + at));
}
