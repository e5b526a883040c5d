/** How far the set-up is, by what the API says; the last step happens on another site, so it is what was copied here. */

import { useState } from "preact/hooks";
import { useLive } from "../../live.js";

const COPIED = "set-up:snippet-copied";

export function useProgress() {
  const networks = useLive("/v1/social-networks");
  const accounts = useLive("/v1/social-accounts?limit=100");
  const posts = useLive("/v1/posts?status=published&limit=1");
  const keys = useLive("/v1/api-keys");
  const [isCopied, setCopied] = useState(() => read(COPIED));
  const all = [networks, accounts, posts, keys];
  const network = networks.data?.data.find(({ tenant_id }) => tenant_id === null) ?? networks.data?.data[0];
  return {
    isLoading: all.some(({ isLoading }) => isLoading),
    error: all.find(({ error, data }) => error && !data)?.error,
    network,
    accounts: accounts.data?.data ?? [],
    done: {
      app: network !== undefined,
      account: (accounts.data?.count ?? 0) > 0,
      post: (posts.data?.pagination.total ?? 0) > 0,
      key: (keys.data?.count ?? 0) > 0,
      snippet: isCopied,
    },
    onSnippetCopied: () => {
      write(COPIED);
      setCopied(true);
    },
  };
}

/** Storage may be closed; then the step is open again after a reload. */
function read(name) {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return false;
  }
}

function write(name) {
  try {
    localStorage.setItem(name, "1");
  } catch {
    // As above.
  }
}
