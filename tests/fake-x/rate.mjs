// Rate limits per user and per app, with X's numbers and X's headers. https://docs.x.com/x-api/fundamentals/rate-limits
// The table's app column for reads meters app-only tokens, which the stand-in does not issue.
import { DAY, MINUTE, SECOND } from "./clock.mjs";

const LIMITS = {
  "POST /2/tweets": { user_15min: 100, app_24h: 10_000 },
  "DELETE /2/tweets/{id}": { user_15min: 50 },
  "GET /2/tweets": { user_15min: 5_000 },
  "GET /2/tweets/{id}": { user_15min: 900 },
  "GET /2/tweets/search/recent": { user_15min: 300 },
  "POST /2/media/upload": { user_15min: 500, app_24h: 50_000 },
  "GET /2/media/upload": { user_15min: 1_000, app_24h: 100_000 },
  "POST /2/media/upload/initialize": { user_15min: 1_875, app_24h: 180_000 },
  "POST /2/media/upload/{id}/append": { user_15min: 1_875, app_24h: 180_000 },
  "POST /2/media/upload/{id}/finalize": { user_15min: 1_875, app_24h: 180_000 },
  "POST /2/media/metadata": { user_15min: 500, app_24h: 50_000 },
  "POST /2/media/subtitles": { user_15min: 100, app_24h: 10_000 },
  "DELETE /2/media/subtitles": { user_15min: 100, app_24h: 10_000 },
  "GET /2/users/me": { user_15min: 75 },
  "GET /2/users/{id}/tweets": { user_15min: 900 },
  "POST /2/users/{id}/retweets": { user_15min: 50 },
  "DELETE /2/users/{id}/retweets/{source_tweet_id}": { user_15min: 50 },
};

/** Each meter: who is counted, how long its window is, the headers that show it (X documents only the first). */
const METERS = {
  user_15min: { owner: ({ user }) => user.id, length: 15 * MINUTE, header: "x-rate-limit" },
  user_24h: { owner: ({ user }) => user.id, length: DAY, header: "x-user-limit-24hour" },
  app_24h: { owner: ({ app }) => app.client_id, length: DAY, header: "x-app-limit-24hour" },
};

export const LIMITED_ROUTES = Object.keys(LIMITS);
export const METER_NAMES = Object.keys(METERS);

/** Counts one request in every window of the route. An exhausted window counts nothing. */
export function meter(x, routeName, caller) {
  const limits = { ...LIMITS[routeName], ...x.settings.limits[routeName] };
  const windows = Object.entries(limits).map(([name, limit]) => ({
    limit,
    header: METERS[name].header,
    window: openWindow(x, `${routeName} ${name} ${METERS[name].owner(caller)}`, METERS[name].length),
  }));
  const exhausted = windows.some(({ limit, window }) => window.used >= limit);
  if (!exhausted) for (const { window } of windows) window.used += 1;
  return { exhausted, headers: Object.assign({}, ...windows.map(headersOf)) };
}

/** A window opens with its first request and closes as a whole. */
function openWindow(x, key, length) {
  const current = x.windows.get(key);
  if (current && x.now() < current.resets_at) return current;
  const fresh = { used: 0, resets_at: x.now() + length };
  x.windows.set(key, fresh);
  return fresh;
}

function headersOf({ limit, header, window }) {
  return limitHeaders(header, limit, Math.max(0, limit - window.used), window.resets_at);
}

export const limitHeaders = (prefix, limit, remaining, resetsAt) => ({
  [`${prefix}-limit`]: String(limit),
  [`${prefix}-remaining`]: String(remaining),
  [`${prefix}-reset`]: String(Math.ceil(resetsAt / SECOND)),
});
