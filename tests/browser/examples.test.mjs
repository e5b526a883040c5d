/** The examples of the package, each built from the package as npm packs it, and used under a strict policy. */

import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startScratchApp } from "./scratch-app.mjs";
import { startStage } from "./stage.mjs";

const EXAMPLES = new URL("../../wasm-client/examples/", import.meta.url);
const HTML = "text/html; charset=utf-8";
const JS = "text/javascript; charset=utf-8";

let stage;
let app;
before(async () => {
  stage = await startStage();
  app = await startScratchApp();
});
after(() => Promise.all([stage?.stop(), app?.remove()]));

const read = (path) => readFile(new URL(path, EXAMPLES), "utf8");

/** What the site serves for a page that is bundled. */
const bundled = async (entry) => ({
  "/": [await read("page.html"), HTML],
  "/main.js": [await app.bundle(fileURLToPath(new URL(entry, EXAMPLES))), JS],
  "/embed_bg.wasm": [await app.module(), "application/wasm"],
});

async function connects(t, files) {
  const visit = await stage.visit(t, { files });
  await visit.answer(await visit.pressUntilX(), "authorize");
  await visit.page.getByText(`Publishing as @${visit.user.username}`).waitFor();
  await visit.events(1);
}

test("plain HTML connects with one script tag", async (t) =>
  connects(t, { "/": [await read("html/index.html"), HTML], "/main.js": [await read("html/main.js"), JS] }));

for (const [framework, entry] of Object.entries({ React: "react/main.jsx", Vue: "vue/main.js", Svelte: "svelte/main.js" })) {
  test(`${framework} connects with the package alone`, async (t) => connects(t, await bundled(entry)));
}
