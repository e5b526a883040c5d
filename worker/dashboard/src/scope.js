/** Who may use what: the scopes of the key that somebody has signed in with. */

/** Whether a key has any use for a page or an action: `admin` includes the other scopes. */
export function isFor(session, { scope, isOperators = false }) {
  if (isOperators && session.tenant_id) return false;
  return !scope || session.scopes.includes("admin") || session.scopes.includes(scope);
}
