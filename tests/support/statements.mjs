/** The statements of a store: those in its sources, and how SQLite would run one. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const STORE = fileURLToPath(new URL("../../worker/src/objects/workspace/store/", import.meta.url));
const START = /^(SELECT|INSERT|UPDATE|DELETE|REPLACE) /;

const oneLine = (text) => text.replace(/\s+/g, " ").trim();

/**
 * The statements that the workspace's store has as texts; what the code fills in is `{…}`. `isPart`: a subquery that one
 * group of tables publishes for the others.
 */
export function statementsInSource() {
  const files = readdirSync(STORE, { recursive: true }).filter((name) => name.endsWith(".rs") && !/^schema\/|(schema|tables)\.rs$/.test(name));
  return files.flatMap((name) => {
    const code = readFileSync(join(STORE, name), "utf8").split("#[cfg(test)]")[0].replace(/^\s*\/\/.*$/gm, "");
    const texts = [...code.matchAll(/(pub const \w+: &str =\s*)?"((?:[^"\\]|\\.)*)"/gs)];
    const statements = texts.map(([, isPart, text]) => ({ name, text: oneLine(text), isPart: isPart !== undefined }));
    return statements.filter(({ text }) => START.test(text));
  });
}

const BLANK = /\{[^}]*\}/;
export const isWhole = ({ text, isPart }) => !isPart && !BLANK.test(text);

/** A statement with each of the published subqueries in its blanks, as far as SQLite knows what that means. */
export function filledIn(db, { name, text }, parts) {
  const filled = parts.map((part) => ({ name, text: text.replaceAll(new RegExp(BLANK, "g"), part.text) }));
  return filled.filter((statement) => isKnown(db, statement.text));
}

/** Whether the tables have what a statement names. */
export function isKnown(db, text) {
  try {
    db.prepare(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a statement that was run is one of a text in the sources. */
export function isOf({ text }, statement) {
  const parts = text.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(parts.join("[^]*")).test(oneLine(statement));
}

/** Of each trigger its statements, with a value for each column of the row. */
export function statementsOfTriggers(db) {
  const triggers = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all();
  return triggers.flatMap(({ name, sql }) => {
    // Its WHEN is of the row alone.
    const body = sql.slice(sql.indexOf(" BEGIN") + 6, sql.lastIndexOf("END")).replace(/\b(NEW|OLD)\.\w+/g, "?");
    return body.split(";").map(oneLine).filter(Boolean).map((text) => ({ name, text }));
  });
}

/** How SQLite runs a statement, step by step. */
export const planOf = (db, statement) => db.prepare(`EXPLAIN QUERY PLAN ${statement}`).all().map(({ detail }) => detail);

/**
 * Why a statement reads more the more rows there are; empty if it does not. A scan is good if it stops at a LIMIT in the
 * order of its index or at the first row, if its index has but the rows that are looked for (WHERE), over what is in memory, or
 * over what a search of text finds (MATCH).
 */
export function growth(db, statement) {
  const details = planOf(db, statement);
  const sorts = details.filter((detail) => detail.startsWith("USE TEMP B-TREE"));
  const stops = sorts.length === 0 && /ORDER BY.* LIMIT |EXISTS \(SELECT 1 FROM \w+\)|SELECT 1 FROM \w+ LIMIT 1\)/s.test(statement);
  const partial = new Set(db.prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'").all().map(({ name }) => name));
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map(({ name }) => name);
  const named = [...statement.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO) (\w+)(?: (?:AS )?(\w+))?/g)];
  const aliases = named.filter(([, table, alias]) => alias && tables.includes(table)).map(([, , alias]) => alias);
  const names = new Set([...tables, ...aliases]);
  const scans = details.filter((detail) => {
    const [, name, index] = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(detail) ?? [];
    return names.has(name) && !stops && !partial.has(index) && !/ VIRTUAL TABLE INDEX \d+:[M=]/.test(detail);
  });
  return [...scans, ...sorts];
}
