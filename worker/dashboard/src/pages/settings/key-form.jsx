import { useState } from "preact/hooks";
import { post } from "../../api.js";
import { changed } from "../../live.js";
import { TENANT } from "../../scope.js";
import { Checkbox, TextField } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Copy } from "../../ui/copy.jsx";
import { Notice } from "../../ui/problem.jsx";

const SCOPES = [
  ["connect", "Connect", "Connect sessions and links; removing accounts"],
  ["publish", "Publish", "Making, changing and ending posts"],
  ["draft", "Draft", "Writing posts that a person has to approve, and reading"],
  ["read", "Read", "Accounts, posts and usage"],
  ["admin", "Admin", "Everything, keys and settings among it"],
];

/** Makes a key, and shows it the one time that it can be seen. */
export function KeyForm({ name: given = "", scopes: wanted = ["connect", "publish", "read"], account, session, onMade }) {
  const [name, setName] = useState(given);
  const [scopes, setScopes] = useState(wanted);
  const [tenant, setTenant] = useState("");
  // A key of a tenant makes keys of that tenant alone.
  const own = session?.tenant_id;
  const [made, setMade] = useState();
  const toggle = (scope) => (isOn) => setScopes((all) => (isOn ? [...all, scope] : all.filter((one) => one !== scope)));
  const make = async () => {
    const binding = account ? { account_id: account } : (own ?? tenant) ? { tenant_id: own ?? tenant } : {};
    const { data } = await post("/v1/api-keys", { name, scopes, ...binding });
    setMade(data);
    changed("/v1/api-keys");
    onMade?.(data);
  };
  if (made) return <Made made={made} />;
  return (
    <Form onSend={make} send="Create key">
      {(problemOf) => (
        <>
          <div class="form-pair">
            <TextField label="Name" required maxLength={80} value={name} onText={setName} problem={problemOf("name")} hint="What will use it: “Production back end”" />
            {!account && !own && (
              <TextField
                label="Tenant" isOptional isVerbatim value={tenant} onText={setTenant} pattern={TENANT}
                problem={problemOf("tenant_id")} hint="Bound to one of your customers, it sees nobody else's rows"
              />
            )}
          </div>
          {own && <p class="muted">It is for <span class="mono break">{own}</span> alone, as your key is.</p>}
          <fieldset class="choice">
            <legend>What it may do</legend>
            {SCOPES.map(([scope, label, hint]) => (
              <Checkbox key={scope} label={label} hint={hint} isChecked={scopes.includes(scope)} onToggle={toggle(scope)} />
            ))}
          </fieldset>
        </>
      )}
    </Form>
  );
}

const Made = ({ made }) => (
  <div class="stack">
    <Notice kind="good" title="Copy this key now">
      <p>It is not kept here and cannot be shown again. It belongs into your back end's secrets, never into a page.</p>
    </Notice>
    <Copy label="API key" text={made.key} />
  </div>
);
