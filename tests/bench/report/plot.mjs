/** A plot of milliseconds against rows stored, as SVG: readable on a light and on a dark page. */

import { round } from "../figures.mjs";

const [WIDTH, HEIGHT] = [820, 460];
const AREA = { left: 78, right: 560, top: 56, bottom: 400 };

/** The colours of Okabe and Ito, which colour-blind readers tell apart; lighter where the page is dark. */
const STYLE = `
  .page { fill: #fff } text { fill: #24292f; font: 13px system-ui, sans-serif } .title { font-weight: 600; font-size: 15px }
  .grid { stroke: #d0d7de } .axis { stroke: #57606a } .line { fill: none; stroke-width: 2.5 } .goal { stroke: #57606a; stroke-dasharray: 6 5 }
  .s0 { stroke: #0072b2 } .s1 { stroke: #d55e00 } .s2 { stroke: #009e73 } .s3 { stroke: #cc79a7 } .s4 { stroke: #8a6d00 } .s5 { stroke: #56b4e9 }
  .d0 { fill: #0072b2 } .d1 { fill: #d55e00 } .d2 { fill: #009e73 } .d3 { fill: #cc79a7 } .d4 { fill: #8a6d00 } .d5 { fill: #56b4e9 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .grid { stroke: #30363d } .axis, .goal { stroke: #9198a1 }
    .s0 { stroke: #58a6ff } .d0 { fill: #58a6ff } .s4 { stroke: #f0e442 } .d4 { fill: #f0e442 }
  }`;

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/**
 * @param {{name: string, points: [number, number][]}[]} series of rows stored and milliseconds
 * @param {{name: string, value: number}[]} goals drawn as lines
 */
export function plot(series, goals) {
  const points = series.flatMap((each) => each.points);
  const most = Math.max(10, ...points.map(([rows]) => rows));
  const decades = Array.from({ length: Math.ceil(Math.log10(most)) + 1 }, (_, power) => 10 ** power);
  const [first, last] = [decades[0], decades.at(-1)];
  const step = niceStep(Math.max(...points.map(([, ms]) => ms), ...goals.map(({ value }) => value)) * 1.1);
  const top = step * 5;
  const x = (rows) => AREA.left + ((AREA.right - AREA.left) * Math.log10(rows / first)) / Math.log10(last / first);
  const y = (ms) => AREA.bottom - ((AREA.bottom - AREA.top) * ms) / top;
  const at = ([rows, ms]) => `${x(rows).toFixed(1)},${y(ms).toFixed(1)}`;
  const lines = [
    `<rect class="page" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${AREA.left}" y="28">Time of a call against rows stored (median; lower is better)</text>`,
    ...Array.from({ length: 6 }, (_, n) => n * step).flatMap((ms) => [
      `<line class="${ms === 0 ? "axis" : "grid"}" x1="${AREA.left}" x2="${AREA.right}" y1="${y(ms)}" y2="${y(ms)}"/>`,
      `<text x="${AREA.left - 8}" y="${y(ms) + 4}" text-anchor="end">${round(ms, step < 1 ? 1 : 0)}</text>`,
    ]),
    ...decades.map((rows) => `<text x="${x(rows)}" y="${AREA.bottom + 20}" text-anchor="middle">${round(rows, 0)}</text>`),
    `<text x="${(AREA.left + AREA.right) / 2}" y="${AREA.bottom + 44}" text-anchor="middle">posts stored (logarithmic)</text>`,
    `<text transform="translate(18 ${(AREA.top + AREA.bottom) / 2}) rotate(-90)" text-anchor="middle">milliseconds, at the client</text>`,
    ...goals.flatMap(({ name, value }) => [
      `<line class="goal" x1="${AREA.left}" x2="${AREA.right}" y1="${y(value)}" y2="${y(value)}"/>`,
      `<text x="${AREA.right - 6}" y="${y(value) - 5}" text-anchor="end">${escaped(name)}</text>`,
    ]),
    ...series.flatMap(({ name, points: each }, n) => [
      `<polyline class="line s${n}" points="${each.map(at).join(" ")}"/>`,
      ...each.map(([rows, ms]) => `<circle class="d${n}" cx="${x(rows).toFixed(1)}" cy="${y(ms).toFixed(1)}" r="3.5"/>`),
      `<line class="line s${n}" x1="${AREA.right + 20}" x2="${AREA.right + 44}" y1="${AREA.top + 8 + n * 24}" y2="${AREA.top + 8 + n * 24}"/>`,
      `<text x="${AREA.right + 52}" y="${AREA.top + 12 + n * 24}">${escaped(name)}</text>`,
    ]),
  ];
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="Time of a call against rows stored">`;
  return `${open}\n<style>${STYLE}\n</style>\n${lines.join("\n")}\n</svg>\n`;
}

/** A fifth of the axis: 1, 2 or 5 times a power of ten. */
function niceStep(most) {
  const least = most / 5;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least);
}
