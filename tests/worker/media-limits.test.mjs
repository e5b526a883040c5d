/** docs/API.md, section 6: an upload cannot outgrow what it may be, however its bytes come, and not too many wait. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { mp4, png } from "../fake-x/sample-files.mjs";
import { startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { announce, beginUpload, confirm, put, readMedia, refusedAtOnce } from "../support/media.mjs";

const MIB = 2 ** 20;
const FIVE = 5 * MIB;
const PICTURE = png({ size: FIVE });

let bench;

before(async () => (bench = await startBench({ register: false })));
after(() => bench?.stop());

const partOf = ({ upload_url }, number) => `${upload_url}&part=${number}`;
const videos = (bytes) => bench.api.patch("/v1/settings", { allowed_media: { "video/mp4": bytes } });

const begin = (address, length) => beginUpload(bench, address, length);
const refusal = (address) => refusedAtOnce(bench, address, PICTURE);

/**
 * All of a body. An answer that comes before the body's end is lost when the connection breaks under what is still being
 * sent (RFC 9112, section 9.6); the call is then repeated with its beginning, which is refused as the whole was.
 */
async function whole(address, bytes) {
  const body = begin(address, bytes.length);
  body.end(bytes);
  const answer = await body.answer;
  return answer.status === null ? refusedAtOnce(bench, address, bytes) : answer;
}

/** Rows of R2 and of the objects, as they are on the disk. */
function rows(folder, table, query) {
  const root = join(bench.worker.stateDir, folder);
  const names = readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".sqlite"));
  return names.flatMap((name) => {
    const database = new DatabaseSync(join(root, name), { enableForeignKeyConstraints: false });
    database.exec("PRAGMA busy_timeout = 10000");
    const [found] = database.prepare("SELECT name FROM sqlite_master WHERE name = ?").all(table);
    const result = found ? database.prepare(query).all() : [];
    database.close();
    return result;
  });
}

/** Bytes in R2 of uploads that are not abandoned. */
function storedOf({ id }) {
  const query = `SELECT coalesce(sum(p.size), 0) AS bytes FROM _mf_multipart_parts p
    JOIN _mf_multipart_uploads u USING (upload_id) WHERE u.state < 2 AND u.key = 'media/${id}'`;
  return rows("r2", "_mf_multipart_parts", query).reduce((sum, { bytes }) => sum + bytes, 0);
}

const reservationsOf = ({ id }) =>
  rows("do", "media_reservations", `SELECT * FROM media_reservations WHERE media_id = '${id}'`);

test("12 parts of 5 MiB side by side into a picture of 5 MiB: one of them is stored", async () => {
  const picture = await announce(bench);
  const numbers = Array.from({ length: 12 }, (_, n) => n + 1);
  const answers = await Promise.all(numbers.map((number) => whole(partOf(picture, number), PICTURE)));
  const taken = answers.filter(({ status }) => status === 200);
  assert.equal(taken.length, 1, JSON.stringify(answers.map(({ status, text }) => [status, text.slice(0, 80)])));
  for (const answer of answers.filter((one) => one !== taken[0])) assertRefused(answer, 422, "media_too_large");
  assert.deepEqual([(await readMedia(bench, picture.id)).received, storedOf(picture), reservationsOf(picture)], [FIVE, FIVE, []]);
});

test("12 whole files of 5 MiB side by side: the last one is there, and nothing of the others", async () => {
  const picture = await announce(bench);
  const answers = await Promise.all(Array.from({ length: 12 }, () => whole(picture.upload_url, PICTURE)));
  assert.deepEqual(answers.map(({ status }) => status), Array(12).fill(200));
  assert.equal((await readMedia(bench, picture.id)).received, FIVE);
  await eventually(async () => storedOf(picture), (bytes) => bytes === FIVE, 20_000);
  assert.equal((await confirm(bench, picture.id, { size: FIVE })).status, 200);
});

