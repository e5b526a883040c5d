/** What X charges for the post, in all and for each account. */

import { useState } from "preact/hooks";
import { formatCount, formatUsd } from "../../format.js";

const SHOWN = 50;

export function Price({ counted, chosen, isDraft }) {
  const cost = counted?.cost;
  // Its line is there before it is known: the button below stays where it is.
  return (
    <div class="price">
      <p role="status">
        {cost && <><b>{formatUsd(cost.estimate_usd)}</b> <span class="muted">by X, when it is published{!isDraft && cost.reasons.length > 0 && `: ${cost.reasons.join(", ")}`}</span></>}
      </p>
      {cost && chosen.length > 1 && <ByAccount each={cost.estimate_usd / chosen.length} accounts={chosen} />}
    </div>
  );
}

/** X charges each account the same for the same post. */
function ByAccount({ each, accounts }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="price-each" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{formatUsd(each)} for each of {formatCount(accounts.length)} accounts</summary>
      {isOpen && (
        <ul>
          {accounts.slice(0, SHOWN).map(({ id, username, tenant_id: tenant }) => <li key={id}><span>@{username}{tenant && <small> {tenant}</small>}</span> <span>{formatUsd(each)}</span></li>)}
          {accounts.length > SHOWN && <li><span>{formatCount(accounts.length - SHOWN)} more</span> <span>{formatUsd(each * (accounts.length - SHOWN))}</span></li>}
        </ul>
      )}
    </details>
  );
}
