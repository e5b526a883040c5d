/** Assistants that somebody has let in: keys that end, by consent. Every key sees its own, and an admin's all of its tenant. */

import { useState } from "preact/hooks";
import { del } from "../api.js";
import { formatDate, formatTime } from "../format.js";
import { nameOf } from "../consent/scopes.jsx";
import { KeyName } from "../key-name.jsx";
import { changed, useLive } from "../live.js";
import { href } from "../router.js";
import { may } from "../scope.js";
import { Button } from "../ui/button.jsx";
import { Copy } from "../ui/copy.jsx";
import { Confirm } from "../ui/dialog.jsx";
import { Problem } from "../ui/problem.jsx";
import { Badge, Empty, Loading, Page, Section } from "../ui/show.jsx";
import { Table } from "../ui/table.jsx";
import { Time } from "../ui/time.jsx";
import { toast } from "../ui/toast.jsx";
import { Turn, placeOf } from "../ui/turn.jsx";

const PAGE = 50;

export default function Assistants({ session, route: { query } }) {
  const at = placeOf(query);
  const { data, error, isLoading } = useLive(`/v1/agents?${new URLSearchParams({ limit: PAGE, ...(at.after && { after: at.after }) })}`);
  const [open, setOpen] = useState();
  return (
    <Page title="Assistants" intro={may(session, "admin") ? "Programs that act for somebody who has let them in." : "Programs that act for you, within what you have allowed."}>
      <Section title="Let in">
        <Problem error={error} />
        {isLoading && <Loading />}
        {data?.count === 0 && <Empty icon="link" title="No assistant is let in">An assistant asks for your consent first, and does what you allow until you end it here.</Empty>}
        {data?.count > 0 && <Rows agents={data.data} session={session} onDisconnect={setOpen} />}
        {data && <Turn at={at} size={PAGE} answer={data} path="assistants" names={["Newer", "Older"]} />}
      </Section>
      <Section title="Let another in" intro="Enter this address where the assistant takes a connector or an MCP server. The assistant then leads you to a page that asks.">
        <Copy label="address for assistants" text={`${location.origin}/mcp`} />
      </Section>
      {open && <Disconnect agent={open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

function Rows({ agents, session, onDisconnect }) {
  const isAdmin = may(session, "admin");
  const keys = useLive(isAdmin ? "/v1/api-keys" : null).data?.data ?? [];
  const columns = [
    { name: "From", kind: "main", cell: ({ client }) => <span class="break"><b>{client.host}</b>{client.name && <span class="muted"> “<bdi>{client.name}</bdi>”</span>}</span> },
    { name: "May", cell: ({ scopes }) => <span class="row">{scopes.map((scope) => <Badge key={scope}>{nameOf(scope)}</Badge>)}</span> },
    { name: "For", cell: (agent) => <Binding agent={agent} session={session} /> },
    { name: "Let in", cell: ({ created_at, key_id }) => <span><Time iso={created_at} />{isAdmin && <small class="below">with <KeyName id={key_id} keys={keys} session={session} /></small>}</span> },
    { name: "State", cell: (agent) => <State agent={agent} /> },
    { name: "Ends unless used", cell: ({ status, expires_at }) => (status === "active" ? formatDate(expires_at) : <Time iso={expires_at} isAgo />) },
    { name: "Actions", kind: "actions", cell: (agent) => <Button kind="quiet" icon="trash" label={`Disconnect ${agent.client.host}, let in ${formatTime(agent.created_at)}`} onPress={() => onDisconnect(agent)}>Disconnect</Button> },
  ];
  return <Table caption="Assistants" rows={agents} columns={columns} />;
}

function Binding({ agent: { tenant_id: tenant, account_id: id }, session }) {
  const { data } = useLive(id && may(session, "read") ? `/v1/social-accounts/${id}` : null, { every: 0 });
  if (id) {
    return (
      <span>
        {may(session, "read") ? <a href={href(`accounts/${id}`)}>{data ? `@${data.data.username}` : "one account"}</a> : "one account"}
        {tenant && <span class="muted"> of <span class="mono">{tenant}</span></span>}
      </span>
    );
  }
  return tenant ? <span class="mono">{tenant}</span> : <span class="muted">all tenants</span>;
}

/** A token lasts an hour, so the last use is no later than an hour after the renewal. */
function State({ agent: { status, renewed_at: renewed } }) {
  if (status === "pending") return <span><Badge kind="idle">Not finished</Badge><small class="below">The assistant has not come for it</small></span>;
  return <span><Badge kind="good">Active</Badge><small class="below">Renewed <Time iso={renewed} isAgo /></small></span>;
}

function Disconnect({ agent: { id, client, created_at: at }, onClose }) {
  const remove = async () => {
    await del(`/v1/agents/${id}`);
    changed("/v1/agents");
    toast(`${client.host} opens nothing any more`);
  };
  return (
    <Confirm title={`Disconnect ${client.host}?`} act="Disconnect" onAct={remove} onClose={onClose}>
      <p>The assistant that was let in on {formatTime(at)} is refused from this moment. What it has written stays.</p>
    </Confirm>
  );
}
