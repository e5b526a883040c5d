/** Where a page of the package gets the modules from: from the package's scripts, or from the addresses that the site has set. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startStage } from "../browser/stage.mjs";
import { installApps } from "./apps.mjs";

const PAGE = ['<!doctype html><html lang="en"><title>Page</title><script type="module" src="/main.js"></script><h1>Page</h1><connect-x session-url="/api/x/session"></connect-x>', "text/html; charset=utf-8"];
const WASM = "application/wasm";

let stage;
let apps;
before(async () => {
  stage = await startStage();
  apps = await installApps();
});
after(() => Promise.all([stage?.stop(), apps?.remove()]));

/** A visit of a page with this script. */
async function visitWith(t, script, files = {}) {
  const app = await apps.app("plain");
  await app.write("main.ts", script);
  await app.script("build:esbuild");
  return stage.visit(t, { files: { ...(await app.served("dist/esbuild")), "/": PAGE, ...files } });
}

const moduleOf = async (path) => [await readFile(join(apps.package, path)), WASM];
const asked = (visit) => visit.traffic.to(".wasm").map((request) => new URL(request.url()).pathname);

const ADDRESS = `
  import { setWasmUrl } from "@latchkey/connect-x";
  import "@latchkey/connect-x/define";
  setWasmUrl({ connect: "files/module.wasm" });`;

test("the module comes from the address that the site has set", async (t) => {
  const visit = await visitWith(t, ADDRESS, { "/files/module.wasm": await moduleOf("pkg/wasm/embed_bg.wasm") });
  await visit.connects();
  assert.deepEqual(asked(visit), ["/files/module.wasm"]);
});

test("an address without the module is an error that names the address and the remedy", async (t) => {
  const visit = await visitWith(t, ADDRESS);
  visit.traffic.tolerate(/404/);
  const popup = await visit.press();
  const { type, detail } = await visit.onlyEvent();
  assert.deepEqual([type, detail.code], ["error", "wasm_unavailable"]);
  assert.match(detail.hint, /\/files\/module\.wasm answered 404.*setWasmUrl\(\)/);
  assert.ok(popup.isClosed());
});

test("without an address no file is asked for", async (t) => {
  const visit = await visitWith(t, `import "@latchkey/connect-x/define";`);
  await visit.connects();
  assert.deepEqual(asked(visit), []);
});

test("the composer comes from the package's scripts, and from an address", async (t) => {
  const script = (address) => `
    import { setWasmUrl } from "@latchkey/connect-x";
    import "@latchkey/connect-x/define";
    import { loadComposer } from "@latchkey/connect-x/composer";
    ${address}
    loadComposer().then(({ preview }) => {
      document.querySelector("h1")!.textContent = "left: " + preview({ post: { content: "hi" } }).containers[0]!.remaining;
    });`;
  const packed = await visitWith(t, script(""));
  await packed.page.getByText("left: 278").waitFor();
  const given = await visitWith(t, script(`setWasmUrl({ composer: "/composer_bg.wasm" });`), { "/composer_bg.wasm": await moduleOf("pkg/composer/composer_bg.wasm") });
  await given.page.getByText("left: 278").waitFor();
  assert.deepEqual([asked(packed), asked(given)], [[], ["/composer_bg.wasm"]]);
});
