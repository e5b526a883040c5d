/**
 * The examples of the package: each is checked for its types, built from the package as npm packs it, served under a strict
 * policy, and clicked through in all four elements as far as the published post. No page, script or address has our name.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { startStage } from "../browser/stage.mjs";
import { installApps } from "./apps.mjs";
import { clicksThrough } from "./click-through.mjs";
import { startNext } from "./next.mjs";
import { WRONG } from "./wrong.mjs";

const EXAMPLES = new URL("../../wasm-client/examples/", import.meta.url);
const HTML = "text/html; charset=utf-8";
const JS = "text/javascript; charset=utf-8";

let stage;
let apps;
before(async () => {
  stage = await startStage();
  apps = await installApps();
});
after(() => Promise.all([stage?.stop(), apps?.remove()]));

const read = (path) => readFile(new URL(path, EXAMPLES), "utf8");

const LABEL = "Add an X account";

/** The check complains of the wrong file alone, and of each of its mistakes. */
async function holdsTypes(app, [file, text]) {
  await app.write(file, text);
  const complaints = await app.script("check").then(
    () => "nothing",
    ({ message }) => message,
  );
  assert.deepEqual([...new Set(complaints.match(/src\/[\w.]+/g))], [file], complaints);
  for (const mistake of [/"window"/, /'token' does not exist/, /'number' is not assignable/]) assert.match(complaints, mistake);
}

test("plain HTML needs a script tag for the button and one for the elements", async (t) =>
  clicksThrough(t, stage, { files: { "/": [await read("html/index.html"), HTML], "/main.js": [await read("html/main.js"), JS] } }));

for (const [name, what] of Object.entries({
  react: "React 19, by Vite 8",
  preact: "Preact, by Vite 7",
  solid: "Solid, by Vite 8",
  vue: "Vue 3, by Vite 8",
  svelte: "Svelte 5, by Vite 8",
})) {
  test(`${what}: the types take the page and refuse a wrong one, and all four elements work`, async (t) => {
    const app = await apps.app(name);
    await holdsTypes(app, WRONG[name]);
    await app.script("build");
    await clicksThrough(t, stage, { files: await app.served("dist") }, LABEL);
  });
}

test("a page without a framework: the types hold, and all four elements work by webpack 5, Rollup and esbuild", async (t) => {
  const app = await apps.app("plain");
  await app.script("check");
  for (const bundler of ["webpack", "rollup", "esbuild"]) {
    await app.script(`build:${bundler}`);
    const page = [await read("plain/index.html"), HTML];
    await clicksThrough(t, stage, { files: { ...(await app.served(`dist/${bundler}`)), "/": page } }, LABEL);
  }
});

test("Astro: all four elements work", async (t) => {
  const app = await apps.app("astro");
  await app.script("build");
  await clicksThrough(t, stage, { files: await app.served("dist") });
});

test("Next 16: the types hold, and all four elements work by the site's own back end", async (t) => {
  const app = await apps.app("next");
  await app.script("build");
  const next = await startNext(t, app.folder, stage);
  await clicksThrough(t, stage, { publicOrigin: next.origin, prepare: ({ traffic }) => traffic.tolerate(/favicon\.ico/) }, LABEL);
});
