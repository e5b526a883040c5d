/**
 * COPY ME. What a site adds to its back end: a few calls, each in the name of the user who is signed in.
 *
 * The API key stays here. The page only ever sees a session token, which is good for one connection.
 */
export function xBackend({ api, apiKey, origin }) {
  /** Answers the API's own JSON. Throws `Refused` with a sentence for the visitor, after logging what the API said. */
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
      return call("POST", "/v1/connect-sessions", { body: { network: "x", tenant_id: String(user.id), origin, ...wishes } });
    },

    /** For <x-accounts session-url> and the other elements: a token for this user's tenant, this origin and an hour. */
    startPage(user) {
      return call("POST", "/v1/page-sessions", { body: { origin, tenant_id: String(user.id), scopes: ["accounts", "publish"] } });
    },

    accounts(user) {
      return call("GET", `/v1/social-accounts?tenant_id=${encodeURIComponent(user.id)}&status=active`);
    },

    /** An address that takes one file from the page. */
    announceFile(user, { filename, content_type, size }) {
      return call("POST", "/v1/media/upload", { body: { filename, content_type, size, tenant_id: String(user.id) } });
    },

    /** All bytes of it are there. */
    async confirmFile(user, id) {
      await this.own(user, "media", id);
      return call("POST", `/v1/media/${id}/confirm`);
    },

    /**
     * A text is waited for, up to 20 s; a file takes longer, and the page asks how far it is. `tenant_id` keeps a user
     * from naming somebody else's account or file.
     */
    post(user, { account, content, media }, draft) {
      return call("POST", "/v1/posts", {
        body: { accounts: [account], containers: [{ content, media }], tenant_id: String(user.id) },
        headers: { "idempotency-key": `${user.id}.${draft}`, ...(!media && { prefer: "wait=20" }) },
      });
    },

    showPost(user, id) {
      return this.own(user, "posts", id);
    },

    /** A row, if it is this user's: the API key sees those of all users, and the page could name any. */
    async own(user, rows, id) {
      const answer = await call("GET", `/v1/${rows}/${encodeURIComponent(id)}`);
      const { tenant_id } = answer.post ?? answer.data;
      if (tenant_id !== String(user.id)) throw Object.assign(new Error("There is nothing here."), { status: 404 });
      return answer;
    },
  };
}

/** For visitors, whatever went wrong. */
export const SORRY = "Acme could not do that just now. Please try again.";
/** What the API says of a text or a file is for whoever wrote it. All else is about the site, and for its log alone. */
const FOR_WRITERS = ["text_too_long", "unsupported_media", "media_too_large"];

export class Refused extends Error {
  constructor(status, { error, code, hint, request_id: requestId }) {
    const isForWriter = FOR_WRITERS.includes(code);
    super(isForWriter ? error : SORRY);
    this.status = isForWriter ? status : 502;
    console.error(`acme: the API refused: ${status} ${code}: ${hint ?? error} (request ${requestId})`);
  }
}
