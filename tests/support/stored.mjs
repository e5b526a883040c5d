/**
 * What the Worker keeps on disk, between two of its lives: the SQLite files of its objects, laid out and looked into.
 *
 *   const stored = await layOut("schema-1");              // a copy of a fixture, as if it had been made a moment ago
 *   const bench = await startBench({ persist: stored.folder, register: false });
 */

import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("fixture/", import.meta.url));
const STORE = fileURLToPath(new URL("../../worker/src/objects/workspace/store/", import.meta.url));
export const OBJECTS = ["Workspace", "Account", "Connect"];

/** `{ folder, facts, remove }`: a state folder, and what its maker wrote down. */
export async function layOut(name) {
  const facts = JSON.parse(await readFile(join(FIXTURES, name, "facts.json"), "utf8"));
  const folder = await mkdtemp(join(tmpdir(), "stored-"));
  await cp(join(FIXTURES, name, "state"), folder, { recursive: true });
  for (const object of OBJECTS) inObject(folder, object, (db) => shiftTimes(db, Date.now() - facts.made_at));
  return { folder, facts, remove: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * Every file of a running Worker's state, as `[name, bytes]`. An object that is deleted meanwhile takes its files along, and
 * SQLite those of its log.
 */
export async function storedFiles({ stateDir }) {
  const files = [];
  for (const name of await readdir(stateDir, { recursive: true })) {
    try {
      files.push([name, await readFile(join(stateDir, name))]);
    } catch (error) {
      if (!["ENOENT", "EISDIR"].includes(error.code)) throw error;
    }
  }
  return files;
}

export const backupOf = (name) => readFile(join(FIXTURES, name, "backup.ndjson"), "utf8");

/** The first object of a kind, while no Worker runs. */
export function inObject(folder, object, work) {
  const [first] = filesOf(folder, object).sort((one, other) => statSync(one).birthtimeMs - statSync(other).birthtimeMs);
  return inDatabase(first, work);
}

function filesOf(folder, object) {
  const home = homeOf(folder, object);
  return readdirSync(home).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file)).map((file) => join(home, file));
}

const homeOf = (folder, object) => join(folder, "do", `worker-${object}Object`);

