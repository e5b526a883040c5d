/** Whose accounts and posts an assistant sees: those of one account, of one tenant, or all that the person's key sees. */

import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../api.js";
import { formatAccounts, formatCount } from "../format.js";
import { useLive } from "../live.js";
import { TENANT, may } from "../scope.js";
import { Choice as OneOf, TextField } from "../ui/field.jsx";
import { Notice, Problem } from "../ui/problem.jsx";
import { SearchField } from "../ui/search.jsx";
import { Avatar, Loading } from "../ui/show.jsx";

const OFFERED = 8;
const PAUSE_MS = 400;
const isTenant = (text) => new RegExp(`^${TENANT}$`, "u").test(text);

/** What is chosen at first: a key of one tenant or account is narrow already. */
export const firstReach = (session) => ({ kind: session.tenant_id || session.account_id ? "all" : undefined, tenant: "" });

/** The fields of the body, or what is missing. */
export function binding({ kind, tenant, account }) {
  if (kind === "account") return account ? { fields: { account_id: account } } : { problem: "Choose an account." };
  if (kind === "tenant") return isTenant(tenant) ? { fields: { tenant_id: tenant } } : { problem: "Enter the name of the tenant." };
  return kind ? { fields: {} } : { problem: "Choose one of these." };
}

export function Reach({ session, reach, found, problem, onChange, onFound }) {
  const mayLook = may(session, "read");
  if (session.account_id) return <Fixed>It sees and changes only <Handle id={session.account_id} mayLook={mayLook} />, as your key does.</Fixed>;
  const whole = session.tenant_id;
  const options = [
    !whole && ["tenant", "One tenant", "Only the accounts and posts of one customer"],
    mayLook && ["account", "One account", "Only one X account and its posts"],
    ["all", whole ? <>All of <b>{whole}</b></> : "Everything", whole ? "Only for this tenant, as your key is" : "The accounts and posts of all tenants"],
  ].filter(Boolean);
  const set = (fields) => onChange({ ...reach, ...fields });
  return (
    <div class="consent-reach">
      {options.length > 1 ? <OneOf label="Whose accounts and posts" value={reach.kind} options={options} onText={(kind) => set({ kind })} /> : <Fixed>It sees and changes only what belongs to <b>{whole}</b>, as your key does.</Fixed>}
      {reach.kind === "tenant" && <Tenant tenant={reach.tenant} found={found} mayLook={mayLook} onText={(tenant) => set({ tenant })} onFound={onFound} />}
      {reach.kind === "account" && <Account session={session} chosen={reach.account} onChoose={(account) => set({ account })} />}
      <p class="field-problem" role="alert">{problem}</p>
    </div>
  );
}

const Fixed = ({ children }) => (
  <div class="field">
    <span class="field-name">Whose accounts and posts</span>
    <p>{children}</p>
  </div>
);

function Handle({ id, mayLook }) {
  const { data } = useLive(mayLook ? `/v1/social-accounts/${id}` : null, { every: 0 });
  return data ? <b>@{data.data.username}</b> : <>the account <span class="mono">{id}</span></>;
}

/** How many accounts a tenant has, so that a mistyped one is seen. */
export async function lookUp(tenant) {
  const { count, data } = await get(`/v1/social-accounts?${new URLSearchParams({ tenant_id: tenant, limit: 3 })}`);
  return { tenant, count, handles: data.map(({ username }) => `@${username}`) };
}

function Tenant({ tenant, found, mayLook, onText, onFound }) {
  const latest = useRef();
  latest.current = tenant;
  useEffect(() => {
    if (!mayLook || !isTenant(tenant)) return undefined;
    // A name that cannot be looked up now is looked up before it counts.
    const look = () => lookUp(tenant).then((told) => latest.current === told.tenant && onFound(told), () => {});
    const timer = setTimeout(look, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [tenant]);
  const isKnown = found?.tenant === tenant;
  return (
    <>
      <TextField label="Tenant" isVerbatim required value={tenant} onText={onText} pattern={TENANT} hint="The name under which the customer's accounts are connected here" />
      <div role="status">
        {isKnown && found.count === 0 && <Notice kind="warn" title="No account is connected for this tenant yet"><p>Look at the name again. If it is right, you can go on.</p></Notice>}
        {isKnown && found.count > 0 && <p class="field-hint">{formatAccounts(found.count)}: {found.handles.join(", ")}{found.count > found.handles.length && ` and ${formatCount(found.count - found.handles.length)} more`}</p>}
      </div>
    </>
  );
}

/** One of any number: the server finds them by a part of the username. */
function Account({ session, chosen, onChoose }) {
  const [username, setUsername] = useState("");
  const search = new URLSearchParams({ limit: OFFERED, ...(username && { username }) });
  const { data, error, isLoading } = useLive(`/v1/social-accounts?${search}`, { every: 0 });
  const isMany = username !== "" || data?.count > OFFERED;
  return (
    <fieldset class="pick">
      <legend>Account</legend>
      <Problem error={error} />
      {isMany && <SearchField label="Find an account" placeholder="Part of a username" isVerbatim value={username} onText={setUsername} />}
      {isLoading && <Loading rows={1} />}
      <div class="pick-list">
        {data?.data.map((account) => (
          <label key={account.id} class="pick-one">
            <input type="radio" name="account" checked={account.id === chosen} onChange={() => onChoose(account.id)} />
            <Avatar account={account} size={28} />
            <span class="pick-name">@{account.username}{!session.tenant_id && account.tenant_id && <small title={account.tenant_id}>{account.tenant_id}</small>}</span>
          </label>
        ))}
      </div>
      {data?.count === 0 && <p class="muted">{username ? "No account matches." : "No account is connected yet."}</p>}
      {data?.count > OFFERED && <p class="muted">{formatCount(data.count - data.data.length)} more: type a part of the username.</p>}
    </fieldset>
  );
}
