/** docs/API.md, section 6: nothing is kept for ever, neither what is announced nor what is used, nor what a crash left. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { createPost, newAccount, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { announce, confirm, download, put, upload } from "../support/media.mjs";

const DAY = 24 * 60 * 60 * 1000;

let brief;
let pendingBrief;
let lasting;
/** Its media live long enough to be named. */
let drafting;

before(async () => {
  brief = await startBench({ register: false, vars: { MEDIA_ACTIVE_MS: "100" } });
  pendingBrief = await startBench({ register: false, vars: { MEDIA_PENDING_MS: "100" } });
  lasting = await startBench({ register: false });
  drafting = await startBench({ vars: { MEDIA_ACTIVE_MS: "5000" } });
});
after(() => Promise.all([brief, pendingBrief, lasting, drafting].map((bench) => bench?.stop())));

const gone = ({ api }, id) =>
  eventually(() => api.get(`/v1/media/${id}`), ({ status }) => status === 404, 10_000);

test("what is active expires by itself, bytes and all", async () => {
  const { id, upload_url } = await announce(brief);
  await put(brief, upload_url, png());
  const { url } = (await confirm(brief, id)).body.data;
  await gone(brief, id);
  await eventually(() => download(brief, url), ({ status }) => status === 404, 10_000);
  assert.equal((await put(brief, upload_url, png())).status, 404);
});

test("what is never confirmed expires by itself", async () => {
  const { id } = await announce(pendingBrief);
  await gone(pendingBrief, id);
});

test("what a draft names stays as long as the draft does", async () => {
  const { id, expires_at } = await upload(drafting, png());
  const account = await newAccount(drafting);
  const draft = await createPost(drafting, account, { containers: [{ content: "later", media: [{ id }] }], isDraft: true });
  await eventually(() => Date.now(), (now) => now > Date.parse(expires_at) + 500, 20_000);
  assert.equal((await drafting.api.get(`/v1/media/${id}`)).status, 200);
  assert.equal((await drafting.api.delete(`/v1/posts/${draft.id}`)).status, 200);
  await gone(drafting, id);
});

/** The databases of local R2 or of objects, changed while the Worker is down. Keys that refer to each other are changed one by one. */
function databases({ worker }, folder) {
  const root = join(worker.stateDir, folder);
  const names = readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".sqlite"));
  return names.map((name) => new DatabaseSync(join(root, name), { enableForeignKeyConstraints: false }));
}

/** Does something in each of them that has the table. */
function each(bench, folder, table, act) {
  return databases(bench, folder).flatMap((database) => {
    const [found] = database.prepare("SELECT name FROM sqlite_master WHERE name = ?").all(table);
    const result = found ? act(database) : [];
    database.close();
    return result;
  });
}

const change = (bench, folder, table, statement) => each(bench, folder, table, (database) => database.exec(statement));
const keys = (bench) =>
  each(bench, "r2", "_mf_objects", (database) => database.prepare("SELECT key FROM _mf_objects").all().map(({ key }) => key));

test("copies that a crash left are swept after two days, and nothing else", async () => {
  const [old, young, other] = await Promise.all([1, 2, 3].map(() => upload(lasting, png())));
  await lasting.worker.kill();
  const rename = (id, key, age) => `
    UPDATE _mf_objects SET key = '${key}', uploaded = uploaded - ${age} WHERE key = 'media/${id}';
    UPDATE _mf_multipart_parts SET object_key = '${key}' WHERE object_key = 'media/${id}';`;
  change(lasting, "r2", "_mf_objects", rename(old.id, "fetched/post_a/acc_a/0", 2 * DAY));
  change(lasting, "r2", "_mf_objects", rename(young.id, "fetched/post_b/acc_b/0", DAY));
  change(lasting, "r2", "_mf_objects", rename(other.id, `media/${other.id}`, 3 * DAY));
  change(lasting, "do", "sweep", "UPDATE sweep SET due_at = 0");
  await lasting.worker.restart();
  await lasting.api.get("/v1/media");
  await eventually(async () => keys(lasting), (left) => !left.includes("fetched/post_a/acc_a/0"), 10_000);
  assert.deepEqual(keys(lasting).sort(), ["fetched/post_b/acc_b/0", `media/${other.id}`]);
});
