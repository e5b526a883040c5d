/** What leaves when, and what has left: a week, a month or a day, counted by the server. Posts are moved by dragging, or by typing a time. */

import { useEffect, useState } from "preact/hooks";
import { useAction } from "../action.js";
import { useLive } from "../live.js";
import { href } from "../router.js";
import { may } from "../scope.js";
import { Button, LinkButton } from "../ui/button.jsx";
import { Dialog } from "../ui/dialog.jsx";
import { TextField } from "../ui/field.jsx";
import { Form } from "../ui/form.jsx";
import { Problem } from "../ui/problem.jsx";
import { Page } from "../ui/show.jsx";
import { toast } from "../ui/toast.jsx";
import { Turn, placeOf } from "../ui/turn.jsx";
import { Day } from "./calendar/day.jsx";
import { nameOfWeekday, viewOf } from "./calendar/days.js";
import { ZoneButton, useZone } from "./calendar/zone.jsx";
import { dayOf, meantToCome, remarkOn, said, toLocal, zoneAt } from "./posts/time.js";
import { change, giveTimeBack } from "./posts/undo.js";

/** The most that the API shows of a single day at once. */
const MOST_OF_A_DAY = 100;

export default function Calendar({ route, session }) {
  const [zone, setZone] = useZone();
  const now = new Date();
  const view = viewOf(route.query, dayOf(now, zone));
  const at = placeOf(route.query);
  const question = { from: view.days[0], to: view.days.at(-1), tz: zone, ...(view.kind === "day" && { limit: MOST_OF_A_DAY, ...(at.after && { after: at.after }) }) };
  const { data, error, isLoading } = useLive(`/v1/calendar?${new URLSearchParams(question)}`);
  const [asked, ask] = useState();
  const follow = useFollow(data?.data);
  const { run, error: unmoved } = useAction((post, local) => move(post, local, zone));
  const isMover = may(session, "publish");
  return (
    <Page title="Calendar" actions={may(session, "draft") && <LinkButton kind="primary" icon="pen" href={href("posts/new")}>New post</LinkButton>}>
      <div class="calendar-bar">
        <nav class="calendar-turn" aria-label="Time">
          <a class="button button-plain button-icon" href={href("calendar", view.before)} aria-label={`The ${view.kind} before`}>←</a>
          <a class="button button-plain button-icon" href={href("calendar", view.after)} aria-label={`The ${view.kind} after`}>→</a>
          <a class="button button-plain" href={href("calendar", todayIn(view.kind, dayOf(now, zone)))}>Today</a>
        </nav>
        <h2>{view.title}</h2>
        <div class="calendar-choice">
          <ZoneButton zone={zone} days={view.days} onChoose={setZone} />
          <nav class="chips" aria-label="View">
            <a class="chip" href={href("calendar", { week: view.of })} aria-current={view.kind === "week" ? "page" : undefined}>Week</a>
            <a class="chip" href={href("calendar", { month: view.of.slice(0, 7) })} aria-current={view.kind === "month" ? "page" : undefined}>Month</a>
          </nav>
        </div>
      </div>
      <Problem error={error ?? unmoved} />
      <Days view={view} data={data?.data} isLoading={isLoading} zone={zone} now={now} onMove={isMover ? run : undefined} onAsk={ask} isWriter={may(session, "draft")} />
      {view.kind === "day" && data && <Turn at={at} size={MOST_OF_A_DAY} answer={listOf(data.data[0])} path="calendar" filters={{ day: view.of }} names={["Earlier", "Later"]} />}
      {asked && <Move post={asked} zone={zone} onClose={() => ask(undefined)} onMoved={follow} />}
    </Page>
  );
}

/** The same kind of view, of today. The week of today is where the calendar opens. */
const todayIn = (kind, today) => ({ day: { day: today }, month: { month: today.slice(0, 7) }, week: {} })[kind];

const countOf = (counts) => Object.values(counts).reduce((sum, one) => sum + one, 0);
/** A day, as the API answers a list. */
const listOf = ({ counts, posts, after }) => ({ count: countOf(counts), posts, pagination: { after } });

function Days({ view, data, isLoading, onMove, ...rest }) {
  const known = new Map((data ?? []).map((day) => [day.date, day]));
  const all = (data ?? []).flatMap(({ posts }) => posts).filter(({ scheduled }) => scheduled);
  const isNone = data && data.every(({ posts }) => posts.length === 0);
  return (
    <>
      <div class={`calendar calendar-${view.kind}`} aria-busy={isLoading}>
        {view.kind === "month" && view.days.slice(0, 7).map((date) => <span key={date} class="calendar-weekday" aria-hidden="true">{nameOfWeekday(date)}</span>)}
        {view.days.map((date) => {
          const { posts = [], counts = {} } = known.get(date) ?? {};
          return <Day key={date} date={date} posts={posts} count={countOf(counts)} kind={view.kind} isOther={view.month !== undefined && !date.startsWith(view.month)} all={all} onMove={onMove} {...rest} />;
        })}
      </div>
      {isNone && <p class="calendar-none">Nothing leaves here, and nothing has. A post that is given a time appears on its day.</p>}
    </>
  );
}

/** A time that has passed is refused before anything is asked for. */
async function move(post, local, zone) {
  const scheduledAt = meantToCome(local, post.scheduledAt, zone);
  if (scheduledAt === post.scheduledAt) return undefined;
  const made = await change(post.id, { scheduledAt });
  toast(`Moved to ${said(scheduledAt, zone)}`, { onUndo: () => giveTimeBack(made, post, zone) });
  return made;
}

/** The focus goes along with a post to its new place, or to the heading if the place is not shown. */
function useFollow(days) {
  const [moved, follow] = useState();
  useEffect(() => {
    const shown = days?.flatMap(({ posts }) => posts).find(({ id }) => id === moved?.id);
    if (!moved || (shown && shown.scheduledAt !== moved.scheduledAt)) return;
    follow(undefined);
    // Whoever has gone elsewhere meanwhile stays there.
    if (document.activeElement !== document.body && !document.activeElement?.closest(".day-post")) return;
    (document.querySelector(`.day-post a[href="${href(`posts/${moved.id}`)}"]`) ?? document.querySelector("main h1")).focus();
  }, [days, moved]);
  return follow;
}

function Move({ post, zone, onClose, onMoved }) {
  const [at, setAt] = useState(toLocal(post.scheduledAt, zone));
  const { hint = `In ${zoneAt(zone, at)}`, problem } = remarkOn(at, post.scheduledAt, zone);
  const send = async () => {
    const made = await move(post, at, zone);
    onClose();
    if (made) onMoved(made);
  };
  return (
    <Dialog title="Move to another time" onClose={onClose}>
      <Form send="Move" onSend={send} extra={<Button kind="quiet" onPress={onClose}>Cancel</Button>}>
        {(problemOf) => <TextField label="Time" type="datetime-local" required autofocus value={at} onText={setAt} hint={hint} problem={problemOf("scheduledAt") ?? problem} />}
      </Form>
    </Dialog>
  );
}
