/** The npm package: what is in it, that a server can import it, that its types say what it does, and that it can be published as it is. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installApps, OWN_NAME } from "./apps.mjs";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = (name) => here(`node_modules/.bin/${name}`);
/** The TypeScript of the frameworks' tools, and the newest. */
const COMPILERS = [program("tsc"), here("../../node_modules/.bin/tsc")];
const STRICT = { noEmit: true, strict: true, target: "es2022", lib: ["es2023", "dom"], types: [], moduleResolution: "bundler", module: "esnext" };

let apps;
let manifest;
before(async () => {
  apps = await installApps();
  manifest = JSON.parse(await readFile(join(apps.package, "package.json"), "utf8"));
});
after(() => apps?.remove());

/** Compiles `source` as a page of a site would be; resolves to what the compiler complains of. */
async function complaintsOf(source, compiler = COMPILERS[0]) {
  await writeFile(join(apps.folder, "page.ts"), source);
  await writeFile(join(apps.folder, "tsconfig.json"), JSON.stringify({ compilerOptions: STRICT, files: ["page.ts"] }));
  return run(compiler, [], { cwd: apps.folder }).then(
    () => "",
    ({ stdout }) => stdout,
  );
}

test("every entry of the package is in it, and nothing of the sources or of the Worker", () => {
  const entries = Object.values(manifest.exports).flatMap((entry) => (entry.default ? Object.values(entry) : entry));
  for (const entry of [...entries, manifest.main, manifest.types, manifest.customElements]) assert.ok(apps.files.includes(entry.slice(2)), entry);
  assert.deepEqual(apps.files.filter((path) => /\.rs$|Cargo|test|examples|served|embed\.js$/.test(path)), ["pkg/wasm/embed.js"]);
});

test("the package can be published: with its licences, and proof of where it was built, but with no address that nobody has given", async () => {
  assert.deepEqual([manifest.private, manifest.publishConfig], [undefined, { access: "public", provenance: true }]);
  for (const field of ["keywords", "license", "description"]) assert.ok(manifest[field], field);
  for (const field of ["repository", "homepage", "bugs"]) assert.equal(manifest[field], undefined, field);
  for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) {
    assert.equal(await readFile(join(apps.package, licence), "utf8"), await readFile(here(`../../${licence}`), "utf8"));
  }
});

