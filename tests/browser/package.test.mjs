/** The npm package: what is in it, that a server can import it, and that its types say what it does. */

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startScratchApp } from "./scratch-app.mjs";

const TSC = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
const STRICT = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2023,dom", "--types", "", "--moduleResolution", "bundler", "--module", "esnext"];

let app;
before(async () => (app = await startScratchApp()));
after(() => app?.remove());

/** Compiles `source` as a page of the app would be; resolves to what the compiler complains of. */
async function complaintsOf(source) {
  await writeFile(join(app.folder, "page.ts"), source);
  return app.run(TSC, [...STRICT, "page.ts"]).then(
    () => "",
    ({ stdout }) => stdout,
  );
}

test("every entry of the package and all that it imports is in it, and nothing of the sources", async () => {
  const { exports } = JSON.parse(await readFile(join(app.installed, "package.json"), "utf8"));
  const entries = Object.values(exports).flatMap((entry) => Object.values(entry));
  for (const entry of entries) assert.ok(app.files.includes(entry.slice(2)), entry);
  for (const part of ["pkg/wasm/embed.js", "pkg/wasm/embed_bg.wasm", "pkg/composer/composer_bg.wasm", "README.md"]) {
    assert.ok(app.files.includes(part), part);
  }
  assert.deepEqual(app.files.filter((path) => /\.rs$|Cargo|test|examples/.test(path)), []);
});

test("importing it on a server registers nothing and needs no DOM", async () => {
  const program = `
    const { connect, resume, Pkce, defineConnectX, ConnectXElement, ConnectError } = await import("@latchkey/connect-x");
    await import("@latchkey/connect-x/define");
    await import("@latchkey/connect-x/composer");
    defineConnectX();
    console.log([connect, resume, Pkce, defineConnectX, ConnectXElement, ConnectError].map((part) => typeof part).join());`;
  const { stdout, stderr } = await app.run(process.execPath, ["--input-type=module", "--eval", program]);
  assert.deepEqual([stdout.trim(), stderr], ["function,function,function,function,function,function", ""]);
});

test("its types take what it takes", async () => {
  const page = `
    import { connect, defineConnectX, Pkce, ConnectError, type ConnectXElement } from "@latchkey/connect-x";
    import "@latchkey/connect-x/define";
    import { loadComposer } from "@latchkey/connect-x/composer";
    defineConnectX("my-connect");
    const element: ConnectXElement = document.createElement("connect-x");
    element.labels = { idle: "اربط X" };
    element.fetchSession = async ({ redirect_uri, signal }) => (await fetch("/s", { method: "POST", body: redirect_uri, signal })).json();
    element.addEventListener("connected", ({ detail }) => detail.account.username.toUpperCase());
    element.addEventListener("error", ({ detail }) => { if (detail.retryable) console.log(detail.code, detail.hint?.length); });
    element.addEventListener("open", ({ detail }) => { const mode: "popup" | "redirect" = detail.mode; return mode; });
    const { account } = await connect({ fetchSession: element.fetchSession, mode: "auto", askCode: async ({ text }) => prompt(text) ?? "" })
      .catch((error: ConnectError) => { throw error.reason ?? error.code; });
    const pkce = await Pkce.create();
    const names: string[] = [account.username, pkce.challenge];
    const { preview } = await loadComposer();
    const left: number | undefined = preview({ post: { content: "hi" } }).containers[0]?.remaining;
    export { names, left };`;
  assert.equal(await complaintsOf(page), "");
});

test("its types refuse what it does not take", async () => {
  for (const [wrong, complaint] of [
    [`element.fetchSession = async () => ({ id: "cs_1" });`, /TS2322/],
    [`element.addEventListener("connected", ({ detail }) => detail.token);`, /TS2339/],
    [`element.labels = { idle: 1 };`, /TS2322/],
    [`import { connect } from "@latchkey/connect-x"; connect({ mode: "window" });`, /TS2322/],
  ]) {
    const page = `import "@latchkey/connect-x/define"; const element = document.createElement("connect-x"); ${wrong} export {};`;
    assert.match(await complaintsOf(page), complaint, wrong);
  }
});
