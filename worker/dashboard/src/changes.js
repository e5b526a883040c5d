/**
 * One long poll for the page (docs/API.md, section 8, "Changes"): tells what has changed, while the tab is seen. As long as it
 * is answered, nobody else has to ask on a clock.
 */

import { get } from "./api.js";

const WAIT = { prefer: "wait=25" };
/** Between two answers: a page draws again once in a second at most. */
const PAUSE_MS = 1000;
const FAILED_MS = [2000, 5000, 15_000, 60_000];
/** What a change of each topic may be seen in. */
const SEEN_IN = {
  posts: ["/v1/posts", "/v1/summary", "/v1/calendar", "/v1/account/usage", "/v1/audit"],
  accounts: ["/v1/social-accounts", "/v1/summary", "/v1/account/usage", "/v1/audit"],
  other: ["/v1/social-networks", "/v1/settings", "/v1/api-keys", "/v1/webhooks", "/v1/agents", "/v1/audit", "/v1/handover", "/v1/reseal"],
};

let watch;

/** Whether changes are told as they come. */
export const isWatching = () => watch?.isAnswered === true;

/** From the session's place on: what is read after that is as new as the place. `tell` gets the paths that may have changed. */
export function watchChanges(after, tell) {
  stopWatching();
  watch = { after, tell, failures: 0, isAnswered: true, controller: new AbortController() };
  run(watch);
}

export function stopWatching() {
  watch?.controller.abort();
  watch = undefined;
}

async function run(own) {
  const { signal } = own.controller;
  while (!signal.aborted) {
    await isSeen(signal);
    try {
      await next(own, signal);
      Object.assign(own, { failures: 0, isAnswered: true });
      await pause(PAUSE_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      own.isAnswered = false;
      // A key that may not ask never may.
      if (error.status === 401 || error.status === 403) return;
      await pause(FAILED_MS[Math.min(own.failures++, FAILED_MS.length - 1)], signal);
    }
  }
}

async function next(own, signal) {
  const { data } = await get(`/v1/changes?after=${encodeURIComponent(own.after)}`, { headers: WAIT, signal });
  // A tab that nobody sees asks nothing: what it missed is told when it is seen again.
  if (document.visibilityState !== "visible") return;
  own.after = data.after;
  const paths = data.changed.flatMap((topic) => SEEN_IN[topic] ?? []);
  if (paths.length > 0) own.tell(...new Set(paths));
}

function isSeen(signal) {
  if (document.visibilityState === "visible") return undefined;
  return new Promise((resolve) => {
    const look = () => {
      if (document.visibilityState !== "visible" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look, { once: true });
  });
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
