/** How far the set-up is, by what the deployment says: the same in every browser, and after a colleague has gone on with it. */

import { useLive } from "../../live.js";

/** A key of a back end asks for a session as soon as somebody presses the button on its page. */
const REQUESTS = "/v1/audit?action=connect.requested&limit=100";

export function useProgress() {
  const networks = useLive("/v1/social-networks");
  const accounts = useLive("/v1/social-accounts?limit=100");
  const posts = useLive("/v1/posts?status=published&limit=1");
  const keys = useLive("/v1/api-keys");
  const requests = useLive(REQUESTS);
  const all = [networks, accounts, posts, keys, requests];
  const network = networks.data?.data.find(({ tenant_id }) => tenant_id === null) ?? networks.data?.data[0];
  return {
    isLoading: all.some(({ isLoading }) => isLoading),
    error: all.find(({ error, data }) => error && !data)?.error,
    network,
    networks: networks.data?.data ?? [],
    accounts: accounts.data?.data ?? [],
    done: {
      app: network !== undefined,
      account: (accounts.data?.count ?? 0) > 0,
      post: (posts.data?.pagination.total ?? 0) > 0,
      key: (keys.data?.count ?? 0) > 0,
      snippet: isInUse(accounts.data?.data, requests.data?.data),
    },
  };
}

/** Somebody has connected who is a customer, or a back end has asked. The dashboard asks with the admin key, and for no tenant. */
const isInUse = (accounts = [], requests = []) =>
  accounts.some(({ tenant_id }) => tenant_id !== null) || requests.some(({ key_id }) => key_id !== null && key_id !== "admin");
