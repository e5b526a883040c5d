// Scope names, and what the consent page says about each.
// https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code (the table), and X's OpenAPI 2.167
// for timeline.read and broadcast.*.

export const SCOPES = {
  "tweet.read": "See posts that you can see, including those of protected accounts",
  "tweet.write": "Post and repost for you",
  "tweet.moderate.write": "Hide and unhide replies to your posts",
  "users.email": "See your e-mail address",
  "users.read": "See any account that you can see",
  "follows.read": "See who follows you and whom you follow",
  "follows.write": "Follow and unfollow people for you",
  "offline.access": "Stay connected to your account until you revoke access",
  "space.read": "See Spaces that you can see",
  "mute.read": "See accounts that you have muted",
  "mute.write": "Mute and unmute accounts for you",
  "like.read": "See posts that you have liked",
  "like.write": "Like and unlike posts for you",
  "list.read": "See Lists that you can see",
  "list.write": "Create and change Lists for you",
  "block.read": "See accounts that you have blocked",
  "block.write": "Block and unblock accounts for you",
  "bookmark.read": "See your bookmarks",
  "bookmark.write": "Add and remove bookmarks",
  "dm.read": "See your direct messages",
  "dm.write": "Send direct messages for you",
  "media.write": "Upload media for you",
  "timeline.read": "See your timelines",
  "broadcast.read": "See your broadcasts",
  "broadcast.write": "Manage your broadcasts",
};

export const isScope = (name) => Object.hasOwn(SCOPES, name);