test("packed by whoever publishes it, the package has their name and addresses, the same files, and publint has nothing to say", async () => {
  const to = join(apps.folder, "published");
  const addresses = ["--repository", "https://github.com/acme/site.git", "--homepage", "https://acme.example"];
  const { stdout } = await run(process.execPath, [here("../../wasm-client/pack.mjs"), "--name", OWN_NAME, ...addresses, "--to", to]);
  await run("tar", ["--extract", "--gzip", "--file", stdout.trim(), "--directory", to]);
  const published = join(to, "package");
  const { name, repository, homepage, publishConfig } = JSON.parse(await readFile(join(published, "package.json"), "utf8"));
  assert.deepEqual([name, repository, homepage], [OWN_NAME, { type: "git", url: "git+https://github.com/acme/site.git" }, "https://acme.example"]);
  assert.equal(publishConfig.provenance, true);
  const files = (await readdir(published, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  assert.equal(files.length, apps.files.length);
  assert.doesNotMatch(await readFile(join(published, "README.md"), "utf8"), /@latchkey/);
  await run(program("publint"), ["--strict", published]);
});

test("packing without a name or an address is refused, and says which is missing", async () => {
  const refused = await run(process.execPath, [here("../../wasm-client/pack.mjs"), "--name", OWN_NAME]).catch((error) => error);
  assert.deepEqual([refused.code, refused.stderr.trim()], [2, "Missing: --repository, --homepage, --to."]);
});

test("no file that a bundler takes has our name, so that the package can have the site's own", async () => {
  const taken = apps.files.filter((path) => /\.(js|wasm)$/.test(path));
  for (const path of taken) assert.doesNotMatch(await readFile(join(apps.package, path), "latin1"), /latchkey/i, path);
  const entry = await import(join(apps.folder, "node_modules", OWN_NAME, "js/index.js"));
  assert.equal(typeof entry.connect, "function");
});

test("no script of the package names a file by its own address, which bundlers for development lose", async () => {
  for (const path of apps.files.filter((path) => path.endsWith(".js"))) {
    assert.doesNotMatch(await readFile(join(apps.package, path), "utf8"), /import\.meta/, path);
  }
});

test("the examples name the versions that the tests run", async () => {
  const { devDependencies: installed } = JSON.parse(await readFile(here("package.json"), "utf8"));
  const known = new Set(Object.entries(installed).map(([name, version]) => (version.startsWith("npm:") ? version.slice(4) : `${name}@${version}`)));
  known.add(`${manifest.name}@${manifest.version}`);
  const examples = here("../../wasm-client/examples");
  for (const file of (await readdir(examples, { recursive: true })).filter((path) => path.endsWith("/package.json"))) {
    const { dependencies, devDependencies } = JSON.parse(await readFile(join(examples, file), "utf8"));
    const named = Object.entries({ ...dependencies, ...devDependencies }).map((entry) => entry.join("@"));
    assert.deepEqual(named.filter((name) => !known.has(name)), [], file);
  }
});

test("publint has nothing to say", async () => {
  const { stdout } = await run(program("publint"), ["run", apps.tarball, "--strict"]);
  assert.match(stdout, /All good!/);
});

/** The package has ES modules alone. A module for WebAssembly has no types: a site takes its address. */
test("attw finds the types of every entry", async () => {
  const options = ["--profile", "esm-only", "--format", "json", "--exclude-entrypoints", "embed_bg.wasm", "composer_bg.wasm"];
  const { stdout } = await run(program("attw"), [apps.tarball, ...options], { maxBuffer: 2 ** 26 });
  const { entrypoints } = JSON.parse(stdout).analysis;
  const wasm = Object.keys(manifest.exports).filter((entry) => entry.endsWith(".wasm"));
  assert.deepEqual(Object.keys(entrypoints).toSorted(), Object.keys(manifest.exports).filter((entry) => !wasm.includes(entry)).toSorted());
});

test("importing it on a server registers nothing and needs no DOM", async () => {
  const script = `
    const { connect, resume, Pkce, defineConnectX, setWasmUrl, ConnectXElement, ConnectError } = await import("@latchkey/connect-x");
    await import("@latchkey/connect-x/define");
    await import("@latchkey/connect-x/composer");
    defineConnectX();
    console.log([connect, resume, Pkce, defineConnectX, setWasmUrl, ConnectXElement, ConnectError].map((part) => typeof part).join());`;
  const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "--eval", script], { cwd: apps.folder });
  assert.deepEqual([stdout.trim(), stderr], [Array(7).fill("function").join(), ""]);
});

test("its types take what it takes", async () => {
  const page = `
    import { connect, defineConnectX, Pkce, setWasmUrl, ConnectError, type ConnectXElement } from "@latchkey/connect-x";
    import "@latchkey/connect-x/define";
    import { loadComposer } from "@latchkey/connect-x/composer";
    setWasmUrl({ connect: "/embed_bg.wasm", composer: new URL("/composer_bg.wasm", location.href) });
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
  for (const compiler of COMPILERS) assert.equal(await complaintsOf(page, compiler), "");
});

test("its types refuse what it does not take", async () => {
  for (const [wrong, complaint] of [
    [`element.fetchSession = async () => ({ id: "cs_1" });`, /TS2322/],
    [`element.addEventListener("connected", ({ detail }) => detail.token);`, /TS2339/],
    [`element.labels = { idle: 1 };`, /TS2322/],
    [`import { setWasmUrl } from "@latchkey/connect-x"; setWasmUrl({ button: "/embed_bg.wasm" });`, /TS2353/],
    [`import { connect } from "@latchkey/connect-x"; connect({ mode: "window" });`, /TS2322/],
  ]) {
    const page = `import "@latchkey/connect-x/define"; const element = document.createElement("connect-x"); ${wrong} export {};`;
    assert.match(await complaintsOf(page), complaint, wrong);
  }
});

test("the types of every framework are sound", async () => {
  const page = ["react", "preact", "solid", "vue", "svelte"].map((framework) => `import "@latchkey/connect-x/${framework}";`).join("\n");
  const complaints = await complaintsOf(page);
  // Frameworks' own types may be at odds with each other.
  assert.deepEqual(complaints.split("\n").filter((line) => line.includes("connect-x")), [], complaints);
});
