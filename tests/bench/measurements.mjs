/**
 * What a bench has measured: samples by name and side. A bench prints the table of them; the report (report.mjs) asks for the
 * samples themselves, in the file that MEASUREMENTS names.
 */

import { appendFileSync } from "node:fs";
import { percentile, round, table } from "./figures.mjs";

/** The side that is compared with all others, and these. */
export const OURS = "this Worker";
export const HONO = "Hono";
export const RUST = "plain Rust";
export const BARE = "bare";
export const KEEPER = "keeper";

export class Measurements {
  /** By name and side: `{name, unit, side, samples}`. */
  #all = new Map();

  add(name, unit, side, ...samples) {
    const key = JSON.stringify([name, side]);
    if (!this.#all.has(key)) this.#all.set(key, { name, unit, side, samples: [] });
    this.#all.get(key).samples.push(...samples);
  }

  /** Prints the table, and hands the samples to the report. */
  publish() {
    const all = [...this.#all.values()];
    console.log(`\n${table(comparison(all))}`);
    hand(...all);
  }
}

/** To the report, if one waits. */
export function hand(...lines) {
  const file = process.env.MEASUREMENTS;
  if (file) appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

export const median = (samples) => percentile(samples, 0.5);

/** A row for each name, a column for each side: the median, from the 5th to the 95th percentile; then ours over each other one. */
export function comparison(all) {
  const names = [...new Map(all.map(({ name, unit }) => [name, unit]))];
  const measured = [...new Set(all.map(({ side }) => side))];
  const known = [OURS, HONO, RUST, KEEPER, BARE].filter((side) => measured.includes(side));
  const sides = [...known, ...measured.filter((side) => !known.includes(side))];
  const others = known.slice(1);
  const samples = (name, side) => all.find((each) => each.name === name && each.side === side)?.samples;
  const over = (name, side) => (samples(name, side) ? `${round(median(samples(name, OURS)) / median(samples(name, side)), 2)}×` : "–");
  return [
    ["median (5 % – 95 %)", ...sides, ...others.map((side) => `÷ ${side}`)],
    ...names.map(([name, unit]) => [`${name}, ${unit}`, ...sides.map((side) => spread(samples(name, side))), ...others.map((side) => over(name, side))]),
  ];
}

function spread(samples) {
  if (!samples) return "–";
  const [low, middle, high] = [0.05, 0.5, 0.95].map((share) => short(percentile(samples, share)));
  return low === high ? middle : `${middle} (${low} – ${high})`;
}

/** Three figures are all that a measurement has. */
export const short = (value) => value.toLocaleString("en", { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 });
