import { HINTS, problemsIn } from "./hints.js";
import { Icon } from "./icon.jsx";

/** A refused body is refused field by field; the sentence about the whole is for callers. */
const WRONG = "invalid_payload";
const wordsOf = ({ code, message }) => (code === WRONG ? "Something that was entered cannot be used." : message);

/** What went wrong, what to do about it, and the id to find it by in the log. Announced when it appears. */
export function Problem({ error, title, children }) {
  const problems = error?.code === WRONG ? [...new Set(problemsIn(error.details))] : [];
  const hint = error && (HINTS[error.code] ?? error.hint);
  return (
    <div class="problem-region" role="alert">
      {error && (
        <div class="notice notice-bad">
          <Icon name="warning" />
          <div>
            <p class="notice-title">{title ?? wordsOf(error)}</p>
            {title && <p>{wordsOf(error)}</p>}
            {problems.map((problem) => <p key={problem}>{problem}</p>)}
            {hint && <p>{hint}</p>}
            {error.x?.detail && <p>X says: {error.x.detail}</p>}
            {error.requestId && <p class="notice-id">Request {error.requestId}</p>}
            {children}
          </div>
        </div>
      )}
    </div>
  );
}

/** `kind`: `bad`, `warn`, `good`, `info`. */
export function Notice({ kind = "info", title, children }) {
  return (
    <div class={`notice notice-${kind}`}>
      <Icon name={kind === "good" ? "check" : "warning"} />
      <div>
        {title && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
