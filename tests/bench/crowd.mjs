/** Many accounts at once, at an X whose limits and prices are not what is measured. */

import { connect, newUser } from "../support/client.mjs";
import { sideBySide } from "./load.mjs";

const PLENTY = 1_000_000_000;
/** More at a time is not faster: each connection is a dozen short calls, and workerd has one thread. */
const WIDTH = 8;

/** Rows of accounts, each of a user of its own. */
export function connectCrowd(bench, count) {
  const users = Array.from({ length: count }, () => newUser(bench));
  return sideBySide(users, WIDTH, ({ username }) => connect(bench, { username }));
}

export function liftLimits({ x }) {
  const user = { user_15min: PLENTY };
  x.set({
    limits: {
      "POST /2/tweets": { ...user, app_24h: PLENTY },
      "GET /2/users/{id}/tweets": user,
      "GET /2/users/me": user,
      "GET /2/tweets": user,
      "GET /2/tweets/{id}": user,
    },
  });
  x.setApp({ client_id: x.app.client_id, credits: PLENTY });
}
