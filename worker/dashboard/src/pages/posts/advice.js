/** What a person can do about the trouble of a post at an account, by the API's code (docs/API.md, section 10). */

/** A delivery that waits for a person's approval: the post's own section says so. */
export const APPROVAL = "approval_required";

const OF_APP = ["app_read_only", "app_not_enrolled", "credits_depleted", "x_refused"];

const ADVICE = {
  duplicate_content: "X has had the same text from this account lately. Change the text, and post it again.",
  not_summoned: "X takes a reply to somebody's post only from accounts that the post mentions or that may reply. Post it without the reply.",
  quote_not_allowed: "The author does not let this account quote the post. Take the quote away, and post it again.",
  text_too_long: "X counts a link as 23 characters and an emoji as 2. Shorten the text, or make it a thread.",
  video_too_long: "X takes videos up to 140 seconds from this account. Use a shorter one.",
  too_many_cashtags: "X takes one $ tag in a post. Take the others away.",
  media_failed: "X could not use a file. Add the file anew, best as JPEG, PNG or MP4.",
  unsupported_media: "X takes up to four pictures, or one GIF, or one video, and not together. Change the files.",
  media_url_refused: "A file could not be fetched from its address. Add the file itself.",
  x_refused: "X gives no reason that can be mended here. Change the post, and post it again.",
  x_unavailable: "X was not available for a day. Retry, or change the post first.",
  credits_depleted: "Add credits in X's developer console. The post then goes out by itself.",
  app_read_only: "Set the app's permissions to “Read and write” in X's console, then connect the account again.",
  app_not_enrolled: "Attach the app to a project in X's console, in Production.",
  account_locked: "Sign in at x.com as this account, and do what X asks there. The post then goes out by itself.",
  reconnect_required: "Reconnect it here. The post then goes out by itself.",
  missing_scope: "Connect the account again, and allow what is missing. The post then goes out by itself.",
  rate_limited: "X allows no more at the moment. It goes out by itself.",
};
const HELD_BY_APP = "X refuses the app's credentials. Replace them in Settings, Social Networks.";

/** X's answer is lost: whether the post is there is for the account to show. */
const UNKNOWN = "Nothing is sent twice. Look at the account on X, and say below whether the post is there.";

export const adviceOn = (code, state) => (state === "unknown" ? UNKNOWN : code === "x_refused" && state === "held" ? HELD_BY_APP : ADVICE[code]);

/** Whether the X app holds it, and not the account. */
export const isOfApp = (code) => OF_APP.includes(code);
