/** The frame: who is signed in, where the person is, and the page in it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, SIGNED_IN, SIGNED_OUT, actAs, get } from "./api.js";
import { TITLE } from "./brand.js";
import { stopWatching, watchChanges } from "./changes.js";
import { CONSENT, Consent } from "./consent/index.jsx";
import { changed, forgetAll } from "./live.js";
import { pageOf } from "./pages.js";
import { forgetDraft } from "./pages/posts/draft.js";
import { go, useRoute } from "./router.js";
import { Shell } from "./shell.jsx";
import { SignIn, SignInPage } from "./sign-in.jsx";
import { Dialog } from "./ui/dialog.jsx";
import { Page, Loading } from "./ui/show.jsx";
import { Problem } from "./ui/problem.jsx";
import { Button } from "./ui/button.jsx";
import { Toasts } from "./ui/toast.jsx";

const SESSION = "/v1/dashboard/session";
/** Nobody waits for these answers: a session that has ended is said to whoever asks for something else. */
const UNASKED = /^\/v1\/(dashboard\/session|changes)/;

export function App() {
  const { session, error, setSession, signOut, isLapsed, load } = useSession();
  useReturnFromX();
  if (error) return <Unreachable error={error} onRetry={load} />;
  if (session === undefined) return <div class="sign-in"><Loading rows={2} /></div>;
  const again = isLapsed && <SignInAgain onSignedIn={setSession} />;
  if (location.pathname === CONSENT) return <Consent session={session} again={again} onSignedIn={setSession} onSignedOut={signOut} />;
  if (session === null) return <SignInPage onSignedIn={setSession} />;
  return (
    <>
      <Shell key={session.key_id} session={session} onSignedOut={signOut}>
        <Place session={session} />
      </Shell>
      {again}
      <Toasts />
    </>
  );
}

/**
 * undefined: not known yet; null: nobody. A session that lapses leaves the page where it is. For another key, or nobody, the
 * page begins anew: what the last key had under way, uploads and long lists too, ends with the old page.
 */
function useSession() {
  const [state, setState] = useState({});
  const present = useRef();
  const enter = (session) => {
    present.current = session;
    actAs(session);
    // Before anything else is asked for: the session says where the changes end. A key of one account is told of none.
    if (session && !session.account_id) watchChanges(session.changes_after, changed);
    else stopWatching();
    setState({ session });
  };
  const load = async () => {
    setState({});
    try {
      enter((await get(SESSION)).data);
    } catch (error) {
      setState({ error });
    }
  };
  useEffect(() => {
    const lapse = ({ detail: { path } }) => !UNASKED.test(path) && follow(() => setState((state) => ({ ...state, isLapsed: true })));
    addEventListener(SIGNED_OUT, lapse);
    load();
    return () => removeEventListener(SIGNED_OUT, lapse);
  }, []);
  const goOnAs = (session) => {
    if (present.current && present.current.key_id !== session?.key_id) return location.reload();
    forgetAll();
    enter(session);
    changed("/v1/");
    dispatchEvent(new Event(SIGNED_IN));
  };
  /** All tabs share a cookie: if another one has signed in with the same key, so has this one. */
  const follow = async (otherwise) => {
    const former = present.current;
    const session = await get(SESSION, { isOfPage: false }).then(({ data }) => data, () => null);
    // Of the same sign-in nothing new is to be had; another refusal may have led to the new one already.
    if (!session || session.key_id !== former?.key_id || session.id === former.id) return otherwise?.();
    if (present.current === former) goOnAs(session);
  };
  const leave = () => {
    forgetDraft();
    location.reload();
  };
  const tellTabs = useTabs({ [SIGNED_OUT]: leave, [SIGNED_IN]: () => follow() });
  const setSession = (session) => {
    goOnAs(session);
    tellTabs(SIGNED_IN);
  };
  const signOut = () => {
    tellTabs(SIGNED_OUT);
    leave();
  };
  return { ...state, load, setSession, signOut };
}

/** The tabs of a browser share one cookie: whoever signs in or out does so in all of them. */
function useTabs(hear) {
  const tabs = useRef();
  useEffect(() => {
    tabs.current = new BroadcastChannel(SIGNED_OUT);
    tabs.current.onmessage = ({ data }) => hear[data]?.();
    return () => tabs.current.close();
  }, []);
  return (what) => tabs.current.postMessage(what);
}

/** On phones the button takes the whole page to X, which comes back without the fragment: to where the button is. */
function useReturnFromX() {
  useEffect(() => {
    const query = new URLSearchParams(location.search);
    if (!query.has("connect_id")) return;
    history.replaceState(null, "", `${location.pathname}${location.hash}`);
    go("accounts", {}, { replace: true });
  }, []);
}

/** Over the page, which keeps what was typed. */
const SignInAgain = ({ onSignedIn }) => (
  <Dialog title="Sign in again">
    <p class="muted">You have been signed out meanwhile, or another key has signed in in another tab. What you have entered is still there for the same key; another key begins anew.</p>
    <SignIn onSignedIn={onSignedIn} />
  </Dialog>
);

function Unreachable({ error, onRetry }) {
  return (
    <div class="sign-in">
      <Problem error={error} />
      <Button kind="primary" icon="refresh" onPress={onRetry}>Try again</Button>
    </div>
  );
}

/** Loads the page of the route, and shows the last one until it is there. */
function Place({ session }) {
  const route = useRoute();
  const [loaded, setLoaded] = useState();
  const [error, setError] = useState();
  const page = pageOf(route);
  useEffect(() => {
    let isWanted = true;
    setError(undefined);
    page?.load().then(
      (module) => isWanted && setLoaded({ page, Content: module.default }),
      () => isWanted && setError(new ApiError({ status: 0 })),
    );
    document.title = page?.name ? `${page.name} · ${TITLE}` : TITLE;
    return () => (isWanted = false);
  }, [page]);
  const isThere = loaded?.page === page && page !== undefined;
  useArrival(isThere && route.path.join("/"));
  if (error) return <Page title={page.name}><Problem error={error} /></Page>;
  if (!page) return <Nowhere />;
  return isThere ? <loaded.Content route={route} session={session} /> : <Page title={page.name}><Loading /></Page>;
}

/** Whoever moves by keyboard or ear is told where they are; not on the first page, which the browser announces. */
function useArrival(place) {
  const last = useRef();
  useEffect(() => {
    if (place === false || place === last.current) return;
    const isFirst = last.current === undefined;
    last.current = place;
    if (isFirst) return;
    scrollTo(0, 0);
    document.querySelector("main h1")?.focus({ preventScroll: true });
  }, [place]);
}

function Nowhere() {
  return (
    <Page title="There is no such page">
      <p>The address may be an old one. <a href="#/">Go to the start</a>.</p>
    </Page>
  );
}
