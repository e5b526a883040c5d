/** What the Worker asks of the platform: statements, alarms, messages between objects, KV. Counted within the isolate. */

import { eventually } from "./eventually.mjs";
import { openInspector } from "./memory.mjs";

/** So many looks in a row find nothing once the work that a call left behind has ended. */
const CALM_LOOKS = 6;

/**
 * Of a Worker that was started with `inspect` and has served a call that used each part once. `taken()` answers what was
 * asked since the last time: `{statements: [{query, rowsRead, rowsWritten}], alarms, messages, kv}`. `quiet()` answers a list
 * of these: everything that was asked until nothing is any more.
 */
export async function watchPlatformCalls(worker) {
  const inspector = await openInspector(worker);
  await inspector.evaluate("void (globalThis.platformCalls = [])");
  const found = await inspector.overAll("Object.prototype", `${watch}`);
  for (const part of ["sql", "storage", "namespace", "kv"]) if (!found.includes(part)) throw new Error(`the isolate has no ${part}`);
  async function taken() {
    const calls = await inspector.evaluate(`(${take})()`);
    const count = (part) => calls.filter((call) => call.part === part).length;
    const statements = calls.filter(({ part }) => part === "sql").map(({ part, ...statement }) => statement);
    return { statements, alarms: count("storage"), messages: count("namespace"), kv: count("kv") };
  }
  async function quiet() {
    const all = [];
    let calm = 0;
    const look = async () => {
      const { statements, alarms, messages, kv } = await taken();
      all.push({ statements, alarms, messages, kv });
      calm = statements.length + alarms + messages + kv === 0 ? calm + 1 : 0;
      return calm;
    };
    await eventually(look, (looks) => looks >= CALM_LOOKS);
    return all;
  }
  return { taken, quiet, close: () => inspector.close() };
}

/** Runs in the isolate, with all of its objects as `this`: finds the platform's classes by their methods, and wraps these. */
function watch() {
  const PARTS = {
    sql: { has: ["exec", "databaseSize"], wraps: ["exec"] },
    storage: { has: ["transactionSync", "setAlarm"], wraps: ["getAlarm", "setAlarm", "deleteAlarm"] },
    namespace: { has: ["idFromName", "newUniqueId"], wraps: ["get", "getByName"] },
    kv: { has: ["getWithMetadata", "put", "list"], wraps: ["get", "getWithMetadata", "put", "delete", "list"] },
  };
  const known = new Map();
  for (const object of this) {
    const prototype = Object.getPrototypeOf(object);
    if (prototype === null || prototype === Object.prototype || [...known.values()].includes(prototype)) continue;
    const part = Object.keys(PARTS).find((name) => !known.has(name) && PARTS[name].has.every((method) => Object.hasOwn(prototype, method)));
    if (part) known.set(part, prototype);
  }
  for (const [part, prototype] of known) {
    for (const name of PARTS[part].wraps.filter((method) => Object.hasOwn(prototype, method))) {
      const original = prototype[name];
      prototype[name] = function (...given) {
        const result = original.apply(this, given);
        globalThis.platformCalls.push(part === "sql" ? { part, query: given[0], cursor: result } : { part });
        return result;
      };
    }
  }
  return [...known.keys()];
}

/** Runs in the isolate. A cursor knows its rows once it has been read. */
function take() {
  const calls = globalThis.platformCalls.splice(0);
  return calls.map(({ cursor, ...call }) => (cursor ? { ...call, rowsRead: cursor.rowsRead, rowsWritten: cursor.rowsWritten } : call));
}
