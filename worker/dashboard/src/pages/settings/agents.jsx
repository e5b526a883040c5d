import { useState } from "preact/hooks";
import { del } from "../../api.js";
import { formatTime } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { Button } from "../../ui/button.jsx";
import { Confirm } from "../../ui/dialog.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Badge } from "../../ui/show.jsx";
import { Table } from "../../ui/table.jsx";
import { toast } from "../../ui/toast.jsx";

/** Assistants that somebody has let in: keys that end, by consent. */
export function Agents() {
  const { data, error } = useLive("/v1/agents");
  const [open, setOpen] = useState();
  if (!error && !data?.count) return null;
  return (
    <section>
      <h2>Assistants</h2>
      <Problem error={error} />
      {data && (
        <Table
          caption="Assistants"
          rows={data.data}
          columns={[
            { name: "From", kind: "main", cell: ({ client }) => <span><b>{client.host}</b>{client.name && <span class="muted"> “{client.name}”</span>}</span> },
            { name: "May", cell: ({ scopes }) => <span class="row">{scopes.map((scope) => <Badge key={scope}>{scope}</Badge>)}</span> },
            { name: "Bound to", cell: ({ tenant_id, account_id }) => <span class={tenant_id ? "mono" : "muted"}>{account_id ? "one account" : (tenant_id ?? "nothing")}</span> },
            { name: "Ends unless used", cell: ({ expires_at }) => formatTime(expires_at) },
            { name: "Actions", kind: "actions", cell: (agent) => <Button kind="quiet" icon="trash" label={`Disconnect ${agent.client.host}`} onPress={() => setOpen(agent)} /> },
          ]}
        />
      )}
      {open && <Remove agent={open} onClose={() => setOpen(undefined)} />}
    </section>
  );
}

function Remove({ agent: { id, client }, onClose }) {
  const remove = async () => {
    await del(`/v1/agents/${id}`);
    changed("/v1/agents");
    toast(`${client.host} opens nothing any more`);
  };
  return (
    <Confirm title={`Disconnect ${client.host}?`} act="Disconnect" onAct={remove} onClose={onClose}>
      <p>The assistant is refused from that moment. What it has written stays.</p>
    </Confirm>
  );
}
