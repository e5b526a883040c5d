// Faults, each behind an explicit switch. None happens by chance.
import { DAY, MINUTE } from "./clock.mjs";
import { api, oauth } from "./problems.mjs";
import { limitHeaders } from "./rate.mjs";

/** Verbatim refusals by name. Each is given the time, for the headers that carry one. */
const PRESETS = {
  unauthorized: api.unauthorized,
  "app-only": api.appOnly,
  "credits-old": api.creditsDepletedOld,
  "credits-new": api.creditsDepleted,
  duplicate: api.duplicate,
  "already-reposted": api.alreadyReposted,
  "reply-not-summoned": api.replyNotSummoned,
  "quote-not-allowed": api.quoteNotAllowed,
  "not-permitted": api.notPermitted,
  forbidden: api.forbidden,
  "read-only-app": api.readOnlyApp,
  "not-enrolled": api.notEnrolled,
  "daily-limit": api.dailyLimit,
  "daily-limit-legacy": api.dailyLimitLegacy,
  locked: api.locked,
  "locked-legacy": api.lockedLegacy,
  suspended: api.suspended,
  "video-too-long": api.videoTooLong,
  "media-ids": () => api.mediaIds([]),
  "media-not-found": api.mediaNotFound,
  "media-type": api.mediaType,
  "segments-missing": api.segmentsMissing,
  "too-large": api.tooLarge,
  "rate-limit": (now) => api.rateLimit(limitHeaders("x-rate-limit", 100, 0, now + 15 * MINUTE)),
  "rate-limit-legacy": (now) => api.rateLimitLegacy(limitHeaders("x-rate-limit", 100, 0, now + 15 * MINUTE)),
  "rate-limit-24h": (now) => api.rateLimit(dailyCap(now)),
  "usage-capped": api.usageCapped,
  unavailable: api.unavailable,
  html: api.html,
  "edge-forbidden": api.edgeForbidden,
  "edge-limit": api.edgeLimit,
  "oauth-code": oauth.code,
  "oauth-token": oauth.token,
  "oauth-unauthorized-client": oauth.unauthorizedClient,
  "oauth-invalid-client": oauth.invalidClient,
};

/** As observed: the 15-minute headers look healthy while the app's day is used up. */
const dailyCap = (now) => ({
  ...limitHeaders("x-rate-limit", 1_080_000, 1_079_999, now + 15 * MINUTE),
  ...limitHeaders("x-app-limit-24hour", 17, 0, now + DAY),
});

export const CUT = Symbol("the connection is closed without an answer");

/** Each kind: what happens instead of `act`. `stage` can `sleep(ms)`, wait until it is `released()`, and `cut()` the connection before the end. */
const KINDS = {
  answer: (_act, fault, _stage, now) => answerOf(fault, now),
  delay: async (act, fault, stage) => {
    await stage.sleep(fault.ms);
    return act();
  },
  hold: async (act, _fault, stage) => {
    await stage.released();
    return act();
  },
  close: () => CUT,
  "effect-then-close": async (act) => {
    await act();
    return CUT;
  },
  "effect-then-answer": async (act, fault, _stage, now) => {
    await act();
    return answerOf(fault, now);
  },
  "close-then-effect": async (act, fault, stage) => {
    stage.cut();
    await stage.sleep(fault.ms);
    await act();
    return CUT;
  },
  malformed: async (act) => {
    const answer = await act();
    return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
  },
  "slow-body": async (act, fault) => ({ ...(await act()), trickle_ms: fault.ms }),
};

const ANSWERING = ["answer", "effect-then-answer"];
const TIMED = ["delay", "close-then-effect", "slow-body"];

/** Checks a fault as it is switched on, so that a mistyped one fails there and not silently later. */
export function newFault({ method, path, username, skip = 0, times = 1, kind, ms, preset, status, headers = {}, body = "" }) {
  if (!Object.hasOwn(KINDS, kind)) throw new TypeError(`kind must be one of ${Object.keys(KINDS).join(", ")}`);
  if (TIMED.includes(kind) && !(ms > 0)) throw new TypeError(`${kind} needs ms`);
  const whichCalls = { method, path, username, skip, times };
  if (!ANSWERING.includes(kind)) return { ...whichCalls, kind, ms };
  if (preset === undefined && !Number.isInteger(status)) throw new TypeError(`${kind} needs a preset or a status`);
  if (preset !== undefined && !Object.hasOwn(PRESETS, preset)) {
    throw new TypeError(`preset must be one of ${Object.keys(PRESETS).join(", ")}`);
  }
  return { ...whichCalls, kind, preset, status, headers, body };
}

/**
 * The first fault that fits, used up once. `path` is the request's path or the route's pattern; `username` is the user
 * whose token the request carries; `skip` lets so many that fit pass first.
 */
export function takeFault(faults, request, route, caller) {
  const fits = ({ method, path, username }) =>
    (method === undefined || method === request.method) &&
    (path === undefined || path === request.path || path === route?.path) &&
    (username === undefined || username === caller);
  const fault = faults.find((candidate) => fits(candidate) && !passes(candidate));
  if (!fault) return null;
  fault.times -= 1;
  if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
  return fault;
}

function passes(fault) {
  if (fault.skip === 0) return false;
  fault.skip -= 1;
  return true;
}

export const play = (fault, act, stage, now) => KINDS[fault.kind](act, fault, stage, now);

function answerOf({ preset, status, headers, body }, now) {
  if (preset === undefined) return { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
  const verbatim = PRESETS[preset](now);
  return { ...verbatim, headers: { ...verbatim.headers, ...headers } };
}
