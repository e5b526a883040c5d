// GET /2/users/me and GET /2/usage/credits.
import { viewUser } from "./views.mjs";
import { readWish } from "./wish.mjs";
import { json } from "./reply.mjs";

export function me(x, request, { user, app, grant }) {
  const wish = readWish(x, request.query);
  const mayReadEmail = grant.scopes.includes("users.email") && app.requests_email;
  const data = viewUser(x, user, wish, mayReadEmail);
  return json(200, { data, ...wish.errors });
}

/** Not in OpenAPI 2.167; the keys were observed, their type (dollars as a number) is assumed. */
export function credits(_x, _request, { app }) {
  const data = { free_balance: 0, prepaid_balance: app.credits, total_balance: app.credits };
  return json(200, { data });
}
