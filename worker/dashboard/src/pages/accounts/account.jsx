/** One account: how it is, what X allows it, and what can be done with it. */

import { useState } from "preact/hooks";
import { ConnectButton } from "../../connect-button.jsx";
import { del, get } from "../../api.js";
import { useAction } from "../../action.js";
import { formatAgo, formatCount, formatTime } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { go, href } from "../../router.js";
import { Button } from "../../ui/button.jsx";
import { Confirm, Dialog } from "../../ui/dialog.jsx";
import { Notice, Problem } from "../../ui/problem.jsx";
import { Avatar, Badge, Bar, Loading, Page, Section, StateBadge } from "../../ui/show.jsx";
import { toast } from "../../ui/toast.jsx";
import { KeyForm } from "../settings/key-form.jsx";

const BACK = { to: href("accounts"), name: "Accounts" };

/** What each reason means for whoever reads it (docs/API.md, section 4). */
const REASONS = {
  refresh_token_refused: "X does not take its tokens any more: the person has removed your app, or X has ended the grant.",
  refresh_answer_lost: "X's answer to a renewal was lost on the way, and the old tokens have expired.",
  no_refresh_token: "It was connected without offline.access, so X's grant ended after two hours.",
  client_changed: "Your X app has another client id now. Tokens belong to the client that they were made for.",
  network_deleted: "The X app that it was connected through was removed.",
};

/** What people lose without each scope. */
const SCOPES = {
  "media.write": "upload photos and videos",
  "offline.access": "stay connected for more than two hours",
  "tweet.read": "read its own posts, by which lost answers are settled",
  "tweet.write": "publish",
  "users.read": "know who connected",
};

export function AccountPage({ id, session }) {
  const { data, error } = useLive(`/v1/social-accounts/${id}`);
  const account = data?.data;
  if (!account) return <Page title="Account" back={BACK}>{error ? <Problem error={error} /> : <Loading />}</Page>;
  return (
    <Page title={account.nickname} back={BACK} intro={`@${account.username} on X${account.tenant_id ? `, of tenant ${account.tenant_id}` : ""}`} actions={<Actions account={account} session={session} />}>
      <Standing account={account} />
      <Limits account={account} />
      <Health account={account} />
      <Facts account={account} />
    </Page>
  );
}

function Standing({ account }) {
  const { id, username, status, status_reason, status_since, tenant_id } = account;
  return (
    <div class="standing">
      <Avatar account={account} size={72} />
      <p class="row"><StateBadge state={status} /> <span class="muted">since {formatTime(status_since)}</span></p>
      {status !== "active" && (
        <div class="standing-trouble stack">
          <Notice kind="warn" title={REASONS[status_reason] ?? "It has to be connected again."}>
            <p>Its posts wait until @{username} has connected again, and then go on by themselves.</p>
          </Notice>
          {status === "reconnect_required" && (
            <div><ConnectButton id={`reconnect-${id}`} wishes={{ tenant_id, reconnect_account_id: id }}>Reconnect</ConnectButton></div>
          )}
        </div>
      )}
    </div>
  );
}

function Actions({ account, session }) {
  const [open, setOpen] = useState();
  const close = () => setOpen(undefined);
  const remove = async () => {
    const { warnings = [] } = await del(`/v1/social-accounts/${account.id}`);
    go("accounts");
    changed("/v1/social-accounts?", "/v1/account/usage");
    toast(warnings[0] ?? `@${account.username} is disconnected`);
  };
  return (
    <>
      {session.scopes.includes("admin") && <Button icon="key" onPress={() => setOpen("key")}>Key for this account</Button>}
      <Button kind="danger" onPress={() => setOpen("remove")}>Disconnect</Button>
      {open === "key" && (
        <Dialog title={`A key for @${account.username}`} onClose={close}>
          <p class="muted">It sees this account alone. A client of X's own API works with it, with this address as its base.</p>
          <KeyForm name={`@${account.username}`} scopes={["publish", "read"]} account={account.id} />
        </Dialog>
      )}
      {open === "remove" && (
        <Confirm title={`Disconnect @${account.username}?`} act="Disconnect" onAct={remove} onClose={close}>
          <p>Its tokens are revoked at X and deleted, and what is queued for it is called off. What it has published stays on X.</p>
        </Confirm>
      )}
    </>
  );
}

function Limits({ account }) {
  const { data, error, isLoading } = useLive(`/v1/social-accounts/${account.id}/limits`, { every: 15_000 });
  return (
    <Section title="Limits" intro="As X last told them. A window that is over is left out.">
      <Problem error={error} />
      {isLoading && <Loading rows={2} />}
      {data?.data.length === 0 && <p class="muted">X has told of none lately: nothing was sent, or each window is over.</p>}
      {data?.data.length > 0 && (
        <div class="bars">
          {data.data.map(({ endpoint, window, limit, remaining, reset_at }) => (
            <Bar
              key={`${endpoint} ${window}`}
              label={`${endpoint}, ${WINDOWS[window] ?? window}`}
              value={limit - remaining}
              max={limit}
              note={`${formatCount(remaining)} of ${formatCount(limit)} left, new ${formatAgo(reset_at)}`}
            />
          ))}
        </div>
      )}
    </Section>
  );
}

const WINDOWS = { "15min": "15 minutes", "24h": "a day", app_24h: "a day, all accounts" };

/** Asks X only when somebody wants to know: each question is one of the account's calls. */
function Health({ account }) {
  const [health, setHealth] = useState();
  const { run, isBusy, error } = useAction(async () => {
    setHealth((await get(`/v1/social-accounts/${account.id}/health`)).data);
    changed("/v1/social-accounts");
  });
  return (
    <Section title="Health" intro="Asks X who this is, with the account's own tokens." actions={<Button icon="refresh" isBusy={isBusy} onPress={() => run()}>Ask X</Button>}>
      <Problem error={error} />
      <div role="status">
        {health?.healthy && <Notice kind="good" title="X answers as this account"><p>Asked {formatTime(health.checkedAt)}.</p></Notice>}
        {health && !health.healthy && <Notice kind="bad" title={health.error}><p>{health.errorCode}</p></Notice>}
      </div>
    </Section>
  );
}

/** Only a connection that stands is renewed. */
function renewal({ status, scopes }) {
  if (status !== "active") return "not renewed: connect it again";
  return scopes.includes("offline.access") ? "then renewed by itself" : "then it has to be connected again";
}

function Facts({ account }) {
  const missing = Object.keys(SCOPES).filter((scope) => !account.scopes.includes(scope));
  return (
    <Section title="What it may do">
      <ul class="chips">
        {account.scopes.map((scope) => <li key={scope}><Badge kind="good">{scope}</Badge></li>)}
        {missing.map((scope) => <li key={scope}><Badge kind="warn">{scope} is missing</Badge></li>)}
      </ul>
      {missing.map((scope) => <p key={scope}>Without <code>{scope}</code> it cannot {SCOPES[scope]}. Connect it again.</p>)}
      <dl class="facts">
        <dt>Longest post</dt><dd>{formatCount(account.max_post_length)} characters</dd>
        <dt>Connected</dt><dd>{formatTime(account.createdAt)}</dd>
        <dt>Access token until</dt><dd>{formatTime(account.token_expires_at)}, {renewal(account)}</dd>
        <dt>Id</dt><dd class="mono">{account.id}</dd>
        <dt>X's id</dt><dd class="mono">{account.network_unique_id}</dd>
      </dl>
    </Section>
  );
}
