/** Everybody who has connected, with what to do about each; `#/accounts/{id}` is one of them. */

import { useState } from "preact/hooks";
import { ConnectButton } from "../connect-button.jsx";
import { useLive } from "../live.js";
import { go, href } from "../router.js";
import { TENANT, may } from "../scope.js";
import { Button } from "../ui/button.jsx";
import { Cut } from "../ui/cut.jsx";
import { Dialog } from "../ui/dialog.jsx";
import { Select, TextField } from "../ui/field.jsx";
import { Problem } from "../ui/problem.jsx";
import { SearchField } from "../ui/search.jsx";
import { Avatar, Empty, Loading, Page, StateBadge } from "../ui/show.jsx";
import { Table } from "../ui/table.jsx";
import { Time } from "../ui/time.jsx";
import { Turn, placeOf } from "../ui/turn.jsx";
import { AccountPage } from "./accounts/account.jsx";
import { Chosen } from "./accounts/disconnect.jsx";

const STATUSES = [["", "Any status"], ["active", "Active"], ["reconnect_required", "Reconnect required"], ["disconnected", "Disconnected"]];
const PAGE = 50;

export default function Accounts({ route, session }) {
  const [, id] = route.path;
  return id ? <AccountPage key={id} id={id} session={session} /> : <List query={route.query} session={session} />;
}

function List({ query, session }) {
  const at = placeOf(query);
  const filters = { username: query.get("username"), status: query.get("status"), tenant_id: query.get("tenant_id"), customer_social_network_id: query.get("customer_social_network_id") };
  const wanted = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
  const isFiltered = Object.keys(wanted).length > 0;
  const { data, error, isLoading } = useLive(`/v1/social-accounts?${new URLSearchParams({ ...wanted, limit: PAGE, ...(at.after && { after: at.after }) })}`);
  const [chosen, setChosen] = useState([]);
  const set = (name) => (value) => {
    setChosen([]);
    go("accounts", { ...filters, [name]: value }, { replace: true });
  };
  const mayDisconnect = may(session, "connect");
  return (
    <Page
      title="Accounts"
      intro="X accounts that you and your customers have connected."
      actions={<Connect session={session} />}
    >
      <div class="filters" role="search" aria-label="Accounts">
        <SearchField label="Username" value={filters.username ?? ""} onText={set("username")} />
        {!session.tenant_id && <SearchField label="Tenant" isVerbatim value={filters.tenant_id ?? ""} onText={set("tenant_id")} />}
        <Select label="Status" value={filters.status ?? ""} options={STATUSES} onText={set("status")} />
      </div>
      <Problem error={error} />
      {isLoading && <Loading />}
      {data?.data.length > 0 && mayDisconnect && <Chosen chosen={chosen} shown={data.data} count={data.count} filters={wanted} onChange={setChosen} />}
      {data?.data.length > 0 && <Rows accounts={data.data} chosen={mayDisconnect && chosen} onChange={setChosen} />}
      {data?.data.length === 0 && (isFiltered ? <NoMatch /> : <NoAccounts />)}
      {data && <Turn at={at} size={PAGE} answer={data} path="accounts" filters={filters} />}
    </Page>
  );
}

function Rows({ accounts, chosen, onChange }) {
  const choice = { name: "Choose", kind: "choice", cell: (account) => <Choice account={account} chosen={chosen} onChange={onChange} /> };
  return (
    <Table
      caption="Connected accounts" name="table-accounts"
      rows={accounts}
      columns={[
        ...(chosen ? [choice] : []),
        { name: "Account", kind: "main", cell: (account) => <Person account={account} /> },
        { name: "Tenant", cell: ({ tenant_id }) => (tenant_id ? <Cut text={tenant_id} label="tenant" /> : <span class="nothing muted">none</span>) },
        { name: "Status", kind: "end", cell: (account) => <StateBadge state={account.status} /> },
        { name: "Since", kind: "time", cell: ({ status_since }) => <Time iso={status_since} isAgo /> },
      ]}
    />
  );
}

const Choice = ({ account, chosen, onChange }) => (
  <input
    type="checkbox" aria-label={`Choose @${account.username}`} checked={chosen.some(({ id }) => id === account.id)}
    onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, account] : chosen.filter(({ id }) => id !== account.id))}
  />
);

const Person = ({ account }) => (
  <a class="person" href={href(`accounts/${account.id}`)}>
    <Avatar account={account} />
    <span>
      <b dir="auto">{account.nickname}</b>
      <small>@{account.username}</small>
    </span>
  </a>
);

/** At once for the operator's own; a customer's is named first. */
function Connect({ session }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      {!session.tenant_id && <Button onPress={() => setAsking(true)}>For a tenant …</Button>}
      <ConnectButton id="connect-account">Connect Account</ConnectButton>
      {isAsking && <ForTenant onClose={() => setAsking(false)} />}
    </>
  );
}

function ForTenant({ onClose }) {
  const [tenant, setTenant] = useState("");
  const [isEarly, setEarly] = useState(false);
  const isGood = new RegExp(`^${TENANT}$`, "v").test(tenant);
  return (
    <Dialog title="Connect for a tenant" onClose={onClose}>
      <div class="stack">
        <TextField
          label="Tenant" isVerbatim value={tenant} onText={setTenant}
          hint="Your own id of the customer: letters, digits, _ and -"
          problem={tenant && !isGood ? "Up to 128 letters, digits and plain signs, without spaces, \", \\, < and >" : isEarly && !tenant ? "Type the id of the customer first." : undefined}
        />
        <p class="muted">The account is then this customer's: their keys see it, and nobody else's do. Sign in at X as the customer, or send the customer a link by your back end.</p>
        <div class="form-end">
          {isGood ? (
            <ConnectButton id="connect-tenant" wishes={{ tenant_id: tenant }} onConnected={onClose}>Connect Account</ConnectButton>
          ) : (
            <Button kind="primary" aria-disabled onPress={() => setEarly(true)}>Connect Account</Button>
          )}
          <Button kind="quiet" onPress={onClose}>Cancel</Button>
        </div>
      </div>
    </Dialog>
  );
}

const NoAccounts = () => (
  <Empty icon="people" title="Nobody has connected yet">
    Connect an account of your own with <b>Connect Account</b>, or put the same button on your page: the last step of the set-up has the snippet.
  </Empty>
);

const NoMatch = () => (
  <Empty icon="people" title="No account matches" action={<a href="#/accounts">Show all</a>}>Every part of a username finds it, and all of a tenant's id.</Empty>
);
