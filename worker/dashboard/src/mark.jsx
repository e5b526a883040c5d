import { logo, name } from "./brand.js";

/** The operator's logo, else a drawing of a key. */
export function Mark({ size = 28 }) {
  if (logo) return <img class="mark-logo" src={logo} alt="" ref={(element) => element?.style.setProperty("--size", `${size}px`)} />;
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark-plate" width="32" height="32" rx="9" />
      <circle class="mark-key" cx="16" cy="12.3" r="4.8" />
      <path class="mark-key" d="M16 17.1v8.6m0-3.4h4.2" />
    </svg>
  );
}

/** Logo and name above a page that is read before anybody is signed in. */
export const Letterhead = () => (
  <p class="letterhead">{(logo || !name) && <Mark size={name || !logo ? 36 : 48} />}{name && <span>{name}</span>}</p>
);
