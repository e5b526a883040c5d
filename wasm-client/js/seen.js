/** What was seen of a request, in a sentence for the developers: never a query, a body, a token or a key. */

/** Long runs with a digit in them are ids, keys or tokens. */
export const redacted = (text) => String(text).replace(/[\w-]{20,}/g, (run) => (/\d/.test(run) ? "…" : run));

export function addressOf(url) {
  if (!URL.canParse(url, location.href)) return "an address that is none";
  const { origin, pathname } = new URL(url, location.href);
  return origin + redacted(pathname);
}

/** `body` is what the answer's JSON says, if it is an error of the API that the site passes on. */
export function answered(method, url, { status, headers, redirected, url: last }, body) {
  const type = headers.get("content-type")?.split(";")[0] || "no content type";
  const from = redirected ? `, after a redirect to ${addressOf(last)}` : "";
  return `${method} ${addressOf(url)} answered ${status} with ${type}${from}.${said(body)}`;
}

export const unanswered = (method, url, what) => `${method} ${addressOf(url)} ${what}.`;

function said(body) {
  if (typeof body?.code !== "string") return "";
  const words = [body.message ?? body.error, body.hint].filter((word) => typeof word === "string");
  return redacted(` It says ${body.code}: ${words.join(" ")}`);
}
