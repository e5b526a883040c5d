/** What went wrong with an element, in words: for the visitor, and for the site's developers. Loaded once an element is ready. */

import { isKeptFromUs, SITE_MS } from "./asking.js";
import { SENTENCES } from "./elements/sentences.js";
import { forbidsAsking } from "./policy.js";
import { remedyOf } from "./remedies.js";
import { addressOf, redacted, unanswered } from "./seen.js";

export { reasonsOf, troubleWords } from "./elements/trouble.js";

/** Codes that trying again may end differently, beside X's and the server's own troubles. */
const PASSING = ["unreachable", "page_session_ended", "tenant_mismatch", "in_flight", "idempotency_in_progress"];

/** `{code, message, retryable, hint}` of a `problem` of page-session.js, or of any other error. */
export async function explain(error, language) {
  const found = error.code === "unanswered" ? await whyUnanswered(error) : error;
  const { code = "unreachable", quote, body, status = 0 } = found;
  const retryable = found.retryable ?? (PASSING.includes(code) || status === 429 || status >= 500);
  const hint = [seenOf(found), (body?.code === code && body.hint) || remedyOf(code)].filter(Boolean).join(" ");
  return { code, message: quote ?? sentenceOf(code, status, body, SENTENCES[language]), retryable, hint };
}

async function whyUnanswered({ method, url, kept }) {
  const { origin } = new URL(url);
  const looked = kept === "origin_not_allowed" ? `${origin}/healthz` : url;
  const seen = (what) => unanswered(method, url, what);
  if (await forbidsAsking(url)) return { code: "connect_forbidden", seen: seen("was forbidden by the page's policy") };
  if (kept && (await isKeptFromUs(looked))) return { code: kept, seen: seen(`may not be read by a page of ${location.origin} (CORS)`) };
  return { code: "unreachable", seen: seen("brought no answer") };
}

/** What page-session.js has seen, by its name. */
const SEEN = {
  late: () => `fetchSession gave no answer within ${SITE_MS / 1000} s.`,
  thrown: (why) => `fetchSession failed: ${redacted(why?.message ?? why)}.`,
  incomplete: () => "The session has no token or no api_url.",
  elsewhere: (origin) => `The session is for pages of ${origin}.`,
};

/** The API's refusal, or an error that nobody has foreseen. */
function seenOf({ code, method, url, status, body, message, seen, of }) {
  if (seen) return SEEN[seen]?.(of) ?? seen;
  if (!code) return `${redacted(message)}.`;
  const said = body?.code ? ` It says ${body.code}: ${redacted(body.message)}` : "";
  return url && `${method} ${addressOf(url)} answered ${status}.${said}`;
}

const SAID_AS = { page_session_ended: "ended", tenant_mismatch: "ended", unreachable: "unreachable" };

/** A cause that is the developers' to mend is told to the visitor as one; what is wrong with a post is the visitor's. */
function sentenceOf(code, status, body, sentences) {
  if (SAID_AS[code]) return sentences[SAID_AS[code]];
  if (sentences[code]) return sentences[code];
  if (status === 429 || status >= 500) return sentences.silent;
  if ([400, 402, 404, 409, 410, 422].includes(status)) return sentences.refused.replace("{}", body?.message ?? code);
  return sentences.failed;
}
