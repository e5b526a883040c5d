import assert from "node:assert/strict";
import { connect as dial } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { MEDIA_SCOPES, connect, get } from "./client.mjs";
import { append, finalize, form, initialize, sha256, upload, uploading } from "./media-client.mjs";
import { mp4 } from "./sample-files.mjs";

const MIB = 2 ** 20;
const PATH = "/2/media/upload/{id}/append";
const NOT_FOUND = "BadRequest: Not found";
const MISSING = "Segments do not add up to provided total file size.";

/** An open upload of `bytes` in thirds. */
async function opened(t, bytes = mp4({ size: 3000 })) {
  const { x, token } = await uploading(t);
  const { id } = (await initialize(x, token, bytes.length)).body.data;
  const part = (index) => bytes.subarray(index * 1000, (index + 1) * 1000);
  return { x, token, id, bytes, send: (index) => append(x, token, id, index, part(index)) };
}

const message = ({ body }) => body.errors[0].message;

test("segments assemble to the bytes that were sent", async (t) => {
  const { x, token, id, bytes, send } = await opened(t);
  for (const index of [0, 1, 2]) assert.equal((await send(index)).status, 200);
  assert.equal((await finalize(x, token, id)).body.data.size, 3000);
  const [media] = x.media();
  assert.deepEqual([media.sha256, media.size, media.segments.length], [sha256(bytes), 3000, 3]);
});

test("a segment sent again changes nothing, and other bytes in its place are refused", async (t) => {
  const { x, token, id, bytes, send } = await opened(t);
  for (const index of [0, 1, 1, 0, 2]) assert.equal((await send(index)).status, 200);
  assert.match(message(await append(x, token, id, 1, Buffer.from("other"))), /in order/);
  await finalize(x, token, id);
  assert.equal(x.media()[0].sha256, sha256(bytes));
});

test("a segment before its turn is refused", async (t) => {
  const { x, send } = await opened(t);
  assert.match(message(await send(1)), /in order/);
  await send(0);
  assert.match(message(await send(2)), /in order/);
  assert.equal(x.media()[0].size, 1000);
});

test("missing and surplus bytes are refused at the end, and missing ones may still come", async (t) => {
  const { x, token, id, send } = await opened(t);
  for (const index of [0, 1]) await send(index);
  assert.equal(message(await finalize(x, token, id)), MISSING);
  await send(2);
  assert.equal((await finalize(x, token, id)).status, 200);
  const { id: other } = (await initialize(x, token, 10)).body.data;
  await append(x, token, other, 0, mp4());
  assert.equal(message(await finalize(x, token, other)), MISSING);
});

test("an index outside 0 to 999, an empty segment and unknown parts are refused", async (t) => {
  const { x, token, id } = await opened(t);
  const path = `/2/media/upload/${id}/append`;
  const media = mp4();
  const wrong = [
    { media, segment_index: 1000 }, { media, segment_index: -1 }, { media, segment_index: "" }, { media },
    { segment_index: 0 }, { media: Buffer.alloc(0), segment_index: 0 }, { media, segment_index: 0, command: "APPEND" },
  ];
  for (const fields of wrong) assert.equal((await form(x, path, token, fields)).status, 400);
  assert.equal(x.media()[0].size, 0);
});

test("a segment has at most 5 MB, and a body 8", async (t) => {
  const { x, token } = await uploading(t);
  const { id } = (await initialize(x, token, 20 * MIB)).body.data;
  assert.equal((await append(x, token, id, 0, Buffer.alloc(5 * MIB))).status, 200);
  assert.equal((await append(x, token, id, 1, Buffer.alloc(5 * MIB + 1))).status, 400);
  assert.equal((await append(x, token, id, 1, Buffer.alloc(8 * MIB))).status, 413);
  assert.equal(x.media()[0].size, 5 * MIB);
});

test("an upload is open to its user, and only until it is finalized", async (t) => {
  const { x, token, id, send } = await opened(t);
  const other = await connect(x, { username: "linus", scopes: MEDIA_SCOPES });
  assert.equal(message(await append(x, other, id, 0, mp4())), NOT_FOUND);
  assert.equal(message(await finalize(x, other, id)), NOT_FOUND);
  assert.equal(message(await append(x, token, "404", 0, mp4())), NOT_FOUND);
  for (const index of [0, 1, 2]) await send(index);
  await finalize(x, token, id);
  assert.equal(message(await send(2)), NOT_FOUND);
  assert.equal(message(await finalize(x, token, id)), NOT_FOUND, "a second time");
  x.set({ repeated_finalize: "accept" });
  assert.equal((await finalize(x, token, id)).body.data.size, 3000);
});

test("a segment whose answer was lost is there and may be sent again", async (t) => {
  const { x, token, id, bytes, send } = await opened(t);
  x.fault({ path: PATH, skip: 1, kind: "effect-then-close" });
  await send(0);
  await assert.rejects(send(1));
  assert.equal(x.media()[0].size, 2000);
  for (const index of [1, 2]) await send(index);
  await finalize(x, token, id);
  assert.equal(x.media()[0].sha256, sha256(bytes));
});

test("a segment that acts after its connection died counts once, however late", async (t) => {
  const { x, token, id, bytes, send } = await opened(t);
  x.fault({ path: PATH, skip: 1, kind: "close-then-effect", ms: 50 });
  await send(0);
  await assert.rejects(send(1));
  assert.equal(x.media()[0].size, 1000);
  for (const index of [1, 2]) await send(index);
  await finalize(x, token, id);
  await x.received({ path: PATH, count: 4 });
  assert.deepEqual([x.media()[0].sha256, x.media()[0].segments.length], [sha256(bytes), 3]);
});

test("a segment that breaks off leaves no bytes", async (t) => {
  const { x, token, id } = await opened(t);
  const socket = dial(new URL(x.origin).port, "127.0.0.1");
  socket.end(
    `POST /2/media/upload/${id}/append HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token.access_token}\r\n` +
      "content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000\r\n\r\n--b\r\ncontent-disposition: form",
    () => socket.destroySoon(),
  );
  await once(socket, "close");
  await get(x, "/2/users/me", token);
  assert.deepEqual([x.media()[0].size, x.requests({ path: PATH })], [0, []]);
});

test("a lost finalize is done", async (t) => {
  const { x, token } = await uploading(t);
  x.fault({ path: "/2/media/upload/{id}/finalize", kind: "effect-then-close" });
  await assert.rejects(upload(x, token, mp4()));
  assert.equal(x.media()[0].state, "pending");
});

test("three hundred megabytes pass, and none are kept", async (t) => {
  const { x, token } = await uploading(t);
  const held = () => process.memoryUsage().arrayBuffers;
  const before = held();
  const bytes = mp4({ size: 4 * MIB });
  const { id } = (await initialize(x, token, 75 * bytes.length)).body.data;
  for (let index = 0; index < 75; index += 1) assert.equal((await append(x, token, id, index, bytes)).status, 200);
  assert.equal((await finalize(x, token, id)).body.data.size, 300 * MIB);
  assert.ok(held() - before < 150 * MIB, `${(held() - before) / MIB} MiB are held`);
});
