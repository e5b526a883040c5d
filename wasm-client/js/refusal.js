/** What is wrong with the element's attributes can be said before a window opens. */

const KEY_ATTRIBUTES = ["api-key", "apikey"];

/** A code of connect-error.js, or undefined. An API key is never used, wherever in the page it is given. */
export function refusalOf(element) {
  if (KEY_ATTRIBUTES.some((name) => element.hasAttribute(name)) || element.apiKey !== undefined) {
    return "api_key_in_page";
  }
  const { token, id, connect_url, url, fetchSession } = sourceOf(element);
  if (token && !token.startsWith("cst_")) return "invalid_session_token";
  return url || fetchSession || (id && token && connect_url) ? undefined : "session_missing";
}

/** Where the element gets its session from. */
export function sourceOf(element) {
  const attribute = (name) => element.getAttribute(name);
  return {
    fetchSession: element.fetchSession,
    url: attribute("session-url"),
    id: attribute("session-id"),
    token: attribute("token"),
    connect_url: attribute("connect-url"),
    wishes: { expected_username: attribute("expected-username"), reconnect_account_id: attribute("reconnect-account-id") },
  };
}
