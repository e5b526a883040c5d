/** A request that leads nowhere, in words for the person and in words for whoever made the assistant. */

import { ApiError } from "../api.js";
import { Notice, Problem } from "../ui/problem.jsx";

const WRONG = "invalid_payload";
/** The fields of the form: anything else has come from the assistant. */
const OURS = ["scopes", "tenant_id", "account_id"];

/** `["resource: expected …"]` */
function faults(details, path = []) {
  const { _errors: own = [], ...parts } = details ?? {};
  const said = own.map((text) => `${path.join(".")}: ${text}`);
  return [...said, ...Object.entries(parts).flatMap(([name, part]) => faults(part, [...path, name]))];
}

const isOfTheAssistant = ({ code, details }) => code === WRONG && !OURS.some((name) => details?.[name]);

/** What the person can do nothing about, and need not be told as a mistake of the person's own. */
export function forThePerson(error) {
  if (!isOfTheAssistant(error)) return error;
  const message = "The assistant's request cannot be answered any more.";
  return new ApiError({ status: error.status, body: { code: "no_request", message, hint: "Go back to the assistant and start again. Nothing has been given.", request_id: error.requestId } });
}

export function Refused({ error, children }) {
  if (!isOfTheAssistant(error)) {
    return (
      <>
        <h1>This request cannot be shown</h1>
        <Problem error={error} />
        <div class="form-end">{children}</div>
      </>
    );
  }
  return (
    <>
      <h1>This assistant cannot be connected</h1>
      <Notice kind="bad" title="The assistant's request has a mistake">
        <p>Nothing has been given. Go back to the assistant and start again.</p>
      </Notice>
      <div class="stack small">
        <p class="muted">If it happens again, tell the people who make the assistant:</p>
        <ul class="consent-faults">
          {faults(error.details).map((fault) => <li key={fault} class="mono">{fault}</li>)}
          {error.requestId && <li class="mono">Request {error.requestId}</li>}
        </ul>
      </div>
    </>
  );
}
