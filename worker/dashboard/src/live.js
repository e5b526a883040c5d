/**
 * What the API says, kept fresh: asked again when it has changed (changes.js), else while the tab is seen, at once when it is
 * seen again, and less often while it fails. What was known stays on the screen meanwhile.
 */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { whole } from "./api.js";
import { isWatching } from "./changes.js";

const EVERY_MS = 5000;
/** While changes are told: for what changes without being told. */
const WATCHED_MS = 30_000;
const SELDOMEST_MS = 60_000;

/** By path: the last answer, so that a page that is opened again shows it at once. */
const known = new Map();
const changes = new EventTarget();

/** Somebody has changed something: what is on the screen of these paths is asked for again. */
export const changed = (...prefixes) => changes.dispatchEvent(new CustomEvent("change", { detail: prefixes }));

/** Another person: nothing that the last one saw may show. */
export const forgetAll = () => known.clear();

/**
 * `{ data, error, isLoading, reload }`; `data` is the whole answer, of a list without `limit` all rows. A path of null asks nothing. `every` in
 * milliseconds, 0 for once; without it as often as changes are not told.
 */
export function useLive(path, { every } = {}) {
  const [state, setState] = useState(() => stateOf(path));
  const reload = useRef(() => {});
  useEffect(() => {
    setState(stateOf(path));
    if (path === null) return undefined;
    const poll = startPoll(path, every, setState);
    reload.current = poll.now;
    return poll.stop;
  }, [path, every]);
  // Of the path that was asked for last, nothing is shown under another.
  const { path: _, ...shown } = state.path === path ? state : stateOf(path);
  return { ...shown, reload: useCallback(() => reload.current(), []) };
}

function stateOf(path) {
  const data = known.get(path)?.data;
  return { path, data, error: undefined, isLoading: path !== null && data === undefined };
}

function startPoll(path, every, setState) {
  const controller = new AbortController();
  const { signal } = controller;
  let timer;
  let failures = 0;
  let asking = false;
  let isStale = false;

  async function now() {
    clearTimeout(timer);
    if (signal.aborted) return;
    // What changes while it is asked for may be missing from the answer.
    isStale = asking;
    if (asking) return;
    asking = true;
    try {
      keep(await whole(path, { signal }));
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      setState((state) => ({ ...state, error, isLoading: false }));
    } finally {
      asking = false;
    }
    if (isStale) return void now();
    const usual = every ?? (isWatching() ? WATCHED_MS : EVERY_MS);
    if (usual > 0 && !signal.aborted) timer = setTimeout(whenSeen, Math.min(usual * 2 ** failures, SELDOMEST_MS));
  }

  /** The same answer again draws nothing again. */
  function keep(data) {
    const text = JSON.stringify(data);
    const before = known.get(path);
    const same = before?.text === text ? before.data : data;
    known.set(path, { text, data: same });
    setState((state) => (state.data === same && !state.error ? state : { path, data: same, isLoading: false }));
  }

  const whenSeen = () => document.visibilityState === "visible" && now();
  const onChange = ({ detail }) => detail.some((prefix) => path.startsWith(prefix)) && now();
  document.addEventListener("visibilitychange", whenSeen, { signal });
  addEventListener("online", whenSeen, { signal });
  changes.addEventListener("change", onChange, { signal });
  now();
  return {
    now,
    stop() {
      clearTimeout(timer);
      controller.abort();
    },
  };
}
