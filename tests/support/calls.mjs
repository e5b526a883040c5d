/** Calls to X as the stand-in names them: a fault meets one, its log is asked for one. */

export const CREATE_CALL = { method: "POST", path: "/2/tweets" };
export const REPOST_CALL = { method: "POST", path: "/2/users/{id}/retweets" };
export const TIMELINE_CALL = { method: "GET", path: "/2/users/{id}/tweets" };
export const ME_CALL = { method: "GET", path: "/2/users/me" };
export const TOKEN_CALL = { method: "POST", path: "/2/oauth2/token" };
export const REVOKE_CALL = { method: "POST", path: "/2/oauth2/revoke" };
