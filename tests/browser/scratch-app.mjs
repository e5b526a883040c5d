/** An app of its own, in a folder of its own, that has the package as npm packs it; and how its pages are bundled. */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { compile } from "svelte/compiler";
import { compileScript, parse } from "vue/compiler-sfc";

const PACKAGE = fileURLToPath(new URL("../../wasm-client", import.meta.url));
const NODE_MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
const QUIETLY = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];

const run = promisify(execFile);

/** `{folder, files, remove()}`: `files` are what the package holds. */
export async function startScratchApp() {
  const folder = await mkdtemp(join(tmpdir(), "scratch-app-"));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: PACKAGE });
  const [{ filename, files }] = JSON.parse(stdout);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "scratch-app", private: true, type: "module" }));
  await run("npm", ["install", ...QUIETLY, join(folder, filename)], { cwd: folder });
  const installed = join(folder, "node_modules/@latchkey/connect-x");
  return {
    folder,
    installed,
    files: files.map(({ path }) => path),
    run: (program, args) => run(program, args, { cwd: folder }),
    /** The bundled text of a page's script. The framework is the repository's, the package the app's. */
    bundle: (entry) => bundle(entry, folder),
    module: () => readFile(join(installed, "pkg/wasm/embed_bg.wasm")),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function bundle(entry, folder) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    nodePaths: [join(folder, "node_modules"), NODE_MODULES],
    conditions: ["browser", "production"],
    plugins: [compiled(/\.svelte$/, svelteModule), compiled(/\.vue$/, vueModule)],
  });
  return outputFiles[0].text;
}

const compiled = (filter, toModule) => ({
  name: String(filter),
  setup: ({ onLoad }) =>
    onLoad({ filter }, async ({ path }) => ({ contents: toModule(await readFile(path, "utf8"), path), loader: "js" })),
});

const svelteModule = (source, filename) => compile(source, { filename }).js.code;

function vueModule(source, filename) {
  const { descriptor } = parse(source, { filename });
  const compilerOptions = { isCustomElement: (tag) => tag === "connect-x" };
  return compileScript(descriptor, { id: filename, inlineTemplate: true, templateOptions: { compilerOptions } }).content;
}
