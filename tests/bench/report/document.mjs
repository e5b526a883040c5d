/** docs/BENCH.md and the files beside it, out of what the benches measured and of the texts in method.md. */

import { readFileSync } from "node:fs";
import { round } from "../figures.mjs";
import { comparison, median, short } from "../measurements.mjs";
import { goalsTable } from "./goals.mjs";
import { plot } from "./plot.mjs";

const METHOD = new URL("method.md", import.meta.url);

/** Of the bench rows, those that the plot shows. */
const PLOTTED = [
  ["usage", "GET /v1/account/usage"],
  ["a post under a workspace budget", "a post under a budget"],
  ["/v1/posts?status=published", "posts by status"],
  ["/v1/posts?social_account_id=…", "posts by account"],
  ["/v1/posts?tenant_id=t1", "posts by tenant"],
];
const GOALS = [{ name: "goal of a list: 5 ms", value: 5 }, { name: "goal of usage: 10 ms", value: 10 }];

/**
 * @param {object} run `{about, benches: {name: {lines, printed, seconds, problem}}, bytes}`
 * @returns {Record<string, string>} files by name
 */
export function documents(run) {
  const lines = Object.values(run.benches).flatMap((bench) => bench.lines);
  const measurements = lines.filter(({ samples }) => samples);
  const of = (name) => (run.benches[name]?.lines ?? []).filter(({ samples }) => samples);
  const parts = {
    about: run.about,
    goals: markdown(goalsTable(measurements, run.bytes)),
    rows: measured(run, "rows", growing(of("rows"))),
    cost: measured(run, "cost", counts(of("cost"))),
    ...Object.fromEntries(["throughput", "proxy", "cold"].map((name) => [name, measured(run, name, comparison(of(name)))])),
    ...Object.fromEntries(OTHERS.map((name) => [name, printed(run, name)])),
    took: took(run),
  };
  return {
    "BENCH.md": filled(readFileSync(METHOD, "utf8"), parts),
    "bench-rows.svg": plot(PLOTTED.map(([name, title]) => ({ name: title, points: pointsOf(of("rows"), name) })), GOALS),
    "bench-statements.md": statements(lines),
  };
}

/** Benches outside the table of goals: what they print is the section. */
const OTHERS = ["crash", "schedule", "refresh", "media", "widget", "timers", "strangers"];

function filled(text, parts) {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (parts[name] === undefined) throw new Error(`method.md names {{${name}}}, which nothing fills`);
    return parts[name];
  });
}

const cell = (value) => String(value).replaceAll("|", "\\|");
const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
export const markdown = ([heading, ...rows]) => [line(heading), `|${heading.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");

/** A bench that did not run, or failed, says so where its figures would stand. */
function missing(run, name) {
  const bench = run.benches[name];
  if (!bench) return `Not measured in this run: \`cargo xtask bench ${name}\` measures alone.`;
  return bench.problem && `**Not measured in this run: ${bench.problem}.**`;
}

const measured = (run, name, cells) => missing(run, name) ?? markdown(cells);
/** The results come last, after the progress. */
const printed = (run, name) => missing(run, name) ?? `\`\`\`text\n${run.benches[name].printed.trim().split("\n").slice(-20).join("\n")}\n\`\`\``;

const amount = (side) => Number(side.replace(/\D/g, ""));
const pointsOf = (all, name) => {
  const points = all.filter((each) => each.name === name).map(({ side, samples }) => [amount(side), median(samples)]);
  return points.toSorted(([one], [other]) => one - other);
};

/** The bench rows has amounts for sides: the last one over the first is the growth. */
function growing(all) {
  const [heading, ...rows] = comparison(all);
  const names = [...new Set(all.map(({ name }) => name))];
  const growth = (name) => {
    const points = pointsOf(all, name);
    return `${round(points.at(-1)[1] / points[0][1], 2)}×`;
  };
  return [[...heading, "last ÷ first"], ...rows.map((row, at) => [...row, growth(names[at])])];
}

/** Of the bench cost: a row for each call, a column for each thing that is counted. */
function counts(all) {
  const [calls, kinds] = [0, 1].map((part) => [...new Set(all.map(({ name }) => name.split(": ")[part]))]);
  const count = (name) => short(all.find((each) => each.name === name).samples[0]);
  return [["per call", ...kinds], ...calls.map((call) => [call, ...kinds.map((kind) => count(`${call}: ${kind}`))])];
}

function took(run) {
  const rows = Object.entries(run.benches).map(([name, { seconds, options, problem }]) => [`\`${name} ${options}\``.replace(" `", "`"), round(seconds, 0), problem ?? "ran to its end"]);
  return markdown([["bench", "seconds", ""], ...rows]);
}

/** The statements of a call, and every statement with its plan. */
function statements(lines) {
  const profiles = lines.filter(({ kind }) => kind === "profile");
  const plans = lines.filter(({ kind }) => kind === "plan");
  const profile = ({ call, rows }) => `## ${call[0].toUpperCase()}${call.slice(1)}\n\n${markdown([["times", "rows read", "rows written", "statement"], ...rows.map(([text, ...counts]) => [...counts, `\`${text}\``])])}\n`;
  const plan = ({ where, text, steps }) => [where, `\`${text}\``, steps.map((step) => `\`${step}\``).join("<br>")];
  return `# Statements

Written by \`cargo xtask bench\` (BENCH.md). The first tables hold the statements of one call and of the work that the call left behind, by the platform's own count. The last table holds every statement of the
workspace's object, from the sources, from the triggers, and from calls of every kind, with SQLite's plan. \`tests/worker/plans.test.mjs\` fails for a plan that reads more the more rows there are, and names the exceptions with their reasons.

${profiles.map(profile).join("\n")}
## Plans

${markdown([["from", "statement", "plan"], ...plans.map(plan)])}
`;
}
