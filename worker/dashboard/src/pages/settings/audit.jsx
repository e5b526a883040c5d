/** Settings → Audit: who did what. */

import { formatCount, formatTime } from "../../format.js";
import { ACTIONS } from "../../lists.js";
import { useLive } from "../../live.js";
import { go, href } from "../../router.js";
import { Select } from "../../ui/field.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Loading, Page, Section } from "../../ui/show.jsx";
import { Table } from "../../ui/table.jsx";

const PAGE = 50;

export function Audit({ route: { query } }) {
  return (
    <Page title="Audit">
      <Deeds action={query.get("action") ?? ""} offset={Number(query.get("offset") ?? 0)} />
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
