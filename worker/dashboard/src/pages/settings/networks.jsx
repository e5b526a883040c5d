/** Settings → Social Networks: the X app or apps, and what X says of them. */

import { useState } from "preact/hooks";
import { del, post } from "../../api.js";
import { useAction } from "../../action.js";
import { formatAccounts, formatCount, formatTime } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { Button } from "../../ui/button.jsx";
import { Copy } from "../../ui/copy.jsx";
import { TypedConfirm } from "../../ui/confirm.jsx";
import { Confirm, Dialog } from "../../ui/dialog.jsx";
import { Notice, Problem } from "../../ui/problem.jsx";
import { Badge, Loading, Page, Section } from "../../ui/show.jsx";
import { toast } from "../../ui/toast.jsx";
import { CredentialsForm, accountsOf } from "./credentials-form.jsx";
import { Doctor } from "./doctor.jsx";
import { XConsole } from "./x-console.jsx";

/** docs/API.md, section 2, "Paused". */
const MENDS = {
  credits_depleted: "Add credits in X's developer console. It is noticed within 15 minutes.",
  app_read_only: "Set the app's permissions to “Read and write”, then connect the accounts again.",
  app_not_enrolled: "Attach the app to a project or package, in Production.",
  invalid_client: "Replace the credentials: X refuses the ones that are here.",
};

export function Networks({ session }) {
  const { data, error, isLoading } = useLive("/v1/social-networks");
  const [isAdding, setAdding] = useState(false);
  const networks = data?.data ?? [];
  const add = networks.length > 0 && <Button icon="plus" onPress={() => setAdding(true)}>Add another</Button>;
  return (
    <Page title="Social Networks" intro="The X app that your customers see when they connect." actions={add}>
      <Problem error={error} />
      {isLoading && <Loading />}
      {data && networks.length === 0 && <First callbackUrl={session.callback_url} />}
      {networks.map((network) => <Network key={network.id} network={network} />)}
      {isAdding && (
        <Dialog title="Add a social network" size="large" onClose={() => setAdding(false)}>
          <CredentialsForm withTenant onSaved={() => setAdding(false)} />
        </Dialog>
      )}
    </Page>
  );
}

const First = ({ callbackUrl }) => (
  <>
    <Section title="1. In X's console"><XConsole callbackUrl={callbackUrl} /></Section>
    <Section title="2. Here"><CredentialsForm withTenant /></Section>
  </>
);

function Network({ network }) {
  const [open, setOpen] = useState();
  const close = () => setOpen(undefined);
  return (
    <article class="card">
      <header class="section-head">
        <div>
          <h2>{network.tenant_id ? `X app of ${network.tenant_id}` : "X (Twitter)"}</h2>
          <p class="row small"><State network={network} /></p>
        </div>
        <div class="section-actions">
          <Button onPress={() => setOpen("rotate")}>Replace credentials</Button>
          <Button kind="quiet" icon="trash" label="Remove this app" onPress={() => setOpen("remove")} />
        </div>
      </header>
      {network.paused && <Pause network={network} />}
      <dl class="facts">
        <dt>Client ID</dt><dd class="mono">{network.client_key}</dd>
        <dt>Last changed</dt><dd>{formatTime(network.updatedAt)}</dd>
        <dt>Callback URL</dt><dd><Copy label="callback URL" text={network.callback_url} /></dd>
      </dl>
      <Doctor network={network} />
      {open === "rotate" && (
        <Dialog title="Replace credentials" size="large" onClose={close}>
          <p class="muted">A new secret takes effect at once, and the one before stays readable for a day, so nothing is interrupted.</p>
          <CredentialsForm network={network} onSaved={close} />
        </Dialog>
      )}
      {open === "remove" && <Remove network={network} onClose={close} />}
    </article>
  );
}

const REMOVE = "Remove this X app?";

/** An app without accounts goes after one question; with accounts their number is typed. */
function Remove({ network, onClose }) {
  const { data, error } = useLive(accountsOf(network), { every: 0 });
  const remove = async () => {
    await del(`/v1/social-networks/${network.id}`);
    changed("/v1/social-networks", "/v1/social-accounts");
    toast("The X app is removed");
  };
  if (!data) return <Dialog title={REMOVE} onClose={onClose}>{error ? <Problem error={error} /> : <Loading rows={2} />}</Dialog>;
  if (data.count === 0) {
    return (
      <Confirm title={REMOVE} act="Remove" onAct={remove} onClose={onClose}>
        <p>No account was connected through it.</p>
      </Confirm>
    );
  }
  const stop = `${formatAccounts(data.count)} ${data.count === 1 ? "stops" : "stop"}`;
  return (
    <TypedConfirm title={`${REMOVE} ${stop}.`} word={formatCount(data.count)} act={`Remove it: ${stop}`} onAct={remove} onClose={onClose}>
      <p>
        {data.count === 1 ? "The account" : `All ${formatAccounts(data.count)}`} that {data.count === 1 ? "was" : "were"} connected through it {data.count === 1 ? "is" : "are"} disconnected
        at once, and X is asked to revoke the tokens. Posts that wait are not sent. Whoever goes on has to connect again.
      </p>
    </TypedConfirm>
  );
}

function State({ network: { verified_at, paused, client_type } }) {
  if (paused) return <Badge kind="bad">Paused</Badge>;
  return (
    <>
      {verified_at ? <Badge kind="good">Accepted by X</Badge> : <Badge kind="warn">Not proved</Badge>}
      <span class="muted">{verified_at ? formatTime(verified_at) : "X could not be asked"}{client_type === "public" ? ", a public client" : ""}</span>
    </>
  );
}

function Pause({ network: { id, paused } }) {
  const { run, isBusy, error } = useAction(async () => {
    await post(`/v1/social-networks/${id}/resume`);
    changed("/v1/social-networks", "/v1/posts");
    toast("Resumed: what was held goes on");
  });
  return (
    <>
      <Notice kind="bad" title={`X refuses the app: ${paused.reason.replaceAll("_", " ")}`}>
        <p>Since {formatTime(paused.since)} its posts are held. {MENDS[paused.reason]}</p>
        <p><Button isBusy={isBusy} onPress={() => run()}>Resume now</Button></p>
      </Notice>
      <Problem error={error} />
    </>
  );
}
