/** What the elements load on demand: the body of each, and the words for what failed. */

export const parts = {
  accounts: () => import("./elements-accounts.js"),
  posts: () => import("./elements-posts.js"),
  failure: () => import("./elements-failure.js"),
};
