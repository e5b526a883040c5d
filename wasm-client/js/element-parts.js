/** What the elements load on demand: the body of each, and the words for what failed. */

export const parts = {
  accounts: () => import("./elements-accounts.js"),
  posts: () => import("./elements-posts.js"),
  composer: () => import("./elements-composer.js"),
  failure: () => import("./elements-failure.js"),
};
