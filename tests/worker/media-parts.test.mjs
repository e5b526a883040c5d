/** docs/API.md, section 6: a file in parts, which come in any order, again, side by side, and around a power cut. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mp4 } from "../fake-x/sample-files.mjs";
import { startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { announce, confirm, download, put, sha256 } from "../support/media.mjs";

const PART = 5 * 2 ** 20;
const FILE = mp4({ size: 2 * PART + 1234 });
const PARTS = [FILE.subarray(0, PART), FILE.subarray(PART, 2 * PART), FILE.subarray(2 * PART)];

let bench;

before(async () => (bench = await startBench({ register: false })));
after(() => bench?.stop());

const film = (fields) => announce(bench, { filename: "film.mp4", ...fields });
const send = ({ upload_url }, number, bytes) =>
  put(bench, number === null ? upload_url : `${upload_url}&part=${number}`, bytes, { "content-type": "video/mp4" });

async function assertIsFile({ id }, bytes = FILE) {
  const confirmed = await confirm(bench, id, { size: bytes.length });
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.equal(sha256((await download(bench, confirmed.body.data.url)).bytes), sha256(bytes));
}

test("parts in any order, one of them twice, are one file", async () => {
  const upload = await film({ size: FILE.length });
  assert.equal((await send(upload, 3, PARTS[2])).body.data.received, 1234);
  assert.equal((await send(upload, 1, Buffer.alloc(PART, 7))).body.data.received, PART + 1234);
  assert.equal((await send(upload, 2, PARTS[1])).body.data.received, FILE.length);
  const again = await send(upload, 1, PARTS[0]);
  assert.deepEqual(again.body.data, { id: upload.id, part: 1, size: PART, received: FILE.length });
  await assertIsFile(upload);
});

test("parts that are sent side by side are one file", async () => {
  const upload = await film();
  const sent = await Promise.all(PARTS.map((bytes, n) => send(upload, n + 1, bytes)));
  assert.deepEqual(sent.map(({ status }) => status), [200, 200, 200]);
  await assertIsFile(upload);
});

test("parts on both sides of a power cut are one file", async () => {
  const upload = await film();
  await send(upload, 1, PARTS[0]);
  await send(upload, 2, PARTS[1]);
  await bench.worker.kill();
  await bench.worker.restart();
  assert.equal((await bench.api.get(`/v1/media/${upload.id}`)).body.data.received, 2 * PART);
  await send(upload, 3, PARTS[2]);
  await assertIsFile(upload);
});

test("a part that has not arrived is named", async () => {
  const upload = await film();
  await send(upload, 1, PARTS[0]);
  await send(upload, 3, PARTS[2]);
  assert.match(assertRefused(await confirm(bench, upload.id), 400, "invalid_payload", "part").message, /Part 2/);
  await send(upload, 2, PARTS[1]);
  await assertIsFile(upload);
});

test("parts of other sizes than R2 puts together are named", async () => {
  for (const sizes of [[1000, 1000], [PART, PART + 1], [PART, PART + 1, 5]]) {
    const upload = await film();
    for (const [n, size] of sizes.entries()) await send(upload, n + 1, FILE.subarray(0, size));
    const { message } = assertRefused(await confirm(bench, upload.id), 400, "invalid_payload", "part");
    assert.match(message, /same size, at least 5242880/);
  }
});

test("a part is numbered from 1 to 10000", async () => {
  const upload = await film();
  for (const number of [0, 10_001, "x", ""]) {
    assertRefused(await send(upload, number, PARTS[2]), 400, "invalid_payload", "part");
  }
});

test("a whole file takes the place of all parts that came before", async () => {
  const upload = await film();
  await send(upload, 1, PARTS[0]);
  await send(upload, 2, PARTS[1]);
  const whole = mp4({ size: 5000 });
  assert.equal((await send(upload, null, whole)).body.data.received, 5000);
  await assertIsFile(upload, whole);
});

test("parts that come to more than the limit are refused", async () => {
  await bench.api.patch("/v1/settings", { allowed_media: { "video/mp4": 2 * PART } });
  const upload = await film();
  await send(upload, 1, PARTS[0]);
  await send(upload, 2, PARTS[1]);
  assertRefused(await send(upload, 3, PARTS[2]), 422, "media_too_large");
  await assertIsFile(upload, FILE.subarray(0, 2 * PART));
  await bench.api.patch("/v1/settings", { allowed_media: { "video/mp4": 512 * 2 ** 20 } });
});

test("a type that is switched off is refused at once, and so are bytes of what was announced before", async () => {
  const upload = await film();
  await bench.api.patch("/v1/settings", { allowed_media: { "video/mp4": 0 } });
  assertRefused(await bench.api.post("/v1/media/upload", { filename: "b.mp4" }), 422, "unsupported_media");
  assertRefused(await send(upload, null, PARTS[2]), 422, "unsupported_media");
  await bench.api.patch("/v1/settings", { allowed_media: { "video/mp4": 512 * 2 ** 20 } });
});
