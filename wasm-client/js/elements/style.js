/** What the elements look like alike. Sites restyle them with custom properties and ::part() (README.md). */

const CSS = `
:host { display: block; container-type: inline-size; font: var(--x-font, 15px/1.4 system-ui, sans-serif); color: var(--_ink); text-align: start;
  --_ink: var(--x-color, light-dark(#0f1419, #e7e9ea)); --_muted: var(--x-muted, light-dark(#536471, #8b98a5));
  --_ground: var(--x-background, light-dark(#fff, #000)); --_line: var(--x-border, light-dark(#cfd9de, #3b4147));
  --_accent: var(--x-accent, var(--_ink)); --_on: var(--x-on-accent, var(--_ground));
  --_problem: var(--x-problem, light-dark(#b3141c, #ff8a80)); --_radius: var(--x-radius, 12px) }
:host([hidden]), [hidden] { display: none !important }
* { box-sizing: border-box }
p, ul, ol { margin: 0; padding: 0; border: 0; min-width: 0 }
ul, ol { list-style: none; display: grid; gap: 8px }
button { font: inherit; color: inherit; min-height: 36px; padding: 6px 14px; border: 1px solid var(--_line); background: var(--_ground);
  border-radius: var(--x-button-radius, 999px); cursor: pointer; font-weight: 600 }
button:hover { border-color: var(--_ink) }
button:disabled { opacity: 0.6; cursor: default }
.main { background: var(--_accent); color: var(--_on); border-color: var(--_accent) }
:focus-visible { outline: 2px solid var(--x-focus, light-dark(#1d6fdc, #7db7ff)); outline-offset: 2px }
a { color: inherit }
p, b, span, time { unicode-bidi: plaintext; text-align: -webkit-match-parent; text-align: match-parent }
[part=question] .grow { flex-basis: 24ch }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 8px }
.grow { flex: 1 1 12ch; min-width: 0; overflow-wrap: anywhere }
.card { padding: 12px; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_ground) }
.stack { display: grid; gap: 12px }
.muted { color: var(--_muted) }
.problem { color: var(--_problem) }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
`;

const sheets = new Map();

/** One for all elements of a page. Constructed, because a strict `style-src` forbids <style>. */
export function sheetOf(css) {
  if (!sheets.has(css)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(css, sheet);
  }
  return sheets.get(css);
}

export const baseSheet = () => sheetOf(CSS);
