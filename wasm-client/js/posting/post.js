/** What a post may be, for whoever writes one: in the elements and in the dashboard (docs/API.md, section 5). */

/** X's limit of a thread here. */
export const MOST_PARTS = 25;

/** Who may reply: `reply_settings`, and everyone without one. */
export const REPLIES = ["", "following", "mentionedUsers", "subscribers", "verified"];

/** X's rules of a poll: two to four choices of at most 25 characters, five minutes to seven days. */
export const POLL = { least: 2, most: 4, length: 25, minutes: [60, 360, 1440, 4320, 10_080] };
export const newPoll = () => ({ options: ["", ""], duration_minutes: 1440 });

/** One text of a thread, and its files. */
export const newPart = (text = "") => ({ key: crypto.randomUUID(), text, media: [] });

export const isSending = ({ parts }) => parts.some(({ media }) => media.some(({ state }) => state === "sending"));

/** Of a page that is loaded anew: files that were still on their way are gone with the page before. */
export const withFilesThatAreThere = (parts) => parts.map((part) => ({ ...part, media: part.media.filter(({ state }) => state === "ready") }));

/** What the counting module has to know of the accounts that write. */
export const writersOf = (accounts) => accounts.map(({ username, max_post_length = 280 }) => ({ username, max_post_length }));

/** Has it passed? The API would publish such a post at once. */
export const isPast = (time, now = new Date()) => new Date(time) <= now;
