/** The body of <x-accounts>, with the button inside. */

import { show as showAccounts } from "./elements/accounts.js";

export { css } from "./elements/accounts.js";

export async function show(given) {
  const [refresh] = await Promise.all([showAccounts(given), import("./connect-x-define.js")]);
  return refresh;
}
