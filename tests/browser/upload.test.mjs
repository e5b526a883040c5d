/** From a file on somebody's computer to a post on X: past the site's back end, unchanged, and seen all the way. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.mjs";
import { PNG, video } from "../support/files.mjs";
import { sha256 } from "../support/media.mjs";
import { APPEND, mediaAtX, STATUS } from "../support/publish-media.mjs";
import { PATIENCE_MS } from "./chromium.mjs";
import { startStage } from "./stage.mjs";

/** The demo's parts are 64 MiB. */
const LARGE = video(70_000_000);
const BOUND = { timeout: 60_000 };

let stage;
let folder;

before(async () => {
  stage = await startStage();
  folder = await mkdtemp(join(tmpdir(), "upload-"));
});
after(async () => {
  await stage?.stop();
  await rm(folder, { recursive: true });
});

async function connected(t) {
  const visit = await stage.visit(t);
  await visit.answer(await visit.pressUntilX(), "authorize");
  await visit.onlyEvent();
  await visit.page.locator("#composer").waitFor();
  return visit;
}

async function choose({ page }, { filename, bytes }) {
  const path = join(folder, filename);
  await writeFile(path, bytes);
  await page.getByLabel("A photo, a GIF or a video").setInputFiles(path);
}

async function publish({ page }, text) {
  await page.locator("#content").fill(text);
  await page.getByRole("button", { name: "Publish" }).click();
}

const atX = ({ user }) => mediaAtX(stage, user);

test("a photo and what it shows are on X as they were on the computer", async (t) => {
  const visit = await connected(t);
  await choose(visit, PNG);
  await visit.page.getByLabel("What does it show?").fill("a grey square");
  await publish(visit, "look at this");
  await visit.page.locator("#result a").waitFor(BOUND);
  const [[photo]] = atX(visit);
  assert.deepEqual([photo.sha256, photo.alt_text], [sha256(PNG.bytes), "a grey square"]);
  assert.equal(await visit.page.locator("#progress").isHidden(), true);
});

test("whoever waits for a video sees how much X has of it, and how far X is", async (t) => {
  const visit = await connected(t);
  stage.x.set({ media_pending_ms: 1, media_processing_ms: 3000 });
  t.after(() => stage.x.set({ media_pending_ms: 0, media_processing_ms: 0 }));
  stage.x.fault({ ...APPEND, skip: 1, kind: "hold" });
  await choose(visit, LARGE);
  await publish(visit, "a long story");
  const { page } = visit;
  const bar = page.getByRole("progressbar");
  await page.getByText("Sending the file to X…").waitFor(BOUND);
  await page.waitForFunction(() => document.getElementById("progress").value > 0, null, BOUND);
  assert.equal(await bar.getAttribute("max"), String(LARGE.bytes.length));
  // What the page shows may be known before X has the part that it holds.
  await eventually(async () => stage.x.release(), ({ released }) => released, PATIENCE_MS);
  await page.getByText("X is processing the file…").waitFor(BOUND);
  await page.locator("#result a").waitFor(BOUND);
  const [[{ sha256: seen }]] = atX(visit);
  assert.equal(seen, sha256(LARGE.bytes));
  assert.ok(stage.x.requests(STATUS).length > 0);
  const puts = visit.traffic.to(stage.worker.origin).filter((request) => request.method() === "PUT");
  assert.deepEqual(puts.map((request) => new URL(request.url()).searchParams.get("part")), ["1", "2"]);
});

test("a file that X does not take is refused in words, and the text is still there", async (t) => {
  const visit = await connected(t);
  visit.traffic.tolerate(/status of 422/);
  await choose(visit, { filename: "notes.txt", bytes: Buffer.from("notes") });
  await publish(visit, "notes of what?");
  await visit.page.getByText(/^The file: /).waitFor(BOUND);
  assert.equal(await visit.page.locator("#content").inputValue(), "notes of what?");
  assert.deepEqual(atX(visit), []);
});
