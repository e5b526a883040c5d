/** The operator's own X app: the two values that X's console calls Client ID and Client Secret. */

import { useState } from "preact/hooks";
import { patch, post } from "../../api.js";
import { changed } from "../../live.js";
import { Form } from "../../ui/form.jsx";
import { Select, TextField } from "../../ui/field.jsx";
import { toast } from "../../ui/toast.jsx";

const NETWORKS = [["x", "X (Twitter)"]];

/** `network` is the one whose credentials are replaced; without it, one is added. */
export function CredentialsForm({ network, withTenant = false, onSaved }) {
  const [id, setId] = useState(network?.client_key ?? "");
  const [secret, setSecret] = useState("");
  const [tenant, setTenant] = useState("");
  const save = async () => {
    const client = { client_key: id.trim(), client_secret: secret.trim() };
    const { data, warnings = [] } = network
      ? await patch(`/v1/social-networks/${network.id}`, client)
      : await post("/v1/social-networks", { network: "x", ...client, ...(tenant ? { tenant_id: tenant } : {}) });
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
          {withTenant && (
            <TextField
              label="Tenant"
              isOptional
              isVerbatim
              value={tenant}
              onText={setTenant}
              pattern="[A-Za-z0-9_\-]{1,128}"
              problem={problemOf("tenant_id")}
              hint="Only for a customer who brings an X app of their own. Without it the app is for everybody."
            />
          )}
        </>
      )}
    </Form>
  );
}