for (const [what, act, status, kept] of [
  ["deleted", (id) => bench.api.delete(`/v1/media/${id}`), 404, 0],
  ["confirmed", (id) => confirm(bench, id, { size: 3000 }), 409, 3000],
]) {
  test(`of a whole file that was on its way when its medium was ${what}, nothing is kept`, async () => {
    const picture = await announce(bench);
    const slow = Array.from({ length: 3 }, () => begin(picture.upload_url, FIVE));
    for (const body of slow) body.send(PICTURE.subarray(0, FIVE - 1));
    const begun = `SELECT upload_id FROM _mf_multipart_uploads WHERE key = 'media/${picture.id}'`;
    await eventually(() => rows("r2", "_mf_multipart_uploads", begun), ({ length }) => length === slow.length, 20_000);
    assert.equal((await put(bench, picture.upload_url, png({ size: 3000 }))).status, 200);
    assert.equal((await act(picture.id)).status, 200);
    for (const body of slow) body.end(PICTURE.subarray(FIVE - 1));
    for (const { answer } of slow) assert.equal((await answer).status, status);
    await eventually(() => storedOf(picture), (bytes) => bytes === kept, 20_000);
  });
}

test("a part that is sent again counts once, also side by side", async () => {
  const picture = await announce(bench);
  const answers = await Promise.all(Array.from({ length: 4 }, () => whole(partOf(picture, 1), PICTURE)));
  assert.deepEqual(answers.map(({ status }) => status), Array(4).fill(200), answers.map(({ text }) => text).join());
  assert.deepEqual([(await readMedia(bench, picture.id)).received, reservationsOf(picture)], [FIVE, []]);
});

test("a part on its way has its room, and a body that breaks off gives it back", async () => {
  const picture = await announce(bench);
  const slow = begin(partOf(picture, 1), FIVE);
  slow.send(PICTURE.subarray(0, 1000));
  await eventually(async () => reservationsOf(picture).length, (count) => count === 1);
  assertRefused(await refusal(partOf(picture, 2)), 422, "media_too_large");
  slow.leave();
  await eventually(async () => reservationsOf(picture).length, (count) => count === 0, 20_000);
  const taken = await whole(partOf(picture, 2), PICTURE);
  assert.equal(taken.body.data.received, FIVE);
  assert.deepEqual(reservationsOf(picture), []);
});

test("a part that has another length than it said gives its room back", async () => {
  const film = await announce(bench, { filename: "film.mp4" });
  const address = partOf(film, 1);
  assertRefused(await put(bench, address, Buffer.alloc(0), {}), 400, "invalid_payload", "Content-Length");
  assert.deepEqual(reservationsOf(film), []);
});

test("of a process that died its parts' room is given back, after 5 minutes", async () => {
  const picture = await announce(bench);
  const slow = begin(partOf(picture, 1), FIVE);
  slow.send(PICTURE.subarray(0, 1000));
  await eventually(async () => reservationsOf(picture).length, (count) => count === 1);
  await bench.worker.kill();
  await slow.answer;
  const [{ ends_at }] = reservationsOf(picture);
  assert.ok(ends_at > Date.now() && ends_at <= Date.now() + 300_000);
  await bench.worker.restart();
  assertRefused(await refusal(partOf(picture, 2)), 422, "media_too_large");
  await bench.worker.kill();
  rows("do", "media_reservations", `UPDATE media_reservations SET ends_at = ${Date.now()} RETURNING id`);
  await bench.worker.restart();
  assert.equal((await whole(partOf(picture, 2), PICTURE)).status, 200);
});

test("an upload whose first part shows that it is too large is abandoned, and leaves nothing", async () => {
  const film = await announce(bench, { filename: "film.mp4" });
  for (const number of [2, 3]) assert.equal((await whole(partOf(film, number), Buffer.alloc(FIVE))).status, 200);
  assert.equal(storedOf(film), 2 * FIVE);
  assertRefused(await refusal(partOf(film, 1)), 422, "media_too_large");
  assert.equal((await readMedia(bench, film.id)).received, 0);
  await eventually(async () => storedOf(film), (bytes) => bytes === 0, 20_000);
  assert.equal((await whole(film.upload_url, PICTURE)).status, 200);
  const { data } = (await confirm(bench, film.id)).body;
  assert.deepEqual([data.content_type, data.size], ["image/png", FIVE]);
});

