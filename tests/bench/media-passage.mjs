/**
 * A long video on its way: uploaded in parts, published, compared with what X has. media.mjs runs it large,
 * tests/worker/publish-media-memory.test.mjs small.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { createPost, newAccount, readPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { MP4 } from "../support/files.mjs";
import { openInspector, residentBytes } from "../support/memory.mjs";
import { announce, confirm } from "../support/media.mjs";
import { mediaAtX, withMedia } from "../support/publish-media.mjs";
import { liftLimits } from "./crowd.mjs";
import { LongVideo } from "./long-video.mjs";

export const MIB = 2 ** 20;
/** What the wasm memory may grow by, whatever the size of the file. */
export const GROWTH_LIMIT = 32 * MIB;
/** Cloudflare takes bodies of 100 MB at most on its smaller plans. */
const PART_BYTES = 64 * MIB;
const PUBLISHED_WITHIN_MS = 30 * 60_000;

/** A Worker whose memory can be read, at an X that processes at once. */
export async function startPassageBench() {
  const bench = await startBench({ inspect: true });
  liftLimits(bench);
  bench.x.set({ media_pending_ms: 0, media_processing_ms: 0 });
  const inspector = await openInspector(bench.worker);
  return {
    ...bench,
    inspector,
    async stop() {
      inspector.close();
      await bench.stop();
    },
  };
}

/** Fails unless the bytes are the same at both ends. */
export async function pass(bench, bytes) {
  const account = await newAccount(bench);
  const video = new LongVideo(bytes);
  const before = await memory(bench);
  const receiving = await timed(() => uploadInParts(bench, video));
  const uploaded = await memory(bench);
  const sending = await timed(() => publish(bench, account, receiving.answer));
  const [[onX]] = mediaAtX(bench, account);
  assert.deepEqual([onX.size, onX.sha256], [bytes, video.sha256()]);
  return { bytes, upload: receiving.seconds, publish: sending.seconds, before, uploaded, published: await memory(bench) };
}

export const growth = ({ before, published }) => published.wasm - before.wasm;

async function memory({ worker, inspector }) {
  return { wasm: await inspector.wasmBytes(), resident: residentBytes(worker) };
}

async function timed(work) {
  const started = performance.now();
  const answer = await work();
  return { answer, seconds: (performance.now() - started) / 1000 };
}

async function uploadInParts(bench, video) {
  const { bytes } = video;
  const announced = { filename: MP4.filename, content_type: MP4.type, size: bytes };
  const { id, upload_url } = await announce(bench, announced);
  for (let from = 0, part = 1; from < bytes; from += PART_BYTES, part += 1) {
    await put(bench, `${upload_url}&part=${part}`, video, from, Math.min(from + PART_BYTES, bytes));
  }
  const { status, text } = await confirm(bench, id, { size: bytes });
  assert.equal(status, 200, text);
  return id;
}

/** fetch() would not say the length of a stream. */
async function put({ worker }, url, video, from, to) {
  const { pathname, search } = new URL(url);
  const headers = { "content-type": MP4.type, "content-length": to - from };
  const sent = request(worker.api + pathname + search, { method: "PUT", headers });
  const answered = once(sent, "response");
  for (const chunk of video.chunks(from, to)) if (!sent.write(chunk)) await once(sent, "drain");
  sent.end();
  const [response] = await answered;
  const text = (await response.setEncoding("utf8").toArray()).join("");
  assert.equal(response.statusCode, 200, text);
}

async function publish(bench, account, media_id) {
  const post = await createPost(bench, account, withMedia("a long video", { id: media_id }));
  const read = async () => (await readPost(bench, post)).socialAccounts[0];
  const { state, error } = await eventually(read, ({ status }) => status !== "pending", PUBLISHED_WITHIN_MS);
  assert.equal(state, "published", error);
}
