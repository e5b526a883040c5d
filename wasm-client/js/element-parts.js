/** What the elements load on demand: the body of each. */

export const parts = {
  accounts: () => import("./elements-accounts.js"),
  posts: () => import("./elements-posts.js"),
  composer: () => import("./elements-composer.js"),
};
