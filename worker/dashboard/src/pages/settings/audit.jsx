/** Settings → Audit and export: who did what, and everything there is as a file. */

import { useState } from "preact/hooks";
import { all, get } from "../../api.js";
import { useAction } from "../../action.js";
import { formatCount, formatTime } from "../../format.js";
import { useLive } from "../../live.js";
import { go, href } from "../../router.js";
import { Button } from "../../ui/button.jsx";
import { Select } from "../../ui/field.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Loading, Page, Section } from "../../ui/show.jsx";
import { Table } from "../../ui/table.jsx";

const PAGE = 50;
const ACTIONS = [
  "network.saved", "network.deleted", "network.paused", "network.resumed", "connect.requested", "account.connected", "account.token_expired",
  "account.disconnected", "post.created", "post.changed", "post.deleted", "post.deleted_at_x", "post.retried", "post.resolved", "x.called",
  "import.created", "key.created", "key.deleted", "webhook.created", "webhook.changed", "webhook.deleted", "webhook.switched_off",
  "settings.changed", "dashboard.signed_in", "dashboard.signed_out",
];

export function Audit({ route: { query } }) {
  return (
    <Page title="Audit and export">
      <Deeds action={query.get("action") ?? ""} offset={Number(query.get("offset") ?? 0)} />
      <Export />
    </Page>
  );
}

function Deeds({ action, offset }) {
  const path = `/v1/audit?limit=${PAGE}&offset=${offset}${action ? `&action=${action}` : ""}`;
  const { data, error, isLoading } = useLive(path);
  const keys = new Map(useLive("/v1/api-keys").data?.data.map(({ id, name }) => [id, name]));
  const total = data?.pagination.total ?? 0;
  const to = (next) => href("settings/audit", { action, offset: next || undefined });
  const filter = (
    <Select
      label="Action" value={action} options={[["", "Everything"], ...ACTIONS.map((name) => [name, name])]}
      onText={(name) => go("settings/audit", { action: name }, { replace: true })}
    />
  );
  return (
    <Section title="Who did what" intro="Written in the transaction that does it, and kept for 400 days." actions={filter}>
      <Problem error={error} />
      {isLoading && <Loading />}
      {data && (
        <Table
          caption="Audit"
          rows={data.data}
          keyOf={({ at, action: name, target_id, request_id }) => `${at} ${name} ${target_id} ${request_id}`}
          columns={[
            { name: "When", kind: "main", cell: ({ at }) => formatTime(at) },
            { name: "Who", cell: ({ key_id }) => who(key_id, keys) },
            { name: "What", cell: ({ action: name }) => <b>{name}</b> },
            { name: "To", cell: ({ target_id }) => <span class="mono">{target_id ?? "–"}</span> },
            { name: "Tenant", cell: ({ tenant_id }) => tenant_id ?? "–" },
          ]}
        />
      )}
      {total > PAGE && (
        <nav class="turn" aria-label="Pages of the audit">
          {offset > 0 && <a href={to(Math.max(0, offset - PAGE))}>Newer</a>}
          <span>{offset + 1} to {Math.min(offset + PAGE, total)} of {formatCount(total)}</span>
          {offset + PAGE < total && <a href={to(offset + PAGE)}>Older</a>}
        </nav>
      )}
    </Section>
  );
}

const who = (id, names) => (id === null ? "by itself" : id === "admin" ? "the admin key" : names.get(id) ?? <span class="mono">{id}</span>);

const MOST = 100_000;
const LISTS = [
  ["accounts", "/v1/social-accounts", "data"],
  ["posts", "/v1/posts", "posts"],
  ["webhooks", "/v1/webhooks", "data"],
  ["audit", "/v1/audit", "data"],
];

/** Read page by page in this browser, and saved by it. No secret is in it: the API shows none. */
function Export() {
  const [done, setDone] = useState();
  const { run, isBusy, error } = useAction(async () => {
    const whole = { exported_at: new Date().toISOString() };
    for (const [name, path, field] of LISTS) {
      setDone(name);
      whole[name] = await all(path, { name: field, most: MOST });
    }
    whole.networks = (await get("/v1/social-networks")).data;
    whole.keys = (await get("/v1/api-keys")).data;
    whole.settings = (await get("/v1/settings")).data;
    save(whole);
    setDone(undefined);
  });
  return (
    <Section title="Export" intro="Accounts, posts, webhooks, audit, keys (their names) and settings as one JSON file. Tokens and secrets are not in it.">
      <div class="row">
        <Button icon="external" isBusy={isBusy} onPress={() => run()}>Download JSON</Button>
        <span role="status" class="muted">{isBusy && done ? `Reading ${done} …` : ""}</span>
      </div>
      <Problem error={error} />
    </Section>
  );
}

function save(whole) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(whole, null, 2)], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: `export-${whole.exported_at.slice(0, 10)}.json` });
  link.click();
  URL.revokeObjectURL(url);
}
