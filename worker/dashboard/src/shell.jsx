/** Navigation beside the page, or behind a button on phones; who is signed in, and how to leave. */

import { useEffect, useState } from "preact/hooks";
import { del } from "./api.js";
import { TITLE } from "./brand.js";
import { stopWatching } from "./changes.js";
import { formatTime } from "./format.js";
import { useLive } from "./live.js";
import { Mark } from "./mark.jsx";
import { PAGES } from "./pages.js";
import { isFor, may } from "./scope.js";
import { href, useRoute } from "./router.js";
import { Button } from "./ui/button.jsx";
import { TypedConfirm } from "./ui/confirm.jsx";
import { Confirm, Dialog } from "./ui/dialog.jsx";
import { Icon } from "./ui/icon.jsx";

const WAITING = "/v1/posts?approval=pending&limit=1";
const WAITING_MS = 30_000;
const SESSION = "/v1/dashboard/session";
const FROZEN_MS = 30_000;

export function Shell({ session, onSignedOut, children }) {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const route = useRoute();
  useEffect(() => setMenuOpen(false), [route]);
  const inside = <Navigation session={session} route={route} onSignedOut={onSignedOut} />;
  const skip = () => document.querySelector("main").focus();
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={skip}>Skip to the page</button>
      <header class="topbar">
        <Wordmark />
        <Button kind="quiet" icon="menu" label="Menu" aria-expanded={isMenuOpen} onPress={() => setMenuOpen(true)} />
      </header>
      <aside class="sidebar">
        <Wordmark />
        {inside}
      </aside>
      {isMenuOpen && (
        <Dialog title="Menu" size="side" onClose={() => setMenuOpen(false)}>{inside}</Dialog>
      )}
      <main class="main" tabIndex={-1}>
        <Frozen session={session} />
        {children}
      </main>
    </div>
  );
}

/** Whoever is at it knows why nothing can be changed, on every page. */
function Frozen({ session }) {
  const { data } = useLive(SESSION, { every: FROZEN_MS });
  const { is_frozen: isFrozen } = data?.data ?? session;
  return (
    <div role="status">
      {isFrozen && (
        <p class="frozen">
          <Icon name="clock" />
          <span><b>This deployment stands still.</b> Nothing is sent, connected or changed until somebody lets it go on; nothing is lost.</span>
          {isFor(session, { scope: "admin", isOperators: true }) && <a href={href("settings/backup")}>Backup and export</a>}
        </p>
      )}
    </div>
  );
}

const Wordmark = () => (
  <a class="wordmark" href="#/">
    <Mark />
    <span>{TITLE}</span>
  </a>
);

function Navigation({ session, route, onSignedOut }) {
  const [here = ""] = route.path;
  return (
    <div class="navigation">
      <nav aria-label="Pages">
        <ul class="nav">
          {PAGES.filter((page) => isFor(session, page)).map(({ path, name, icon, parts }) => (
            <li key={path}>
              <a class="nav-link" href={href(path)} aria-current={path === here ? "page" : undefined}>
                <Icon name={icon} />
                {name}
                {path === "posts" && <Waiting session={session} />}
              </a>
              {parts && path === here && <Parts path={path} parts={parts} route={route} session={session} />}
            </li>
          ))}
        </ul>
      </nav>
      <Leaving session={session} onSignedOut={onSignedOut} />
    </div>
  );
}

/** How many posts wait for approval, for whoever may answer. */
function Waiting({ session }) {
  const { data } = useLive(may(session, "publish") && may(session, "read") ? WAITING : null, { every: WAITING_MS });
  const count = data?.pagination.total ?? 0;
  return count > 0 && <span class="nav-count">{count}<span class="unseen"> waiting for approval</span></span>;
}

function Parts({ path, parts, route, session }) {
  const here = route.path[1] ?? parts[0].path;
  return (
    <ul class="nav-parts">
      {parts.filter((part) => isFor(session, part)).map((part) => (
        <li key={part.path}>
          <a href={href(`${path}/${part.path}`)} aria-current={part.path === here ? "page" : undefined}>{part.name}</a>
        </li>
      ))}
    </ul>
  );
}

function Leaving({ session, onSignedOut }) {
  const [asked, ask] = useState();
  const close = () => ask(undefined);
  const leave = (path) => async () => {
    // Nothing waits with a session that ends.
    stopWatching();
    await del(path);
    onSignedOut();
  };
  const whose = session.tenant_id ? `tenant ${session.tenant_id}` : session.key_id === "admin" ? "the admin key" : "an API key";
  return (
    <div class="leaving">
      <p>Signed in with {whose}</p>
      <Button kind="quiet" icon="out" onPress={() => ask("here")}>Sign out</Button>
      {asked === "here" && (
        <Confirm title="Sign out?" act="Sign out here" kind="primary" onAct={leave(SESSION)} onClose={close}>
          <p>This session ends by itself on {formatTime(session.expires_at)}. A post that you have not sent or saved as a draft leaves this browser.</p>
          {session.sessions > 1 && (
            <p>
              {session.sessions} browsers are signed in with this key. <Button kind="quiet" onPress={() => ask("everywhere")}>Sign out everywhere …</Button>
            </p>
          )}
        </Confirm>
      )}
      {asked === "everywhere" && (
        <TypedConfirm
          title="Sign out everywhere?" word={session.sessions} act={`Sign out ${session.sessions} browsers`}
          onAct={leave("/v1/dashboard/sessions")} onClose={close}
        >
          <p>All {session.sessions} browsers that are signed in with this key are signed out at once, whoever sits at them. What they have not saved is lost.</p>
        </TypedConfirm>
      )}
    </div>
  );
}
