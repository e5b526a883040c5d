/** The quiet default look. Sites restyle it with ::part(button), ::part(cancel) and ::part(status). */

// Colours follow the page's own `color-scheme`. Both labels share one grid cell and the cancel button lies in padding
// that is always there, so nothing moves when the button changes its state.
const CSS = `
:host { display: inline-block; vertical-align: middle; font: 600 15px/20px system-ui, sans-serif; }
:host([hidden]) { display: none; }
.row { position: relative; display: inline-grid; color: light-dark(#fff, #000); }
button { font: inherit; color: inherit; border: 0; border-radius: 999px; cursor: pointer; }
[part=button] { display: flex; align-items: center; gap: 10px; min-height: 44px; padding: 8px 44px 8px 18px; background: light-dark(#000, #fff); }
[part=button]:hover { background: light-dark(#272c30, #d7dbdc); }
:focus-visible { outline: 2px solid light-dark(#1d6fdc, #7db7ff); outline-offset: 2px; }
svg { flex: none; width: 16px; height: 16px; fill: currentColor; }
.labels { display: grid; flex: 1; text-align: center; }
.labels > * { grid-area: 1 / 1; }
[aria-busy=true] .idle, [aria-busy=false] .busy { visibility: hidden; }
[part=cancel] { position: absolute; inset-block: 0; inset-inline-end: 0; width: 44px; padding: 0; background: none; font-size: 20px; }
[part=status] { margin: 8px 0 0; max-width: 36ch; font-weight: 400; color: light-dark(#b3141c, #ff8a80); }
[part=status].quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
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
