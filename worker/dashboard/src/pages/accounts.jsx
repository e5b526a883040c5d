/** Everybody who has connected, with what to do about each; `#/accounts/{id}` is one of them. */

import { useState } from "preact/hooks";
import { ConnectButton } from "../connect-button.jsx";
import { formatAgo } from "../format.js";
import { useLive } from "../live.js";
import { go, href } from "../router.js";
import { TENANT } from "../tenant.js";
import { Button } from "../ui/button.jsx";
import { Dialog } from "../ui/dialog.jsx";
import { Select, TextField } from "../ui/field.jsx";
import { Problem } from "../ui/problem.jsx";
import { Avatar, Empty, Loading, Page, StateBadge } from "../ui/show.jsx";
import { Table } from "../ui/table.jsx";
import { AccountPage } from "./accounts/account.jsx";

const STATUSES = [["", "Any status"], ["active", "Active"], ["reconnect_required", "Reconnect required"], ["disconnected", "Disconnected"]];
const PAGE = 50;

export default function Accounts({ route, session }) {
  const [, id] = route.path;
  return id ? <AccountPage key={id} id={id} session={session} /> : <List query={route.query} session={session} />;
}

function List({ query, session }) {
  const offset = Number(query.get("offset") ?? 0);
  const filters = { username: query.get("username"), status: query.get("status"), tenant_id: query.get("tenant_id") };
  const isFiltered = Object.values(filters).some(Boolean);
  const search = new URLSearchParams(Object.entries({ ...filters, limit: PAGE, offset }).filter(([, value]) => value));
  const { data, error, isLoading } = useLive(`/v1/social-accounts?${search}`);
  const set = (name) => (value) => go("accounts", { ...filters, [name]: value }, { replace: true });
  return (
    <Page
      title="Accounts"
      intro="X accounts that you and your customers have connected."
      actions={<Connect session={session} />}
    >
      <div class="filters" role="search">
        <TextField label="Username" type="search" value={filters.username ?? ""} onText={set("username")} />
        {!session.tenant_id && <TextField label="Tenant" type="search" isVerbatim value={filters.tenant_id ?? ""} onText={set("tenant_id")} />}
        <Select label="Status" value={filters.status ?? ""} options={STATUSES} onText={set("status")} />
      </div>
      <Problem error={error} />
      {isLoading && <Loading />}
      {data?.data.length > 0 && <Rows accounts={data.data} />}
      {data?.data.length === 0 && (isFiltered ? <NoMatch /> : <NoAccounts />)}
      {data && <Turn offset={offset} count={data.count} to={(next) => href("accounts", { ...filters, offset: next || undefined })} />}
    </Page>
  );
}

const Rows = ({ accounts }) => (
  <Table
    caption="Connected accounts"
    rows={accounts}
    columns={[
      { name: "Account", kind: "main", cell: (account) => <Person account={account} /> },
      { name: "Tenant", cell: ({ tenant_id }) => (tenant_id ? <span class="mono">{tenant_id}</span> : <span class="muted">none</span>) },
      { name: "Status", cell: (account) => <StateBadge state={account.status} /> },
      { name: "Since", cell: ({ status_since }) => formatAgo(status_since) },
    ]}
  />
);

const Person = ({ account }) => (
  <a class="person" href={href(`accounts/${account.id}`)}>
    <Avatar account={account} />
    <span>
      <b>{account.nickname}</b>
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
  const isGood = new RegExp(`^${TENANT}$`, "v").test(tenant);
  return (
    <Dialog title="Connect for a tenant" onClose={onClose}>
      <div class="stack">
        <TextField
          label="Tenant" isVerbatim value={tenant} onText={setTenant}
          hint="Your own id of the customer: letters, digits, _ and -"
          problem={tenant && !isGood ? "Up to 128 characters of plain ASCII without spaces, \", \\, < and >" : undefined}
        />
        {isGood && <ConnectButton id="connect-tenant" wishes={{ tenant_id: tenant }} onConnected={onClose}>Connect Account</ConnectButton>}
      </div>
    </Dialog>
  );
}

const NoAccounts = () => (
  <Empty icon="people" title="Nobody has connected yet">
    Connect an account of your own with the button above, or put the same button on your page: the last step of the set-up has the snippet.
  </Empty>
);

const NoMatch = () => (
  <Empty icon="people" title="No account matches" action={<a href="#/accounts">Show all</a>}>Every part of a username finds it.</Empty>
);

function Turn({ offset, count, to }) {
  if (count <= PAGE) return null;
  return (
    <nav class="turn" aria-label="Pages of the list">
      {offset > 0 && <a href={to(Math.max(0, offset - PAGE))}>Previous</a>}
      <span>{offset + 1} to {Math.min(offset + PAGE, count)} of {count}</span>
      {offset + PAGE < count && <a href={to(offset + PAGE)}>Next</a>}
    </nav>
  );
}
