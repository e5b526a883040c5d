/** What the page's Content Security Policy has refused. */

const refused = [];
globalThis.document?.addEventListener("securitypolicyviolation", (event) => {
  if (event.disposition === "enforce" && event.effectiveDirective === "connect-src") refused.push(event.blockedURI);
});

/** The browser tells of it beside the failure, not before. */
const SOON_MS = 100;

/** Whether the policy forbids this page to ask `url`. */
export async function forbidsAsking(url) {
  await new Promise((resolve) => setTimeout(resolve, SOON_MS));
  const { origin } = new URL(url, location.href);
  return refused.some((uri) => uri.startsWith(origin));
}
