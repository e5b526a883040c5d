/** What a webhook was told, how each try ended, and a button to tell it again. */

import { useState } from "preact/hooks";
import { post } from "../../api.js";
import { useAction } from "../../action.js";
import { formatTime } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { Button } from "../../ui/button.jsx";
import { Select } from "../../ui/field.jsx";
import { Icon } from "../../ui/icon.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Empty, Loading, Section, StateBadge } from "../../ui/show.jsx";

const STATUSES = [["", "All"], ["pending", "Pending"], ["delivered", "Delivered"], ["failed", "Failed"], ["skipped", "Skipped"]];

export function DeliveryLog({ id }) {
  const [status, setStatus] = useState("");
  const path = `/v1/webhooks/${id}/deliveries?limit=50${status ? `&status=${status}` : ""}`;
  const { data, error, isLoading } = useLive(path, { every: 3000 });
  return (
    <Section title="Log" intro="Of the last 30 days, newest first." actions={<Select label="Status" value={status} options={STATUSES} onText={setStatus} />}>
      <Problem error={error} />
      {isLoading && <Loading />}
      {data?.data.length === 0 && <Empty icon="list" title="Nothing to tell yet">Send a test to see that your address takes it.</Empty>}
      {data?.data.length > 0 && <ol class="log">{data.data.map((delivery) => <Delivery key={delivery.id} webhook={id} delivery={delivery} />)}</ol>}
    </Section>
  );
}

function Delivery({ webhook, delivery: { id, event, status, created_at, next_attempt_at, attempts, body } }) {
  const { run, isBusy, error } = useAction(async () => {
    await post(`/v1/webhooks/${webhook}/deliveries/${id}/redeliver`);
    changed(`/v1/webhooks/${webhook}`);
  });
  return (
    <li>
      <details class="log-line">
        <summary>
          <StateBadge state={status} />
          <b>{event}</b>
          <span class="log-time">{formatTime(created_at)}</span>
          <Icon name="chevron" size={18} />
        </summary>
        <div class="stack">
          <Tries attempts={attempts} next={next_attempt_at} />
          <pre class="log-body" tabIndex={0} aria-label="Body">{pretty(body)}</pre>
          <div class="row"><Button icon="refresh" isBusy={isBusy} onPress={() => run()}>Send again</Button><span class="mono muted">{id}</span></div>
          <Problem error={error} />
        </div>
      </details>
    </li>
  );
}

const Tries = ({ attempts, next }) => (
  <ul class="tries">
    {attempts.map(({ attempted_at, duration_ms, status_code, error }) => (
      <li key={attempted_at}>{formatTime(attempted_at)}: {status_code ? `answered ${status_code}` : error} <span class="muted">after {duration_ms} ms</span></li>
    ))}
    {attempts.length === 0 && <li class="muted">Not tried yet.</li>}
    {next && <li>Next try {formatTime(next)}</li>}
  </ul>
);

function pretty(body) {
  try {
    return JSON.stringify(typeof body === "string" ? JSON.parse(body) : body, null, 2);
  } catch {
    return String(body);
  }
}
