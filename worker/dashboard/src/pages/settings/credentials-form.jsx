/** The operator's own X app: the two values that X's console calls Client ID and Client Secret. */

import { useState } from "preact/hooks";
import { post } from "../../api.js";
import { changed } from "../../live.js";
import { TENANT } from "../../tenant.js";
import { Form } from "../../ui/form.jsx";
import { Checkbox, Select, TextField } from "../../ui/field.jsx";
import { toast } from "../../ui/toast.jsx";

const NETWORKS = [["x", "X (Twitter)"]];

/** Posted again, they take the place of those that the tenant has. Another client id is a decision: `onOtherClient`. */
async function store(body, isForced, onOtherClient) {
  try {
    return await post("/v1/social-networks", { ...body, ...(isForced ? { force: true } : {}) });
  } catch (error) {
    if (error.code === "client_changed") onOtherClient();
    throw error;
  }
}

/** `network` is the one whose credentials are replaced; without it, one is added. */
export function CredentialsForm({ network, withTenant = false, onSaved }) {
  const [id, setId] = useState(network?.client_key ?? "");
  const [secret, setSecret] = useState("");
  const [tenant, setTenant] = useState(network?.tenant_id ?? "");
  const [isForced, setForced] = useState();
  const save = async () => {
    const body = { network: "x", client_key: id.trim(), client_secret: secret.trim(), ...(tenant ? { tenant_id: tenant } : {}) };
    const { data, warnings } = await store(body, isForced, () => setForced(false));
    setSecret("");
    changed("/v1/social-networks");
    toast(data.verified_at ? "X accepts these credentials" : "Saved, and not proved yet");
    onSaved?.(data, warnings);
  };
  return (
    <Form onSend={save} send={network ? "Replace credentials" : "Add Social Network"}>
      {(problemOf) => (
        <>
          {!network && <Select label="Network" value="x" options={NETWORKS} onText={() => {}} />}
          <div class="form-pair">
            <TextField
              label="Client ID / API Key"
              isVerbatim
              required
              value={id}
              onText={setId}
              problem={problemOf("client_key")}
              hint="X's console: Keys and tokens → OAuth 2.0 Client ID"
            />
            <TextField
              label="Client Secret / API Secret"
              type="password"
              isVerbatim
              required
              value={secret}
              onText={setSecret}
              problem={problemOf("client_secret")}
              hint="Beside it. X shows it once; it is sealed here and never shown again."
            />
          </div>
          {isForced !== undefined && (
            <Checkbox
              label="Use the other app all the same"
              hint="Tokens belong to the app that they were made for: every account has to be connected again."
              isChecked={isForced}
              onToggle={setForced}
            />
          )}
          {withTenant && (
            <TextField
              label="Tenant"
              isOptional
              isVerbatim
              value={tenant}
              onText={setTenant}
              pattern={TENANT}
              problem={problemOf("tenant_id")}
              hint="Only for a customer who brings an X app of their own. Without it the app is for everybody."
            />
          )}
        </>
      )}
    </Form>
  );
}
