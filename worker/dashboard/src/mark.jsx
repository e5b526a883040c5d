/** The sign of the product: a key's bow and bit. */
export function Mark({ size = 28 }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark-plate" width="32" height="32" rx="9" />
      <circle class="mark-key" cx="16" cy="12.3" r="4.8" />
      <path class="mark-key" d="M16 17.1v8.6m0-3.4h4.2" />
    </svg>
  );
}
