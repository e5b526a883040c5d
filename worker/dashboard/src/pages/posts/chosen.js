/** Whom a new post is for: as it was chosen, else the one account that there is, and nobody who cannot post any more. */

import { useEffect, useState } from "preact/hooks";
import { get } from "../../api.js";
import { kept } from "./picker.jsx";

/** So many that the first list does not name are asked for one by one. */
const MOST_ASKED = 20;

/** `[chosen, gone]`: accounts, and of which of them the composer has let go. `listed` is the answer of the first list, once it is known. */
export function useChosen({ accounts }, listed, stored, change) {
  const [gone, setGone] = useState([]);
  const only = listed?.count === 1 ? listed.data.map(kept) : [];
  useEffect(() => {
    // Whoever was shown as chosen stays so when another is connected.
    if (stored || !listed || accounts) return;
    if (only.length > 0) change({ accounts: only });
  }, [listed, accounts]);
  useEffect(() => {
    if (stored || !listed || !accounts?.length) return undefined;
    let isWanted = true;
    lostOf(accounts, listed).then((lost) => {
      if (!isWanted || lost.length === 0) return;
      const ids = lost.map(({ id }) => id);
      change(({ accounts: now = [] }) => ({ accounts: now.filter(({ id }) => !ids.includes(id)) }));
      setGone(lost);
    });
    return () => (isWanted = false);
  }, [listed]);
  return [stored ? stored.accounts : (accounts ?? only), gone];
}

/** Those that the list of active accounts leaves out. Of a list that is not whole, those that say so themselves. */
async function lostOf(accounts, { data, pagination }) {
  const others = accounts.filter(({ id }) => !data.some((one) => one.id === id));
  if (!pagination.after) return others;
  const asked = others.slice(0, MOST_ASKED);
  const isLost = await Promise.all(asked.map(({ id }) => get(`/v1/social-accounts/${id}`).then(({ data }) => data.status !== "active", ({ status }) => status === 404)));
  return asked.filter((_, at) => isLost[at]);
}
