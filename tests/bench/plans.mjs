/**
 * `cargo xtask bench plans`: every statement of the workspace's object with SQLite's plan: those in the sources, those of
 * triggers, and those that calls of every kind really run. tests/worker/plans.test.mjs judges them.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ofWorkspace, statementsOfCalls } from "../support/every-statement.mjs";
import { isOf, isWhole, planOf, statementsInSource, statementsOfTriggers } from "../support/statements.mjs";
import { inObject } from "../support/stored.mjs";
import { table } from "./figures.mjs";
import { hand } from "./measurements.mjs";
import { readOptions } from "./options.mjs";

readOptions({});

const folder = await mkdtemp(join(tmpdir(), "plans-"));
try {
  const ran = await statementsOfCalls(folder);
  const plans = inObject(folder, "Workspace", (db) => statements(db, ran).map(({ where, text }) => ({ kind: "plan", where, text, steps: planOf(db, text) })));
  console.log(table([["from", "statement and plan"], ...plans.map(({ where, text, steps }) => [where, `${text.slice(0, 100)}: ${steps.join("; ")}`])]));
  hand(...plans);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Each text once, with the file that has it, or the trigger; a text that the code puts together is that of the file it fits. */
function statements(db, ran) {
  const sources = statementsInSource();
  const whole = sources.filter(isWhole);
  const inFile = (text) => sources.find((statement) => !statement.isPart && isOf(statement, text))?.name ?? "put together";
  const all = [
    ...whole.map(({ name, text }) => ({ where: name, text })),
    ...ofWorkspace(db, ran).map((text) => ({ where: inFile(text), text })),
    ...statementsOfTriggers(db).map(({ name, text }) => ({ where: `trigger ${name}`, text })),
  ];
  const once = [...new Map(all.map((statement) => [statement.text, statement])).values()];
  return once.toSorted((one, other) => one.where.localeCompare(other.where));
}
