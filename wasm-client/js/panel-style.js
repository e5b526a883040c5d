/** The look of the code's panel. Sites restyle it with ::part(confirm), ::part(code) and ::part(confirm-button). */

const CSS = `
[part=confirm] { display: flex; flex-wrap: wrap; align-items: end; gap: 8px; margin: 8px 0 0; }
[part=confirm] label { display: grid; gap: 4px; font-weight: 400; }
[part=code] { box-sizing: border-box; min-height: 44px; padding: 8px 12px; border: 1px solid light-dark(#536471, #8b98a5); border-radius: 12px;
  background: light-dark(#fff, #000); color: light-dark(#0f1419, #e7e9ea); font: 20px/26px ui-monospace, monospace; letter-spacing: 0.15em; }
[part=code][aria-invalid=true] { border-color: var(--_problem); }
[part=confirm-button] { min-height: 44px; padding: 8px 18px; background: var(--_ground); color: var(--_ink); }
`;

let sheet;

/** One for all buttons of a page. */
export function panelStyle() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