test("the sum is looked at again when a part ends", async () => {
  const film = await announce(bench, { filename: "film.mp4" });
  const bytes = mp4({ size: 2 * MIB });
  const slow = begin(partOf(film, 1), bytes.length);
  slow.send(bytes.subarray(0, 1000));
  await eventually(async () => reservationsOf(film).length, (count) => count === 1);
  await videos(MIB);
  slow.end(bytes.subarray(1000));
  assertRefused(await slow.answer, 422, "media_too_large");
  await videos(512 * MIB);
  assert.deepEqual([(await readMedia(bench, film.id)).received, reservationsOf(film)], [0, []]);
  await eventually(async () => storedOf(film), (stored) => stored === 0, 20_000);
  assert.equal((await whole(partOf(film, 1), bytes)).status, 200);
});

const tryToAnnounce = (tenant_id) => bench.api.post("/v1/media/upload", { filename: "a.png", tenant_id });

test("100 uploads of a tenant may be pending; one that is confirmed or deleted makes room", async () => {
  const made = await Promise.all(Array.from({ length: 100 }, () => announce(bench, { tenant_id: "many" })));
  const { hint } = assertRefused(await tryToAnnounce("many"), 429, "too_many_uploads");
  assert.match(hint, /[Cc]onfirm or delete/);
  await announce(bench, { tenant_id: "another" });
  const [first, second] = made;
  await put(bench, first.upload_url, png(), {});
  assert.equal((await confirm(bench, first.id)).status, 200);
  assert.equal((await tryToAnnounce("many")).status, 200);
  assertRefused(await tryToAnnounce("many"), 429, "too_many_uploads");
  assert.equal((await bench.api.delete(`/v1/media/${second.id}`)).status, 200);
  assert.equal((await tryToAnnounce("many")).status, 200);
  const racing = await Promise.all(Array.from({ length: 5 }, () => tryToAnnounce("many")));
  assert.deepEqual(racing.map(({ status }) => status), Array(5).fill(429));
});

/** As many rows of a tenant more, written while the Worker is down. */
function addPending(count, tenant, expiresAt) {
  const insert = `INSERT INTO media (id, tenant_id, status, expires_at, doc)
    SELECT 'med_' || value || '_${tenant}', ${tenant === null ? "NULL" : `'${tenant}' || (value / 99)`}, 'pending', ${expiresAt}, doc
    FROM json_each('${JSON.stringify(Array.from({ length: count }, (_, n) => n))}'), (SELECT doc FROM media LIMIT 1) RETURNING seq`;
  assert.equal(rows("do", "media", insert).length, count);
}

test("those without a tenant count as one, and 1,000 may be pending in all; what is over makes room", async () => {
  await bench.worker.kill();
  rows("do", "media", "DELETE FROM media WHERE status = 'pending' RETURNING seq");
  addPending(100, null, Date.now() + 3_600_000);
  await bench.worker.restart();
  assertRefused(await tryToAnnounce(), 429, "too_many_uploads");
  assert.equal((await tryToAnnounce("one")).status, 200);
  await bench.worker.kill();
  addPending(899, "t", Date.now() + 3_600_000);
  await bench.worker.restart();
  const { message } = assertRefused(await tryToAnnounce("new"), 429, "too_many_uploads");
  assert.match(message, /1000 uploads/);
  await bench.worker.kill();
  rows("do", "media", `UPDATE media SET expires_at = ${Date.now()} WHERE tenant_id IS NULL RETURNING seq`);
  await bench.worker.restart();
  assert.equal((await tryToAnnounce("new")).status, 200);
});
