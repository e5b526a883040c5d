/** The operator's own X app: the two values that X's console calls Client ID and Client Secret. */

import { useState } from "preact/hooks";
import { post } from "../../api.js";
import { formatAccounts } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { href } from "../../router.js";
import { TENANT } from "../../scope.js";
import { Form } from "../../ui/form.jsx";
import { Checkbox, Select, TextField } from "../../ui/field.jsx";
import { Notice } from "../../ui/problem.jsx";
import { toast } from "../../ui/toast.jsx";
import { mistakeInId, mistakeInSecret } from "./credentials.js";

const NETWORKS = [["x", "X (Twitter)"]];

/** How many were connected through an app. */
export const accountsOf = ({ id }) => `/v1/social-accounts?customer_social_network_id=${id}&limit=1`;

/** Posted again, they take the place of those that the tenant has. Another client id is a decision: `onOtherClient`. */
async function store(body, isForced, onOtherClient) {
  try {
    return await post("/v1/social-networks", { ...body, ...(isForced ? { force: true } : {}) });
  } catch (error) {
    if (error.code === "client_changed") onOtherClient();
    throw error;
  }
}

/** The form of an id is a hint and no proof, so it is said before anything is sent, and the same again is sent. */
function requireLikely(mistake, isMeant, onMeant) {
  if (!mistake || isMeant) return;
  onMeant();
  throw Object.assign(new Error(mistake), { hint: "Press again if X's console has it under OAuth 2.0 all the same." });
}

/** `network` is the one whose credentials are replaced; without it, one is added. */
export function CredentialsForm({ network, withTenant = false, onSaved }) {
  const [id, setId] = useState(network?.client_key ?? "");
  const [secret, setSecret] = useState("");
  const [tenant, setTenant] = useState(network?.tenant_id ?? "");
  const [isForced, setForced] = useState();
  const [meant, setMeant] = useState();
  const mistakes = { id: mistakeInId(id), secret: mistakeInSecret(secret) };
  const mistake = mistakes.id ?? mistakes.secret;
  const isOther = network !== undefined && id.trim() !== "" && id.trim() !== network.client_key && (!mistake || meant === mistake);
  const save = async () => {
    requireLikely(mistake, meant === mistake, () => setMeant(mistake));
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
              problem={mistakes.id ?? problemOf("client_key")}
              hint="The OAuth 2.0 Client ID: X's console, Keys and tokens. Not the API Key of OAuth 1.0a, which stands above it."
            />
            <TextField
              label="Client Secret / API Secret"
              type="password"
              isVerbatim
              required
              value={secret}
              onText={setSecret}
              problem={mistakes.secret ?? problemOf("client_secret")}
              hint="The OAuth 2.0 Client Secret beside it, not the API Key Secret of OAuth 1.0a. X shows it once; it is sealed here and never shown again."
            />
          </div>
          {isOther && <OtherApp network={network} />}
          {(isOther || isForced !== undefined) && (
            <Checkbox
              label="Use the other app all the same"
              hint="Tokens belong to the app that they were made for: every account has to be connected again."
              isChecked={isForced ?? false}
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

/** What another client id costs, before it is sent. */
function OtherApp({ network }) {
  const { data } = useLive(accountsOf(network), { every: 0 });
  if (!data || data.count === 0) return null;
  return (
    <Notice kind="warn" title={`Another app: ${formatAccounts(data.count)} ${data.count === 1 ? "stops" : "stop"} until connected again`}>
      <p>They were connected through the app that is here now. <a href={href("accounts", { customer_social_network_id: network.id })}>See the {formatAccounts(data.count)}</a>.</p>
    </Notice>
  );
}
