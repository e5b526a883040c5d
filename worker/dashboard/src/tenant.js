/** What a tenant may be called (docs/API.md, section 1), as a pattern of HTML: printable ASCII without space, `"`, `\`, `<`, `>`. */
export const TENANT = String.raw`[!#-;=?-\[\]-~]{1,128}`;
