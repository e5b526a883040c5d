import { useState } from "preact/hooks";
import { del } from "../../api.js";
import { changed, useLive } from "../../live.js";
import { href } from "../../router.js";
import { may } from "../../scope.js";
import { Button } from "../../ui/button.jsx";
import { Confirm, Dialog } from "../../ui/dialog.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Badge, Empty, Loading, Page } from "../../ui/show.jsx";
import { Table } from "../../ui/table.jsx";
import { Time } from "../../ui/time.jsx";
import { toast } from "../../ui/toast.jsx";
import { Turn, placeOf } from "../../ui/turn.jsx";
import { KeyForm } from "./key-form.jsx";

const PAGE = 50;

/** Settings → API keys: who may call, and what they may do. */
export function Keys({ session, route: { query } }) {
  const at = placeOf(query);
  const { data, error, isLoading } = useLive(`/v1/api-keys?${new URLSearchParams({ limit: PAGE, ...(at.after && { after: at.after }) })}`);
  const [open, setOpen] = useState();
  const close = () => setOpen(undefined);
  const create = <Button kind="primary" icon="plus" onPress={() => setOpen({})}>Create key</Button>;
  return (
    <Page title="API keys" intro="A key for each program that calls, as narrow as its work. The admin key of the configuration is not among them." actions={may(session, "admin") && create}>
      <Problem error={error} />
      {isLoading && <Loading />}
      {data?.count === 0 && <Empty icon="key" title="No keys yet">Your back end needs one to connect accounts and to publish. It is shown once, when it is created.</Empty>}
      {data?.count > 0 && <Rows keys={data.data} session={session} onDelete={(key) => setOpen({ key })} />}
      {data && <Turn at={at} size={PAGE} answer={data} path="settings/keys" names={["Newer", "Older"]} />}
      {open && !open.key && <Dialog title="Create a key" size="large" onClose={close}><KeyForm session={session} /></Dialog>}
      {open?.key && <Remove apiKey={open.key} onClose={close} />}
    </Page>
  );
}

const Rows = ({ keys, session, onDelete }) => (
  <Table
    caption="API keys"
    rows={keys}
    columns={[
      { name: "Name", kind: "main", cell: ({ id, name }) => <span><b>{name}</b>{id === session.key_id && <span class="muted"> (this session's)</span>}</span> },
      { name: "May", cell: ({ scopes }) => <span class="row">{scopes.map((scope) => <Badge key={scope}>{scope}</Badge>)}</span> },
      { name: "Bound to", cell: (key) => <Binding apiKey={key} /> },
      { name: "Created", cell: ({ created_at }) => <Time iso={created_at} /> },
      { name: "Actions", kind: "actions", cell: (key) => <Button kind="quiet" icon="trash" label={`Delete ${key.name}`} onPress={() => onDelete(key)} /> },
    ]}
  />
);

function Binding({ apiKey: { tenant_id, account_id } }) {
  if (account_id) return <a href={href(`accounts/${account_id}`)}>one account</a>;
  return tenant_id ? <span class="mono">{tenant_id}</span> : <span class="muted">nothing</span>;
}

function Remove({ apiKey: { id, name }, onClose }) {
  const remove = async () => {
    await del(`/v1/api-keys/${id}`);
    changed("/v1/api-keys");
    toast(`${name} opens nothing any more`);
  };
  return (
    <Confirm title={`Delete ${name}?`} act="Delete key" onAct={remove} onClose={onClose}>
      <p>Whatever calls with it is refused from that moment, browsers that are signed in with it too.</p>
    </Confirm>
  );
}
