/**
 * docs/STORAGE.md, "Indexes": no statement of the workspace's store reads more the more rows there are. The
 * statements are those in the sources and those that calls really run; a statement that no call here runs and that is not
 * whole in the sources fails.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ofWorkspace, statementsOfCalls } from "../support/every-statement.mjs";
import { filledIn, growth, isOf, isWhole, statementsInSource, statementsOfTriggers } from "../support/statements.mjs";
import { inObject } from "../support/stored.mjs";

/** Tables of one row, and of rows that an operator makes one by one or that live for minutes. */
const SMALL = /\b(FROM|UPDATE|INTO) (brand|settings|retention|standstill|reseal|sweep|schema_version)\b/;
/** Statements that read what they answer, or are of what happens once in a deployment's life; each with the reason. */
const AS_MUCH_AS_THEY_ANSWER = [
  [/^SELECT doc FROM (accounts|networks) WHERE is_deleted = 0 ORDER BY/, "all accounts of a post for `all`; all apps of an export"],
  [/INDEXED BY (posts_scheduled|posts_listed)/, "the posts of a window of time, which is sorted"],
  [/ORDER BY coalesce\(p\.scheduled_at/, "the posts in one status of approval in the order of their scheduled time, which are sorted"],
  [/post_texts MATCH \?.* ORDER BY/, "the posts that a search finds, which are sorted"],
  [/^SELECT d\.doc AS doc FROM deliveries d JOIN .* d\.state = 'held'/s, "held deliveries, of which the oldest"],
  [/^UPDATE outbox SET due_at = \?, opened = 0 WHERE opened > 0|FROM \(SELECT max\(size\)/, "the outbox, once after a restore; the parts of one medium"],
  [/^DELETE FROM (\w+)$/, "a restore empties what a restore before has left"],
  [/ReEncryption|ForgetSecret/, "the outbox, which empties itself"],
  [/^SELECT (name|count\(\*\) AS count) FROM \(SELECT (id|DISTINCT network_id)/, "the walk over all that is sealed, or over all accounts, and how far it is"],
  [/instr\(username/, "a part of a name, wherever it is"],
  [/FROM webhooks (w WHERE w\.is_failing|WHERE TRUE$)/, "the webhooks of the deployment, made one by one"],
  [/FROM keys WHERE is_closed = 1 AND digest >= \? AND digest < \?/, "the grants of assistants, of which a person gave each, and which are sorted"],
  [/FROM networks WHERE is_deleted = 0 AND tenant_id IN \('', \?\)/, "the two apps that a tenant may use"],
  [/FROM audit WHERE TRUE AND .*(target_id|key_id|action|at >= \?|at < \?)/, "the audit of one row, which is looked for"],
];

let folder;
/** Those that ran, each once. */
let ran;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "plans-"));
  ran = await statementsOfCalls(folder);
});
after(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

const isExcused = (text) => SMALL.test(text) || AS_MUCH_AS_THEY_ANSWER.some(([pattern]) => pattern.test(text));

function assertPlans(db, statements) {
  const grows = statements.filter(({ text }) => !isExcused(text)).map(({ name, text }) => [name, text, growth(db, text)]);
  assert.deepEqual(grows.filter(([, , why]) => why.length > 0), []);
}

test("no statement in the store's sources reads more the more rows there are", () => {
  inObject(folder, "Workspace", (db) => assertPlans(db, statementsInSource().filter(isWhole)));
});

test("no statement that calls run reads more the more rows there are", () => {
  inObject(folder, "Workspace", (db) => {
    const ours = ofWorkspace(db, ran);
    assert.ok(ours.length > 100, `${ours.length} statements`);
    assertPlans(db, ours.map((text) => ({ name: "ran", text })));
  });
});

test("no trigger reads more the more rows there are", () => {
  inObject(folder, "Workspace", (db) => assertPlans(db, statementsOfTriggers(db)));
});

test("a statement that the code puts together is run here, or is one of published subqueries", () => {
  const all = statementsInSource();
  const parts = all.filter(({ isPart }) => isPart);
  const blank = all.filter((statement) => !statement.isPart && !isWhole(statement));
  const others = blank.filter((statement) => ![...ran].some((text) => isOf(statement, text)));
  inObject(folder, "Workspace", (db) => {
    const filled = others.map((statement) => [statement, filledIn(db, statement, parts)]);
    assert.deepEqual(filled.filter(([, texts]) => texts.length === 0).map(([{ name, text }]) => [name, text]), []);
    assertPlans(db, filled.flatMap(([, texts]) => texts));
  });
});