function inDatabase(file, work) {
  const db = new DatabaseSync(file, { readBigInts: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Tables, indexes and views: name to definition, in one kind of white space. */
export const schemaOf = (folder, object) =>
  inObject(folder, object, (db) => {
    const rows = db.prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").all();
    return Object.fromEntries(rows.filter(({ name }) => isOurs(name)).map(({ name, sql }) => [name, sql.replace(/\s+/g, " ")]));
  });

/** Every row of every table of ours. */
export const rowsOf = (folder, object) =>
  inObject(folder, object, (db) => {
    const rows = (table) => db.prepare(`SELECT * FROM ${table}`).all().map((row) => ({ ...row }));
    return Object.fromEntries(tables(db).map((table) => [table, rows(table)]));
  });

export const versionOf = (folder, object) =>
  inObject(folder, object, (db) => {
    const { version, oldest } = db.prepare("SELECT version, oldest FROM schema_version").get();
    return { version: Number(version), oldest: Number(oldest) };
  });

/** As code of another version would have left it. */
export const setVersion = (folder, object, { version, oldest }) =>
  inObject(folder, object, (db) => {
    db.exec(`CREATE TABLE IF NOT EXISTS schema_version (
      id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, oldest INTEGER NOT NULL)`);
    db.prepare("INSERT OR REPLACE INTO schema_version (id, version, oldest) VALUES (1, ?, ?)").run(version, oldest);
  });

/** Takes back the tables, views, triggers and indexes of every later version of the workspace's schema. */
export function rollBack(db, version) {
  const versions = ["schema.rs", "schema/version_6.rs"].flatMap((name) => readFileSync(join(STORE, name), "utf8").split(/^(?:const VERSION_\d+|pub const STATEMENTS):/m).slice(1));
  const [older, newer] = [versions.slice(0, version), versions.slice(version)].map((parts) => parts.join());
  const created = [...newer.matchAll(/CREATE (?:UNIQUE |VIRTUAL )?(TABLE|VIEW|INDEX|TRIGGER) (\w+)/g)].map(([, kind, name]) => [kind, name]);
  for (const kind of ["TRIGGER", "VIEW", "INDEX", "TABLE"]) {
    for (const [, name] of created.filter(([of]) => of === kind)) db.exec(`DROP ${kind} IF EXISTS ${name}`);
  }
  for (const [, table, column] of newer.matchAll(/ALTER TABLE (\w+) ADD COLUMN (\w+)/g)) db.exec(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  for (const [, name] of newer.matchAll(/DROP INDEX (\w+)/g)) {
    db.exec(older.match(new RegExp(`CREATE (UNIQUE )?INDEX (IF NOT EXISTS )?${name} [^"]+`))[0]);
  }
  db.exec(`UPDATE schema_version SET version = ${version}`);
}

/** Lets a time pass for an object of which there is one: its rows are older, and its alarm is due. */
export function age(folder, object, ms) {
  inObject(folder, object, (db) => shiftTimes(db, -ms));
  makeDue(folder, object);
}

/** Lets a time pass for all objects of a kind, while no Worker runs: their rows are older, and their alarms nearer. */
export function ageAll(folder, object, ms) {
  const sooner = `${ms}000000`;
  for (const file of filesOf(folder, object)) {
    inDatabase(file, (db) => {
      shiftTimes(db, -ms);
      db.exec(`UPDATE _cf_METADATA SET value = value - ${sooner} WHERE key = 1`);
    });
  }
  inAlarms(folder, object, (db) => db.exec(`UPDATE _cf_ALARM SET scheduled_time = scheduled_time - ${sooner}`));
}

/** The alarm of an object of which there is one rings at the next start. */
export function makeDue(folder, object) {
  inObject(folder, object, (db) => db.exec("UPDATE _cf_METADATA SET value = 1 WHERE key = 1"));
  inAlarms(folder, object, (db) => db.exec("UPDATE _cf_ALARM SET scheduled_time = 1"));
}

/** When it rings, in milliseconds. */
export const alarmOf = (folder, object) =>
  inAlarms(folder, object, (db) => Number(db.prepare("SELECT scheduled_time FROM _cf_ALARM").get().scheduled_time / 1_000_000n));

/** Where workerd keeps whom it has to wake. */
const inAlarms = (folder, object, work) => inDatabase(join(homeOf(folder, object), "metadata.sqlite"), work);

/** Not a table of the platform's, of SQLite's, or of those in which SQLite keeps a search. */
const isOurs = (name) => !/^(_cf_|sqlite_|post_texts)/.test(name);

const tables = (db) =>
  db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map(({ name }) => name).filter(isOurs);

/** Every table is written by itself: what a trigger would derive is written as well. */
function withoutTriggers(db, work) {
  const triggers = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  work();
  for (const { sql } of triggers) db.exec(sql);
}

/** Adds to every time, in columns and within documents: what expires has as long to go as when it was written. */
function shiftTimes(db, by) {
  const moved = (text) => text.replace(/\b1[6-9]\d{11}\b/g, (time) => String(Number(time) + by));
  const shift = (value) => {
    if (typeof value === "string") return moved(value);
    return typeof value === "bigint" ? BigInt(moved(String(value))) : value;
  };
  db.function("shifted", { useBigIntArguments: true }, shift);
  withoutTriggers(db, () => {
    for (const table of tables(db)) {
      const columns = db.prepare(`PRAGMA table_info(${table})`).all().map(({ name }) => `${name} = shifted(${name})`);
      db.exec(`UPDATE ${table} SET ${columns.join(", ")}`);
    }
  });
}
