/** What a person at the dashboard does about a refusal, where the API's own hint is for whoever calls it (docs/API.md, section 10). */

export const HINTS = {
  account_mismatch: "Sign in to X as the account that is meant, and connect again.",
  ambiguous_account: "Choose the account from the list.",
  approval_late: "Give the post a new time first, then approve it.",
  approval_stale: "It has changed since. Look at it again.",
  already_published: "What was sent cannot be edited. Delete it on X, and post again.",
  budget_exceeded: "Raise the budget in Settings, Budget and policy, or wait for the next month.",
  client_changed: "If it is meant, tick the box above, and press the button again.",
  cost_exceeded: "Change the post; a link makes it dearer.",
  in_flight: "Wait until it has ended, then try again.",
  insufficient_key_scope: "Sign in with a key that may do more.",
  invalid_api_key: "Paste the whole key as it was shown when it was made.",
  invalid_payload: "Correct what is marked, and try again.",
  invalid_schedule: "Choose a time that has not passed, within a year.",
  invalid_session_token: "Sign in again.",
  media_url_refused: "Use a public https address, or add the file itself.",
  misconfigured: "Whoever runs this deployment has to set what the message names.",
  missing_scope: "Connect the account again, and allow what is missing.",
  network_not_configured: "Add your X app first, in Settings, Social Networks.",
  not_found: "It may have been deleted meanwhile.",
  oauth1_key_given: "This is the API Key of OAuth 1.0a. On the same page of X's console, copy the pair under “OAuth 2.0 Client ID and Client Secret”.",
  payload_too_large: "Make it shorter.",
  rate_limited: "Wait a moment, then try again.",
  redirect_uri_mismatch: "In X's console, User authentication settings, paste the callback URL that Settings, Social Networks shows.",
  session_spent: "Press the button again.",
  session_expired: "Press the button again.",
  text_too_long: "Shorten it. X counts a link as 23 characters and an emoji as 2.",
  too_many_uploads: "Wait until the files that are on their way have arrived.",
  unknown_account: "Choose among the accounts that are connected.",
};

/** What is wrong with the parts of a body, in the API's own words: `details` without the names of fields. */
export function problemsIn(details) {
  if (details === null || typeof details !== "object") return [];
  const { _errors: own = [], ...parts } = details;
  return [...own, ...Object.values(parts).flatMap(problemsIn)];
}
