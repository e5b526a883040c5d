/** Who may use what: the scopes of the key that somebody has signed in with (docs/API.md, section 1). */

/** What opens a scope besides the scope itself; `admin` opens everything. */
const ALSO = { read: ["draft"], draft: ["publish"] };

export const may = ({ scopes }, scope) => ["admin", scope, ...(ALSO[scope] ?? [])].some((one) => scopes.includes(one));

/** Whether a key has any use for a page or an action. */
export function isFor(session, { scope, isOperators = false }) {
  if (isOperators && session.tenant_id) return false;
  return !scope || may(session, scope);
}

/** What a tenant may be called (docs/API.md, section 1), as a pattern of HTML: printable ASCII without space, `"`, `\`, `<`, `>`. */
export const TENANT = String.raw`[!#-;=?-\[\]-~]{1,128}`;
