/** The options of a post in words. An option without words is shown as the API has it: nobody approves what was not shown. */

const REPLIES = {
  following: "Only people whom the account follows or mentions may reply.",
  mentionedUsers: "Only people whom the post mentions may reply.",
  subscribers: "Only subscribers of the account and people whom it mentions may reply.",
  verified: "Only verified accounts and people whom the post mentions may reply.",
};

const flag = (on, off) => (value) => (value ? on : off);
const list = (ids) => ids.join(", ");

const WORDS = {
  reply_settings: (value) => REPLIES[value],
  reply: ({ in_reply_to_tweet_id: id, exclude_reply_user_ids: left = [] }) =>
    `Replies to the post ${addressOf(id)}${left.length > 0 ? `, without addressing the users ${list(left)}` : ""}`,
  quote_tweet_id: (id) => `Quotes the post ${addressOf(id)}`,
  poll: ({ options, duration_minutes: minutes }) => `Poll, open for ${lengthOf(minutes)}: ${options.map((option) => `“${option}”`).join(", ")}`,
  community_id: (id) => `Is published in the community ${id}.`,
  share_with_followers: flag("Is shown to the followers of the account too.", "Is not shown to the followers of the account."),
  geo: ({ place_id: id }) => `Names the place ${id}.`,
  media: ({ tagged_user_ids: ids }) => `Tags these users in the media: ${list(ids)}`,
  made_with_ai: flag("Is labelled as made with AI.", "Is not labelled as made with AI."),
  paid_partnership: flag("Is labelled as a paid partnership.", "Is not labelled as a paid partnership."),
  for_super_followers_only: flag("Only paying subscribers of the account see it.", "Everybody sees it, not only paying subscribers."),
};

/** A sentence for each option of `x`. */
export const optionsOf = (x = {}) => Object.entries(x).map(([name, value]) => WORDS[name]?.(value) ?? `${name}: ${JSON.stringify(value)}`);

const addressOf = (id) => `https://x.com/i/status/${id}`;

const UNITS = [["day", 1440], ["hour", 60], ["minute", 1]];

/** "1 day 2 hours". */
export function lengthOf(minutes) {
  const counted = UNITS.map(([unit, size], at) => [Math.floor((at > 0 ? minutes % UNITS[at - 1][1] : minutes) / size), unit]);
  return counted.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`).join(" ");
}
