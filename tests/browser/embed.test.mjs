/** What a customer's page loads: how much, when, and whether a page of another site may. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { eventually } from "../support/eventually.mjs";
import { PATIENCE_MS } from "./chromium.mjs";
import { BUTTON, onePage, startStage } from "./stage.mjs";

/** What a page may be asked to load before its button can be seen, and while it is idle: bytes of gzip. */
const BUDGETS = { "/embed.js": 4096, "/embed_bg.wasm": 10_240 };

let stage;
before(async () => (stage = await startStage()));
after(() => stage?.stop());

for (const [path, budget] of Object.entries(BUDGETS)) {
  test(`${path} fits its budget`, async () => {
    const file = await (await fetch(stage.worker.api + path)).arrayBuffer();
    const size = gzipSync(file, { level: 9 }).length;
    assert.ok(size <= budget, `${size} bytes of gzip`);
  });
}

test("the button needs its script alone, and the rest comes when the page is idle", async (t) => {
  const { page, traffic } = await stage.visit(t);
  const ofThisPage = (request) => request.frame().page() === page;
  const asked = () => traffic.to("/embed").filter(ofThisPage).map((request) => new URL(request.url()).pathname);
  const paths = await eventually(async () => asked(), (paths) => paths.length === 3, PATIENCE_MS);
  // What follows a click, and then the module.
  assert.deepEqual(paths, ["/embed.js", "/embed_attempt.js", "/embed_bg.wasm"]);
});

for (const attributes of ["", " defer", " async", " crossorigin", ' type="module"']) {
  test(`<script src${attributes}> is enough, and puts no name into the page`, async (t) => {
    const script = `<script src="{{worker}}/embed.js"${attributes}></script>`;
    const visit = await stage.visit(t, { files: onePage(BUTTON, { script }) });
    // A script's own names would be the page's: single letters, once they are made small.
    const names = await visit.page.evaluate(() => Object.keys(globalThis).filter((name) => name.length < 3));
    assert.deepEqual(names, []);
    await visit.connects();
  });
}

test("the script may be there twice, in both ways", async (t) => {
  const script = `<script src="{{worker}}/embed.js"></script><script src="{{worker}}/embed.js"></script><script type="module" src="{{worker}}/embed.js"></script>`;
  const visit = await stage.visit(t, { files: onePage(BUTTON, { script }) });
  await visit.connects();
});

test("each part is named by its content, so that a cache may keep it for ever", async (t) => {
  const visit = await stage.visit(t);
  const module = visit.context.waitForEvent("response", (response) => response.url().includes("embed_bg.wasm"));
  await visit.open();
  await module;
  for (const request of visit.traffic.to("/embed_")) {
    assert.match(new URL(request.url()).search, /^\?v=[0-9a-f]{8}$/);
    const headers = await (await request.response()).allHeaders();
    assert.match(headers["cache-control"], /immutable/);
    assert.equal(headers["access-control-allow-origin"], "*");
    assert.equal(headers["cross-origin-resource-policy"], "cross-origin");
  }
});
