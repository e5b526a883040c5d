/** Settings → Webhooks; `#/settings/webhooks/{id}` is one of them with its log. */

import { useState } from "preact/hooks";
import { del, patch, post } from "../../api.js";
import { useAction } from "../../action.js";
import { formatTime } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { go, href } from "../../router.js";
import { Button } from "../../ui/button.jsx";
import { Confirm, Dialog } from "../../ui/dialog.jsx";
import { Notice, Problem } from "../../ui/problem.jsx";
import { Badge, Empty, Loading, Page, Section } from "../../ui/show.jsx";
import { Table } from "../../ui/table.jsx";
import { toast } from "../../ui/toast.jsx";
import { DeliveryLog } from "./webhook-log.jsx";
import { WebhookForm } from "./webhook-form.jsx";

const PATH = "/v1/webhooks";
const BACK = { to: href("settings/webhooks"), name: "Webhooks" };

export function Webhooks({ route }) {
  const [, , id] = route.path;
  return id ? <Webhook key={id} id={id} /> : <List />;
}

function List() {
  const { data, error, isLoading } = useLive(`${PATH}?limit=100`);
  const [isAdding, setAdding] = useState(false);
  const add = <Button kind="primary" icon="plus" onPress={() => setAdding(true)}>Add webhook</Button>;
  return (
    <Page title="Webhooks" intro="Addresses of yours that are told what happens, at least once, signed by the Standard Webhooks scheme." actions={add}>
      <Problem error={error} />
      {isLoading && <Loading />}
      {data?.data.length === 0 && (
        <Empty icon="hook" title="Nobody is told yet">
          Instead of asking again and again how a post has ended, have your back end told: posts, accounts that need connecting, and pauses.
        </Empty>
      )}
      {data?.data.length > 0 && <Rows webhooks={data.data} />}
      {isAdding && <Dialog title="Add a webhook" size="large" onClose={() => setAdding(false)}><WebhookForm /></Dialog>}
    </Page>
  );
}

const Rows = ({ webhooks }) => (
  <Table
    caption="Webhooks"
    rows={webhooks}
    columns={[
      { name: "Name", kind: "main", cell: ({ id, name }) => <a href={href(`settings/webhooks/${id}`)}><b>{name}</b></a> },
      { name: "Address", cell: ({ url }) => <span class="mono">{url}</span> },
      { name: "Tenant", cell: ({ tenant_id }) => tenant_id ?? <span class="muted">all</span> },
      { name: "State", cell: (webhook) => <State webhook={webhook} /> },
    ]}
  />
);

function State({ webhook: { enabled, failing_since } }) {
  if (!enabled) return <Badge kind="bad">Switched off</Badge>;
  return failing_since ? <Badge kind="warn">Failing</Badge> : <Badge kind="good">On</Badge>;
}

const WHY_OFF = {
  failing: "Nothing got through for three days.",
  gone: "The address answered 410: it is gone.",
  requested: "It was switched off by hand.",
};

function Webhook({ id }) {
  const { data, error } = useLive(`${PATH}/${id}`);
  const [open, setOpen] = useState();
  const close = () => setOpen(undefined);
  const webhook = data?.data;
  if (!webhook) return <Page title="Webhook" back={BACK}>{error ? <Problem error={error} /> : <Loading />}</Page>;
  const remove = async () => {
    await del(`${PATH}/${id}`);
    go("settings/webhooks");
    changed(`${PATH}?`);
    toast(`${webhook.name} is deleted`);
  };
  const actions = (
    <>
      <Test id={id} />
      <Button onPress={() => setOpen("edit")}>Edit</Button>
      <Button kind="quiet" icon="trash" label="Delete this webhook" onPress={() => setOpen("remove")} />
    </>
  );
  return (
    <Page title={webhook.name} back={BACK} intro={webhook.url} actions={actions}>
      <Standing webhook={webhook} />
      <Section title="What it hears of">
        <ul class="chips">{webhook.events.map((event) => <li key={event}><Badge>{event}</Badge></li>)}</ul>
      </Section>
      <DeliveryLog id={id} />
      {open === "edit" && <Dialog title={`Edit ${webhook.name}`} size="large" onClose={close}><WebhookForm webhook={webhook} onSaved={close} /></Dialog>}
      {open === "remove" && (
        <Confirm title={`Delete ${webhook.name}?`} act="Delete webhook" onAct={remove} onClose={close}>
          <p>It is told nothing more, and its log goes with it.</p>
        </Confirm>
      )}
    </Page>
  );
}

function Test({ id }) {
  const { run, isBusy } = useAction(async () => {
    await post(`${PATH}/${id}/test`);
    changed(`${PATH}/${id}`);
    toast("A test event is on its way: the log shows how it ends");
  });
  return <Button isBusy={isBusy} onPress={() => run()}>Send a test</Button>;
}

function Standing({ webhook: { id, enabled, disabled, failing_since } }) {
  const { run, isBusy, error } = useAction(async (isOn) => {
    await patch(`${PATH}/${id}`, { enabled: isOn });
    changed(PATH);
    toast(isOn ? "Switched on" : "Switched off");
  });
  return (
    <div class="stack">
      {!enabled && (
        <Notice kind="bad" title={`Switched off ${formatTime(disabled?.since)}`}>
          <p>{WHY_OFF[disabled?.reason]} What has happened since is in the log as skipped, and can be sent again.</p>
        </Notice>
      )}
      {enabled && failing_since && <Notice kind="warn" title={`Nothing got through since ${formatTime(failing_since)}`}><p>It is tried again with growing pauses; after three days it is switched off.</p></Notice>}
      <div class="row">
        <Button isBusy={isBusy} onPress={() => run(!enabled)}>{enabled ? "Switch off" : "Switch on"}</Button>
      </div>
      <Problem error={error} />
    </div>
  );
}
