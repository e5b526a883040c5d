/** The exact packages that the program needs at run time: wrangler and all below it, as package-lock.json has them. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./contents.mjs";

const { packages } = JSON.parse(readFileSync(join(REPOSITORY, "package-lock.json"), "utf8"));

/** The entry that a package at `path` finds for `name`: in its own folder, else further up. */
function entryOf(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf("/node_modules/"), 0))) {
    const found = `${at}${at && "/"}node_modules/${name}`;
    if (packages[found]) return found;
    if (!at) return undefined;
  }
}

/** Entries of the lock file, by path. */
export function locked(names) {
  const found = {};
  const visit = (path) => {
    if (!path || found[path]) return;
    const { dev, devOptional, peer, ...entry } = packages[path];
    found[path] = entry;
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = entry;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) visit(entryOf(path, name));
    for (const name of Object.keys(peerDependencies ?? {})) if (!peerDependenciesMeta?.[name]?.optional) visit(entryOf(path, name));
  };
  for (const name of names) visit(`node_modules/${name}`);
  return found;
}

export const versionOf = (name) => packages[`node_modules/${name}`].version;
