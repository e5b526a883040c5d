import { useState } from "preact/hooks";
import { patch, post } from "../../api.js";
import { EVENTS } from "../../lists.js";
import { changed } from "../../live.js";
import { TENANT } from "../../scope.js";
import { Copy } from "../../ui/copy.jsx";
import { Checkbox, TextField } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Notice } from "../../ui/problem.jsx";
import { toast } from "../../ui/toast.jsx";

/** A new one shows its secret once; `webhook` is one that is changed. */
export function WebhookForm({ webhook, onSaved }) {
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [tenant, setTenant] = useState("");
  const [events, setEvents] = useState(webhook?.events ?? ["post.published", "post.error", "account.token_expired"]);
  const [made, setMade] = useState();
  const toggle = (event) => (isOn) => setEvents((all) => (isOn ? [...all, event] : all.filter((one) => one !== event)));
  const save = async () => {
    const body = { name, url: url.trim(), events };
    const { data } = webhook
      ? await patch(`/v1/webhooks/${webhook.id}`, body)
      : await post("/v1/webhooks", { ...body, ...(tenant ? { tenant_id: tenant } : {}) });
    changed("/v1/webhooks");
    if (!webhook) return setMade(data);
    toast("Saved");
    return onSaved?.();
  };
  if (made) return <Made webhook={made} />;
  return (
    <Form onSend={save} send={webhook ? "Save" : "Add webhook"}>
      {(problemOf) => (
        <>
          <div class="form-pair">
            <TextField label="Name" required value={name} onText={setName} problem={problemOf("name")} />
            <TextField label="Address" type="url" isVerbatim required value={url} onText={setUrl} problem={problemOf("url")} hint="Public and https" />
          </div>
          {!webhook && (
            <TextField label="Tenant" isOptional isVerbatim value={tenant} onText={setTenant} pattern={TENANT} problem={problemOf("tenant_id")} hint="It then hears of this customer alone" />
          )}
          <fieldset class="choice choice-columns">
            <legend>What it hears of</legend>
            {EVENTS.map(([event, hint]) => (
              <Checkbox key={event} label={event} hint={hint} isChecked={events.includes(event)} onToggle={toggle(event)} />
            ))}
          </fieldset>
          {problemOf("events") && <p class="field-problem">{problemOf("events")}</p>}
        </>
      )}
    </Form>
  );
}

const Made = ({ webhook }) => (
  <div class="stack">
    <Notice kind="good" title="Copy the secret now">
      <p>Your back end checks with it that a call is ours. It cannot be shown again; a new one can be set later.</p>
    </Notice>
    <Copy label="webhook secret" text={webhook.secret} />
  </div>
);
