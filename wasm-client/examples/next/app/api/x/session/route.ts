/** Your login says whose account it will be: the page must not. */
const signedInUser = () => process.env.USER_ID ?? "user-1042";

/** The API key stays in this file. The page gets a session, good for one connection. */
export async function POST(request: Request) {
  const { redirect_uri, expected_username, reconnect_account_id } = await request.json();
  const session = {
    network: "x",
    tenant_id: signedInUser(),
    origin: process.env.SITE_ORIGIN,
    redirect_uri,
    expected_username,
    reconnect_account_id,
  };
  const headers = { authorization: `Bearer ${process.env.CONNECT_API_KEY}`, "content-type": "application/json" };
  const answer = await fetch(`${process.env.CONNECT_API}/v1/connect-sessions`, { method: "POST", headers, body: JSON.stringify(session) });
  return new Response(answer.body, { status: answer.status, headers: { "content-type": "application/json" } });
}
