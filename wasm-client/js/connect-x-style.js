/** The quiet default look. Sites restyle it with custom properties, ::part() and :state() (README.md). */

// Forced colours show a transparent border. Colours follow the page's own `color-scheme`. Both labels share one grid cell and the cancel button lies in padding
// that is always there, so nothing moves when the button changes its state.
const CSS = `
:host { display: inline-block; vertical-align: middle; font: var(--connect-x-font, 600 15px/20px system-ui, sans-serif);
  --_ground: var(--connect-x-background, light-dark(#000, #fff)); --_ink: var(--connect-x-color, light-dark(#fff, #000));
  --_problem: var(--connect-x-problem, light-dark(#b3141c, #ff8a80)); --_height: 44px }
:host([hidden]) { display: none }
:host([size=small]) { --_height: 32px; font-size: 13px }
:host([size=large]) { --_height: 52px; font-size: 17px }
.row { position: relative; display: inline-grid; color: var(--_ink) }
button { font: inherit; color: inherit; border: 1px solid #0000; border-radius: var(--connect-x-radius, 999px); cursor: pointer }
[part=button] { display: flex; align-items: center; gap: 10px; min-height: var(--_height); padding-block: 4px; padding-inline: 18px var(--_height); background: var(--_ground) }
[part=button]:hover { opacity: .85 }
:focus-visible { outline: 2px solid var(--connect-x-focus, light-dark(#1d6fdc, #7db7ff)); outline-offset: 2px }
svg { flex: none; width: 1.07em; height: 1.07em; fill: currentColor }
.labels { display: grid; flex: 1; text-align: center }
.labels > * { grid-area: 1/1 }
[aria-busy=true] .idle, [aria-busy=false] .busy { visibility: hidden }
[part=cancel] { position: absolute; inset-block: 0; inset-inline-end: 0; width: var(--_height); padding: 0; background: none; font-size: 20px }
p { margin: 8px 0 0; max-width: 36ch; font-weight: 400; color: var(--connect-x-text, light-dark(#536471, #a7b1b9)) }
.error { color: var(--_problem) }
p:not(.error, .left, .confirming, .connected) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
`;

let sheet;

/** One sheet for all buttons of a page. Constructed, because a strict `style-src` forbids <style>. */
export function connectXStyle() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
