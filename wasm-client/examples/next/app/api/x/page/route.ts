/** Your login says whose rows the page may read and change: the page must not. */
const signedInUser = () => process.env.USER_ID ?? "user-1042";

/** The API key stays in this file. The page gets a token that is good for this origin and this user, for an hour. */
export async function POST() {
  const session = { origin: process.env.SITE_ORIGIN, tenant_id: signedInUser(), scopes: ["accounts", "publish"] };
  const headers = { authorization: `Bearer ${process.env.CONNECT_API_KEY}`, "content-type": "application/json" };
  const answer = await fetch(`${process.env.CONNECT_API}/v1/page-sessions`, { method: "POST", headers, body: JSON.stringify(session) });
  return new Response(answer.body, { status: answer.status, headers: { "content-type": "application/json" } });
}
