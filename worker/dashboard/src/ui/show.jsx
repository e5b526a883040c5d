/** Small things that show a value. */

import { formatCode } from "../format.js";
import { Icon } from "./icon.jsx";

/** A state in a word and a colour; never in the colour alone. `kind`: `good`, `warn`, `bad`, `info`, `idle`. */
export const Badge = ({ kind = "idle", children }) => <span class={`badge badge-${kind}`}>{children}</span>;

/** The words of the API's states, and how they look. */
const STATES = {
  active: "good",
  published: "good",
  delivered: "good",
  completed: "good",
  queued: "info",
  publishing: "info",
  pending: "info",
  running: "info",
  scheduled: "info",
  draft: "idle",
  waiting_for_approval: "warn",
  rejected: "bad",
  expired: "idle",
  held: "warn",
  unknown: "warn",
  partial: "warn",
  skipped: "idle",
  reconnect_required: "warn",
  failed: "bad",
};

export const StateBadge = ({ state }) => <Badge kind={STATES[state]}>{formatCode(state)}</Badge>;

/** How much of something is used. `label` is its name for whoever hears it; `name` may show it otherwise. */
export function Bar({ label, name = label, value, max, note }) {
  const share = max > 0 ? Math.min(value / max, 1) : 0;
  const kind = share >= 0.95 ? "bad" : share >= 0.8 ? "warn" : "good";
  return (
    <div class="bar">
      <p class="bar-head">
        <span>{name}</span>
        <span class="bar-note">{note}</span>
      </p>
      <meter class={`meter meter-${kind}`} min={0} max={max || 1} value={value} aria-label={label}>{note}</meter>
    </div>
  );
}

/** A face, or the first letter of the name where there is none. */
export function Avatar({ account: { nickname, username, profile_picture_url }, size = 40 }) {
  const [letter] = (nickname || username || "?").toUpperCase();
  return (
    <span class="avatar" ref={(element) => element?.style.setProperty("--size", `${size}px`)} aria-hidden="true">
      {letter}
      {profile_picture_url && (
        <img src={profile_picture_url} alt="" loading="lazy" onError={(event) => event.currentTarget.remove()} />
      )}
    </span>
  );
}

/** Nothing there yet: what it would be, and how it comes about. */
export function Empty({ icon, title, children, action }) {
  return (
    <div class="empty">
      <span class="empty-icon"><Icon name={icon} size={28} /></span>
      <h3>{title}</h3>
      <p>{children}</p>
      {action}
    </div>
  );
}

/** The place of something that is on its way. */
export const Loading = ({ rows = 3 }) => (
  <div class="loading" role="status">
    <span class="unseen">Loading</span>
    {Array.from({ length: rows }, (_, at) => <span key={at} class="loading-row" />)}
  </div>
);

/** A part of a page with a heading. */
export function Section({ title, intro, actions, children }) {
  return (
    <section class="section">
      <header class="section-head">
        <div>
          <h2>{title}</h2>
          {intro && <p class="section-intro">{intro}</p>}
        </div>
        {actions && <div class="section-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** The frame of a page's content: what it is, and what can be done at once. `back` is `{ to, name }` of the page above. The heading takes the focus on arrival. */
export function Page({ title, intro, actions, back, children }) {
  return (
    <div class="page">
      <header class="page-head">
        <div>
          {back && <a class="page-back" href={back.to}><Icon name="chevron" size={16} />{back.name}</a>}
          <h1 tabIndex={-1}>{title}</h1>
          {intro && <p class="page-intro">{intro}</p>}
        </div>
        {actions && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
