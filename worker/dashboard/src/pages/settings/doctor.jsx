/** The key doctor: what X says of the app, check by check, with what to do about each (docs/API.md, section 2). */

import { useEffect, useState } from "preact/hooks";
import { post } from "../../api.js";
import { useAction } from "../../action.js";
import { changed } from "../../live.js";
import { Button } from "../../ui/button.jsx";
import { Icon } from "../../ui/icon.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Loading } from "../../ui/show.jsx";

const NAMES = {
  client_id_shape: "Client ID",
  client_secret: "Client Secret",
  callback_url: "Callback URL",
  scopes: "Scopes",
  credits: "App and credits",
};

/** Asks at once, and again whenever `version` is another: credentials were replaced. */
export function Doctor({ network, version = network.updatedAt, onVerdict }) {
  const [diagnosis, setDiagnosis] = useState();
  const { run, isBusy, error } = useAction(async () => {
    const { data } = await post(`/v1/social-networks/${network.id}/verify`);
    setDiagnosis(data);
    changed("/v1/social-networks");
    onVerdict?.(data);
  });
  useEffect(() => void run(), [network.id, version]);
  return (
    <div class="doctor">
      <div class="doctor-head">
        <p role="status">
          {isBusy ? "Asking X …" : diagnosis ? (diagnosis.ok ? "Everything is in order." : "Something needs you.") : ""}
        </p>
        <Button kind="quiet" icon="refresh" isBusy={isBusy} onPress={() => run()}>Check again</Button>
      </div>
      <Problem error={error} />
      {diagnosis ? <Checks checks={diagnosis.checks} /> : !error && <Loading rows={3} />}
    </div>
  );
}

const Checks = ({ checks }) => (
  <ul class="checks">
    {checks.map(({ name, ok, message, hint }) => (
      <li key={name} class={ok ? "check check-good" : "check check-bad"}>
        <span class="check-mark">
          <Icon name={ok ? "check" : "warning"} size={16} />
          <span class="unseen">{ok ? "In order:" : "Needs you:"}</span>
        </span>
        <div>
          <p><b>{NAMES[name] ?? name}</b> {message}</p>
          {hint && !ok && <p class="check-hint">{hint}</p>}
        </div>
      </li>
    ))}
  </ul>
);
