import { Icon } from "./icon.jsx";

/** What went wrong, what to do about it, and the id to find it by in the log. Announced when it appears. */
export function Problem({ error, title, children }) {
  return (
    <div class="problem-region" role="alert">
      {error && (
        <div class="notice notice-bad">
          <Icon name="warning" />
          <div>
            <p class="notice-title">{title ?? error.message}</p>
            {title && <p>{error.message}</p>}
            {error.hint && <p>{error.hint}</p>}
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
