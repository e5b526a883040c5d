/**
 * COPY ME. What a site adds to its back end: three calls, each in the name of the user who is signed in.
 *
 * The API key stays here. The page only ever sees a session token, which is good for one connection.
 */
export function xBackend({ api, apiKey, origin }) {
  /** Answers the API's own JSON. Throws `Refused` with a sentence for the user, after logging the developer's hint. */
  async function call(method, path, { body, headers } = {}) {
    const response = await fetch(api + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Refused(response.status, answer);
    return answer;
  }

  return {
    /**
     * For <connect-x session-url>. `tenant_id` is what ties the account to the user, so it comes from the login. The
     * rest are the page's wishes, which cannot lead outside: `redirect_uri` must be of this origin, the account of this
     * tenant.
     */
    startSession(user, { redirect_uri, expected_username, reconnect_account_id }) {
      const wishes = { redirect_uri, expected_username, reconnect_account_id };
      return call("POST", "/v1/connect-sessions", { body: { network: "x", tenant_id: user.id, origin, ...wishes } });
    },

    accounts(user) {
      return call("GET", `/v1/social-accounts?tenant_id=${user.id}&status=active`);
    },

    /** Waits up to 20 s for X. `tenant_id` keeps a user from naming somebody else's account. */
    post(user, { account, content }, draft) {
      return call("POST", "/v1/posts", {
        body: { accounts: [account], content, tenant_id: user.id },
        headers: { prefer: "wait=20", "idempotency-key": `${user.id}.${draft}` },
      });
    },
  };
}

export class Refused extends Error {
  constructor(status, { error, code, hint, request_id: requestId }) {
    super(error);
    // A wrong key or a bad request of ours is no business of the user's; the status tells them which it was.
    this.status = status === 401 || status === 403 ? 502 : status;
    console.error(`acme: the API refused: ${status} ${code}: ${hint ?? error} (request ${requestId})`);
  }
}
