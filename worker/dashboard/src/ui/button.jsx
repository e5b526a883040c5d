import { Icon } from "./icon.jsx";

/**
 * `kind`: `primary` (one in a view), `plain`, `quiet`, `danger`. While `isBusy` it can be focused and not pressed, so
 * that nobody loses their place. A press hears of `onPress`.
 */
export function Button({ kind = "plain", icon, isBusy = false, type = "button", onPress, children, label, ...rest }) {
  const press = (event) => (isBusy ? event.preventDefault() : onPress?.(event));
  return (
    <button
      type={type}
      class={`button button-${kind} ${children ? "" : "button-icon"}`}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      aria-label={label}
      title={children ? undefined : label}
      onClick={press}
      {...rest}
    >
      {icon && <Icon name={icon} size={18} />}
      {children}
      {isBusy && <span class="spinner" aria-hidden="true" />}
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({ kind = "plain", icon, href, children, ...rest }) {
  return (
    <a class={`button button-${kind}`} href={href} {...rest}>
      {icon && <Icon name={icon} size={18} />}
      {children}
    </a>
  );
}
