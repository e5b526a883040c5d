/** Settings → Audit: who did what. */

import { ACTIONS } from "../../lists.js";
import { useLive } from "../../live.js";
import { go } from "../../router.js";
import { Select } from "../../ui/field.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Loading, Page } from "../../ui/show.jsx";
import { Table } from "../../ui/table.jsx";
import { Time } from "../../ui/time.jsx";
import { Turn, placeOf } from "../../ui/turn.jsx";

const PAGE = 50;
const NOTHING = <span class="nothing">–</span>;

export function Audit({ route: { query } }) {
  return (
    <Page title="Audit" intro="Who did what, written in the transaction that does it, and kept for 400 days.">
      <Deeds action={query.get("action") ?? ""} at={placeOf(query)} />
    </Page>
  );
}

function Deeds({ action, at }) {
  const path = `/v1/audit?${new URLSearchParams({ limit: PAGE, ...(at.after && { after: at.after }), ...(action && { action }) })}`;
  const { data, error, isLoading } = useLive(path);
  const keys = new Map(useLive("/v1/api-keys").data?.data.map(({ id, name }) => [id, name]));
  const filter = (
    <Select
      label="Action" value={action} options={[["", "Everything"], ...ACTIONS.map((name) => [name, name])]}
      onText={(name) => go("settings/audit", { action: name }, { replace: true })}
    />
  );
  return (
    <>
      <div class="filters">{filter}</div>
      <Problem error={error} />
      {isLoading && <Loading />}
      {data && (
        <Table
          caption="Audit"
          rows={data.data}
          keyOf={({ at, action: name, target_id, request_id }) => `${at} ${name} ${target_id} ${request_id}`}
          columns={[
            { name: "When", kind: "main", cell: (row) => <Time iso={row.at} /> },
            { name: "Who", cell: ({ key_id }) => who(key_id, keys) },
            { name: "What", cell: ({ action: name }) => <b>{name}</b> },
            { name: "To", cell: ({ target_id }) => target_id ? <span class="mono">{target_id}</span> : NOTHING },
            { name: "Tenant", cell: ({ tenant_id }) => tenant_id ?? NOTHING },
          ]}
        />
      )}
      {data && <Turn at={at} size={PAGE} answer={data} path="settings/audit" filters={{ action }} names={["Newer", "Older"]} />}
    </>
  );
}

const who = (id, names) => (id === null ? "by itself" : id === "admin" ? "the admin key" : names.get(id) ?? <span class="mono">{id}</span>);
