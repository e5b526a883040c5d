/** Whom a post is for: found among any number of accounts by the server, by a part of the username, by tenant, or all of a tenant at once. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useAction } from "../../action.js";
import { all, get } from "../../api.js";
import { formatCount } from "../../format.js";
import { useLive } from "../../live.js";
import { Button } from "../../ui/button.jsx";
import { Problem } from "../../ui/problem.jsx";
import { SearchField } from "../../ui/search.jsx";
import { Avatar } from "../../ui/show.jsx";

/** So many accounts are offered at once, and shown of those that are chosen. */
const OFFERED = 8;
const SHOWN = 12;
const RECENT = 4;
const RECENT_POSTS = 10;
/** A tenant's accounts are read page by page. */
const MOST = 10_000;
const FIELDS = ["id", "username", "nickname", "profile_picture_url", "tenant_id", "max_post_length"];

/** The question of the first list, which the composer asks before it draws itself. */
export const OFFER = `/v1/social-accounts?status=active&limit=${OFFERED}`;

/** What a draft keeps of an account. */
export const kept = (account) => Object.fromEntries(FIELDS.map((name) => [name, account[name]]));

/** `chosen` are accounts, as `kept` has them, and `onChange` takes what becomes of them. `offer` is the answer of `OFFER`, `total` is how many there are, and `gone` who was chosen and cannot post any more. */
export function Picker({ chosen, offer, total, recent, session, gone, onChange, problem }) {
  const [search, setSearch] = useState({ username: "", tenant_id: "" });
  const isSearching = search.username !== "" || search.tenant_id !== "";
  const given = new URLSearchParams(Object.entries(search).filter(([, value]) => value));
  const { data: found, error } = useLive(isSearching ? `${OFFER}&${given}` : null);
  const data = isSearching ? found : offer;
  const offered = offeredOf(total > OFFERED && !isSearching ? recent : [], data?.data ?? []);
  const toggle = useAction(async (account, isOn) => {
    onChange((now) => (isOn ? joined(now, [kept(account)]) : now.filter(({ id }) => id !== account.id)));
    if (!isOn || account.max_post_length) return;
    // A post says less of an account than the list does.
    const { data } = await get(`/v1/social-accounts/${account.id}`);
    onChange((now) => now.map((one) => (one.id === account.id ? kept(data) : one)));
  });
  const hidden = chosen.filter(({ id }) => !offered.some((one) => one.id === id));
  const one = (account) => <One key={account.id} account={account} isChosen={chosen.some(({ id }) => id === account.id)} session={session} onToggle={(isOn) => toggle.run(account, isOn)} />;
  return (
    <fieldset class="pick">
      <legend>Accounts{chosen.length > 0 && <span class="pick-count" role="status">{formatCount(chosen.length)} chosen</span>}</legend>
      <Problem error={error ?? toggle.error} />
      {gone.length > 0 && <p class="field-problem" role="status">{gone.map(({ username }) => `@${username}`).join(", ")} cannot post any more: disconnected, or to be connected again. The choice is without {gone.length === 1 ? "it" : "them"}.</p>}
      <Hidden accounts={hidden} one={one} onNone={() => onChange((now) => now.filter(({ id }) => !hidden.some((other) => other.id === id)))} />
      {total > OFFERED && (
        <div class="pick-search" role="search" aria-label="Accounts">
          <SearchField label="Find an account" placeholder="Part of a username" isVerbatim value={search.username} onText={(username) => setSearch({ ...search, username })} />
          {!session.tenant_id && <SearchField label="Of a tenant" isVerbatim value={search.tenant_id} onText={(tenant_id) => setSearch({ ...search, tenant_id })} />}
        </div>
      )}
      <div class="pick-list">{offered.map(one)}</div>
      <p class="pick-foot">
        {data && isSearching && data.count === 0 && <span class="muted">No active account matches.</span>}
        {data && data.count > offered.length && <span class="muted">{formatCount(data.count - data.data.length)} more: type a part of the username.</span>}
        {search.tenant_id && data?.count > 0 && <AllOf given={given} tenant={search.tenant_id} count={data.count} onChoose={(accounts) => onChange((now) => joined(now, accounts.map(kept)))} />}
      </p>
      {problem && <p class="field-problem">{problem}</p>}
    </fieldset>
  );
}

/** Whom the latest posts were for, as they were when somebody began to write: a list that moves is hard to press. Undefined until it is known. */
export function useRecent(isWanted, listed) {
  const [recent, setRecent] = useState();
  const { data, error } = useLive(isWanted ? `/v1/posts?limit=${RECENT_POSTS}` : null, { every: 0 });
  const first = useRef();
  first.current ??= data?.posts;
  const isKnown = Boolean(first.current && listed);
  useEffect(() => {
    if (!isKnown) return;
    const found = first.current.flatMap(({ tenant_id, socialAccounts }) => socialAccounts.map(({ id, username, nickname }) => ({ id, username, nickname, tenant_id })));
    activeOf(joined([], found).slice(0, RECENT), listed).then(setRecent);
  }, [isKnown]);
  return error ? [] : recent;
}

/** A post keeps the accounts that it was for, and some of them may not be connected any more. */
async function activeOf(accounts, listed) {
  const isActive = ({ id }) => listed.some((one) => one.id === id) || get(`/v1/social-accounts?status=active&limit=1&id=${id}`).then(({ count }) => count > 0, () => false);
  const are = await Promise.all(accounts.map(isActive));
  return accounts.filter((_, at) => are[at]);
}

/** An account of the list has more to say than one of a post. */
const offeredOf = (recent, listed) => joined(recent.map((account) => listed.find(({ id }) => id === account.id) ?? account), listed).slice(0, OFFERED);

/** Each once, as it is known first. */
function joined(accounts, others) {
  const ids = new Set(accounts.map(({ id }) => id));
  const added = others.filter(({ id }) => !ids.has(id) && ids.add(id));
  return [...accounts, ...added];
}

/** Chosen, and not among what is offered: the first of them, and how many more. */
function Hidden({ accounts, one, onNone }) {
  const [isWhole, setWhole] = useState(false);
  if (accounts.length === 0) return null;
  const others = accounts.length - SHOWN;
  return (
    <div class="pick-list">
      {(isWhole ? accounts : accounts.slice(0, SHOWN)).map(one)}
      {others > 0 && !isWhole && <Button kind="quiet" onPress={() => setWhole(true)}>and {formatCount(others)} more</Button>}
      {others > 0 && <Button kind="quiet" onPress={onNone}>Choose none of these</Button>}
    </div>
  );
}

/** The tenant stands beside the handle, since several tenants may have connected the same one. */
const One = ({ account, isChosen, session, onToggle }) => (
  <label class="pick-one">
    <input type="checkbox" checked={isChosen} onChange={(event) => onToggle(event.currentTarget.checked)} />
    <Avatar account={account} size={28} />
    <span class="pick-name"><span>@{account.username}</span>{!session.tenant_id && account.tenant_id && <small title={account.tenant_id}>{account.tenant_id}</small>}</span>
  </label>
);

function AllOf({ given, tenant, count, onChoose }) {
  const { run, isBusy, error } = useAction(async () => onChoose(await all(`/v1/social-accounts?status=active&${given}`, { most: MOST })));
  return (
    <>
      <Button icon="people" isBusy={isBusy} onPress={() => run()}>All {formatCount(count)} of {tenant}</Button>
      <Problem error={error} />
    </>
  );
}
