/**
 * `cargo xtask release`, after the build: the npm package in `dist/`, and beside it the package of the elements, the two clients,
 * the checksums, the bill of materials and the versions of the tools.
 *
 *   node cli/pack/pack.mjs dist --clients
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { experimental_readRawConfig as readConfig } from "wrangler";
import { REPOSITORY, copyContents, filesBelow } from "./contents.mjs";
import { locked, versionOf } from "./locked.mjs";
import { makePages } from "./pages/make.mjs";
import { billOfMaterials } from "./sbom.mjs";
import { toolVersions } from "./tools.mjs";

const [target, withClients] = process.argv.slice(2);
const dist = resolve(target);
const stage = await mkdtemp(join(tmpdir(), "release-"));
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

try {
  const release = JSON.parse(await readFile(join(REPOSITORY, "build/release.json"), "utf8"));
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await assemble(stage, release);
  pack(stage);
  if (withClients === "--clients") {
    pack(join(REPOSITORY, "wasm-client"));
    execFileSync(process.execPath, [join(REPOSITORY, "clients/make.mjs"), dist], { stdio: "inherit" });
  }
  await writeFile(join(dist, "sbom.cdx.json"), json(billOfMaterials(release.version)));
  await writeFile(join(dist, "tools.json"), json(toolVersions()));
  await writeFile(join(dist, "openapi.json"), await readFile(join(REPOSITORY, "build/assets/openapi.json")));
  await writeFile(join(dist, "SHA256SUMS"), await checksums(dist));
  for (const file of await filesBelow(dist)) console.log(`  dist/${file}`);
} finally {
  await rm(stage, { recursive: true, force: true });
}

function pack(folder) {
  const npm = ["pack", folder, "--pack-destination", dist, "--silent", "--ignore-scripts"];
  execFileSync("npm", npm, { stdio: ["ignore", "ignore", "inherit"] });
}

async function assemble(folder, release) {
  await copyContents(folder);
  await makePages(join(folder, "docs"));
  const manifest = JSON.parse(await readFile(join(REPOSITORY, "cli/manifest.json"), "utf8"));
  const { version } = release;
  const dependencies = { wrangler: versionOf("wrangler") };
  const whole = { ...manifest, version, dependencies };
  await writeFile(join(folder, "package.json"), json(whole));
  await writeFile(join(folder, "npm-shrinkwrap.json"), json(shrinkwrap(whole)));
  await writeFile(join(folder, "wrangler.jsonc"), json(configuration()));
  await writeFile(join(folder, "release.json"), json(release));
  await writeFile(join(folder, "README.md"), await readFile(join(REPOSITORY, "cli/README.md")));
  await writeFile(join(folder, "SHA256SUMS"), await checksums(folder));
}

/** Exactly the packages that the tests ran with. */
function shrinkwrap({ name, version, license, bin, engines, dependencies }) {
  const root = { name, version, license, dependencies, bin, engines };
  return { name, version, lockfileVersion: 3, requires: true, packages: { "": root, ...locked(Object.keys(dependencies)) } };
}

/** wrangler.toml without the step that builds: `wrangler deploy` takes the bytes as they are. */
function configuration() {
  const { rawConfig } = readConfig({ config: join(REPOSITORY, "wrangler.toml") });
  const { build, ...config } = rawConfig;
  return config;
}

async function checksums(folder) {
  const lines = [];
  for (const file of await filesBelow(folder)) {
    const digest = createHash("sha256").update(await readFile(join(folder, file))).digest("hex");
    lines.push(`${digest}  ${file}\n`);
  }
  return lines.join("");
}
