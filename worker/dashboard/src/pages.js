/**
 * Every page, in the order of the navigation. A page is a module whose default export is a component; it is loaded when
 * somebody goes there, and gets `{ route, session }`: where the person is (router.js) and who is signed in.
 *
 * `scope` is what a key needs to have any use for the page; `isOperators` is for keys without a tenant.
 */

const SETTINGS = [
  { path: "networks", name: "Social Networks" },
  { path: "keys", name: "API keys" },
  { path: "webhooks", name: "Webhooks" },
  { path: "brand", name: "Brand", isOperators: true },
  { path: "budget", name: "Budget and policy", isOperators: true },
  { path: "audit", name: "Audit" },
  { path: "backup", name: "Backup and export" },
];

export const PAGES = [
  { path: "", name: "Home", icon: "home", load: () => import("./pages/home.jsx") },
  { path: "accounts", name: "Accounts", icon: "people", scope: "read", load: () => import("./pages/accounts.jsx") },
  { path: "posts", name: "Posts", icon: "pen", scope: "read", load: () => import("./pages/posts.jsx") },
  { path: "calendar", name: "Calendar", icon: "calendar", scope: "read", load: () => import("./pages/calendar.jsx") },
  { path: "usage", name: "Usage", icon: "chart", scope: "read", load: () => import("./pages/usage.jsx") },
  { path: "assistants", name: "Assistants", icon: "link", load: () => import("./pages/assistants.jsx") },
  { path: "settings", name: "Settings", icon: "sliders", scope: "admin", parts: SETTINGS, load: () => import("./pages/settings.jsx") },
];

/** The page of a route, by its first segment. */
export const pageOf = ({ path: [first = ""] }) => PAGES.find(({ path }) => path === first);
