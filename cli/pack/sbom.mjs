/** A bill of materials in CycloneDX 1.6: the crates of the Worker and of the browser modules, and the packages of the program. */

import { execFileSync } from "node:child_process";
import { REPOSITORY } from "./contents.mjs";
import { locked } from "./locked.mjs";

const OURS = ["latchkey-worker", "latchkey-client"];

export function billOfMaterials(version) {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", name: "@latchkey/latchkey", version, purl: `pkg:npm/%40latchkey/latchkey@${version}` } },
    components: [...crates(), ...packages()].sort((one, other) => (one.purl < other.purl ? -1 : 1)),
  };
}

const component = (kind, name, version, license) => ({
  type: "library",
  name,
  version,
  purl: `pkg:${kind}/${name.replace("@", "%40")}@${version}`,
  ...(license && { licenses: [{ expression: license.replaceAll("/", " OR ") }] }),
});

/** What the two crates link for wasm32. Tools and tests are not part of the bytes. */
function crates() {
  const args = ["metadata", "--locked", "--format-version", "1", "--filter-platform", "wasm32-unknown-unknown"];
  const { packages, resolve } = JSON.parse(execFileSync("cargo", args, { cwd: REPOSITORY, encoding: "utf8", maxBuffer: 2 ** 28 }));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const linked = new Set();
  const visit = (id) => {
    if (linked.has(id)) return;
    linked.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id).deps) if (dep_kinds.some(({ kind }) => kind === null)) visit(pkg);
  };
  for (const { id } of packages.filter(({ name }) => OURS.includes(name))) visit(id);
  return packages.filter(({ id, source }) => linked.has(id) && source).map(({ name, version, license }) => component("cargo", name, version, license));
}

function packages() {
  const entries = Object.entries(locked(["wrangler"]));
  const listed = entries.map(([path, { version, license }]) => component("npm", path.split("node_modules/").at(-1), version, license));
  return [...new Map(listed.map((entry) => [entry.purl, entry])).values()];
}
